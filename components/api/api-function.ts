import { randomUUID } from "node:crypto";
import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { regionalArn, type ServiceCaller } from "policy-evaluator";
import type { Experiment } from "../../app/serving/experiment.ts";
import { nodeOptions } from "../../app/serving/limits.ts";
import { pickApiValues, type StackListRules } from "../../app/serving/service.ts";
import { bucketNameFor, campaignNameOf, type StackConfig } from "../../core/config/config.ts";
import { itemFiltersOf } from "../../core/config/filter-fields.ts";
import { campaignUsdPerHour } from "../../core/config/prices.ts";
import { promotionSpan } from "../../core/config/promotions.ts";
import { campaignCeiling } from "../../core/config/throttles.ts";
import { notInterested } from "../../core/config/watched.ts";
import { type ApiScope, apiPolicy } from "../../core/iam/api-access.ts";
import type { Manifest } from "../../data-prep/manifest.ts";
import { LambdaFunction } from "../common/lambda-function.ts";
import { refuseViolations } from "../common/resource-rules.ts";
import type { Price } from "../cost/price-table.ts";
import { readApiDescription } from "./api-document.ts";

/** What the API's function needs from the stack. */
export interface ApiFunctionArgs {
    readonly config: StackConfig;
    /** The running experiment; undefined without one. */
    readonly experiment: Experiment | undefined;
    /** Undefined for data that data-prep did not make. */
    readonly manifest: Manifest | undefined;
    readonly caller: ServiceCaller;
    readonly price: Price;
    /** Tracking ID of the event tracker; empty without an event tracker. */
    readonly trackingId: pulumi.Input<string>;
    /** ARN of the default filter; empty without the filter. */
    readonly watchedFilterArn: pulumi.Input<string>;
    /** Names in Personalize of the filters of config `filters`, by key. */
    readonly filterNames: Readonly<Record<string, pulumi.Input<string>>>;
    /** Files of the page if the API serves the page; otherwise undefined. */
    readonly page: Readonly<Record<string, pulumi.asset.Asset>> | undefined;
    /** Web origins of the catalog's images, which the page may show. */
    readonly imageOrigins: readonly string[];
    /** Token of the distribution in front of the API; undefined without one. */
    readonly originToken: pulumi.Input<string> | undefined;
}

/** Creates the API's function, with the description and the page in its package. */
export function apiFunction(
    name: string,
    args: ApiFunctionArgs,
    table: aws.dynamodb.Table,
    opts: pulumi.ComponentResourceOptions,
) {
    const { config, caller, page } = args;
    const { names } = config;
    const environment = (trackingId: pulumi.Input<string>) => ({
        API_CONFIG: pulumi.jsonStringify(createSettings(args, table, trackingId)),
        NODE_OPTIONS: nodeOptions.join(" "),
    });
    const actual = environment(args.trackingId);
    // The preview of a new stack does not know the tracking ID, a UUID: measure the variables with another one.
    const measured = pulumi
        .output(environment(config.eventTracker ? randomUUID() : ""))
        .apply((variables) =>
            refuseViolations("aws:lambda/function:Function", names.api, { environment: { variables } }),
        );
    return new LambdaFunction(
        name,
        {
            code: "recommendation-api",
            beside: {
                ...Object.fromEntries(
                    Object.entries(apiFiles(config)).map(([file, text]) => [file, new pulumi.asset.StringAsset(text)]),
                ),
                ...Object.fromEntries(Object.entries(page ?? {}).map(([file, asset]) => [`storefront/${file}`, asset])),
            },
            functionName: names.api,
            roleName: names.apiRole,
            description: "Answers with lists of items from the campaign or the next best source",
            timeoutSeconds: 10,
            memorySize: 512,
            traced: config.observability.traces,
            caller,
            policy: pulumi.output(Object.values(args.filterNames)).apply((filterNames) =>
                apiPolicy(createApiScope(config, caller), {
                    track: config.eventTracker,
                    trace: config.observability.traces,
                    filters: [...watchedFilterNames(config), ...filterNames],
                }),
            ),
            environment: { ...actual, API_CONFIG: pulumi.all([actual.API_CONFIG, measured]).apply(([text]) => text) },
            config,
        },
        opts,
    );
}

/**
 * Returns the settings of the API's function. They contain the campaign's name, so the function finds a resumed campaign
 * again.
 */
function createSettings(
    { config, caller, price, ...args }: ApiFunctionArgs,
    table: aws.dynamodb.Table,
    trackingId: pulumi.Input<string>,
) {
    const scope = createApiScope(config, caller);
    const arn = (tail: string) => regionalArn(caller, "personalize", tail);
    return {
        ...pickApiValues(config),
        experiment: args.experiment,
        campaignArn: arn(`campaign/${scope.campaign}`),
        filters: pulumi
            .output(args.filterNames)
            .apply((names) =>
                Object.fromEntries(Object.entries(names).map(([key, name]) => [key, arn(`filter/${name}`)])),
            ),
        ...(args.manifest && ofData(args.manifest, config)),
        imageOrigins: args.imageOrigins,
        originToken: args.originToken,
        // Take the ARN from the filter resource, so that the API function waits until the filter is ACTIVE.
        watchedFilterArn: args.watchedFilterArn,
        trackingId,
        // Take the name from the table resource, so that the function's policy allows this table and no other one.
        tableName: table.name,
        bucketName: scope.bucketName,
        // The limit of requests to the campaign a second by all viewers without a valid token; those with a token may
        // cause as many again. With an API key there is no limit, because all callers are then the owner's servers.
        campaignPerSecond: config.apiKey ? undefined : campaignCeiling(config.throttle, config.minProvisionedTPS),
        cost: {
            campaignUsdPerHour: campaignUsdPerHour(config.recipe, config.minProvisionedTPS),
            estimatedUsdPerMonth: price.unparkedUsdPerMonth,
            monthlyLimitUsd: price.monthlyLimitUsd,
            limitIsSet: config.monthlyLimitUsd !== undefined,
        },
    };
}

/** Returns the texts of the files that the API's function reads when it starts, by the name in its package. */
export const apiFiles = (config: StackConfig) => ({
    "openapi.json": JSON.stringify(readApiDescription()),
    "list-rules.json": JSON.stringify(listRules(config)),
});

/** Returns the filters and promotions that the API applies itself. */
const listRules = ({ filters, promotions }: StackConfig): StackListRules => ({
    filters: itemFiltersOf(filters),
    promotions: Object.entries(promotions).map(([name, promotion]) => ({
        ...{ name, filter: promotion.filter, percent: promotion.percent },
        ...promotionSpan(promotion),
    })),
});

/** Returns the settings that depend on the data. */
const ofData = (
    { consumedTypes, eventTypes, interactions, noun }: Manifest,
    { eventWeights, eventTypes: others }: StackConfig,
) => ({
    watchedTypes: consumedTypes,
    eventTypes: [
        ...new Set([
            ...eventTypes.map(({ name }) => name),
            notInterested,
            ...Object.keys(eventWeights ?? {}),
            ...others,
        ]),
    ],
    contextFields: interactions.fields
        .map(({ name }) => name)
        .filter((name) => !["USER_ID", "ITEM_ID", "TIMESTAMP"].includes(name)),
    noun: noun.one,
});

/** Returns the input for the policies of the API's roles. */
export const createApiScope = (config: StackConfig, caller: ServiceCaller): ApiScope => ({
    ...caller,
    names: config.names,
    campaign: campaignNameOf(config),
    bucketName: bucketNameFor(config, caller.accountId),
    kmsKeyArn: config.kmsKeyArn,
});

/** Returns the name of the filter of config `watchedFilter`; empty without the filter. */
export const watchedFilterNames = ({ watchedFilter, names }: StackConfig): readonly string[] =>
    watchedFilter ? [names.watchedFilter] : [];
