import assert from "node:assert/strict";
import fc from "fast-check";
import type { FilterExpression } from "filter-grammar";
import { ServiceError } from "../../errors.ts";

import { parseFilter, readFilterValues } from "../../filtering/resolve.ts";

const longest = 2500;

/** Calls `read`. Returns the message of its InvalidInputException, or undefined; any other error fails the test. */
function refusalOf(read: () => unknown): string | undefined {
    try {
        read();
        return undefined;
    } catch (error) {
        assert.ok(error instanceof ServiceError, `${error}`);
        assert.equal(error.code, "InvalidInputException");
        return error.message;
    }
}

describe("parseFilter", () => {
    it("parseFilter rejects an expression with the service's text, the fault and its place", () => {
        const texts = ["INCLUDE ItemID", "INCLUDE ItemID WHERE Items.A NOT IN ($B)"].map((expression) =>
            refusalOf(() => parseFilter(expression)),
        );
        assert.deepEqual(texts, [
            "Could not create filter. Invalid Expression: WHERE is expected, but found the end (character 15)",
            "Could not create filter. Invalid input symbol: $B. Placeholders are not allowed with NOT_IN operator.",
        ]);
    });

    it("parseFilter and readFilterValues throw only ServiceError for random text", () => {
        const words = "INCLUDE EXCLUDE ItemID WHERE Items . A IN NOT ( ) , * | IF AND OR CurrentUser é 𝄞".split(" ");
        const scraps = [...words, ...'" \\ $ $A = < - 1 9. "x"'.split(" "), " ", "\n"];
        const hostile = fc.oneof(
            fc.string({ maxLength: longest, unit: "binary" }),
            fc.array(fc.constantFrom(...scraps), { maxLength: 600 }).map((parts) => parts.join(" ").slice(0, longest)),
            fc.array(fc.constantFrom(...scraps), { maxLength: 2000 }).map((parts) => parts.join("").slice(0, longest)),
            fc.constantFrom(...scraps).map((scrap) => scrap.repeat(longest).slice(0, longest)),
        );
        const property = fc.property(hostile, (text) => {
            refusalOf(() => parseFilter(text));
            refusalOf(() => readFilterValues({ clauses: [] }, { A: text }));
            refusalOf(() => readFilterValues(asking, { A: text }));
        });
        fc.assert(property, { numRuns: 500 });
    });

    it("parseFilter and readFilterValues return the original value of any quoted text", () => {
        const literal = fc.oneof(
            fc.string({ maxLength: 20 }).filter((text) => text !== "*"),
            fc.integer(),
            fc
                .double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 })
                .map((value) => Number(value.toFixed(3))),
        );
        const print = (value: string | number) =>
            typeof value === "number" ? `${value}` : `"${value.replace(/["\\]/g, "\\$&")}"`;
        fc.assert(
            fc.property(fc.array(literal, { minLength: 1, maxLength: 8 }), (literals) => {
                const list = literals.map(print).join(" , ");
                const { clauses } = parseFilter(`INCLUDE ItemID WHERE Items.A IN (${list})`);
                const expected = literals.map((value) => (Object.is(value, -0) ? 0 : value));
                assert.deepEqual(clauses[0]?.where[0]?.[0]?.operand, { literals: expected });
                assert.deepEqual(readFilterValues(asking, { A: list }), new Map([["A", expected]]));
            }),
        );
    });
});

const asking: FilterExpression = parseFilter("INCLUDE ItemID WHERE Items.A IN ($A)");
