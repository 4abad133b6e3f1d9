import { GetRecommendationsCommand, type PersonalizeRuntimeClient } from "@aws-sdk/client-personalize-runtime";
import { catalogueBeside, titleLookup } from "../../../data-prep/catalogue.ts";

/** One recommended item; `score` is the service's own, absent if the recipe returns none. */
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

/** A filter of the campaign's dataset group, with values for its placeholders. */
export interface FilterUse {
    readonly name: string;
    /** Values by placeholder; several for a list in the expression. */
    readonly values: Readonly<Record<string, readonly string[]>>;
}

/** Requests each user's list, one after the other: the minimum may be one transaction a second. */
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
 * The service requires quotes around each value, and commas between them (Developer Guide, "Filtering
 * recommendations").
 */
function filterOf(campaignArn: string, { name, values }: FilterUse) {
    const listed = ([placeholder, texts]: [string, readonly string[]]) =>
        [placeholder, texts.map((text) => `"${text}"`).join(",")] as const;
    return {
        filterArn: filterArnOf(campaignArn, name),
        filterValues: Object.fromEntries(Object.entries(values).map(listed)),
    };
}

/** ARN of a filter beside a campaign, by its name. */
export const filterArnOf = (campaignArn: string, name: string): string =>
    campaignArn.replace(/campaign\/.*$/, `filter/${name}`);

/** Titles with their year, from the catalogue beside the interactions; ids without a catalogue. */
export async function titlesBeside(interactionsFile: string): Promise<(itemId: string) => string> {
    const catalogue = await catalogueBeside(interactionsFile);
    return titleLookup(
        catalogue.map((item) => (item.year === null ? item : { ...item, title: `${item.title} (${item.year})` })),
    );
}
