import { createHash } from "node:crypto";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { regionalArn } from "policy-evaluator";
import { nodeOptions } from "../../app/serving/limits.ts";
import { bucketNameFor, campaignNameOf, type StackConfig } from "../../config/config.ts";
import { dnsSuffix } from "../../config/regions.ts";
import { campaignCeiling } from "../../config/throttles.ts";
import { includesWatched } from "../../config/watched.ts";
import { standingUsdPerHour } from "../../cost/estimate.ts";
import { type ApiScope, anyMethodOf, apiPolicy, invocationOf, tableOperationsPolicy } from "../../iam/api-access.ts";
import type { ServiceCaller } from "../../iam/import-access.ts";
import { LambdaFunction } from "../common/lambda-function.ts";
import type { Price } from "../cost/price-table.ts";
import { gatewayDocument, readApiDescription } from "./api-document.ts";
import { ApiStage } from "./api-stage.ts";
import { checkViewerAuth } from "./viewer-auth.ts";

export interface RecommendationApiArgs {
    readonly config: StackConfig;
    /** Event types after which a viewer's lists leave out the film; undefined for data without a manifest. */
    readonly watchedTypes: readonly string[] | undefined;
    /** The noun for an item, such as "film"; undefined for data without a manifest. */
    readonly noun: string | undefined;
    readonly caller: ServiceCaller;
    readonly price: Price;
    /** Tracking ID of the event tracker; empty without an event tracker. */
    readonly trackingId: pulumi.Input<string>;
    /** ARN of the default filter; empty without the filter. */
    readonly watchedFilterArn: pulumi.Input<string>;
    /** Files of the page if the API serves the page; otherwise undefined. */
    readonly page: Readonly<Record<string, pulumi.asset.Asset>> | undefined;
    /** Web origins of the catalogue's images, which the page may show. */
    readonly imageOrigins: readonly string[];
    /** Whether the cost guard closed the API and the page. */
    readonly isClosed: boolean;
}

/** The REST API in front of the campaign: API Gateway, a function that always answers, and the function's table. */
export class RecommendationApi extends pulumi.ComponentResource {
    /** URL of the API, without a trailing slash. */
    public readonly url: pulumi.Output<string>;
    /** Host of the API, for CloudFront. */
    public readonly host: pulumi.Output<string>;
    public readonly tableName: pulumi.Output<string>;
    /** Name of the function that changes the table for an operator. */
    public readonly tableOperations: pulumi.Output<string>;
    /** The value of the API key; undefined if callers need none. */
    public readonly apiKey: pulumi.Output<string> | undefined;

    constructor(name: string, args: RecommendationApiArgs, opts?: pulumi.ComponentResourceOptions) {
        super("movie-recommender:serving:RecommendationApi", name, {}, opts);
        const { config, caller, page } = args;
        const { names, tags } = config;
        const child = { parent: this };
        checkViewerAuth(config, process.env, this);
        const table = listsTable(name, config, child);
        const description = readApiDescription();

        const handler = apiFunction(name, args, table, description, child);
        const body = JSON.stringify(
            gatewayDocument(description, {
                title: names.api,
                invocation: invocationOf(caller, names.api),
                apiKey: config.apiKey,
                otherOrigins: config.allowedOrigins.length > 0,
                page: page !== undefined,
            }),
        );
        const api = new aws.apigateway.RestApi(
            name,
            {
                name: names.api,
                description: "Film recommendations; answers with or without a campaign",
                body,
                endpointConfiguration: { types: "REGIONAL" },
                // Bytes. Compressing a smaller response takes longer than it saves.
                minimumCompressionSize: "1024",
                tags,
            },
            child,
        );
        const permission = new aws.lambda.Permission(
            name,
            {
                function: handler.functionName,
                statementId: "api-gateway",
                action: "lambda:InvokeFunction",
                principal: "apigateway.amazonaws.com",
                // No sourceAccount: the ARN contains the account, and a permission with sourceAccount is reported to
                // have no effect (hashicorp terraform issue 17166). Build the ARN from the API's ID, which a preview of
                // a changed document knows; the preview does not know executionArn.
                sourceArn: api.id.apply((id) => anyMethodOf(regionalArn(caller, "execute-api", id))),
            },
            child,
        );
        const deployment = new aws.apigateway.Deployment(
            name,
            { restApi: api.id, triggers: { body: createHash("sha256").update(body).digest("hex") } },
            { ...child, dependsOn: permission },
        );
        const stage = new ApiStage(
            name,
            { config, caller, restApi: api.id, deployment: deployment.id, isClosed: args.isClosed },
            child,
        );

        this.url = pulumi.all([stage.url, handler.arn]).apply(([url]) => url.replace(/\/$/, ""));
        this.host = pulumi
            .all([api.id, stage.url])
            .apply(([id]) => `${id}.execute-api.${caller.region}.${dnsSuffix(caller.partition)}`);
        this.tableName = table.name;
        this.tableOperations = tableOperations(name, args, table, child).functionName;
        this.apiKey = stage.apiKey;
        this.registerOutputs({ url: this.url });
    }
}

/** Returns the input for the policies of the API's roles. */
export const apiScopeOf = (config: StackConfig, caller: ServiceCaller): ApiScope => ({
    ...caller,
    names: config.names,
    campaign: campaignNameOf(config),
    bucketName: bucketNameFor(config, caller.accountId),
    kmsKeyArn: config.kmsKeyArn,
});

/** Returns the name of the filter of config `watchedFilter`; empty without the filter. */
export const watchedFilterOf = ({ watchedFilter, names }: StackConfig): readonly string[] =>
    watchedFilter ? [names.watchedFilter] : [];

/**
 * Creates the table with viewers' lists and newest films, and the campaign's status. The program can create all of its
 * content again.
 */
function listsTable(name: string, { names, tags }: StackConfig, opts: pulumi.CustomResourceOptions) {
    return new aws.dynamodb.Table(
        name,
        {
            name: names.api,
            billingMode: "PAY_PER_REQUEST",
            hashKey: "pk",
            rangeKey: "sk",
            attributes: [
                { name: "pk", type: "S" },
                { name: "sk", type: "S" },
            ],
            ttl: { attributeName: "expiresAt", enabled: true },
            tags,
        },
        opts,
    );
}

/** Creates the API's function, with the description and the page in its package. */
function apiFunction(
    name: string,
    args: RecommendationApiArgs,
    table: aws.dynamodb.Table,
    description: ReturnType<typeof readApiDescription>,
    opts: pulumi.ComponentResourceOptions,
) {
    const { config, caller, page } = args;
    const { names, tags, permissionsBoundary } = config;
    return new LambdaFunction(
        name,
        {
            code: "recommendation-api",
            beside: {
                "openapi.json": new pulumi.asset.StringAsset(JSON.stringify(description)),
                ...Object.fromEntries(Object.entries(page ?? {}).map(([file, asset]) => [`storefront/${file}`, asset])),
            },
            functionName: names.api,
            roleName: names.apiRole,
            description: "Answers with film lists from the campaign or the next best source",
            timeoutSeconds: 10,
            memorySize: 512,
            traced: true,
            caller,
            policy: apiPolicy(apiScopeOf(config, caller), {
                rank: config.rankingCampaign,
                track: config.eventTracker,
                filters: [...watchedFilterOf(config), ...Object.keys(config.filters)],
            }),
            environment: {
                API_CONFIG: pulumi.jsonStringify(settingsOf(args, table)),
                NODE_OPTIONS: nodeOptions.join(" "),
            },
            permissionsBoundary,
            tags,
        },
        opts,
    );
}

/** Creates the function that changes the table for an operator, who has no permission on the table itself. */
function tableOperations(
    name: string,
    { config, caller }: RecommendationApiArgs,
    table: aws.dynamodb.Table,
    opts: pulumi.ComponentResourceOptions,
) {
    const { names, tags, permissionsBoundary } = config;
    return new LambdaFunction(
        `${name}-table-operations`,
        {
            code: "table-operations",
            functionName: names.tableOperations,
            roleName: names.tableOperationsRole,
            description: "Flushes lists and forgets viewers, for flush-cache and forget-viewer",
            timeoutSeconds: 60,
            caller,
            policy: tableOperationsPolicy(apiScopeOf(config, caller)),
            environment: { TABLE_NAME: table.name },
            permissionsBoundary,
            tags,
        },
        opts,
    );
}

/**
 * Returns the requests per second to the campaign that all unproven viewers together may cause; all proven viewers
 * together may cause as many again. The minimum TPS is billed anyway. Returns undefined, for unlimited, with an API
 * key: then all callers are the owner's servers.
 */
const campaignPerSecondOf = ({
    apiKey,
    throttle,
    minProvisionedTPS,
}: Pick<StackConfig, "apiKey" | "throttle" | "minProvisionedTPS">): number | undefined =>
    apiKey ? undefined : campaignCeiling(throttle, minProvisionedTPS);

/**
 * Returns the settings of the API's function. They contain names of campaigns, so the function finds a resumed campaign
 * again.
 */
function settingsOf({ config, caller, price, ...args }: RecommendationApiArgs, table: aws.dynamodb.Table) {
    const scope = apiScopeOf(config, caller);
    const arn = (tail: string) => regionalArn(caller, "personalize", tail);
    const filters = Object.keys(config.filters).map((filter) => [filter, arn(`filter/${filter}`)]);
    return {
        stack: config.stack,
        region: config.region,
        campaignArn: arn(`campaign/${scope.campaign}`),
        rankingCampaignArn: config.rankingCampaign ? arn(`campaign/${config.names.ranking}`) : undefined,
        filters: Object.fromEntries(filters),
        filtersOfWatched: Object.keys(config.filters).filter((name) => includesWatched(config.filters[name] ?? "")),
        watchedTypes: args.watchedTypes,
        noun: args.noun,
        imageOrigins: args.imageOrigins,
        // Take the ARN from the resource, so that the function never uses a filter that is not ACTIVE.
        watchedFilterArn: args.watchedFilterArn,
        trackingId: args.trackingId,
        // Take the name from the resource, because the policy names this table.
        tableName: table.name,
        bucketName: scope.bucketName,
        autoTraining: config.performAutoTraining,
        allowedOrigins: config.allowedOrigins,
        campaignPerSecond: campaignPerSecondOf(config),
        apiKey: config.apiKey,
        viewerAuth: config.viewerAuth,
        publicHistories: config.publicHistories,
        trackUnproven: config.trackUnproven,
        behindCloudFront: config.storefront === "cloudfront",
        cost: {
            campaignUsdPerHour: standingUsdPerHour(config),
            estimatedUsdPerMonth: price.unparkedUsdPerMonth,
            monthlyLimitUsd: price.monthlyLimitUsd,
            limitIsSet: config.monthlyLimitUsd !== undefined,
        },
    };
}
