import assert from "node:assert/strict";
import { evaluateConditions, type RequestContext } from "../../iam/conditions.ts";
import type { ConditionBlock, OneOrMany } from "../../iam/document.ts";

type Case = readonly [operator: string, wanted: OneOrMany<string | number | boolean>, met: boolean];

const key = "aws:Key";
const met = (operator: string, wanted: Case[1], context: RequestContext) =>
    evaluateConditions({ [operator]: { [key]: wanted } }, context).met;

function check(about: string, context: RequestContext, cases: readonly Case[]) {
    describe(about, () => {
        for (const [operator, wanted, expected] of cases) {
            it(`${operator} ${JSON.stringify(wanted)} ${expected ? "holds" : "does not hold"}`, () => {
                assert.equal(met(operator, wanted, context), expected);
            });
        }
    });
}

describe("conditions", () => {
    check("of a text", { [key]: "Blue" }, [
        ["StringEquals", "Blue", true],
        ["StringEquals", "blue", false],
        ["StringEquals", ["Red", "Blue"], true],
        ["StringEquals", "B*", false],
        ["StringEqualsIgnoreCase", "bLUE", true],
        ["StringLike", "B*", true],
        ["StringLike", "B?", false],
        ["StringNotEquals", "Red", true],
        ["StringNotEquals", ["Red", "Blue"], false],
        ["StringNotEqualsIgnoreCase", "BLUE", false],
        ["StringNotLike", "R*", true],
        ["StringNotLike", ["R*", "B*"], false],
        ["BinaryEquals", "Blue", true],
    ]);
    check("of a number", { [key]: "10" }, [
        ["NumericEquals", 10, true],
        ["NumericEquals", "10.0", true],
        ["NumericNotEquals", 10, false],
        ["NumericLessThan", 10, false],
        ["NumericLessThanEquals", 10, true],
        ["NumericGreaterThan", 9, true],
        ["NumericGreaterThan", "many", false],
        ["NumericGreaterThanEquals", 11, false],
    ]);
    check("of a date", { [key]: "2026-11-25T12:00:00Z" }, [
        ["DateEquals", "2026-11-25T13:00:00+01:00", true],
        ["DateLessThan", "2026-11-25T12:00:01Z", true],
        ["DateLessThanEquals", "2026-11-25T11:59:59Z", false],
        ["DateGreaterThan", "1764000000", true],
        ["DateGreaterThanEquals", "2026-11-25T12:00:00Z", true],
        ["DateNotEquals", "2026-11-25T12:00:00Z", false],
    ]);
    check("of an ARN", { [key]: "arn:aws:sns:eu-central-1:1:topic" }, [
        ["ArnEquals", "arn:aws:sns:*:1:*", true],
        ["ArnLike", "arn:aws:sns:*", false],
        ["ArnNotEquals", "arn:aws:sns:*:1:*", false],
        ["ArnNotLike", "arn:aws:sqs:*:1:*", true],
    ]);
    check("of a truth", { [key]: "true" }, [
        ["Bool", true, true],
        ["Bool", "false", false],
        ["Null", "false", true],
        ["Null", true, false],
        ["BoolIfExists", "false", false],
    ]);
    for (const [what, context] of [
        ["an absent key", {}],
        ["a key without values", { [key]: [] }],
    ] as const) {
        check(`of ${what}`, context, [
            ["StringEquals", "Blue", false],
            ["StringEqualsIfExists", "Blue", true],
            ["StringLike", "*", false],
            ["StringNotEquals", "Blue", true],
            ["StringNotEqualsIfExists", "Blue", true],
            ["Bool", "false", false],
            ["BoolIfExists", "false", true],
            ["NumericLessThan", 1, false],
            ["ArnLike", "arn:*:*:*:*:*", false],
            ["Null", "true", true],
            ["Null", "false", false],
            ["ForAllValues:StringEquals", "Blue", true],
            ["ForAnyValue:StringEquals", "Blue", false],
            ["ForAnyValue:StringNotEquals", "Blue", false],
            ["ForAnyValue:StringEqualsIfExists", "Blue", true],
        ]);
    }
    check("of many values", { [key]: ["Red", "Blue"] }, [
        ["ForAllValues:StringEquals", ["Red", "Blue", "Green"], true],
        ["ForAllValues:StringEquals", "Red", false],
        ["ForAnyValue:StringEquals", ["Blue", "Green"], true],
        ["ForAnyValue:StringEquals", "Green", false],
        ["ForAllValues:StringLike", "*e*", true],
        ["ForAllValues:StringNotEquals", "Green", true],
        ["ForAllValues:StringNotEquals", "Blue", false],
        ["ForAnyValue:StringNotEquals", "Blue", true],
        ["ForAnyValue:StringNotEquals", ["Red", "Blue"], false],
    ]);

    it("must all hold: every operator and every key", () => {
        const block: ConditionBlock = { StringEquals: { a: "1", b: "2" }, Bool: { c: true } };
        const context = { a: "1", b: "2", c: "true" };
        assert.deepEqual(evaluateConditions(block, context), { met: true, missingKeys: [] });
        assert.deepEqual(evaluateConditions(block, { ...context, b: "3" }), {
            met: false,
            failed: "StringEquals b",
            missingKeys: [],
        });
        assert.deepEqual(evaluateConditions(block, { a: "1", b: "2" }), {
            met: false,
            failed: "Bool c",
            missingKeys: ["c"],
        });
        assert.equal(evaluateConditions(undefined, {}).met, true);
    });

    it("find a key in any case", () => {
        assert.equal(met("StringEquals", "1", { "AWS:KEY": "1" }), true);
    });

    for (const operator of ["StringMatches", "ForAllValues", "ForSomeValues:StringEquals", "constructor", "toString"]) {
        it(`refuse to judge by ${operator}, which is no operator`, () => {
            assert.throws(() => met(operator, "x", { [key]: "x" }), new RegExp(`RangeError.*${operator}`));
        });
    }
});
