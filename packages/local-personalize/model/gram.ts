import { LONGEST_HISTORY } from "./histories.ts";

/**
 * Similarity of two items: a sum over all users, larger for events that are close in the user's history. This makes the
 * model aware of time; EASE^R's own Gram matrix counts all pairs of a user equally.
 */

/** The part that two events of a user count at any distance; the rest halves every 20 positions. */
const FLOOR = 0.1;
const HALVING = 20;
/** The mean of the ridge; an item's ridge grows with the root of its own weight. */
const RIDGE = 100;

/**
 * Fills the lower triangle (zeros above it) of the n × n matrix Σ (users) w_u Σ (pairs of events) kernel(distance),
 * with the ridge on its diagonal. It is positive definite, because the kernel is. w_u = (100 / events of the user)^¼
 * limits the weight of very active users. The newest 500 events of a history count. Pairs count at any distance: a cut-off
 * would save little time, and lose the guarantee. `eventWeights` has a list for each history. A pair
 * counts the product of its two weights.
 */
export function timeAwareGram(
    histories: Iterable<readonly number[]>,
    n: number,
    eventWeights?: readonly (readonly number[])[],
): Float64Array {
    const gram = new Float64Array(n * n);
    const kernel = Float64Array.from(
        { length: LONGEST_HISTORY },
        (_, distance) => FLOOR + (1 - FLOOR) * 2 ** (-distance / HALVING),
    );
    let user = 0;
    for (const whole of histories) {
        const history = whole.slice(-LONGEST_HISTORY);
        const factors = eventWeights?.[user++]?.slice(-LONGEST_HISTORY);
        const weight = (100 / history.length) ** 0.25;
        for (let later = 0; later < history.length; later++) {
            const row = history[later] as number;
            const factor = factors?.[later] ?? 1;
            gram[row * n + row] = (gram[row * n + row] as number) + weight * factor * factor;
            for (let earlier = 0; earlier < later; earlier++) {
                const column = history[earlier] as number;
                const pair = factor * (factors?.[earlier] ?? 1);
                const value = weight * pair * (kernel[later - earlier] as number);
                // One triangle is enough; an item that occurs twice for one user adds both orders to its diagonal.
                const at = row > column ? row * n + column : column * n + row;
                gram[at] = (gram[at] as number) + (row === column ? 2 * value : value);
            }
        }
    }
    addRidge(gram, n);
    return gram;
}

function addRidge(gram: Float64Array, n: number): void {
    // An item in no history (its users have 500 newer events) is treated as an item that occurs once.
    const roots = Float64Array.from({ length: n }, (_, item) => Math.sqrt(gram[item * n + item] as number) || 1);
    const mean = roots.reduce((sum, root) => sum + root, 0) / n;
    roots.forEach((root, item) => {
        gram[item * n + item] = (gram[item * n + item] as number) + (RIDGE * root) / mean;
    });
}
