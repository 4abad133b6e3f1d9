import assert from "node:assert/strict";
import fc from "fast-check";
import { ServiceError } from "../../errors.ts";
import { readFilterValues } from "../../filtering/bind.ts";
import { type FilterExpression, parseFilter } from "../../filtering/parse.ts";

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
    // These examples and their field names come from the Developer Guide.
    const examples = [
        'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("click","stream")',
        'INCLUDE ItemID WHERE Interactions.EVENT_TYPE NOT IN ("click")',
        "INCLUDE ItemID WHERE Items.PRICE <= $PRICE",
        'EXCLUDE ItemID WHERE Items.CATEGORY IN ("shoe") AND Items.DESCRIPTION IN ("boot","sandal")',
        'EXCLUDE ItemID WHERE Items.CATEGORY IN ("shoe") OR Items.PRICE != 12.5',
        "EXCLUDE ItemID WHERE Items.GENRE IN ($GENRE) IF CurrentUser.AGE = $AGE",
        'EXCLUDE ItemID WHERE Items.GENRE IN ("Comedy") IF CurrentUser.AGE > 18 AND CurrentUser.PLAN IN ("Kids")',
        'INCLUDE ItemID WHERE Items.CATEGORY IN ($CATEGORY) | INCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("favorite")',
        'INCLUDE ItemID WHERE Items.CATEGORY IN ($C) | EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("*")',
        "EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN (*)",
        "INCLUDE UserID WHERE Users.MEMBERSHIP IN ($M)",
        'EXCLUDE ActionID WHERE Action_Interactions.EVENT_TYPE IN ("Taken")',
        "INCLUDE ItemID WHERE Items.GENRES IN ($G) AND Items.PRICE > CurrentItem.PRICE",
    ];
    for (const example of examples) {
        it(`parseFilter accepts ${example}`, () => {
            assert.equal(
                refusalOf(() => parseFilter(example)),
                undefined,
            );
        });
    }

    it("parseFilter returns clauses in which AND binds closer than OR", () => {
        const { clauses } = parseFilter(
            'include itemId where items.A IN ("x\\"y", 2) or Items.B >= -1.5 and Items.C = $P if currentuser.D NOT IN ("z")',
        );
        const condition = (dataset: string, field: string, operator: string, operand: object, at: number) => ({
            dataset,
            field,
            operator,
            operand,
            at,
        });
        assert.deepEqual(clauses, [
            {
                keep: "INCLUDE",
                subject: "ItemID",
                where: [
                    [condition("Items", "A", "IN", { literals: ['x"y', 2] }, 22)],
                    [
                        condition("Items", "B", ">=", { literals: [-1.5] }, 48),
                        condition("Items", "C", "=", { placeholder: "P" }, 68),
                    ],
                ],
                onlyIf: [condition("CurrentUser", "D", "NOT IN", { literals: ["z"] }, 84)],
            },
        ]);
    });

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
            invalid('a value, such as "Comedy", 10 or $GENRE is expected, but found ) (character 34)'),
        ],
        [
            'INCLUDE ItemID WHERE Items.A IN ("a",)',
            invalid('a value, such as "Comedy", 10 or $GENRE is expected, but found ) (character 38)'),
        ],
        ['INCLUDE ItemID WHERE Items.A IN ("a"', invalid(") is expected, but found the end (character 37)")],
        ["INCLUDE ItemID WHERE Items.A IN ('a')", invalid("what is 'a')? (character 34)")],
        ['INCLUDE ItemID WHERE Items.A IN ("a', invalid('what is "a? (character 34)')],
        ["INCLUDE ItemID WHERE Items.A = 12ab", invalid("what is 12ab? (character 32)")],
        [
            'INCLUDE ItemID WHERE Items.A = 1 OR Interactions.EVENT_TYPE IN ("a")',
            invalid(
                "an expression has conditions of one dataset only, and this one has Items and Interactions; join two with | (character 37)",
            ),
        ],
        [
            "INCLUDE ItemID WHERE CurrentUser.A = 1",
            invalid("CurrentUser cannot be a condition of WHERE; conditions of CurrentUser follow IF (character 22)"),
        ],
        [
            "INCLUDE ItemID WHERE Items.A = 1 IF Items.B = 2",
            invalid("IF takes conditions of CurrentUser only (character 37)"),
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
