import assert from "node:assert/strict";
import { parseExpression } from "../index.ts";

const operandOf = (condition: string) =>
    parseExpression(`INCLUDE ItemID WHERE ${condition}`).clauses[0]?.where[0]?.[0]?.operand;

describe("parseExpression", () => {
    // Examples of the developer guide, with its fields.
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
        it(`parseExpression accepts ${example}`, () => assert.ok(parseExpression(example).clauses.length > 0));
    }

    it("parseExpression returns clauses in which AND binds closer than OR", () => {
        const { clauses } = parseExpression(
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

    for (const [condition, operand] of [
        ["Items.PRICE > ($PRICE)", { placeholder: "PRICE" }],
        ["Items.GENRE IN CurrentItem.GENRE", { currentItem: "GENRE" }],
        ["Items.GENRE IN (CurrentItem.GENRE)", { currentItem: "GENRE" }],
        ['Items.GENRE IN ("Comedy", $GENRE)', { mixed: true }],
        ['Interactions.EVENT_TYPE IN ("*")', { anything: true }],
    ] as const) {
        it(`parseExpression returns the operand of ${condition}`, () =>
            assert.deepEqual(operandOf(condition), operand));
    }
});
