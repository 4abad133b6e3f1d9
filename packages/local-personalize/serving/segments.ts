import type { LineWish } from "../batch/line.ts";
import { findDataset, listFilterColumns } from "../control/datasets.ts";
import type { BatchJobProperties } from "../control/properties.ts";
import type { Call } from "../control/resources.ts";
import { invalidInput } from "../errors.ts";

import { bindFilter, checkFilter, parseFilter } from "../filtering/resolve.ts";
import { usersFor } from "../model/segment.ts";
import type { Trained } from "./campaign-models.ts";
import { collectHistory, type ListSources } from "./get-recommendations.ts";
import { itemNumbers } from "./recommend.ts";

const defaultUsers = 25;

/**
 * Returns the users of a segment, those with the highest affinity first. aws-item-affinity takes an item;
 * aws-item-attribute-affinity takes an expression such as `ITEMS.genres = "Comedy"`, and then all items that match it
 * count. Throws InvalidInputException for another query, an unknown item, and an expression that is not valid.
 */
export function segmentFor(
    call: Call,
    trained: Trained,
    query: Pick<LineWish, "itemId" | "itemAttributes" | "filterValues">,
    { numResults = defaultUsers, filterArn }: Pick<BatchJobProperties, "numResults" | "filterArn">,
    sources: ListSources,
): string[] {
    const { model } = trained;
    const items =
        model.recipeName === "aws-item-attribute-affinity"
            ? itemsWith(call, trained, query.itemAttributes, sources)
            : [requireItem(trained, query.itemId)];
    const passes = filterArn && sources.filters.applyToUsers(call, trained, filterArn, query.filterValues);
    const users = [...model.histories.keys()].filter((userId) => !passes || passes(userId));
    return usersFor(model, items, numResults, users, (userId) => collectHistory(trained, userId, sources.streams));
}

function requireItem({ model }: Trained, itemId: string | undefined): number {
    if (itemId === undefined) throw invalidInput("A line of aws-item-affinity needs an itemId.");
    const item = itemNumbers(model).get(itemId);
    if (item === undefined) throw invalidInput(`The training had no interactions with the item ${itemId}.`);
    return item;
}

function itemsWith(call: Call, trained: Trained, text: string | undefined, { contents }: ListSources): number[] {
    if (text === undefined) throw invalidInput("A line of aws-item-attribute-affinity needs itemAttributes.");
    const { model, datasetGroupArn } = trained;
    const columns = listFilterColumns(call.store, call.region, datasetGroupArn);
    const expression = parseFilter(`INCLUDE ItemID WHERE ${text}`);
    checkFilter(expression, columns);
    const [clause] = bindFilter(expression, new Map(), columns);
    const { rows } = contents.attributes(findDataset(call.store, call.region, datasetGroupArn, "ITEMS"));
    const items = [...model.itemIds.keys()].filter((item) => clause?.item?.(rows.get(model.itemIds[item] ?? "")));
    if (items.length === 0) throw invalidInput(`No item of the training fits ${text}.`);
    return items;
}
