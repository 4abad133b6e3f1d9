import * as pulumi from "@pulumi/pulumi";
import type { StackConfig } from "../../config/config.ts";
import { rankingMinimumTPS, rankingRecipe } from "../../cost/standing.ts";
import { quickDeadlineMinutes, withinOf } from "./common-inputs.ts";
import { Campaign, Solution, SolutionVersion } from "./resources.ts";

export interface RankingCampaignArgs {
    readonly config: StackConfig;
    readonly partition: string;
    /** Whether there is a campaign now; what is trained stays while it is parked. */
    readonly serves: boolean;
    readonly datasetGroupArn: pulumi.Input<string>;
    /** The import that it learns from. */
    readonly importJobArn: pulumi.Input<string>;
    /** What must be there before the campaign, such as the budget over it. */
    readonly after: readonly pulumi.Resource[];
}

/** A second solution and campaign, which orders given films for a viewer; it bills by the hour as the first one does. */
export class RankingCampaign extends pulumi.ComponentResource {
    /** Empty while there is none. */
    public readonly campaignArn: pulumi.Output<string>;

    constructor(name: string, args: RankingCampaignArgs, opts?: pulumi.ComponentResourceOptions) {
        super("movie-recommender:personalize:RankingCampaign", name, {}, opts);
        const { config, partition, datasetGroupArn, importJobArn, after } = args;
        const { names, deadlines } = config;
        const within = withinOf(config);
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
            // Not before there is something to learn from.
            { ...child, dependsOn: [...after] },
        );
        const version = new SolutionVersion(
            name,
            { ...within(deadlines.training), solutionArn: solution.id, importJobArn },
            child,
        );
        this.campaignArn = args.serves
            ? new Campaign(
                  name,
                  {
                      ...within(deadlines.campaign),
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
