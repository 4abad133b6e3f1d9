import type { Adoptable, StackConfig } from "../../../config/config.ts";
import type { ResourceKindName } from "../../../personalize/kinds.ts";
import { itemInteractionsSchema } from "../../../personalize/schema.ts";
import { everyDays } from "../../../personalize/solution.ts";

/** The kind of each resource that can be adopted, under its key in config `adopt`. */
export const kindOf = {
    schema: "Schema",
    datasetGroup: "DatasetGroup",
    dataset: "Dataset",
    solution: "Solution",
    campaign: "Campaign",
    eventTracker: "EventTracker",
} as const satisfies Record<Adoptable, ResourceKindName>;

/** ARNs of what would be adopted, as far as there is something. */
export type Chosen = Partial<Readonly<Record<Adoptable, string>>>;

/**
 * The inputs that the program gives each of its resources (components/personalize/recommender.ts) once `chosen` is adopted. Of a
 * campaign the version is left out: the program trains it first.
 */
export function wantedOf(config: StackConfig, chosen: Chosen): Record<Adoptable, Readonly<Record<string, unknown>>> {
    const { names, region, tags, performAutoTraining } = config;
    const common = { region, tags };
    const partition = chosen.datasetGroup?.split(":")[1];
    const datasetGroupArn = chosen.datasetGroup;
    return {
        schema: { ...common, name: names.schema, schema: itemInteractionsSchema },
        datasetGroup: { ...common, name: names.datasetGroup },
        dataset: {
            ...common,
            name: names.dataset,
            datasetGroupArn,
            schemaArn: chosen.schema,
            datasetType: "INTERACTIONS",
        },
        solution: {
            ...common,
            name: names.solution,
            datasetGroupArn,
            recipeArn: config.recipe && `arn:${partition}:personalize:::recipe/${config.recipe}`,
            performAutoML: config.performAutoML,
            performAutoTraining,
            schedulingExpression: performAutoTraining ? everyDays(config.autoTrainingDays) : undefined,
        },
        campaign: {
            ...common,
            name: names.campaign,
            solutionArn: chosen.solution,
            minProvisionedTPS: config.minProvisionedTPS,
        },
        eventTracker: { ...common, name: names.eventTracker, datasetGroupArn },
    };
}
