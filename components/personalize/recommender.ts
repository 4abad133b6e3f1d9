import * as pulumi from "@pulumi/pulumi";
import { regionalArn } from "policy-evaluator";
import {
    Campaign,
    Dataset,
    DatasetGroup,
    DatasetImportJob,
    EventTracker,
    Filter,
    Schema,
    Solution,
    SolutionVersion,
} from "pulumi-personalize";
import { baseName, eventParametersOf, everyDays } from "pulumi-personalize/core";
import type { StackConfig } from "../../config/config.ts";
import { watchedFilterExpression } from "../../config/watched.ts";
import type { ServiceCaller } from "../../iam/import-access.ts";
import { type StateFlags, stateFlagsPath } from "../../personalize/operations/state-flags.ts";
import { knownAfter } from "../common/known-after.ts";
import { info } from "../common/messages.ts";
import { autoTrainingPrice } from "../cost/price-table.ts";
import { fileOf, type UploadedFile } from "../data/data-bucket.ts";
import { storeTables } from "../data/stored-tables.ts";
import { BatchInference } from "./batch-inference.ts";
import { Metadata } from "./metadata.ts";
import { quickDeadlineMinutes, StateFlagsParameters, withinOf } from "./resources.ts";

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
    /** Hash of the policy documents of role and bucket. */
    readonly accessHash: string;
    /** Id of the stack. */
    readonly owner: pulumi.Input<string>;
    /** State flags that runbooks wrote: the campaign is parked, or held at a version. */
    readonly stateFlags: StateFlags;
    /** The budget for the campaign's cost, which must exist before the campaign. */
    readonly budget?: pulumi.Resource;
}

interface RecommenderData {
    readonly schema: Schema;
    readonly group: DatasetGroup;
    readonly dataset: Dataset;
    readonly importJob: DatasetImportJob;
    readonly metadata: readonly Metadata[];
}

/** All resources from the interactions in S3 to a campaign: schema, dataset group, dataset, import, solution, version, campaign. */
export class Recommender extends pulumi.ComponentResource {
    public readonly schemaArn: pulumi.Output<string>;
    public readonly datasetGroupArn: pulumi.Output<string>;
    public readonly datasetArn: pulumi.Output<string>;
    public readonly importJobArn: pulumi.Output<string>;
    /**
     * The rows of the training data, as `baseName` of the import job. Known at preview, unlike the ARN of a new import.
     */
    public readonly rows: pulumi.Output<string>;
    public readonly solutionArn: pulumi.Output<string>;
    public readonly solutionVersionArn: pulumi.Output<string>;
    public readonly bestRecipeArn: pulumi.Output<string>;
    /** ARN of the campaign; empty without a campaign. */
    public readonly campaignArn: pulumi.Output<string>;
    /** Tracking ID of the event tracker; empty without an event tracker. */
    public readonly eventTrackerId: pulumi.Output<string>;
    /** ID of the stack, for its other Personalize resources. */
    public readonly owner: pulumi.Input<string>;
    /** ARN of the filter of config `watchedFilter`; empty without the filter. */
    public readonly watchedFilterArn: pulumi.Output<string>;
    /** State flags of runbooks and cost guard. Pulumi deletes them after all resources that write them. */
    public readonly stateFlags: pulumi.Resource;

    constructor(name: string, args: RecommenderArgs, opts?: pulumi.ComponentResourceOptions) {
        super("movie-recommender:personalize:Recommender", name, {}, opts);
        const { config } = args;
        const { contentHash } = fileOf(args.files, "interactions");
        this.rows = pulumi.output(contentHash).apply((hash) => baseName(config.names.importJobPrefix, hash));
        const data = this.data(name, args);
        const model = this.model(name, args, data);
        const { solution, version } = model;
        const serves = config.campaignEnabled && !args.stateFlags.parked;
        const campaign = serves && this.campaign(name, args, model, { parent: this });
        const { tracker, watchedFilter } = this.eventsAndFilters(name, args, data);
        if (config.batchInferenceFile !== undefined) {
            new BatchInference(`${name}-batch`, { ...args, solutionVersionArn: version.id }, { parent: this });
        }
        this.stateFlags = new StateFlagsParameters(
            name,
            { region: config.region, path: stateFlagsPath(config.stack) },
            { parent: this },
        );

        this.owner = args.owner;
        this.schemaArn = data.schema.id;
        this.datasetGroupArn = data.group.id;
        this.datasetArn = data.dataset.id;
        this.importJobArn = data.importJob.id;
        this.solutionArn = solution.id;
        this.solutionVersionArn = version.id;
        this.bestRecipeArn = version.bestRecipeArn;
        this.eventTrackerId = tracker ? tracker.trackingId : pulumi.output("");
        const filterArn = regionalArn(args.caller, "personalize", `filter/${config.names.watchedFilter}`);
        this.watchedFilterArn = watchedFilter ? knownAfter(filterArn, watchedFilter) : pulumi.output("");
        this.campaignArn = campaign ? campaign.id : pulumi.output("");
        this.registerOutputs({ campaignArn: this.campaignArn });
    }

    private data(name: string, args: RecommenderArgs): RecommenderData {
        const { config, roleArn, accessHash, stateFlags } = args;
        const { names, adopt } = config;
        const child = { parent: this };
        const within = withinOf(config, args.owner);
        const quick = within(quickDeadlineMinutes);
        const { location: dataLocation, contentHash } = fileOf(args.files, "interactions");
        const schema = new Schema(
            name,
            { ...quick, name: names.schema, schema: args.interactionsSchema, adopt: adopt.schema },
            child,
        );
        const group = new DatasetGroup(name, { ...quick, name: names.datasetGroup, adopt: adopt.datasetGroup }, child);
        const dataset = new Dataset(
            name,
            {
                ...quick,
                name: names.dataset,
                datasetGroupArn: group.id,
                schemaArn: schema.id,
                datasetType: "INTERACTIONS",
                adopt: adopt.dataset,
            },
            child,
        );
        const importJob = new DatasetImportJob(
            name,
            {
                ...within(config.deadlineMinutes.import),
                jobNamePrefix: names.importJobPrefix,
                datasetArn: dataset.id,
                dataLocation,
                roleArn,
                contentHash,
                repeats: stateFlags.reimport?.importJobArn,
                accessHash,
            },
            child,
        );
        const metadata = (["items", "users"] as const).flatMap((kind) =>
            config.metadataFiles[kind] === undefined
                ? []
                : [new Metadata(`${name}-${kind}`, { ...args, kind, datasetGroupArn: group.id }, child)],
        );
        return { schema, group, dataset, importJob, metadata };
    }

    private model(name: string, args: RecommenderArgs, { group, dataset, importJob, metadata }: RecommenderData) {
        const { config } = args;
        const child = { parent: this };
        const within = withinOf(config, args.owner);
        const events = config.eventWeights && { eventParameters: eventParametersOf(config.eventWeights) };
        const solution = new Solution(
            name,
            {
                ...within(quickDeadlineMinutes),
                name: config.names.solution,
                datasetGroupArn: group.id,
                recipeArn: args.recipeArn,
                performAutoML: config.performAutoML,
                performAutoTraining: config.performAutoTraining,
                schedulingExpression: config.performAutoTraining ? everyDays(config.autoTrainingDays) : undefined,
                ...events,
                adopt: config.adopt.solution,
            },
            // A dataset group cannot be deleted before its solutions, and a solution needs the datasets.
            { ...child, dependsOn: [dataset, ...metadata] },
        );
        if (config.performAutoTraining) {
            const { lines } = fileOf(args.files, "interactions");
            lines.apply((count) => info(autoTrainingPrice(config, count), this));
        }
        const version = new SolutionVersion(
            name,
            {
                ...within(config.deadlineMinutes.training),
                solutionArn: solution.id,
                importJobArn: importJob.id,
                rows: this.rows,
                ...events,
            },
            // With automatic training, Personalize trains after a new import. If the program also started a training, AWS would
            // bill both.
            {
                ...child,
                ignoreChanges: config.syncWithLatestSolutionVersion ? ["rows", "eventParameters"] : [],
            },
        );
        const { bucketName, tables: path } = args;
        const tables = path ? storeTables(name, { bucketName, path, solutionVersionArn: version.id }, child) : [];
        return { solution, version, tables };
    }

    private eventsAndFilters(name: string, args: RecommenderArgs, data: RecommenderData) {
        const { group, dataset, importJob, metadata } = data;
        const { config } = args;
        const quick = withinOf(config, args.owner)(quickDeadlineMinutes);
        // A filter names fields of the datasets and needs their data, so Pulumi creates it after the imports and
        // deletes it before the datasets.
        const afterDatasets = { parent: this, dependsOn: [dataset, importJob, ...metadata] };
        const ofGroup = { ...quick, datasetGroupArn: group.id };
        for (const [filter, filterExpression] of Object.entries(config.filters)) {
            new Filter(`${name}-${filter}`, { ...ofGroup, name: filter, filterExpression }, afterDatasets);
        }
        const watchedFilter = config.watchedFilter
            ? new Filter(
                  name,
                  {
                      ...ofGroup,
                      name: config.names.watchedFilter,
                      filterExpression: watchedFilterExpression(args.watchedTypes),
                  },
                  afterDatasets,
              )
            : undefined;
        const tracker = config.eventTracker
            ? new EventTracker(
                  name,
                  { ...ofGroup, name: config.names.eventTracker, adopt: config.adopt.eventTracker },
                  // The event tracker writes events into the interactions dataset, so that dataset must exist first.
                  { parent: this, dependsOn: dataset },
              )
            : undefined;
        return { tracker, watchedFilter };
    }

    private campaign(
        name: string,
        args: RecommenderArgs,
        { solution, version, tables }: ReturnType<Recommender["model"]>,
        child: object,
    ) {
        const { config, stateFlags } = args;
        const held = stateFlags.serving?.hold ? stateFlags.serving.solutionVersionArn : undefined;
        const newest = config.syncWithLatestSolutionVersion ? pulumi.interpolate`${solution.id}/$LATEST` : version.id;
        return new Campaign(
            name,
            {
                ...withinOf(config, args.owner)(config.deadlineMinutes.campaign),
                name: config.names.campaign,
                solutionArn: solution.id,
                solutionVersionArn: held ?? newest,
                minProvisionedTPS: config.minProvisionedTPS,
                adopt: config.adopt.campaign,
            },
            // Wait for the version even if the campaign serves another one, so that the trainings run one at a time and
            // the campaign changes afterwards. The API finds the tables of the version as soon as the campaign serves
            // it.
            { ...child, dependsOn: [version, ...tables, ...(args.budget ? [args.budget] : [])] },
        );
    }
}
