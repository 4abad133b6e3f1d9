import assert from "node:assert/strict";
import fc from "fast-check";
import { authorize } from "../authorize.ts";
import { dataBucketPolicy, executionRolePolicy, executionRoleTrust } from "../import-policies.ts";
import { parseJson, plain } from "../json.ts";
import { describeProblems, parsePolicy } from "../parse.ts";

const statement = '{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}';
const policy = (...statements: string[]) => `{"Version":"2012-10-17","Statement":[${statements.join(",")}]}`;
const problems = (text: string, kind: "identity" | "resource" = "identity") =>
    describeProblems(parsePolicy(text, kind).problems);

describe("parsePolicy", () => {
    it("parsePolicy returns the document", () => {
        const text = `{\n  "Statement": [\n    ${statement},\n    ${statement}\n  ]\n}`;
        const parsed = parsePolicy(text, "identity");
        assert.ok("document" in parsed);
        assert.deepEqual(parsed.document, JSON.parse(text));
    });

    it("parsePolicy accepts the policies of import-policies.ts", () => {
        const caller = { partition: "aws", region: "eu-central-1", accountId: "123456789012" };
        const place = { partition: "aws", bucketName: "films", readPrefixes: ["a.csv"], writePrefix: "out/" };
        assert.equal(problems(JSON.stringify(executionRolePolicy(place))), "");
        assert.equal(problems(JSON.stringify(executionRoleTrust(caller)), "resource"), "");
        assert.equal(problems(JSON.stringify(dataBucketPolicy(place, caller)), "resource"), "");
    });

    const wrong: [string, string, RegExp, ("identity" | "resource")?][] = [
        ["an empty document", "", /^line 1, column 1: invalid JSON: a value is expected, not the end$/],
        ["a trailing comma", '{\n"Version":"2012-10-17",\n}', /^line 3, column 1: invalid JSON: a name in double/],
        ["an unterminated string", '{"Statement":"', /invalid JSON/],
        ["single quotes", "{'Version':1}", /^line 1, column 2: invalid JSON: a name in double quotes is expected/],
        ["a control character", '{"Id":"\n"}', /control character/],
        ["text after the end", `${policy(statement)}x`, /the end is expected, not "x"/],
        ["a list instead of an object", "[]", /a policy is an object/],
        ["a missing Statement", "{}", /a policy needs a Statement/],
        ["an empty list of statements", policy(), /at least one statement/],
        ["an unknown element", `{"Statements":[${statement}]}`, /has no "Statements"/],
        ["an element in lower case", `{"statement":[${statement}]}`, /write Statement/],
        ["a repeated element", `{"Id":"a","Id":"b","Statement":${statement}}`, /column 11: Id occurs twice/],
        ["another version", `{"Version":"2020-01-01","Statement":${statement}}`, /column 12: Version is "2012-10-17"/],
        ["a missing Effect", policy('{"Action":"*","Resource":"*"}'), /needs an Effect/],
        ["a missing Action", policy('{"Effect":"Allow","Resource":"*"}'), /needs Action or NotAction/],
        [
            "Action beside NotAction",
            policy('{"Effect":"Allow","Action":"*","NotAction":"*","Resource":"*"}'),
            /not both/,
        ],
        ["an action without a service", policy(statement.replace("s3:", "")), /"GetObject" is not an action/],
        ["a missing Resource", policy('{"Effect":"Allow","Action":"*"}'), /needs Resource or NotResource/],
        ["a resource that is not an ARN", policy(statement.replace('"*"', '"films"')), /"films" is not a resource/],
        ["an empty list", policy(statement.replace('"*"', "[]")), /a resource is missing in an empty list/],
        ["a Principal in an identity policy", policy(statement.replace("{", '{"Principal":"*",')), /has no Principal/],
        ["a missing Principal in a resource policy", policy(statement), /needs Principal or NotPrincipal/, "resource"],
        [
            ...([
                "a wildcard in a principal's ARN",
                policy(statement.replace("{", '{"Principal":{"AWS":"arn:aws:iam::1:role/*"},')),
            ] as const),
            ...([/a full name/, "resource"] as const),
        ],
        [
            "an unknown operator",
            policy(statement.replace("{", '{"Condition":{"StringMatch":{"a:b":"c"}},')),
            /not a condition op/,
        ],
        [
            "an invalid IP range",
            policy(statement.replace("{", '{"Condition":{"IpAddress":{"a:b":"1.2.3.4/33"}},')),
            /not an IP address/,
        ],
        ["an invalid Sid", policy(statement.replace("{", '{"Sid":"a b",')), /letters and digits/],
        [
            "a repeated Sid",
            policy(...[1, 2].map(() => statement.replace("{", '{"Sid":"a",'))),
            /the Sid a occurs twice/,
        ],
    ];
    for (const [what, text, message, kind] of wrong) {
        it(`parsePolicy reports the position of ${what}`, () => assert.match(problems(text, kind), message));
    }

    it("parsePolicy reports all problems, sorted by position", () => {
        const reported = parsePolicy(policy('{"Effect":"allow","Action":"x","Resource":"y"}'), "identity").problems;
        assert.equal(reported.length, 3);
        assert.deepEqual(
            reported.map(({ column }) => column),
            reported.map(({ column }) => column).toSorted((a, b) => a - b),
        );
    });

    it("parseJson returns the same as JSON.parse for random values", () => {
        fc.assert(
            fc.property(fc.jsonValue({ maxDepth: 4 }), fc.constantFrom(undefined, 2, "\t"), (value, indent) => {
                const text = JSON.stringify(value, undefined, indent);
                assert.deepEqual(plain(parseJson(text, 20)), JSON.parse(text));
            }),
        );
    });

    it("parseJson rejects exactly the texts that JSON.parse rejects", () => {
        const pieces = fc.constantFrom(...'{}[]",:\\ \nabu0019-+.eE', "true", "null", '"a"', "\u0001", "\\u00e9");
        const texts = fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join(""));
        fc.assert(
            fc.property(texts, (text) => {
                const outcome = (read: () => unknown) => {
                    try {
                        return { value: read() };
                    } catch {
                        return "failed";
                    }
                };
                assert.deepEqual(
                    outcome(() => plain(parseJson(text, 20))),
                    outcome(() => JSON.parse(text)),
                );
            }),
            { numRuns: 3000 },
        );
    });
});

describe("parsePolicy with hostile input", () => {
    it("parsePolicy rejects a document above IAM's size limit, and does not count spaces", () => {
        const within = policy(statement.replace("{", `{"Sid":"${"a".repeat(6000)}",`));
        assert.equal(parsePolicy(within, "identity", 6144).problems.length, 0);
        assert.equal(parsePolicy(`${" ".repeat(100_000)}${within}`, "identity", 6144).problems.length, 0);
        const beyond = within.replace("aaa", "a".repeat(200));
        assert.match(describeProblems(parsePolicy(beyond, "identity", 6144).problems), /6144 are allowed/);
    });

    for (const [what, text] of [
        ["lists", "[".repeat(20_000)],
        ["objects", '{"a":'.repeat(3000)],
    ] as const) {
        it(`parsePolicy rejects deeply nested ${what}`, () =>
            assert.match(problems(text), /nested deeper than 12 levels/));
    }

    it("parsePolicy rejects __proto__ as an element and a condition", () => {
        assert.match(problems(`{"__proto__":{"Statement":1},"Statement":${statement}}`), /has no "__proto__"/);
        assert.match(
            problems(policy(statement.replace("{", '{"Condition":{"__proto__":{}},'))),
            /__proto__ is not a condition/,
        );
    });

    it("`authorize` matches a pattern with thousands of wildcards against the longest ARN correctly", () => {
        const resource = `arn:aws:s3:::${"a".repeat(2035)}`;
        const patterns = ["*a".repeat(1500), `*${"a?".repeat(900)}b*`, `*${"a".repeat(1000)}b`, `${"?*".repeat(700)}b`];
        for (const pattern of patterns) {
            const list = Array.from(
                { length: Math.floor(6000 / (pattern.length + 20)) || 1 },
                () => `arn:aws:s3:::${pattern}`,
            );
            const parsed = parsePolicy(
                policy(JSON.stringify({ Effect: "Allow", Action: "*", Resource: [...list, `${resource}b`] })),
                "identity",
            );
            assert.ok("document" in parsed, pattern);
            const { decision } = authorize(
                {
                    caller: { arn: "arn:aws:iam::123456789012:user/alice" },
                    action: "s3:GetObject",
                    resource,
                    context: {},
                },
                { identity: [{ name: "hostile", document: parsed.document }] },
            );
            assert.equal(decision, pattern.endsWith("a") ? "allowed" : "implicitDeny");
        }
    });
});
