import assert from "node:assert/strict";
import fc from "fast-check";
import { largest } from "../../model/largest.ts";
import { multiply } from "../../model/multiply.ts";
import { seededRandom } from "../random.ts";

describe("multiply", () => {
    for (const n of [1, 3, 4, 5, 257, 260]) {
        it(`gives the product of two matrices of ${n} rows`, () => {
            const random = seededRandom(n);
            const left = Float64Array.from({ length: n * n }, () => random() - 0.5);
            const right = Float32Array.from({ length: n * n }, () => random() - 0.5);
            const product = multiply(left, right, n);
            for (let row = 0; row < n; row++) {
                for (let column = 0; column < n; column++) {
                    let sum = 0;
                    for (let k = 0; k < n; k++) sum += (left[row * n + k] ?? 0) * (right[k * n + column] ?? 0);
                    assert.ok(Math.abs(sum - (product[row * n + column] ?? 0)) < 1e-5, `${row}, ${column}`);
                }
            }
        });
    }
});

describe("largest", () => {
    it("gives what a sort of all candidates gives", () => {
        const value = fc.integer({ min: 0, max: 9 });
        const property = fc.property(fc.array(value, { maxLength: 60 }), fc.nat({ max: 70 }), (given, count) => {
            const values = Float64Array.from(given);
            const candidates = [...values.keys()].filter((item) => item % 3 !== 1);
            const sorted = candidates.toSorted((a, b) => (values[b] ?? 0) - (values[a] ?? 0) || a - b);
            assert.deepEqual(largest(values, candidates.toReversed(), count), sorted.slice(0, count));
        });
        fc.assert(property);
    });
});
