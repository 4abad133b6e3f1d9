import { notFound } from "../errors.ts";
import { defaultHyperParameters, defaultRanges, defaultTransformation } from "./hyperparameters.ts";
import { type Call, type Handler, type PageInput, paginate } from "./resources.ts";

type RecipeType =
    | "USER_PERSONALIZATION"
    | "PERSONALIZED_RANKING"
    | "RELATED_ITEMS"
    | "POPULAR_ITEMS"
    | "PERSONALIZED_ACTIONS"
    | "USER_SEGMENTATION";

interface Recipe {
    /** Name of the recipe with the prefix `aws-`, as in the ARN. */
    name: string;
    type: RecipeType;
    algorithm: string;
    featureTransformation: string;
    domain?: "ECOMMERCE" | "VIDEO_ON_DEMAND";
    /** Whether AWS creates no new solutions with the recipe, and ListRecipes omits the recipe. */
    legacy?: true;
}

function custom(name: string, type: RecipeType, more: Partial<Recipe> = {}): Recipe {
    return { name: `aws-${name}`, type, algorithm: `aws-${name}`, featureTransformation: `aws-${name}`, ...more };
}

const percentile = { featureTransformation: "JSON-percentile-filtering" };

/**
 * The recipes for solutions. If the developer guide does not name a recipe's feature transformation (the preparation
 * of its data), the emulator uses the recipe's name.
 */
const solutionRecipes: Recipe[] = [
    custom("user-personalization-v2", "USER_PERSONALIZATION"),
    custom("user-personalization", "USER_PERSONALIZATION"),
    custom("personalized-ranking-v2", "PERSONALIZED_RANKING"),
    custom("personalized-ranking", "PERSONALIZED_RANKING", percentile),
    custom("similar-items", "RELATED_ITEMS"),
    custom("sims", "RELATED_ITEMS", { featureTransformation: "sims" }),
    custom("semantic-similarity", "RELATED_ITEMS"),
    custom("popularity-count", "POPULAR_ITEMS", { featureTransformation: "sims" }),
    custom("trending-now", "POPULAR_ITEMS", { algorithm: "aws-trending-now-custom" }),
    custom("next-best-action", "PERSONALIZED_ACTIONS"),
    custom("item-affinity", "USER_SEGMENTATION", { featureTransformation: "item-affinity" }),
    custom("item-attribute-affinity", "USER_SEGMENTATION", { featureTransformation: "item-attribute-affinity" }),
    custom("hrnn", "USER_PERSONALIZATION", { ...percentile, legacy: true }),
    custom("hrnn-metadata", "USER_PERSONALIZATION", { featureTransformation: "featurize_metadata", legacy: true }),
    custom("hrnn-coldstart", "USER_PERSONALIZATION", { featureTransformation: "featurize_coldstart", legacy: true }),
];

/** A domain use case: the model behind it, and the events that it needs. */
export interface UseCase {
    /** The recipe whose model answers the use case. */
    readonly recipeName: string;
    /**
     * The only event type on which the model trains. At least 1,000 events of this type are required. If absent, the
     * model trains on all types, and the 1,000 events can be of any type.
     */
    readonly required?: "View" | "Purchase" | "Watch";
    /** Event type whose items are excluded from the user's lists (Developer Guide: "automatically filters"). */
    readonly hides?: "Purchase" | "Watch";
    /** Whether GetRecommendations works without a userId. */
    readonly withoutUser?: true;
}

/** The use cases of the two domains by recipe name, as the developer guide describes them. */
const useCases: Readonly<Record<string, UseCase>> = {
    "aws-ecomm-popular-items-by-views": { recipeName: "aws-popularity-count", required: "View" },
    "aws-ecomm-popular-items-by-purchases": { recipeName: "aws-popularity-count", required: "Purchase" },
    "aws-ecomm-frequently-bought-together": { recipeName: "aws-sims", required: "Purchase", withoutUser: true },
    "aws-ecomm-customers-who-viewed-x-also-viewed": { recipeName: "aws-sims", required: "View", hides: "Purchase" },
    "aws-ecomm-recommended-for-you": { recipeName: "aws-user-personalization", hides: "Purchase" },
    "aws-vod-because-you-watched-x": { recipeName: "aws-sims", required: "Watch", hides: "Watch" },
    "aws-vod-more-like-x": { recipeName: "aws-similar-items", hides: "Watch" },
    "aws-vod-most-popular": { recipeName: "aws-popularity-count", required: "Watch" },
    "aws-vod-trending-now": { recipeName: "aws-trending-now" },
    "aws-vod-top-picks": { recipeName: "aws-user-personalization", hides: "Watch" },
};

/** Returns the use case of a recipe's ARN; undefined for a recipe of solutions. */
export const findUseCase = (recipeArn: string): UseCase | undefined => {
    const name = recipeArn.slice(recipeArn.lastIndexOf("/") + 1);
    return Object.hasOwn(useCases, name) ? useCases[name] : undefined;
};

/** All recipes of the service. A use case has the type of the recipe behind it. */
const recipes: Recipe[] = [
    ...solutionRecipes,
    ...Object.entries(useCases).map(([name, { recipeName }]): Recipe => {
        const type = solutionRecipes.find((recipe) => recipe.name === recipeName)?.type ?? "USER_PERSONALIZATION";
        const domain = name.startsWith("aws-vod-") ? "VIDEO_ON_DEMAND" : "ECOMMERCE";
        return custom(name.slice("aws-".length), type, { domain });
    }),
];

/** The recipe that AutoML always chooses in the emulator. */
export const autoMlRecipe = "aws-user-personalization";

// A day of the service's first year: the emulator does not know the real dates of the recipes.
const creationDateTime = Date.UTC(2019, 5, 10) / 1000;
const times = { creationDateTime, lastUpdatedDateTime: creationDateTime };

/** Returns an ARN of the service itself, which has no account and no region. */
const arnOf = (what: "recipe" | "algorithm" | "feature-transformation") => (call: Call, name: string) =>
    `arn:${call.options.partition}:personalize:::${what}/${name}`;
const algorithmArnOf = arnOf("algorithm");
const transformationArnOf = arnOf("feature-transformation");
/** Returns the ARN of a recipe. */
export const recipeArnOf = arnOf("recipe");

/** Returns the recipe with the ARN `arn`. Throws ResourceNotFoundException. */
export function needRecipe(call: Call, arn: string): Recipe {
    const recipe = recipes.find(({ name }) => recipeArnOf(call, name) === arn);
    if (!recipe) throw notFound("recipe", arn);
    return recipe;
}

/**
 * Returns the type of a solution's recipe by its name or ARN. Without a recipe, returns the type of AutoML's recipe.
 */
export function recipeTypeOf(recipe: string = autoMlRecipe): RecipeType {
    const match = recipes.find(({ name }) => name === recipe.slice(recipe.lastIndexOf("/") + 1));
    return match?.type ?? "USER_PERSONALIZATION";
}

/** Length of a page if the caller does not set one. */
const unaskedPage = 11;

export const recipeHandlers: Record<string, Handler> = {
    DescribeAlgorithm(call, input: { algorithmArn: string }) {
        const recipe = recipes.find(({ algorithm }) => algorithmArnOf(call, algorithm) === input.algorithmArn);
        if (!recipe) throw notFound("algorithm", input.algorithmArn);
        const { algorithm: name } = recipe;
        return {
            algorithm: {
                name,
                algorithmArn: input.algorithmArn,
                trainingInputMode: "File",
                defaultHyperParameters: defaultHyperParameters(name),
                defaultHyperParameterRanges: defaultRanges(name),
                ...times,
            },
        };
    },
    DescribeFeatureTransformation(call, input: { featureTransformationArn: string }) {
        const { featureTransformationArn } = input;
        const match = recipes.find(
            ({ featureTransformation }) =>
                transformationArnOf(call, featureTransformation) === featureTransformationArn,
        );
        if (!match) throw notFound("feature transformation", featureTransformationArn);
        return {
            featureTransformation: {
                name: match.featureTransformation,
                featureTransformationArn,
                defaultParameters: defaultTransformation(match.name),
                status: "ACTIVE",
                ...times,
            },
        };
    },
    DescribeRecipe(call, input: { recipeArn: string }) {
        const { name, type, algorithm, featureTransformation } = needRecipe(call, input.recipeArn);
        return {
            recipe: {
                name,
                recipeArn: input.recipeArn,
                algorithmArn: algorithmArnOf(call, algorithm),
                featureTransformationArn: transformationArnOf(call, featureTransformation),
                status: "ACTIVE",
                recipeType: type,
                ...times,
            },
        };
    },
    ListRecipes(call, input: PageInput & { domain?: string }) {
        const listed = recipes
            .filter((recipe) => !recipe.legacy)
            .toSorted((a, b) => (a.name < b.name ? -1 : 1))
            .map((recipe, id) => ({ id, recipe }));
        const wish = { maxResults: unaskedPage, ...input };
        const { page, ...token } = paginate(listed, wish, `ListRecipes ${input.domain}`);
        return {
            // AWS first divides the list of all recipes into pages, and then filters each page by domain. AWS's sample
            // shows this order: it reads the next page if the first page for VIDEO_ON_DEMAND is empty.
            recipes: page
                .filter(({ recipe }) => input.domain === undefined || recipe.domain === input.domain)
                .map(({ recipe: { name, domain } }) => ({
                    name,
                    recipeArn: recipeArnOf(call, name),
                    status: "ACTIVE",
                    ...times,
                    ...(domain && { domain }),
                })),
            ...token,
        };
    },
};
