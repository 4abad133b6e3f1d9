import type { Model } from "./model.ts";
import { eachRecent } from "./score.ts";
import { eachEntry } from "./sparse-rows.ts";

/**
 * Returns the users among `userIds` with the highest affinity to some items, best first. The affinity of a user is the
 * sum of the items' affinities to the user's history. `historyOf` returns a user's items, oldest first.
 */
export function usersFor(
    model: Model,
    items: readonly number[],
    count: number,
    userIds: readonly string[] = [...model.histories.keys()],
    historyOf: (userId: string) => readonly number[] = (userId) => model.histories.get(userId) ?? [],
): string[] {
    const worth = worthOfHistoryItems(model, items);
    const users = userIds.map((userId): [string, number] => {
        let sum = 0;
        eachRecent(model, historyOf(userId), (item, recency) => {
            sum += recency * (worth[item] as number);
        });
        return [userId, sum];
    });
    return users
        .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
        .slice(0, count)
        .map(([userId]) => userId);
}

/**
 * Returns, for each item, the sum of its weights towards all wanted items. If a user has an event with the item, this
 * sum is added to the user's affinity to the wanted items.
 */
function worthOfHistoryItems(
    { itemIds, weights, neighbours, dense = itemIds.length }: Model,
    wanted: readonly number[],
) {
    const isWanted = new Uint8Array(itemIds.length);
    for (const item of wanted) isWanted[item] = 1;
    return Float64Array.from(itemIds, (_, item) => {
        let sum = 0;
        if (item < dense) {
            for (const other of wanted) if (other < dense) sum += weights[item * dense + other] as number;
        }
        if (neighbours) {
            eachEntry(neighbours, item, (other, value) => {
                if (isWanted[other]) sum += value;
            });
        }
        return sum;
    });
}
