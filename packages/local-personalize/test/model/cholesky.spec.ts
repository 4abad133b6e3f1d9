import assert from "node:assert/strict";
import fc from "fast-check";
import { invertPositiveDefinite } from "../../model/cholesky.ts";
import { seededRandom } from "../random.ts";

/** Returns F Fᵀ + I for a random matrix F. */
function randomPositiveDefinite(n: number, seed: number): Float64Array {
    const random = seededRandom(seed);
    const factor = Float64Array.from({ length: n * n }, () => random() - 0.5);
    const matrix = new Float64Array(n * n);
    for (let row = 0; row < n; row++) {
        for (let column = 0; column < n; column++) {
            let sum = row === column ? 1 : 0;
            for (let k = 0; k < n; k++) sum += (factor[row * n + k] ?? 0) * (factor[column * n + k] ?? 0);
            matrix[row * n + column] = sum;
        }
    }
    return matrix;
}

/** Computes the inverse with the Gauss-Jordan method. */
function textbookInverse(matrix: Float64Array, n: number): Float64Array {
    const rows = Array.from({ length: n }, (_, row) =>
        Array.from({ length: 2 * n }, (_, column) =>
            column < n ? (matrix[row * n + column] ?? 0) : Number(column - n === row),
        ),
    );
    for (let pivot = 0; pivot < n; pivot++) {
        const top = rows[pivot] ?? [];
        const scale = top[pivot] ?? 0;
        top.forEach((value, column) => {
            top[column] = value / scale;
        });
        rows.forEach((row, index) => {
            const factor = row[pivot] ?? 0;
            if (index === pivot) return;
            row.forEach((value, column) => {
                row[column] = value - factor * (top[column] ?? 0);
            });
        });
    }
    return Float64Array.from(rows.flatMap((row) => row.slice(n)));
}

function furthestApart(a: Float64Array, b: Float64Array): number {
    return a.reduce((most, value, index) => Math.max(most, Math.abs(value - (b[index] ?? Number.NaN))), 0);
}

describe("invertPositiveDefinite", () => {
    it("invertPositiveDefinite equals Gauss-Jordan elimination for sizes up to 110", () => {
        const property = fc.property(fc.integer({ min: 1, max: 110 }), fc.integer(), (n, seed) => {
            const matrix = randomPositiveDefinite(n, seed);
            const inverse = matrix.slice();
            invertPositiveDefinite(inverse, n);
            assert.ok(furthestApart(inverse, textbookInverse(matrix, n)) < 1e-8);
        });
        fc.assert(property, { numRuns: 150, examples: [1, 3, 4, 5, 31, 32, 33, 64, 65, 96, 100].map((n) => [n, n]) });
    });

    it("invertPositiveDefinite reads only the lower triangle", () => {
        const n = 37;
        const matrix = randomPositiveDefinite(n, 3);
        const lower = matrix.map((value, at) => (at % n > Math.floor(at / n) ? 1e9 : value));
        invertPositiveDefinite(matrix, n);
        invertPositiveDefinite(lower, n);
        assert.deepEqual(lower, matrix);
    });

    it("invertPositiveDefinite rejects a matrix that is not positive definite", () => {
        assert.throws(() => invertPositiveDefinite(Float64Array.of(1, 2, 2, 1), 2), RangeError);
        assert.throws(() => invertPositiveDefinite(Float64Array.of(Number.NaN), 1), RangeError);
    });
});
