import assert from "node:assert/strict";
import fc from "fast-check";
import { multiplier } from "../../model/multiply.ts";
import { largest } from "../../model/neighbours.ts";
import { seededRandom } from "../random.ts";

describe("multiply", () => {
    for (const [rows, depth, columns] of [
        [1, 1, 1],
        [3, 4, 5],
        [257, 257, 257],
        [260, 9, 64],
        [5, 600, 300],
    ] as const) {
        it(`\`multiply\` returns the product of ${rows} × ${depth} and ${depth} × ${columns} matrices`, () => {
            const random = seededRandom(rows + depth + columns);
            const left = Float64Array.from({ length: rows * depth }, () => random() - 0.5);
            const times = multiplier(left, { rows, depth, columns });
            // Multiply twice, to check that the second product contains nothing of the first one.
            for (let again = 0; again < 2; again++) {
                const right = Float32Array.from({ length: depth * columns }, () => random() - 0.5);
                const product = times(right);
                assert.equal(product.length, rows * columns);
                for (let row = 0; row < rows; row++) {
                    for (let column = 0; column < columns; column++) {
                        let sum = 0;
                        for (let k = 0; k < depth; k++) {
                            sum += (left[row * depth + k] ?? 0) * (right[k * columns + column] ?? 0);
                        }
                        const actual = product[row * columns + column] ?? Number.NaN;
                        assert.ok(Math.abs(sum - actual) < 1e-5, `${row}, ${column}`);
                    }
                }
            }
        });
    }
});

describe("largest", () => {
    it("`largest` returns the same candidates as a full sort of the candidates", () => {
        const value = fc.integer({ min: 0, max: 9 });
        const property = fc.property(fc.array(value, { maxLength: 60 }), fc.nat({ max: 70 }), (given, count) => {
            const values = Float64Array.from(given);
            const candidates = Uint32Array.from(values.keys()).filter((item) => item % 3 !== 1);
            const sorted = [...candidates].sort((a, b) => (values[b] ?? 0) - (values[a] ?? 0) || a - b);
            assert.deepEqual(largest(values, candidates.toReversed(), count), sorted.slice(0, count));
        });
        fc.assert(property);
    });
});
