import { type CatalogueItem, type Objective, objectiveBoost } from "./catalogue.ts";
import { countEvents, type Interactions } from "./histories.ts";
import type { Settings } from "./hyperparameters.ts";
import type { Fit, Model } from "./model.ts";
import { fitPersonal } from "./personal.ts";
import { fitPopularity } from "./popularity.ts";
import { fitSimilarItems, fitSims } from "./related.ts";

const withoutCatalogue: Fit = (interactions, recipeName, _, settings) =>
    fitPersonal(interactions, recipeName, [], settings);

/** The settings of a solution that change its model. */
export interface TrainingSettings {
    readonly hyperParameters?: Settings;
    readonly objective?: Objective;
}

/** The model of each recipe. Recipes of user segments use the personalised model, whose affinities rank the users. */
const fits: Readonly<Record<string, Fit>> = {
    "aws-user-personalization": fitPersonal,
    "aws-user-personalization-v2": fitPersonal,
    "aws-hrnn": withoutCatalogue,
    "aws-hrnn-metadata": fitPersonal,
    "aws-hrnn-coldstart": fitPersonal,
    "aws-personalized-ranking": withoutCatalogue,
    "aws-personalized-ranking-v2": withoutCatalogue,
    "aws-sims": fitSims,
    "aws-similar-items": fitSimilarItems,
    "aws-popularity-count": fitPopularity,
    "aws-trending-now": fitPopularity,
    "aws-item-affinity": withoutCatalogue,
    "aws-item-attribute-affinity": withoutCatalogue,
};

/** The recipes for which the local Personalize can train a model. */
export const modelledRecipes: readonly string[] = Object.keys(fits);

/**
 * Trains the model of a recipe; `catalogue` is the Items dataset. Equal data gives equal bytes. Throws an Error with
 * the service's message when there is too little data. For a recipe without a model, throws an Error that lists the
 * recipes with a model.
 */
export function trainModel(...data: Parameters<typeof fitModel>): Model {
    const [interactions, recipeName] = data;
    requireFit(recipeName);
    refuseTooLittle(interactions);
    return fitModel(...data);
}

/**
 * Trains a model like trainModel, but accepts any amount of data. The model for the metrics is trained on only 90 % of
 * the users.
 */
export function fitModel(
    interactions: Interactions,
    recipeName: string,
    catalogue: readonly CatalogueItem[] = [],
    { hyperParameters, objective }: TrainingSettings = {},
): Model {
    const model = requireFit(recipeName)(interactions, recipeName, catalogue, hyperParameters);
    const boost = objective && objectiveBoost(model.itemIds, catalogue, objective);
    return boost ? { ...model, boost } : model;
}

function requireFit(recipeName: string): Fit {
    const fit = Object.hasOwn(fits, recipeName) ? fits[recipeName] : undefined;
    if (fit) return fit;
    throw new Error(`The recipe ${recipeName} is not emulated here; use ${modelledRecipes.join(", ")}.`);
}

function refuseTooLittle(interactions: Interactions): void {
    if (interactions.users.length < 1_000) throw new Error("Create failed. Dataset has fewer than 1000 interactions.");
    if (countEvents(interactions).filter((count) => count >= 2).length < 25) {
        throw new Error("Create failed. Dataset has fewer than 25 users with at least 2 interactions each.");
    }
}
