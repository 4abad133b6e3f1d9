import { DescribeFilterCommand, type PersonalizeClient } from "@aws-sdk/client-personalize";
import type { Columns } from "../../../data-prep/columns.ts";
import { filterArnOf, type Recommendation } from "./recommendations.ts";

/** Effect of a filter on a user's list. */
export interface LeftOut {
    readonly filter: string;
    readonly expression: string;
    /** Items of the list without the filter that the filter left out, best first. */
    readonly items: readonly Recommendation[];
    /** Items of the filtered list that the user has interacted with. */
    readonly knownItems: readonly Recommendation[];
    readonly sentence: string;
}

export interface NamedFilter {
    readonly name: string;
    readonly expression: string;
}

/** The filter of this name in the campaign's account and region. Throws the service's errors. */
export async function describeFilter(
    client: PersonalizeClient,
    campaignArn: string,
    name: string,
    signal: AbortSignal,
): Promise<NamedFilter> {
    const command = new DescribeFilterCommand({ filterArn: filterArnOf(campaignArn, name) });
    const { filter } = await client.send(command, { abortSignal: signal });
    return { name, expression: filter?.filterExpression ?? "" };
}

/** Compares a user's filtered list with an equally long one without the filter; `history` has the user's items. */
export function leftOut(
    { name, expression }: NamedFilter,
    list: readonly Recommendation[],
    unfiltered: readonly Recommendation[],
    history: ReadonlySet<string>,
): LeftOut {
    const kept = new Set(list.map(({ itemId }) => itemId));
    const items = unfiltered.filter(({ itemId }) => !kept.has(itemId));
    const knownItems = list.filter(({ itemId }) => history.has(itemId));
    const what = `Of the best ${unfiltered.length}, the filter ${name} left out ${items.length === 0 ? "none" : namesOf(items)}.`;
    const known =
        knownItems.length === 0
            ? ""
            : ` Watched before, but in the list: ${namesOf(knownItems)}${whyKnown(expression)}.`;
    return {
        filter: name,
        expression,
        items,
        knownItems,
        sentence: `${what} Its expression: ${expression}.${known}`,
    };
}

/** Ids of the items that a user has interacted with. */
export function historyOf(
    { userIds, users, itemIds, items }: Pick<Columns, "userIds" | "users" | "itemIds" | "items">,
    userId: string,
): Set<string> {
    const user = userIds.indexOf(userId);
    const history = new Set<string>();
    users.forEach((one, row) => {
        if (one === user) history.add(itemIds[items[row] ?? -1] ?? "");
    });
    return history;
}

/** Developer Guide, "Filter expressions": how many interactions a filter considers. */
const whyKnown = (expression: string) =>
    /\bEXCLUDE\b[^|]*\bInteractions\b/i.test(expression)
        ? " (a filter sees a user's 100 latest interactions of an event type)"
        : "";

const namesOf = (items: readonly Recommendation[]) =>
    items.map(({ itemId, title }) => (title === itemId ? itemId : `${title} [${itemId}]`)).join(", ");
