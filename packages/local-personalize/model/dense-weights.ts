import { invertPositiveDefinite } from "./cholesky.ts";
import { pairSums } from "./gram.ts";
import type { TrainingData } from "./histories.ts";
import { multiply } from "./multiply.ts";
import { computeNorm, principalWeights } from "./principal.ts";

/** Norm of the principal components' weights, relative to the norm of the other weights (docs/models.md). */
const PRINCIPAL_SHARE = 1.2;

/**
 * Returns how strongly each item suggests each other item, n × n, row by row. It is the sum of three linear models of
 * the time-aware Gram matrix, whose inverse is P.
 *
 * - EASE^R (Steck 2019): -P[i][j] / P[j][j] predicts which items belong together.
 * - Directed ridge: P · D predicts which item follows. D contains the sums over pairs of items in their order.
 * - The same two models, restricted to the greatest principal components (principal.ts).
 *
 * Their Frobenius norms decide how much each one counts. An item does not suggest itself. With event weights, an event
 * counts by its weight, both as an item of the history and as the item that follows. A request's history has no
 * weights, so an item's row gets the mean weight of its events.
 */
export function denseWeights({ itemIds, histories, eventWeights }: TrainingData): Float32Array {
    const n = itemIds.length;
    const weightsOf = eventWeights && [...histories.keys()].map((userId) => eventWeights.get(userId) ?? []);
    const sums = pairSums(histories.values(), n, weightsOf);
    const principal = principalWeights(sums);
    const { gram: inverse, directed } = sums;
    invertPositiveDefinite(inverse, n);
    const weights = togetherWeights(inverse, n);
    addOfNorm(weights, multiply(inverse, directed, { rows: n, depth: n, columns: n }), n, 1);
    addOfNorm(weights, principal, n, PRINCIPAL_SHARE);
    if (weightsOf) scaleRows(weights, meanWeights(histories.values(), n, weightsOf));
    return weights;
}

/** Computes EASE^R's weights. */
function togetherWeights(inverse: Float64Array, n: number): Float32Array {
    const weights = new Float32Array(n * n);
    for (let row = 0; row < n; row++) {
        for (let column = 0; column < n; column++) {
            if (row === column) continue;
            weights[row * n + column] =
                -(inverse[row * n + column] as number) / (inverse[column * n + column] as number);
        }
    }
    return weights;
}

/**
 * Adds `added`, without its diagonal, to `weights`. Scales `added` so that its norm is `share` times the norm of
 * `weights`.
 */
function addOfNorm(weights: Float32Array, added: Float32Array, n: number, share: number): void {
    for (let item = 0; item < n; item++) added[item * n + item] = 0;
    const norm = computeNorm(added);
    const factor = norm > 0 ? (share * computeNorm(weights)) / norm : 0;
    for (let at = 0; at < weights.length; at++) weights[at] = (weights[at] as number) + factor * (added[at] as number);
}

function scaleRows(weights: Float32Array, factors: Float64Array): void {
    const n = factors.length;
    for (const [row, factor] of factors.entries()) {
        for (let at = row * n; at < row * n + n; at++) weights[at] = (weights[at] as number) * factor;
    }
}

/** Returns the mean weight of each item's events. */
function meanWeights(
    histories: Iterable<readonly number[]>,
    n: number,
    weightsOf: readonly (readonly number[])[],
): Float64Array {
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
