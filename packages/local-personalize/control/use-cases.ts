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
