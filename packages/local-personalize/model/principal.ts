import { createHash } from "node:crypto";
import { invertPositiveDefinite } from "./cholesky.ts";
import type { PairSums } from "./gram.ts";
import { multiplier, multiply } from "./multiply.ts";

/**
 * A linear model of items on the main directions in which items vary together: the principal components of the items'
 * correlations. This is principal component regression (Massy 1965). The other two models (`denseWeights`) see these
 * directions less clearly, because of their L2 regularization (ridge). Subspace iteration finds the space of the
 * components; the single components are not needed.
 */

/** Maximum number of components. 32 and 128 are worse on MovieLens 100k (docs/models.md). */
const MOST_COMPONENTS = 64;
/** Minimum number of components. Fewer components only separate popular items from others. */
const LEAST_COMPONENTS = 8;
/** Minimum number of items for each component. MovieLens 100k has 26 items for each of its 64 components. */
const ITEMS_PER_COMPONENT = 25;
/** Minimum number of items. With fewer than 5 items for each component, a model learns nothing from other items. */
const FEWEST_ITEMS = 40;
/**
 * Number of products with the correlations in the subspace iteration. The rows become orthonormal after every third
 * product. More products improve nothing.
 */
const PRODUCTS = 9;
const PRODUCTS_IN_A_ROW = 3;

/**
 * Returns how strongly each item suggests each other item by principal components, n × n, row by row. It is the sum of
 * two regressions of equal norms: which items belong together, and which item follows. Only the proportions of the
 * weights have a meaning: the caller sets the diagonal to 0 and scales the result. All weights are 0 below 40 items.
 */
export function principalWeights({ gram, directed, roots }: PairSums): Float32Array {
    const n = roots.length;
    const components = countComponents(n);
    if (components === 0) return new Float32Array(n * n);
    const correlate = multiplier(computeCorrelations(gram, roots), { rows: n, depth: n, columns: components });
    const basis = principalBasis(correlate, n, components);
    // The inverse of the Gram matrix within the basis is leftᵀ · inner · left.
    const image = correlate(transposed(basis, components, n));
    const inner = new Float64Array(multiply(basis, image, { rows: components, depth: n, columns: components }));
    // Add a small value to the diagonal, because a direction in which the items do not vary would have a row of zeros.
    for (let at = 0; at < inner.length; at += components + 1) inner[at] = (inner[at] as number) + 1e-6;
    invertPositiveDefinite(inner, components);
    const left = basis.map((value, at) => value / (roots[at % n] as number));
    const together = basis.map((value, at) => value * (roots[at % n] as number));
    const sums = multiply(left, directed, { rows: components, depth: n, columns: n });
    const after = multiply(inner, sums, { rows: components, depth: components, columns: n });
    const [a, b] = [1 / computeNorm(together), 1 / (computeNorm(after) || 1)];
    const right = together.map((value, at) => a * value + b * (after[at] as number));
    return multiply(transposed(left, components, n), right, { rows: n, depth: components, columns: n });
}

/** Returns the number of principal components of a catalog of n items. */
const countComponents = (n: number): number =>
    n < FEWEST_ITEMS ? 0 : Math.min(MOST_COMPONENTS, Math.max(LEAST_COMPONENTS, Math.floor(n / ITEMS_PER_COMPONENT)));

/** Returns the correlations of the items: the Gram matrix without its ridge, with 1 on its diagonal. */
function computeCorrelations(gram: Float64Array, roots: Float64Array): Float32Array {
    const n = roots.length;
    const correlations = new Float32Array(n * n);
    for (let row = 0; row < n; row++) {
        for (let column = 0; column < row; column++) {
            const value = (gram[row * n + column] as number) / ((roots[row] as number) * (roots[column] as number));
            correlations[row * n + column] = value;
            correlations[column * n + row] = value;
        }
        correlations[row * n + row] = 1;
    }
    return correlations;
}

/** Returns an orthonormal basis of the space of the greatest components: one row for each, with n numbers. */
function principalBasis(
    correlate: (columns: Float32Array) => Float32Array,
    n: number,
    components: number,
): Float32Array {
    // Start the iteration with pseudo-random columns. A fixed pattern could be orthogonal to a component of the data,
    // and the iteration would never find this component. The seed is fixed, so that trainings are reproducible.
    const random = createHash("shake256", { outputLength: n * components }).digest();
    let columns: Float32Array = new Float32Array(random).map((byte) => byte - 127.5);
    let basis = columns;
    for (let product = 1; product <= PRODUCTS; product++) {
        columns = correlate(columns);
        if (product % PRODUCTS_IN_A_ROW > 0) continue;
        basis = transposed(columns, n, components);
        orthonormalise(basis, n);
        columns = transposed(basis, components, n);
    }
    return basis;
}

/** Makes the rows of n numbers orthonormal, one after the other (Gram-Schmidt). */
function orthonormalise(rows: Float32Array, n: number): void {
    for (let start = 0; start < rows.length; start += n) {
        const row = rows.subarray(start, start + n);
        const length = computeNorm(row);
        leaveOut(row, rows.subarray(0, start));
        // If the row became much shorter, rounding errors are a large part of it. Subtract its parts in the directions
        // of the other rows once more.
        if (computeNorm(row) < 0.1 * length) leaveOut(row, rows.subarray(0, start));
        const left = computeNorm(row) || 1;
        for (let at = 0; at < n; at++) row[at] = (row[at] as number) / left;
    }
}

/** Subtracts from a row its parts in the directions of the rows `others`, which are orthonormal. */
function leaveOut(row: Float32Array, others: Float32Array): void {
    const n = row.length;
    for (let start = 0; start < others.length; start += n) {
        const other = others.subarray(start, start + n);
        const shared = dot(row, other);
        for (let at = 0; at < n; at++) row[at] = (row[at] as number) - shared * (other[at] as number);
    }
}

function transposed(matrix: Float32Array, rows: number, columns: number): Float32Array {
    const result = new Float32Array(matrix.length);
    for (let row = 0; row < rows; row++) {
        for (let column = 0; column < columns; column++) {
            result[column * rows + row] = matrix[row * columns + column] as number;
        }
    }
    return result;
}

/**
 * Returns the scalar product of two vectors of equal length. Four sums side by side take a third of the time of one.
 */
function dot(a: Float32Array, b: Float32Array): number {
    let [first, second, third, fourth] = [0, 0, 0, 0];
    const whole = a.length - (a.length % 4);
    for (let at = 0; at < whole; at += 4) {
        first += (a[at] as number) * (b[at] as number);
        second += (a[at + 1] as number) * (b[at + 1] as number);
        third += (a[at + 2] as number) * (b[at + 2] as number);
        fourth += (a[at + 3] as number) * (b[at + 3] as number);
    }
    for (let at = whole; at < a.length; at++) first += (a[at] as number) * (b[at] as number);
    return first + second + third + fourth;
}

/** Returns the length of a vector; of a matrix, its Frobenius norm. */
export const computeNorm = (values: Float32Array): number => Math.sqrt(dot(values, values));
