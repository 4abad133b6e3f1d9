/**
 * Interactions in columns, sorted by timestamp. Row `r` is user `userIds[users[r]]` with item `itemIds[items[r]]` at
 * `timestamps[r]` (epoch seconds). Ids are numbered by their first appearance.
 */
export interface Interactions {
    readonly userIds: readonly string[];
    readonly itemIds: readonly string[];
    readonly users: Int32Array;
    readonly items: Int32Array;
    readonly timestamps: Float64Array;
    /** The weight of each row's event, 1 on average over the event types; absent: all count equally. */
    readonly weights?: Float64Array;
    /** The context of each row's event, by column: the value of row `r` is `words[numbers[r]]`, "" for none. */
    readonly contexts?: Readonly<Record<string, { readonly words: readonly string[]; readonly numbers: Int32Array }>>;
}

/**
 * Maximum number of items with dense rows. A training takes 3 n³ operations: 6 seconds for 4,000 rows. Rarer items have
 * sparse rows, with which lists are hardly worse (docs/models.md).
 */
export const MOST_DENSE_ITEMS = 4_000;
/** Number of newest events of a history that are scored and trained on. */
export const LONGEST_HISTORY = 500;

/** The training data of a model: items with new numbers, and each user's items by that number, oldest first. */
export interface TrainingData {
    itemIds: string[];
    /** The first `dense` items have dense rows: all items, or the 4,000 most watched. */
    dense: number;
    histories: Map<string, number[]>;
    /** Weight of each event of a history, in its order; absent: all events count equally. */
    eventWeights?: Map<string, number[]>;
}

/**
 * Returns all items with interactions, and the users' events with them. The 4,000 items with most interactions come
 * first, then the others, each group in the order of the items' numbers in the data. Users without an event are absent.
 */
export function toTrainingData(interactions: Interactions, mostDense = MOST_DENSE_ITEMS): TrainingData {
    const { dense, tail } = orderedItems(interactions, mostDense);
    const ordered = [...dense, ...tail];
    const modelIndex = new Int32Array(interactions.itemIds.length).fill(-1);
    ordered.forEach((item, index) => {
        modelIndex[item] = index;
    });
    const { users, items, weights } = interactions;
    const rowsOf = groupPlaces(users, interactions.userIds.length);
    const histories = new Map<string, number[]>();
    const eventWeights = new Map<string, number[]>();
    for (const [user, userId] of interactions.userIds.entries()) {
        const rows = [...rowsOf(user)];
        if (rows.length === 0) continue;
        histories.set(
            userId,
            rows.map((row) => modelIndex[items[row] as number] as number),
        );
        if (weights)
            eventWeights.set(
                userId,
                rows.map((row) => weights[row] as number),
            );
    }
    return {
        itemIds: ordered.map((item) => interactions.itemIds[item] ?? ""),
        dense: dense.length,
        histories,
        ...(weights && { eventWeights }),
    };
}

/**
 * Groups the places of numbers from 0 to `size` - 1. Returns a function that returns the places of one number,
 * ascending.
 */
export function groupPlaces(numbers: Int32Array, size: number): (number: number) => Int32Array {
    const counts = countNumbers(numbers, size);
    const starts = new Int32Array(size + 1);
    for (let number = 0; number < size; number++) {
        starts[number + 1] = (starts[number] as number) + (counts[number] as number);
    }
    const next = starts.slice();
    const places = new Int32Array(numbers.length);
    for (const [place, number] of numbers.entries()) {
        places[next[number] as number] = place;
        next[number] = (next[number] as number) + 1;
    }
    return (number) => places.subarray(starts[number], starts[number + 1]);
}

/** Returns the part of the data about the first `dense` items. */
export function densePart(data: TrainingData): TrainingData {
    const { dense, eventWeights } = data;
    if (dense === data.itemIds.length) return data;
    const weights = eventWeights && new Map<string, number[]>();
    const histories = new Map<string, number[]>();
    for (const [userId, history] of data.histories) {
        const kept = history.filter((item) => item < dense);
        if (kept.length === 0) continue;
        histories.set(userId, kept);
        weights?.set(
            userId,
            (eventWeights?.get(userId) ?? []).filter((_, position) => (history[position] as number) < dense),
        );
    }
    const itemIds = data.itemIds.slice(0, dense);
    return { itemIds, dense, histories, ...(weights && { eventWeights: weights }) };
}

/** Returns how often each number from 0 to `size` - 1 occurs. */
export function countNumbers(numbers: Iterable<number>, size: number): Float64Array {
    const counts = new Float64Array(size);
    for (const number of numbers) counts[number] = (counts[number] as number) + 1;
    return counts;
}

/** Returns how often each item number occurs. */
export const countItems = ({ itemIds, items }: Interactions) => countNumbers(items, itemIds.length);
/** Returns how many events each user has. */
export const countEvents = ({ userIds, users }: Interactions) => countNumbers(users, userIds.length);

function orderedItems(interactions: Interactions, mostDense: number): { dense: number[]; tail: number[] } {
    const counts = countItems(interactions);
    const usedItems = [...counts.keys()].filter((item) => (counts[item] ?? 0) > 0);
    const mostFirst = usedItems.toSorted((a, b) => (counts[b] ?? 0) - (counts[a] ?? 0) || a - b);
    const inOrder = (items: number[]) => items.sort((a, b) => a - b);
    return { dense: inOrder(mostFirst.slice(0, mostDense)), tail: inOrder(mostFirst.slice(mostDense)) };
}
