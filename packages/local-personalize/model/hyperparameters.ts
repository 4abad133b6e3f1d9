import { countEvents, countItems, type Interactions } from "./histories.ts";

/**
 * Hyperparameters or feature transformation parameters of a training. The keys are the service's names of the
 * parameters. An absent parameter has its default.
 */
export type Settings = Readonly<Record<string, string>>;

/**
 * Returns the interactions of users and items whose numbers of interactions are within the percentiles of
 * `featureTransformationParameters`. Without percentiles, nothing is excluded: the service's defaults are not applied,
 * because they would exclude data of every small test.
 */
export function withinPercentiles(interactions: Interactions, settings: Settings): Interactions {
    const { users, items } = interactions;
    const keepsUser = within(countEvents(interactions), settings, "user_history_length");
    const keepsItem = within(countItems(interactions), settings, "item_interaction_count");
    if (!keepsUser && !keepsItem) return interactions;
    return rowsWhere(interactions, (row) => {
        const [user, item] = [users[row] as number, items[row] as number];
        return (keepsUser?.[user] ?? true) && (keepsItem?.[item] ?? true);
    });
}

/** Returns for each count whether it is within the percentiles; undefined without percentiles in the settings. */
function within(counts: Float64Array, settings: Settings, what: string): boolean[] | undefined {
    const [least, most] = ["min", "max"].map((end) => settings[`${end}_${what}_percentile`]);
    if (least === undefined && most === undefined) return undefined;
    const sorted = counts.toSorted();
    const at = (share: string | undefined, other: number) =>
        share === undefined ? other : (sorted[Math.floor(Number(share) * (sorted.length - 1))] as number);
    const [from, to] = [at(least, 0), at(most, Number.POSITIVE_INFINITY)];
    return Array.from(counts, (count) => count >= from && count <= to);
}

/** Returns the rows for which `keeps` holds. IDs keep their numbers. */
export function rowsWhere(interactions: Interactions, keeps: (row: number) => boolean): Interactions {
    const kept = (_: number, row: number) => keeps(row);
    const { users, items, timestamps, weights, contexts } = interactions;
    return {
        ...interactions,
        users: users.filter(kept),
        items: items.filter(kept),
        timestamps: timestamps.filter(kept),
        ...(weights && { weights: weights.filter(kept) }),
        ...(contexts && {
            contexts: Object.fromEntries(
                Object.entries(contexts).map(([name, { words, numbers }]) => [
                    name,
                    { words, numbers: numbers.filter(kept) },
                ]),
            ),
        }),
    };
}
