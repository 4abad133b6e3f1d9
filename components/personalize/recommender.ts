import * as pulumi from "@pulumi/pulumi";
import type { StackConfig } from "../../config/config.ts";
import { type StateFlags, stateFlagsPath } from "../../personalize/operations/state-flags.ts";
import { itemInteractionsSchema } from "../../personalize/schema.ts";
import { everyDays } from "../../personalize/solution.ts";
import { fileOf, type UploadedFile } from "../data/data-bucket.ts";
import { autoTrainingPrice } from "./auto-training-price.ts";
import { BatchInference } from "./batch-inference.ts";
import { quickDeadlineMinutes, withinOf } from "./common-inputs.ts";
import { Metadata } from "./metadata.ts";
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
    StateFlagsParameters,
} from "./resources.ts";

export interface RecommenderArgs {
    readonly config: StackConfig;
    /** ARN of the recipe; undefined with AutoML. */
    readonly recipeArn: pulumi.Input<string> | undefined;
    readonly bucketName: pulumi.Input<string>;
    readonly files: Readonly<Record<string, UploadedFile>>;
    readonly roleArn: pulumi.Input<string>;
    /** What runbooks noted: whether the campaign is parked, or held at a version. */
    readonly stateFlags: StateFlags;
    /** The budget over what the campaign costs: without it there is no campaign. */
    readonly budget?: pulumi.Resource;
}

/** From interactions in S3 to a campaign that recommends: schema, group, dataset, import, solution, version, campaign. */
export class Recommender extends pulumi.ComponentResource {
    public readonly schemaArn: pulumi.Output<string>;
    public readonly datasetGroupArn: pulumi.Output<string>;
    public readonly datasetArn: pulumi.Output<string>;
    public readonly importJobArn: pulumi.Output<string>;
    public readonly solutionArn: pulumi.Output<string>;
    public readonly solutionVersionArn: pulumi.Output<string>;
    public readonly bestRecipeArn: pulumi.Output<string>;
    /** Empty while there is no campaign. */
    public readonly campaignArn: pulumi.Output<string>;
    /** Empty without an event tracker. */
    public readonly eventTrackerId: pulumi.Output<string>;
    /** What runbooks and the cost guard note; it is gone after all that writes there. */
    public readonly stateFlags: pulumi.Resource;

    constructor(name: string, args: RecommenderArgs, opts?: pulumi.ComponentResourceOptions) {
        super("movie-recommender:personalize:Recommender", name, {}, opts);
        const { config, roleArn, stateFlags } = args;
        const { names, adopt } = config;
        const child = { parent: this };
        const within = withinOf(config);
        const quick = within(quickDeadlineMinutes);
        const interactions = fileOf(args.files, "interactions");

        const schema = new Schema(
            name,
            { ...quick, name: names.schema, schema: itemInteractionsSchema, adopt: adopt.schema },
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
                ...within(config.deadlines.import),
                jobNamePrefix: names.importJobPrefix,
                datasetArn: dataset.id,
                dataLocation: interactions.location,
                roleArn,
                contentHash: interactions.contentHash,
            },
            child,
        );
        const metadata = (["items", "users"] as const).flatMap((kind) =>
            config.metadataFiles[kind] === undefined
                ? []
                : [new Metadata(`${name}-${kind}`, { ...args, kind, datasetGroupArn: group.id }, child)],
        );
        const solution = new Solution(
            name,
            {
                ...quick,
                name: names.solution,
                datasetGroupArn: group.id,
                recipeArn: args.recipeArn,
                performAutoML: config.performAutoML,
                performAutoTraining: config.performAutoTraining,
                schedulingExpression: config.performAutoTraining ? everyDays(config.autoTrainingDays) : undefined,
                adopt: adopt.solution,
            },
            // The group cannot be deleted before its solutions, nor may a solution stand on an empty dataset.
            { ...child, dependsOn: [dataset, ...metadata] },
        );
        if (config.performAutoTraining) {
            interactions.lines.apply((lines) => pulumi.log.info(autoTrainingPrice(config, lines), this));
        }
        const version = new SolutionVersion(
            name,
            { ...within(config.deadlines.training), solutionArn: solution.id, importJobArn: importJob.id },
            // With automatic training a new import waits for the next one; to train at once would pay twice.
            { ...child, ignoreChanges: config.syncWithLatestSolutionVersion ? ["importJobArn"] : [] },
        );
        const campaign =
            config.campaignEnabled && !stateFlags.parked && this.campaign(name, args, solution, version, child);
        const tracker =
            config.eventTracker &&
            new EventTracker(
                name,
                { ...quick, name: names.eventTracker, datasetGroupArn: group.id, adopt: adopt.eventTracker },
                // Events are for a dataset that is there.
                { ...child, dependsOn: dataset },
            );
        for (const [filter, filterExpression] of Object.entries(config.filters)) {
            const inputs = { ...quick, name: filter, datasetGroupArn: group.id, filterExpression };
            // Deleted before the datasets whose fields it names, made after them.
            new Filter(`${name}-${filter}`, inputs, { ...child, dependsOn: [dataset, ...metadata] });
        }
        if (config.batchInferenceFile !== undefined) {
            new BatchInference(`${name}-batch`, { ...args, solutionVersionArn: version.id }, child);
        }
        this.stateFlags = new StateFlagsParameters(
            name,
            { region: config.region, path: stateFlagsPath(config.stack) },
            child,
        );

        this.schemaArn = schema.id;
        this.datasetGroupArn = group.id;
        this.datasetArn = dataset.id;
        this.importJobArn = importJob.id;
        this.solutionArn = solution.id;
        this.solutionVersionArn = version.id;
        this.bestRecipeArn = version.bestRecipeArn;
        this.eventTrackerId = tracker ? tracker.trackingId : pulumi.output("");
        this.campaignArn = campaign ? campaign.id : pulumi.output("");
        this.registerOutputs({ campaignArn: this.campaignArn });
    }

    private campaign(name: string, args: RecommenderArgs, solution: Solution, version: SolutionVersion, child: object) {
        const { config, stateFlags } = args;
        const held = stateFlags.serving?.hold ? stateFlags.serving.solutionVersionArn : undefined;
        const newest = config.syncWithLatestSolutionVersion ? pulumi.interpolate`${solution.id}/$LATEST` : version.id;
        return new Campaign(
            name,
            {
                ...withinOf(config)(config.deadlines.campaign),
                name: config.names.campaign,
                solutionArn: solution.id,
                solutionVersionArn: held ?? newest,
                minProvisionedTPS: config.minProvisionedTPS,
                adopt: config.adopt.campaign,
            },
            // Also of a version that it does not serve: one training after the other, and the switch at the end.
            { ...child, dependsOn: args.budget ? [version, args.budget] : version },
        );
    }
}
