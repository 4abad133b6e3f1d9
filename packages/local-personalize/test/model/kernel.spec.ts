import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { rowSumsOf } from "../../model/multiply.ts";
import { kernelModule } from "./kernel-text.ts";

describe("the WebAssembly kernel", () => {
    it("kernel-bytes.ts contains the WebAssembly that kernel-text.ts generates", async () => {
        const file = readFileSync(new URL("../../model/kernel-bytes.ts", import.meta.url), "utf8");
        assert.equal(file, await kernelModule(), "run: node packages/local-personalize/test/model/kernel-text.ts");
    });

    it("`rowSumsOf` adds the scaled rows of a matrix of any size", () => {
        const shape = fc.record({ size: fc.integer({ min: 1, max: 21 }), count: fc.integer({ min: 0, max: 1100 }) });
        const property = fc.property(shape, fc.infiniteStream(fc.nat({ max: 1000 })), ({ size, count }, numbers) => {
            const next = () => numbers.next().value as number;
            const matrix = Float32Array.from({ length: size * size }, () => next() / 100 - 5);
            const rows = Array.from({ length: count }, () => next() % size);
            const factors = rows.map(() => next() / 1000);
            const sums = rowSumsOf(matrix)(rows, factors);
            for (let column = 0; column < size; column++) {
                const terms = rows.map((row, at) => (factors[at] ?? 0) * (matrix[row * size + column] ?? 0));
                const expected = terms.reduce((sum, term) => sum + term, 0);
                const scale = terms.reduce((sum, term) => sum + Math.abs(term), 1);
                assert.ok(Math.abs((sums[column] ?? Number.NaN) - expected) < 1e-5 * scale, `column ${column}`);
            }
        });
        fc.assert(property, { numRuns: 50 });
    });
});
