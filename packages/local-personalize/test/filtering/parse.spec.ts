import assert from "node:assert/strict";
import fc from "fast-check";
import type { FilterExpression } from "filter-grammar";
import { ServiceError } from "../../errors.ts";
import { readFilterValues } from "../../filtering/bind.ts";
import { parseFilter } from "../../filtering/parse.ts";

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
    const invalid = (why: string) => `Could not create filter. Invalid Expression: ${why}`;
    const refused: [string, string][] = [
        ["", invalid("INCLUDE or EXCLUDE is expected, but found the end (character 1)")],
        ["DROP ItemID", invalid("INCLUDE or EXCLUDE is expected, but found DROP (character 1)")],
        ["INCLUDE ItemID", invalid("WHERE is expected, but found the end (character 15)")],
        [
            "INCLUDE ItemID WHERE Items.A",
            invalid("IN, NOT IN, =, !=, <, <=, > or >= is expected, but found the end (character 29)"),
        ],
        [
            "INCLUDE ItemID WHERE Items.A IN ()",
            invalid('a value such as "Comedy", 10 or $GENRE is expected, but found ) (character 34)'),
        ],
        [
            'INCLUDE ItemID WHERE Items.A IN ("a",)',
            invalid('a value such as "Comedy", 10 or $GENRE is expected, but found ) (character 38)'),
        ],
        ['INCLUDE ItemID WHERE Items.A IN ("a"', invalid(") is expected, but found the end (character 37)")],
        [
            "INCLUDE ItemID WHERE Items.A IN ('a')",
            invalid(`a text needs straight double quotes ("…"), not ' (character 34)`),
        ],
        [
            'INCLUDE ItemID WHERE Items.A IN ("a',
            invalid("a text begins here, and its closing quote is missing (character 34)"),
        ],
        [
            "INCLUDE ItemID WHERE Items.A = 12ab",
            invalid("12ab does not belong into a filter expression (character 32)"),
        ],
        [
            'INCLUDE ItemID WHERE Items.A = 1 OR Interactions.EVENT_TYPE IN ("a")',
            invalid("all conditions after WHERE must be of one dataset. Join two expressions with | (character 37)"),
        ],
        [
            "INCLUDE ItemID WHERE CurrentUser.A = 1",
            invalid("CurrentUser is allowed only after IF, at the end (character 22)"),
        ],
        [
            "INCLUDE ItemID WHERE Items.A = 1 IF Items.B = 2",
            invalid("IF takes only conditions of CurrentUser, not of Items (character 37)"),
        ],
        [
            "INCLUDE ItemID WHERE Items.A = 1 IF CurrentUser.B = 2 OR CurrentUser.C = 3",
            invalid("AND, OR, IF, | or the end is expected, but found OR (character 55)"),
        ],
        [
            "INCLUDE ItemID WHERE Items.A = 1 |",
            invalid("INCLUDE or EXCLUDE is expected, but found the end (character 35)"),
        ],
        [
            "INCLUDE ItemID WHERE Items.A NOT IN ($B)",
            "Could not create filter. Invalid input symbol: $B. Placeholders are not allowed with NOT_IN operator.",
        ],
    ];
    for (const [expression, message] of refused) {
        it(`parseFilter rejects ${expression || "an empty expression"}`, () => {
            assert.equal(
                refusalOf(() => parseFilter(expression)),
                message,
            );
        });
    }

    it("parseFilter and readFilterValues throw only ServiceError for random text", () => {
        const words = [
            "INCLUDE",
            "EXCLUDE",
            "ItemID",
            "WHERE",
            "Items",
            ".",
            "A",
            "IN",
            "NOT",
            "(",
            ")",
            ",",
            "*",
            "|",
            "IF",
            "AND",
        ];
        const scraps = [
            ...words,
            '"',
            "\\",
            "$",
            "$A",
            "=",
            "<",
            "-",
            "1",
            "9.",
            '"x"',
            "OR",
            "CurrentUser",
            " ",
            "\n",
            "é",
            "𝄞",
        ];
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
