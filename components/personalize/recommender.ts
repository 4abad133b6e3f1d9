import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { regionalArn, type ServiceCaller } from "policy-evaluator";
import { Filter } from "pulumi-personalize";
import { ImportAccess, type ImportAccessArgs } from "pulumi-personalize/components/import-access";
import * as components from "pulumi-personalize/components/trained-campaign";
import { everyDays, toEventParameters } from "pulumi-personalize/core";
import type { StackConfig } from "../../core/config/config.ts";
import { newestTablesKey, tablesKey } from "../../core/config/names.ts";
import { watchedFilterExpression } from "../../core/config/watched.ts";
import { nameInArn } from "../../core/operations/operation.ts";
import { heldVersion } from "../../core/operations/solution-versions.ts";
import { importedHash, type StateFlags } from "../../core/operations/state-flags.ts";
import { knownAfter } from "../common/known-after.ts";
import { info } from "../common/messages.ts";
import { schemaBeside } from "../common/preflight.ts";
import { autoTrainingPrice } from "../cost/price-table.ts";
import { fileContent, requireFile, type UploadedFile } from "../data/data-bucket.ts";

export interface RecommenderArgs {
    readonly config: StackConfig;
    readonly caller: ServiceCaller;
    /** Avro schema of the interactions, as text for Personalize. */
    readonly interactionsSchema: string;
    /** Event types after which the default filter leaves out an item; undefined for data without a manifest. */
    readonly watchedTypes: readonly string[] | undefined;
    /** ARN of the recipe; undefined with AutoML. */
    readonly recipeArn: pulumi.Input<string> | undefined;
    readonly bucketName: pulumi.Input<string>;
    readonly files: Readonly<Record<string, UploadedFile>>;
    /** Path of the API's fallback tables, which the program stores for each version; undefined without an API. */
    readonly tables: string | undefined;
    readonly roleArn: pulumi.Input<string>;
    /** Hash of the policy documents of the role and the bucket. */
    readonly accessHash: pulumi.Input<string>;
    /** Id of the stack. */
    readonly owner: pulumi.Input<string>;
    /** State flags that runbooks wrote: the campaign is parked (deleted to save its cost), or held at a version. */
    readonly stateFlags: StateFlags;
    /** The budget for the campaign's cost, which must exist before the campaign. */
    readonly budget: pulumi.Resource;
}

/**
 * The Personalize resources from the import of the interactions to the campaign, and what this program adds to them:
 * fallback tables and the filter of watched items.
 */
export class Recommender extends components.TrainedCampaign {
    /** Tracking ID of the event tracker; empty without an event tracker. */
    public readonly eventTrackerId: pulumi.Output<string>;
    /** ID of the stack, which the stack's Personalize resources outside this component need too. */
    public readonly owner: pulumi.Input<string>;
    /** ARN of the filter of config `watchedFilter`; empty without the filter. */
    public readonly watchedFilterArn: pulumi.Output<string>;

    constructor(name: string, args: RecommenderArgs, opts?: pulumi.ComponentResourceOptions) {
        super(name, recommenderArgs(name, args), opts, "movie-recommender:personalize:Recommender");
        const { config } = args;
        if (config.performAutoTraining) {
            const { lines } = requireFile(args.files, "interactions");
            lines.apply((count) => info(autoTrainingPrice(config, count), this));
        }
        this.owner = args.owner;
        this.eventTrackerId = this.trackingId;
        const watchedFilter = config.watchedFilter && this.watchedFilter(name, args);
        const filterArn = regionalArn(args.caller, "personalize", `filter/${config.names.watchedFilter}`);
        this.watchedFilterArn = watchedFilter ? knownAfter(filterArn, watchedFilter) : pulumi.output("");
    }

    private watchedFilter(name: string, { config, owner, watchedTypes }: RecommenderArgs) {
        const { region, tags, pollSeconds, names } = config;
        const { datasetGroupArn } = this;
        const filterExpression = watchedFilterExpression(watchedTypes);
        return new Filter(
            name,
            { region, tags, owner, pollSeconds, name: names.watchedFilter, datasetGroupArn, filterExpression },
            // A filter names fields of the datasets and needs their data, so Pulumi creates it after the imports and
            // deletes it before the datasets.
            { parent: this, dependsOn: [...this.data] },
        );
    }
}

/** Returns the arguments for the component `TrainedCampaign` of the package pulumi-personalize. */
function recommenderArgs(name: string, args: RecommenderArgs): components.TrainedCampaignArgs {
    const { config, files, roleArn, accessHash, stateFlags } = args;
    const { region, tags, pollSeconds, names, adopt, performAutoTraining } = config;
    const { location: dataLocation, contentHash } = requireFile(files, "interactions");
    const metadata = (kind: "items" | "users"): components.TrainedCampaignArgs["items"] => {
        const path = config.metadataFiles[kind];
        if (path === undefined) return undefined;
        const { location: dataLocation, contentHash: fileHash } = requireFile(files, kind);
        const contentHash = fileHash.apply((hash) => importedHash(stateFlags.sent?.[kind], hash));
        return {
            schema: schemaBeside(path, kind === "items" ? "ITEMS" : "USERS"),
            schemaName: names[`${kind}Schema`],
            name: names[kind],
            jobNamePrefix: names[`${kind}ImportJobPrefix`],
            dataLocation,
            contentHash,
        };
    };
    return {
        region,
        tags,
        owner: args.owner,
        pollSeconds,
        names,
        adopt,
        interactions: {
            schema: args.interactionsSchema,
            schemaName: names.schema,
            name: names.dataset,
            jobNamePrefix: names.importJobPrefix,
            dataLocation,
            contentHash,
            repeats: stateFlags.reimport?.importJobArn,
        },
        items: metadata("items"),
        users: metadata("users"),
        roleArn,
        accessHash,
        recipeArn: args.recipeArn,
        performAutoML: config.performAutoML,
        performAutoTraining,
        schedulingExpression: performAutoTraining ? everyDays(config.autoTrainingDays) : undefined,
        ...(config.eventWeights && { eventParameters: toEventParameters(config.eventWeights) }),
        filters: config.filters,
        filterSuffix: config.nameSuffix,
        eventTracker: config.eventTracker,
        syncWithLatestSolutionVersion: config.syncWithLatestSolutionVersion,
        campaign: config.campaignEnabled &&
            !stateFlags.parked && {
                name: names.campaign,
                minProvisionedTPS: config.minProvisionedTPS,
                solutionVersionArn: heldVersion(
                    stateFlags,
                    config.stack,
                    adopt.solution?.split("/").at(-1) ?? names.solution,
                ),
                dependsOn: args.budget,
            },
        afterTraining: ({ id: solutionVersionArn }, parent) => {
            const { bucketName, tables: path } = args;
            // Store the fallback tables before the campaign serves the version, because the API then reads the tables
            // of this version.
            return path ? storeTables(name, bucketName, path, pulumi.output(solutionVersionArn), parent) : [];
        },
    };
}

/**
 * Uploads the fallback tables of a solution version, a local file, as an object of the data bucket. The API uses them when the
 * campaign serves the version. The object stays when the stack has a newer version, because a rollback needs it; the
 * deletion of the bucket deletes all of them. Returns the resources that the campaign must wait for.
 */
function storeTables(
    name: string,
    bucket: pulumi.Input<string>,
    path: string,
    solutionVersionArn: pulumi.Output<string>,
    parent: pulumi.Resource,
): readonly pulumi.Resource[] {
    const version = solutionVersionArn.apply(nameInArn);
    const tables = new aws.s3.BucketObjectv2(
        `${name}-tables`,
        { bucket, key: version.apply(tablesKey), ...fileContent(path), contentType: "application/json" },
        { parent, retainOnDelete: true },
    );
    const newest = new aws.s3.BucketObjectv2(
        `${name}-newest-tables`,
        { bucket, key: newestTablesKey, content: version, contentType: "text/plain" },
        { parent, dependsOn: tables },
    );
    return [tables, newest];
}

/**
 * The permissions of Amazon Personalize to read the data bucket, without the bucket policy, which the component
 * `DataBucket` sets.
 */
export class PersonalizeAccess extends ImportAccess {
    constructor(name: string, args: ImportAccessArgs, opts?: pulumi.ComponentResourceOptions) {
        super(name, { ...args, setBucketPolicy: false }, opts, "movie-recommender:access:PersonalizeAccess");
    }
}
