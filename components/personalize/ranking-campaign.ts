import * as pulumi from "@pulumi/pulumi";
import { Campaign, Solution, SolutionVersion } from "pulumi-personalize";
import type { StackConfig } from "../../config/config.ts";
import { rankingMinimumTPS, rankingRecipe } from "../../cost/estimate.ts";
import { createDeadlineInputs, quickDeadlineMinutes } from "./resources.ts";

export interface RankingCampaignArgs {
    readonly config: StackConfig;
    /** Id of the stack. */
    readonly owner: pulumi.Input<string>;
    readonly partition: string;
    /** Whether the ranking campaign exists now. While it is parked, only the trained version exists. */
    readonly serves: boolean;
    readonly datasetGroupArn: pulumi.Input<string>;
    /** ARN of the import with the training data. */
    readonly importJobArn: pulumi.Input<string>;
    /** A text that identifies the rows of the training data. If it changes, the stack trains a new version. */
    readonly rows: pulumi.Input<string>;
    /** Resources that must exist before the campaign, for example the budget. */
    readonly after: readonly pulumi.Resource[];
}

/** A second solution and campaign, which ranks given films for a viewer. The campaign is also billed by the hour. */
export class RankingCampaign extends pulumi.ComponentResource {
    /** ARN of the campaign; empty without a campaign. */
    public readonly campaignArn: pulumi.Output<string>;

    constructor(name: string, args: RankingCampaignArgs, opts?: pulumi.ComponentResourceOptions) {
        super("movie-recommender:personalize:RankingCampaign", name, {}, opts);
        const { config, partition, datasetGroupArn, importJobArn, rows, after } = args;
        const { names } = config;
        const within = createDeadlineInputs(config, args.owner);
        const child = { parent: this };
        const solution = new Solution(
            name,
            {
                ...within(quickDeadlineMinutes),
                name: names.ranking,
                datasetGroupArn,
                recipeArn: `arn:${partition}:personalize:::recipe/${rankingRecipe}`,
                performAutoML: false,
                performAutoTraining: false,
            },
            // A training needs the imported data, so the solution waits for the imports.
            { ...child, dependsOn: [...after] },
        );
        const version = new SolutionVersion(
            name,
            { ...within(config.deadlineMinutes.training), solutionArn: solution.id, importJobArn, rows },
            child,
        );
        this.campaignArn = args.serves
            ? new Campaign(
                  name,
                  {
                      ...within(config.deadlineMinutes.campaign),
                      name: names.ranking,
                      solutionArn: solution.id,
                      solutionVersionArn: version.id,
                      minProvisionedTPS: rankingMinimumTPS,
                  },
                  { ...child, dependsOn: version },
              ).id
            : pulumi.output("");
        this.registerOutputs({ campaignArn: this.campaignArn });
    }
}
