import assert from "node:assert/strict";
import { parseExpression } from "../index.ts";

const operandOf = (condition: string) =>
    parseExpression(`INCLUDE ItemID WHERE ${condition}`).clauses[0]?.where[0]?.[0]?.operand;

/**
 * Expressions from other authors: the Developer Guide, the CreateFilter reference, and public programs for Personalize.
 */
const published = [
    'EXCLUDE itemId WHERE INTERACTIONS.event_type in ("*")',
    'EXCLUDE itemId WHERE INTERACTIONS.event_type = "click"',
    'EXCLUDE ItemID WHERE INTERACTIONS.event_type IN ("Purchase")',
    "EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ($EVENT_TYPE)",
    'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("click", "stream")',
    "INCLUDE ItemID WHERE Interactions.EVENT_TYPE IN (*)",
    'EXCLUDE itemId WHERE ITEMS.CATEGORY NOT IN ("hot drinks", "salty snacks", "hot dispensed")',
    'EXCLUDE ItemID WHERE Items.CATEGORY_L1 IN ("shoe") AND Items.CATEGORY_L2 NOT IN ("boot")',
    "INCLUDE ItemID WHERE Items.CREATION_TIMESTAMP < $DATE",
    'INCLUDE ItemID WHERE Items.DELETED IN ("false") AND Items.CULTURE IN ($CULTURE) AND Items.PAGE_TYPE IN ($PAGE_TYPES)',
    'INCLUDE ItemID WHERE Items.GENRE IN ("Comedy") IF CURRENTUSER.AGE > 20',
    'INCLUDE ItemID WHERE Items.GENRE IN ("Comedy") IF CURRENTUSER.GENDER = "F"',
    'INCLUDE ItemID WHERE Items.CATEGORY IN ($CATEGORY) | INCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("favorite")',
    "INCLUDE ItemID WHERE Items.PRICE < CurrentItem.PRICE AND Items.GENRE IN CurrentItem.GENRE",
    "INCLUDE ActionID WHERE Actions.VALUE > ($VALUE)",
    'EXCLUDE ActionID WHERE Action_Interactions.EVENT_TYPE IN ("NOT_TAKEN")',
    "EXCLUDE ActionID WHERE Actions.VALUE < ($VALUE) IF CurrentUser.MEMBERSHIP = $PREMIUM",
    "INCLUDE UserID WHERE Users.MEMBERSHIP_STATUS IN ($MEMBERSHIP)",
    "EXCLUDE UserID WHERE Users.AGE < $AGE",
    "INCLUDE ItemID WHERE Items.PRICE <= $PRICE",
    'EXCLUDE ItemID WHERE Items.CATEGORY IN ("shoe") OR Items.PRICE != 12.5',
    'EXCLUDE ItemID WHERE Items.GENRE IN ("Comedy") IF CurrentUser.AGE > 18 AND CurrentUser.PLAN IN ("Kids")',
    'INCLUDE ItemID WHERE Items.CATEGORY IN ($C) | EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("*")',
    '\n  EXCLUDE ItemID\n  WHERE Items.TITLE = "a \\"b\\" c" OR Items.YEAR >= -1\n',
];

const wrong: [expression: string, column: number, reason: RegExp][] = [
    ["", 1, /INCLUDE or EXCLUDE is expected, but found the end/],
    ["EXCLUDE", 8, /ItemID or ActionID or UserID is expected/],
    ["EXCLUDE Items WHERE Items.YEAR > 1", 9, /ItemID or .* but found Items/],
    ["EXCLUDE ItemID Items.YEAR > 1", 16, /WHERE is expected/],
    ["INCLUDE ItemID WHERE Item.YEAR > 1", 22, /Interactions or Items .* but found Item$/],
    ["INCLUDE ItemID WHERE Items YEAR > 1", 28, /\. is expected, but found YEAR/],
    ["INCLUDE ItemID WHERE Items.YEAR == 1", 34, /a value such as .* but found =/],
    ["INCLUDE ItemID WHERE Items.GENRE IN Comedy", 37, /\( is expected/],
    ['INCLUDE ItemID WHERE Items.GENRE IN ("Comedy"', 46, /\) is expected, but found the end/],
    ["INCLUDE ItemID WHERE Interactions.event_type IN ('watched','favorited')", 50, /straight double quotes/],
    ["EXCLUDE ItemID WHERE Items.GENRE IN (“Comedy”) IF users.AGE > 20", 38, /straight double quotes/],
    ['EXCLUDE ItemID WHERE Items.GENRE IN ("Comedy") IF Users.AGE > 20', 51, /only conditions of CurrentUser/],
    ['INCLUDE ItemID WHERE Items.GENRE IN ("Com', 38, /closing quote is missing/],
    ["INCLUDE ItemID WHERE Items.GENRE NOT IN ($GENRE)", 34, /NOT IN takes no placeholder/],
    ["INCLUDE ItemID WHERE CurrentUser.AGE > 20", 22, /allowed only after IF/],
    ["INCLUDE ItemID WHERE Items.YEAR > 1 OR Interactions.EVENT_VALUE > 2", 40, /of one dataset/],
    [
        'EXCLUDE ItemID WHERE Items.A = "a" IF CurrentUser.B = 1 OR CurrentUser.C = 2',
        57,
        /AND, OR, IF, \| or the end is expected, but found OR/,
    ],
    ['EXCLUDE ItemID WHERE Items.A = "a" "b"', 36, /AND, OR, IF, \| or the end/],
    ["EXCLUDE ItemID WHERE Items.A = 5; DROP", 33, /; DROP does not belong/],
    ["INCLUDE ItemID WHERE Items.A = 12ab", 32, /12ab does not belong/],
    ["INCLUDE ItemID WHERE Items.A", 29, /IN, NOT IN, =, !=, <, <=, > or >= is expected, but found the end/],
    ["INCLUDE ItemID WHERE Items.A IN ()", 34, /a value such as .* but found \)/],
    ['INCLUDE ItemID WHERE Items.A IN ("a",)', 38, /a value such as .* but found \)/],
    ["INCLUDE ItemID WHERE Items.A = 1 |", 35, /INCLUDE or EXCLUDE is expected, but found the end/],
];

describe("parseExpression", () => {
    for (const expression of published) {
        it(`parseExpression accepts ${JSON.stringify(expression)}`, () =>
            assert.ok(parseExpression(expression).clauses.length > 0));
    }
    for (const [expression, column, message] of wrong) {
        it(`parseExpression names column ${column} as the place of the fault in ${JSON.stringify(expression)}`, () => {
            assert.throws(() => parseExpression(expression), { column, message });
        });
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
