import assert from "node:assert/strict";
import { evaluateConditions, type RequestContext } from "../conditions.ts";
import type { ConditionBlock, OneOrMany } from "../document.ts";

type Case = readonly [operator: string, wanted: OneOrMany<string | number | boolean>, met: boolean];

const key = "aws:Key";
const met = (operator: string, wanted: Case[1], context: RequestContext) =>
    evaluateConditions({ [operator]: { [key]: wanted } }, context).met;

function check(about: string, context: RequestContext, cases: readonly Case[]) {
    describe(`evaluateConditions ${about}`, () => {
        for (const [operator, wanted, expected] of cases) {
            it(`${operator} ${JSON.stringify(wanted)} ${expected ? "is met" : "is not met"} ${about}`, () => {
                assert.equal(met(operator, wanted, context), expected);
            });
        }
    });
}

describe("evaluateConditions", () => {
    check("for the string Blue", { [key]: "Blue" }, [
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
    check("for the IPv4 address 203.0.113.7", { [key]: "203.0.113.7" }, [
        ["IpAddress", "203.0.113.0/24", true],
        ["IpAddress", "203.0.113.7", true],
        ["IpAddress", "203.0.113.8/29", false],
        ["IpAddress", ["10.0.0.0/8", "0.0.0.0/0"], true],
        ["IpAddress", "::/0", false],
        ["IpAddress", "203.0.113.0/33", false],
        ["IpAddress", "203.0.113/24", false],
        ["NotIpAddress", "203.0.113.0/24", false],
        ["NotIpAddress", "10.0.0.0/8", true],
        ["NotIpAddressIfExists", "203.0.113.7/32", false],
    ]);
    check("for an IPv6 address", { [key]: "2001:db8::a:203.0.113.7" }, [
        ["IpAddress", "2001:DB8::/32", true],
        ["IpAddress", "2001:db8:0:0:0:a:cb00:7107/128", true],
        ["IpAddress", "2001:db8::a:cb00:7106/127", true],
        ["IpAddress", "2001:db9::/32", false],
        ["IpAddress", "0.0.0.0/0", false],
        ["IpAddress", "2001:db8:::/32", false],
        ["IpAddress", "2001:db8::g/32", false],
    ]);
    check("for the binary value QmluYXJ5", { [key]: "QmluYXJ5" }, [
        ["BinaryEquals", "QmluYXJ5", true],
        ["BinaryEquals", "qmluyxj5", false],
    ]);
    check("for the number 10", { [key]: "10" }, [
        ["NumericEquals", "0xa", false],
        ["NumericNotEquals", "11", true],
        ["NumericEquals", 10, true],
        ["NumericEquals", "10.0", true],
        ["NumericNotEquals", 10, false],
        ["NumericLessThan", 10, false],
        ["NumericLessThanEquals", 10, true],
        ["NumericGreaterThan", 9, true],
        ["NumericGreaterThan", "many", false],
        ["NumericGreaterThanEquals", 11, false],
    ]);
    check("for the date 2026-11-25T12:00:00Z", { [key]: "2026-11-25T12:00:00Z" }, [
        ["DateEquals", "2026-11-25T13:00:00+01:00", true],
        ["DateLessThan", "2026-11-25T12:00:01Z", true],
        ["DateLessThanEquals", "2026-11-25T11:59:59Z", false],
        ["DateGreaterThan", "1764000000", true],
        ["DateGreaterThan", "2026", true],
        ["DateLessThan", "2026-12", true],
        ["DateEquals", "November 25, 2026 12:00 UTC", false],
        ["DateGreaterThanEquals", "2026-11-25T12:00:00Z", true],
        ["DateNotEquals", "2026-11-25T12:00:00Z", false],
    ]);
    check("for an SNS topic's ARN", { [key]: "arn:aws:sns:eu-central-1:1:topic" }, [
        ["ArnEquals", "arn:aws:sns:*:1:*", true],
        ["ArnLike", "arn:aws:sns:*", false],
        ["ArnNotEquals", "arn:aws:sns:*:1:*", false],
        ["ArnNotLike", "arn:aws:sqs:*:1:*", true],
    ]);
    check("for the boolean true", { [key]: "true" }, [
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
        check(`for ${what}`, context, [
            ["StringEquals", "Blue", false],
            ["StringEqualsIfExists", "Blue", true],
            ["StringLike", "*", false],
            ["StringNotEquals", "Blue", true],
            ["StringNotEqualsIfExists", "Blue", true],
            ["Bool", "false", false],
            ["BoolIfExists", "false", true],
            ["NumericLessThan", 1, false],
            ["ArnLike", "arn:*:*:*:*:*", false],
            ["ArnNotLike", "arn:*:*:*:*:*", true],
            ["IpAddress", "0.0.0.0/0", false],
            ["NotIpAddress", "0.0.0.0/0", true],
            ["DateLessThanIfExists", "2026", true],
            ["Null", "true", true],
            ["Null", "false", false],
            ["ForAllValues:StringEquals", "Blue", true],
            ["ForAnyValue:StringEquals", "Blue", false],
            ["ForAnyValue:StringNotEquals", "Blue", false],
            ["ForAnyValue:StringEqualsIfExists", "Blue", true],
        ]);
    }
    check("for the values Red and Blue", { [key]: ["Red", "Blue"] }, [
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

    it("a condition block is met only if every operator and every key in the block is met", () => {
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

    it("operator names are case-insensitive", () => {
        assert.equal(met("forallvalues:stringnotequalsifexists", "x", { [key]: "1" }), true);
        assert.equal(met("stringequalsignorecase", "A", { [key]: "a" }), true);
    });

    /* biome-ignore-start lint/suspicious/noTemplateCurlyInString: variables of IAM's */
    check(
        "with policy variables, for the value alice",
        { [key]: "alice", "aws:username": "alice", "aws:pattern": "a*" },
        [
            ["StringEquals", "${aws:username}", true],
            ["StringLike", "${aws:pattern}", false],
            ["StringNotEquals", "${aws:username}", false],
            ["StringEquals", "${aws:userid}", false],
            ["StringNotEquals", "${aws:userid}", true],
            ["StringEquals", ["${aws:userid}", "alice"], true],
            ["BinaryEquals", "${aws:username}", false],
        ],
    );

    it("evaluateConditions reports a variable without a value, and policies of version 2008-10-17 have no variables", () => {
        const block: ConditionBlock = { StringEquals: { [key]: "${aws:userid}" } };
        assert.deepEqual(evaluateConditions(block, { [key]: "x" }).missingKeys, ["aws:userid"]);
        assert.equal(evaluateConditions(block, { [key]: "${aws:userid}" }, false).met, true);
    });
    /* biome-ignore-end lint/suspicious/noTemplateCurlyInString: variables of IAM's */

    it("context keys are case-insensitive", () => {
        assert.equal(met("StringEquals", "1", { "AWS:KEY": "1" }), true);
    });

    for (const operator of ["StringMatches", "ForAllValues", "ForSomeValues:StringEquals", "constructor", "toString"]) {
        it(`evaluateConditions rejects the unknown operator ${operator}`, () => {
            assert.throws(() => met(operator, "x", { [key]: "x" }), new RegExp(`RangeError.*${operator}`));
        });
    }
});
