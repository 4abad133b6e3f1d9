import { LONGEST_HISTORY } from "./histories.ts";

/**
 * Similarity of two items: a sum over all users, larger for events that are close in the user's history. This makes the
 * model aware of time; EASE^R's own Gram matrix counts all pairs of a user equally. docs/models.md has the measurements.
 */

/** The part that two events of a user count at any distance; the rest halves every 20 positions. */
const FLOOR = 0.1;
const HALVING = 20;
/** In the directed matrix a pair counts half at this distance, and nothing beyond the last one. */
const DIRECTED_HALVING = 10;
const DIRECTED_LAST = 64;
/** How much very active users are limited: by this power of the number of their events. */
const USER_POWER = 0.4;
/** The mean of the ridge; an item's ridge grows with the root of its own weight. */
const RIDGE = 250;

const kernel = Float64Array.from(
    { length: LONGEST_HISTORY },
    (_, distance) => FLOOR + (1 - FLOOR) * 2 ** (-distance / HALVING),
);
const directedKernel = Float64Array.from({ length: DIRECTED_LAST + 1 }, (_, distance) => {
    return 2 ** (-distance / DIRECTED_HALVING);
});

/** Two n × n matrices over pairs of items, row by row. */
export interface PairSums {
    /** The lower triangle, with the ridge on its diagonal, and zeros above it: positive definite, as its kernel is. */
    gram: Float64Array;
    /** Row i, column j: how often j follows i, and how closely. The diagonal is 0. */
    directed: Float32Array;
}

/**
 * Sums w_u · kernel(distance) over all users and their pairs of events. w_u = (100 / events of the user)^0.4 limits the
 * weight of very active users. The newest 500 events of a history count. In `gram`, pairs count at any distance: a
 * cut-off would save little time, and lose the guarantee. `eventWeights` has a list for each history. A pair counts the
 * product of its two weights.
 */
export function pairSums(
    histories: Iterable<readonly number[]>,
    n: number,
    eventWeights?: readonly (readonly number[])[],
): PairSums {
    const sums = { gram: new Float64Array(n * n), directed: new Float32Array(n * n) };
    let user = 0;
    for (const history of histories) addPairs(sums, n, history, eventWeights?.[user++]);
    addRidge(sums.gram, n);
    return sums;
}

function addPairs(
    { gram, directed }: PairSums,
    n: number,
    whole: readonly number[],
    weights: readonly number[] | undefined,
): void {
    const history = Int32Array.from(whole.slice(-LONGEST_HISTORY));
    const factors = Float64Array.from(weights?.slice(-LONGEST_HISTORY) ?? new Float64Array(history.length).fill(1));
    const userWeight = (100 / history.length) ** USER_POWER;
    for (let later = 0; later < history.length; later++) {
        const row = history[later] as number;
        const factor = userWeight * (factors[later] as number);
        gram[row * n + row] = (gram[row * n + row] as number) + factor * (factors[later] as number);
        for (let earlier = 0; earlier < later; earlier++) {
            const column = history[earlier] as number;
            const pair = factor * (factors[earlier] as number);
            const distance = later - earlier;
            const value = pair * (kernel[distance] as number);
            // One triangle is enough; an item that occurs twice for one user adds both orders to its diagonal.
            const at = row > column ? row * n + column : column * n + row;
            gram[at] = (gram[at] as number) + (row === column ? 2 * value : value);
            if (distance > DIRECTED_LAST || row === column) continue;
            const follows = column * n + row;
            directed[follows] = (directed[follows] as number) + pair * (directedKernel[distance] as number);
        }
    }
}

function addRidge(gram: Float64Array, n: number): void {
    // An item in no history (its users have 500 newer events) is treated as an item that occurs once.
    const roots = Float64Array.from({ length: n }, (_, item) => Math.sqrt(gram[item * n + item] as number) || 1);
    const mean = roots.reduce((sum, root) => sum + root, 0) / n;
    roots.forEach((root, item) => {
        gram[item * n + item] = (gram[item * n + item] as number) + (RIDGE * root) / mean;
    });
}
