import * as pulumi from "@pulumi/pulumi";
import type { StackConfig } from "../config.ts";
import { itemInteractionsSchema } from "../personalize/schema.ts";
import {
    Campaign,
    Dataset,
    DatasetGroup,
    DatasetImportJob,
    Schema,
    Solution,
    SolutionVersion,
} from "./personalize/resources.ts";

export interface RecommenderArgs {
    readonly config: StackConfig;
    /** ARN of the recipe; undefined with AutoML. */
    readonly recipeArn: pulumi.Input<string> | undefined;
    readonly dataLocation: pulumi.Input<string>;
    readonly contentHash: pulumi.Input<string>;
    readonly roleArn: pulumi.Input<string>;
}

/** Minutes for what the service makes in about a minute. */
const quickDeadlineMinutes = 30;

/** From interactions in S3 to a campaign that recommends: schema, group, dataset, import, solution, version, campaign. */
export class Recommender extends pulumi.ComponentResource {
    public readonly schemaArn: pulumi.Output<string>;
    public readonly datasetGroupArn: pulumi.Output<string>;
    public readonly datasetArn: pulumi.Output<string>;
    public readonly importJobArn: pulumi.Output<string>;
    public readonly solutionArn: pulumi.Output<string>;
    public readonly solutionVersionArn: pulumi.Output<string>;
    public readonly bestRecipeArn: pulumi.Output<string>;
    public readonly campaignArn: pulumi.Output<string>;

    constructor(name: string, args: RecommenderArgs, opts?: pulumi.ComponentResourceOptions) {
        super("movie-recommender:personalize:Recommender", name, {}, opts);
        const { config } = args;
        const { names } = config;
        const child = { parent: this };
        const within = (deadlineMinutes: number) => ({
            region: config.region,
            tags: config.tags,
            pollSeconds: config.pollSeconds,
            deadlineMinutes,
        });
        const quick = within(quickDeadlineMinutes);

        const schema = new Schema(name, { ...quick, name: names.schema, schema: itemInteractionsSchema }, child);
        const group = new DatasetGroup(name, { ...quick, name: names.datasetGroup }, child);
        const dataset = new Dataset(
            name,
            {
                ...quick,
                name: names.dataset,
                datasetGroupArn: group.id,
                schemaArn: schema.id,
                datasetType: "INTERACTIONS",
            },
            child,
        );
        const importJob = new DatasetImportJob(
            name,
            {
                ...within(config.deadlines.import),
                jobNamePrefix: names.importJobPrefix,
                datasetArn: dataset.id,
                dataLocation: args.dataLocation,
                roleArn: args.roleArn,
                contentHash: args.contentHash,
            },
            child,
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
            },
            // The group cannot be deleted before its solutions, nor may a solution stand on an empty dataset.
            { ...child, dependsOn: dataset },
        );
        const version = new SolutionVersion(
            name,
            { ...within(config.deadlines.training), solutionArn: solution.id, importJobArn: importJob.id },
            child,
        );
        const campaign = new Campaign(
            name,
            {
                ...within(config.deadlines.campaign),
                name: names.campaign,
                solutionArn: solution.id,
                solutionVersionArn: version.id,
                minProvisionedTPS: config.minProvisionedTPS,
            },
            child,
        );

        this.schemaArn = schema.id;
        this.datasetGroupArn = group.id;
        this.datasetArn = dataset.id;
        this.importJobArn = importJob.id;
        this.solutionArn = solution.id;
        this.solutionVersionArn = version.id;
        this.bestRecipeArn = version.bestRecipeArn;
        this.campaignArn = campaign.id;
        this.registerOutputs({ campaignArn: this.campaignArn });
    }
}
