import { DescribeFilterCommand, type PersonalizeClient } from "@aws-sdk/client-personalize";
import type { Columns } from "../../../data-prep/columns.ts";
import { filterArnOf, type Recommendation } from "./recommendations.ts";

/** A filter's effect on a user's list. */
export interface LeftOut {
    readonly filter: string;
    readonly expression: string;
    /** Items that the filter removed from the unfiltered list, best first. */
    readonly items: readonly Recommendation[];
    /** Items in the filtered list with which the user has interacted. */
    readonly knownItems: readonly Recommendation[];
    readonly sentence: string;
}

export interface NamedFilter {
    readonly name: string;
    readonly expression: string;
}

/** Reads the filter with this name in the campaign's account and region. Throws the service's errors. */
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

/** Compares a user's filtered list with an unfiltered list of equal length. `history` contains the user's items. */
export function leftOut(
    { name, expression }: NamedFilter,
    list: readonly Recommendation[],
    unfiltered: readonly Recommendation[],
    history: ReadonlySet<string>,
): LeftOut {
    const kept = new Set(list.map(({ itemId }) => itemId));
    const items = unfiltered.filter(({ itemId }) => !kept.has(itemId));
    const knownItems = list.filter(({ itemId }) => history.has(itemId));
    const what = `Of the best ${unfiltered.length}, the filter ${name} removed ${items.length === 0 ? "none" : namesOf(items)}.`;
    const watched =
        knownItems.length === 0
            ? ""
            : ` Watched before, but in the list: ${namesOf(knownItems)}${whyKnown(expression)}.`;
    return {
        filter: name,
        expression,
        items,
        knownItems,
        sentence: `${what} Its expression: ${expression}.${watched}`,
    };
}

/** Returns the ids of items with which a user has interacted. */
export function collectUserItems(
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

/** Returns a note about the interactions that a filter considers (Developer Guide, "Filter expressions"). */
const whyKnown = (expression: string) =>
    /\bEXCLUDE\b[^|]*\bInteractions\b/i.test(expression)
        ? " (a filter sees a user's 100 latest interactions of an event type)"
        : "";

const namesOf = (items: readonly Recommendation[]) =>
    items.map(({ itemId, title }) => (title === itemId ? itemId : `${title} [${itemId}]`)).join(", ");
