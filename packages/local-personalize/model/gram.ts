import { groupPlaces, LONGEST_HISTORY } from "./histories.ts";

/**
 * Similarity of two items: a sum over all users, larger for events that are close in the user's history. This makes the
 * model aware of time; EASE^R's own Gram matrix counts all pairs of a user equally. docs/models.md has the
 * measurements.
 */

/** Part of the weight of a pair of events that is independent of their distance. The rest halves every 20 positions. */
const FLOOR = 0.1;
const HALVING = 20;
/**
 * In the directed matrix, the weight of a pair of events halves with each `DIRECTED_HALVING` positions between them.
 * Pairs with a distance of more than `DIRECTED_LAST` positions have no weight.
 */
const DIRECTED_HALVING = 10;
const DIRECTED_LAST = 64;
/** Exponent of the number of a user's events, which limits the weight of very active users. */
const USER_POWER = 0.4;
/**
 * Mean of the ridge, the numbers that are added to the diagonal of the Gram matrix (L2 regularization). The number for
 * an item is proportional to the square root of the item's diagonal element.
 */
const RIDGE = 250;

/** The weight of a pair of events by their distance. */
export const kernel = Float64Array.from(
    { length: LONGEST_HISTORY },
    (_, distance) => FLOOR + (1 - FLOOR) * 2 ** (-distance / HALVING),
);
const directedKernel = Float64Array.from({ length: DIRECTED_LAST + 1 }, (_, distance) => {
    return 2 ** (-distance / DIRECTED_HALVING);
});

/** Two n × n matrices over pairs of items, row by row. */
export interface PairSums {
    /**
     * The lower triangle of the Gram matrix, with the ridge added to the diagonal, and zeros above it. The matrix is
     * positive definite, because the weights by distance (`kernel`) are a positive definite function.
     */
    gram: Float64Array;
    /** Row i, column j: how often j follows i, and how closely. The diagonal is 0. */
    directed: Float32Array;
    /** The square root of each item's diagonal element before the ridge; 1 for an item whose element is 0. */
    roots: Float64Array;
}

/**
 * Sums w_u · kernel(distance) over all users and their pairs of events. w_u = (100 / events of the user)^0.4 limits the
 * weight of very active users. The newest 500 events of a history count. In `gram`, pairs count at any distance: a
 * cut-off would save little time, and the matrix might not be positive definite. `eventWeights` has a list for each
 * history. A pair's weight is also multiplied by the weights of its two events.
 */
export function pairSums(
    histories: Iterable<readonly number[]>,
    n: number,
    eventWeights?: readonly (readonly number[])[],
): PairSums {
    const events = flattened(histories, eventWeights);
    const gram = new Float64Array(n * n);
    const directed = new Float32Array(n * n);
    const follows = new Float64Array(n);
    // Work item by item, so that the sums of one item stay in the processor's cache.
    const eventsOf = groupPlaces(events.items, n);
    for (let item = 0; item < n; item++) {
        follows.fill(0);
        const row = gram.subarray(item * n, item * n + n);
        for (const event of eventsOf(item)) addLaterEvents(row, follows, events, event);
        follows[item] = 0;
        directed.set(follows, item * n);
    }
    addTranspose(gram, n);
    addOwnWeights(gram, n, events);
    // A history contains only a user's newest 500 events, so an item may be in no history. Treat such an item as if it
    // occurred once.
    const roots = Float64Array.from({ length: n }, (_, item) => Math.sqrt(gram[item * n + item] as number) || 1);
    addRidge(gram, roots);
    return { gram, directed, roots };
}

/** The events of all users, one user after the other, oldest first. */
interface Events {
    items: Int32Array;
    weights: Float64Array;
    /** User of each event, and end of each user's events. */
    users: Int32Array;
    ends: Int32Array;
    userWeights: Float64Array;
}

function flattened(histories: Iterable<readonly number[]>, eventWeights?: readonly (readonly number[])[]): Events {
    const newest = Array.from(histories, (history) => history.slice(-LONGEST_HISTORY));
    const ends = new Int32Array(newest.length);
    let count = 0;
    for (const [user, history] of newest.entries()) {
        count += history.length;
        ends[user] = count;
    }
    const items = new Int32Array(count);
    const users = new Int32Array(count);
    const weights = new Float64Array(count).fill(1);
    for (const [user, history] of newest.entries()) {
        const start = (ends[user] as number) - history.length;
        items.set(history, start);
        users.fill(user, start, ends[user]);
        if (eventWeights) weights.set((eventWeights[user] ?? []).slice(-LONGEST_HISTORY), start);
    }
    const userWeights = Float64Array.from(newest, ({ length }) => (100 / length) ** USER_POWER);
    return { items, weights, users, ends, userWeights };
}

/** Adds the pairs of one event with the later events of the same user to the matrix rows of the event's item. */
function addLaterEvents(row: Float64Array, follows: Float64Array, events: Events, event: number): void {
    const { items, weights } = events;
    const user = events.users[event] as number;
    const end = events.ends[user] as number;
    const factor = (events.userWeights[user] as number) * (weights[event] as number);
    const near = Math.min(end, event + DIRECTED_LAST + 1);
    for (let later = event + 1; later < near; later++) {
        const item = items[later] as number;
        const pair = factor * (weights[later] as number);
        row[item] = (row[item] as number) + pair * (kernel[later - event] as number);
        follows[item] = (follows[item] as number) + pair * (directedKernel[later - event] as number);
    }
    for (let later = near; later < end; later++) {
        const item = items[later] as number;
        row[item] = (row[item] as number) + factor * (weights[later] as number) * (kernel[later - event] as number);
    }
}

/** Adds the transpose of a matrix to its lower triangle, and sets the upper triangle to 0. */
function addTranspose(matrix: Float64Array, n: number): void {
    for (let row = 0; row < n; row++) {
        // The diagonal is doubled too, because a pair of two events with the same item counts in both orders.
        for (let column = 0; column <= row; column++) {
            const [at, mirrored] = [row * n + column, column * n + row];
            matrix[at] = (matrix[at] as number) + (matrix[mirrored] as number);
            if (column < row) matrix[mirrored] = 0;
        }
    }
}

/** Adds each event's pair with itself to the diagonal. */
function addOwnWeights(gram: Float64Array, n: number, { items, weights, users, userWeights }: Events): void {
    for (const [event, item] of items.entries()) {
        const weight = weights[event] as number;
        const at = item * n + item;
        gram[at] = (gram[at] as number) + (userWeights[users[event] as number] as number) * weight * weight;
    }
}

function addRidge(gram: Float64Array, roots: Float64Array): void {
    const n = roots.length;
    const mean = roots.reduce((sum, root) => sum + root, 0) / n;
    roots.forEach((root, item) => {
        gram[item * n + item] = (gram[item * n + item] as number) + (RIDGE * root) / mean;
    });
}
