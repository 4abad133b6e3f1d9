import assert from "node:assert/strict";
import fc from "fast-check";
import { createLookup } from "../context.ts";
import { literalOf, matchesWildcard } from "../match.ts";
import { expandResource, expandVariables } from "../variables.ts";

/* biome-ignore-start lint/suspicious/noTemplateCurlyInString: variables of IAM's */
const lookup = createLookup({
    "aws:username": "alice",
    "aws:TagKeys": ["a", "b"],
    "aws:PrincipalTag/x": "*",
    "a:quote": "$",
});
const expanded = (text: string) => {
    const expansion = expandVariables(text, lookup);
    return "missing" in expansion ? `missing ${expansion.missing}` : literalOf(expansion.pattern);
};

describe("Policy variables", () => {
    const cases: [string, string][] = [
        ["home/${aws:username}/x", "home/alice/x"],
        ["${AWS:UserName}", "alice"],
        ["${ aws:username }", "alice"],
        ["${aws:userid, 'anonymous'}", "anonymous"],
        ["${aws:username, 'anonymous'}", "alice"],
        ["${aws:userid,'it''s'}", "it's"],
        ["${aws:userid}", "missing aws:userid"],
        ["${aws:TagKeys}", "missing aws:TagKeys"],
        ["${*}${?}${$}", "*?$"],
        ["${$}{aws:username}", "${aws:username}"],
        ["${aws:username", "${aws:username"],
        ["${}", "${}"],
        ["$aws:username", "$aws:username"],
    ];
    for (const [text, result] of cases) {
        it(`expandVariables replaces the variables in ${text}: ${result}`, () => assert.equal(expanded(text), result));
    }

    it("a wildcard in a variable's value matches only the same character", () => {
        const fits = (text: string, value: string) => {
            const expansion = expandVariables(text, lookup);
            return "pattern" in expansion && matchesWildcard(expansion.pattern, value);
        };
        assert.deepEqual(
            [fits("${aws:PrincipalTag/x}/*", "*/a"), fits("${aws:PrincipalTag/x}/*", "a/a"), fits("${?}*", "ab")],
            [true, false, false],
        );
    });

    it("expandResource replaces variables only in the last part of an ARN", () => {
        const of = (text: string) => {
            const expansion = expandResource(text, lookup);
            return "pattern" in expansion ? literalOf(expansion.pattern) : expansion.missing;
        };
        assert.equal(of("arn:aws:s3:::b/${aws:username}"), "arn:aws:s3:::b/alice");
        assert.equal(of("arn:aws:${aws:username}:::b"), "arn:aws:${aws:username}:::b");
        assert.equal(of("arn:aws:sqs:${aws:username}:1:${aws:username}:x"), "arn:aws:sqs:${aws:username}:1:alice:x");
    });

    it("expandVariables inserts the value of a variable unchanged, whatever it contains", () => {
        fc.assert(
            fc.property(fc.string({ minLength: 1, unit: "binary" }), fc.string(), (value, other) => {
                const expansion = expandVariables("${a:b}", createLookup({ "a:b": value }));
                assert.ok("pattern" in expansion);
                assert.equal(literalOf(expansion.pattern), value);
                assert.equal(matchesWildcard(expansion.pattern, value), true);
                assert.equal(matchesWildcard(expansion.pattern, other), other === value);
            }),
        );
    });
});
/* biome-ignore-end lint/suspicious/noTemplateCurlyInString: variables of IAM's */
