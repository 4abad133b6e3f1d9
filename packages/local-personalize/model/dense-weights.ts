import { invertPositiveDefinite } from "./cholesky.ts";
import { pairSums } from "./gram.ts";
import type { TrainingData } from "./histories.ts";
import { multiply } from "./multiply.ts";

/**
 * How strongly each item suggests each other one, n × n, row by row. It is the sum of two linear models over P, the
 * inverse of the time-aware Gram matrix.
 *
 * - EASE^R (Steck 2019): -P[i][j] / P[j][j] predicts which items belong together.
 * - Directed ridge: P · D predicts which item follows, D being the sums of pairs in their order.
 *
 * Both count equally, by their Frobenius norms. An item does not suggest itself. With event weights an event counts as
 * much as its weight, on both sides. A request's history has no weights, so an item's row gets the mean weight of its
 * events.
 */
export function denseWeights({ itemIds, histories, eventWeights }: TrainingData): Float32Array {
    const n = itemIds.length;
    const weightsOf = eventWeights && [...histories.keys()].map((userId) => eventWeights.get(userId) ?? []);
    const { gram: inverse, directed } = pairSums(histories.values(), n, weightsOf);
    invertPositiveDefinite(inverse, n);
    const weights = multiply(inverse, directed, n);
    const diagonal = Float64Array.from({ length: n }, (_, item) => inverse[item * n + item] as number);
    const factor = ratioOfNorms(inverse, diagonal, weights, n);
    const means = meanWeights(histories.values(), n, weightsOf);
    for (let row = 0; row < n; row++) {
        const mean = means[row] as number;
        for (let column = 0; column < n; column++) {
            const at = row * n + column;
            const together = -(inverse[at] as number) / (diagonal[column] as number);
            weights[at] = row === column ? 0 : (together + factor * (weights[at] as number)) * mean;
        }
    }
    return weights;
}

/** The norm of EASE^R's weights, divided by that of the directed ones; 0 if nothing follows anything. */
function ratioOfNorms(inverse: Float64Array, diagonal: Float64Array, directed: Float32Array, n: number): number {
    let [together, after] = [0, 0];
    for (let row = 0; row < n; row++) {
        for (let column = 0; column < n; column++) {
            if (row === column) continue;
            const at = row * n + column;
            together += ((inverse[at] as number) / (diagonal[column] as number)) ** 2;
            after += (directed[at] as number) ** 2;
        }
    }
    return after > 0 ? Math.sqrt(together / after) : 0;
}

/** The mean weight of each item's events; 1 without weights. */
function meanWeights(
    histories: Iterable<readonly number[]>,
    n: number,
    weightsOf: readonly (readonly number[])[] | undefined,
): Float64Array {
    if (weightsOf === undefined) return new Float64Array(n).fill(1);
    const sums = new Float64Array(n);
    const counts = new Float64Array(n);
    let user = 0;
    for (const history of histories) {
        const weights = weightsOf[user++] ?? [];
        history.forEach((item, position) => {
            sums[item] = (sums[item] as number) + (weights[position] ?? 1);
            counts[item] = (counts[item] as number) + 1;
        });
    }
    return sums.map((sum, item) => sum / Math.max(1, counts[item] as number));
}
