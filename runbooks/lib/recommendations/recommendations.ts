import { GetRecommendationsCommand, type PersonalizeRuntimeClient } from "@aws-sdk/client-personalize-runtime";

/** One recommended item. `score` is the service's; missing if the recipe returns no scores. */
export interface Recommendation {
    readonly itemId: string;
    readonly title: string;
    readonly score?: number;
}

export interface RecommendDeps {
    readonly client: PersonalizeRuntimeClient;
    titleOf(itemId: string): string;
}

export interface RecommendOptions {
    readonly campaignArn: string;
    readonly users: readonly string[];
    /** 1 to 500. */
    readonly numResults: number;
    readonly filter?: FilterUse | undefined;
    /** Cancels the requests. */
    readonly signal?: AbortSignal;
}

/** A filter with the values of its placeholders. */
interface FilterUse {
    readonly name: string;
    /** Values by placeholder; several values for a list in the expression. */
    readonly values: Readonly<Record<string, readonly string[]>>;
}

/** Requests the users' lists one after another, because the campaign's minimum may be 1 TPS. */
export async function recommend(
    { client, titleOf }: RecommendDeps,
    { campaignArn, users, numResults, filter, signal }: RecommendOptions,
): Promise<Record<string, Recommendation[]>> {
    const lists: Record<string, Recommendation[]> = {};
    for (const userId of users) {
        const command = new GetRecommendationsCommand({
            campaignArn,
            userId,
            numResults,
            ...(filter && filterOf(campaignArn, filter)),
        });
        const { itemList = [] } = await client.send(command, signal && { abortSignal: signal });
        lists[userId] = itemList.map(({ itemId = "", score }) => ({
            itemId,
            title: titleOf(itemId),
            ...(score !== undefined && { score }),
        }));
    }
    return lists;
}

/**
 * Returns the filter parameters of the request. The service requires quoted values, separated by commas (Developer
 * Guide, "Filtering recommendations").
 */
function filterOf(campaignArn: string, { name, values }: FilterUse) {
    const listed = ([placeholder, texts]: [string, readonly string[]]) =>
        [placeholder, texts.map((text) => `"${text}"`).join(",")] as const;
    return {
        filterArn: filterArnOf(campaignArn, name),
        filterValues: Object.fromEntries(Object.entries(values).map(listed)),
    };
}

/** Returns the ARN of a filter in the campaign's account and region. */
export const filterArnOf = (campaignArn: string, name: string): string =>
    campaignArn.replace(/campaign\/.*$/, `filter/${name}`);
