import { GetRecommendationsCommand, type PersonalizeRuntimeClient } from "@aws-sdk/client-personalize-runtime";

/** One recommended item; `score` is the service's own, absent where its recipe gives none. */
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
    /** Ends the asking. */
    readonly signal?: AbortSignal;
}

/** Asks the campaign for each user, one after the other: its minimum may be one transaction a second. */
export async function recommend(
    { client, titleOf }: RecommendDeps,
    { campaignArn, users, numResults, signal }: RecommendOptions,
): Promise<Record<string, Recommendation[]>> {
    const lists: Record<string, Recommendation[]> = {};
    for (const userId of users) {
        const command = new GetRecommendationsCommand({ campaignArn, userId, numResults });
        const { itemList = [] } = await client.send(command, signal && { abortSignal: signal });
        lists[userId] = itemList.map(({ itemId = "", score }) => ({
            itemId,
            title: titleOf(itemId),
            ...(score !== undefined && { score }),
        }));
    }
    return lists;
}
