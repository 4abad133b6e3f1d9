import { LONGEST_HISTORY } from "./histories.ts";

/**
 * How much two items belong together: over all users, the closer in the user's history the more. This is what makes
 * the model aware of time; EASE^R's own Gram matrix counts every pair of a user alike.
 */

/** Two events of a user count this much however far apart, and the rest halves every 20 positions. */
const FLOOR = 0.1;
const HALVING = 20;
/** The mean of what is added to the diagonal; an item gets more of it with the root of its own weight. */
const RIDGE = 100;

/**
 * Makes the lower triangle (zeros above it) of the n × n matrix Σ (users) w_u Σ (pairs of events) kernel(distance),
 * with the ridge on its diagonal: positive definite, because the kernel is. w_u = (100 / events of the user)^¼ keeps heavy users from
 * drowning the others. Histories have 500 events at most. Pairs are counted however far apart: cutting the kernel off
 * would save little time, and cost the guarantee.
 */
export function timeAwareGram(histories: Iterable<readonly number[]>, n: number): Float64Array {
    const gram = new Float64Array(n * n);
    const kernel = Float64Array.from(
        { length: LONGEST_HISTORY },
        (_, distance) => FLOOR + (1 - FLOOR) * 2 ** (-distance / HALVING),
    );
    for (const history of histories) {
        const weight = (100 / history.length) ** 0.25;
        for (let later = 0; later < history.length; later++) {
            const row = history[later] as number;
            gram[row * n + row] = (gram[row * n + row] as number) + weight;
            for (let earlier = 0; earlier < later; earlier++) {
                const column = history[earlier] as number;
                const value = weight * (kernel[later - earlier] as number);
                // One triangle is enough; an item met twice by one user adds both orders to its diagonal.
                const at = row > column ? row * n + column : column * n + row;
                gram[at] = (gram[at] as number) + (row === column ? 2 * value : value);
            }
        }
    }
    addRidge(gram, n);
    return gram;
}

function addRidge(gram: Float64Array, n: number): void {
    // An item that occurs in no history (its users have 500 newer events) is treated as one that occurs once.
    const roots = Float64Array.from({ length: n }, (_, item) => Math.sqrt(gram[item * n + item] as number) || 1);
    const mean = roots.reduce((sum, root) => sum + root, 0) / n;
    roots.forEach((root, item) => {
        gram[item * n + item] = (gram[item * n + item] as number) + (RIDGE * root) / mean;
    });
}
