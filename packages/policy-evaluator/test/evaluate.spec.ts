import assert from "node:assert/strict";
import type { Statement } from "../document.ts";
import { type AccessRequest, type Caller, evaluate, explain } from "../evaluate.ts";

const alice: Caller = { arn: "arn:aws:iam::123456789012:user/alice" };
const request: AccessRequest = {
    caller: alice,
    action: "s3:GetObject",
    resource: "arn:aws:s3:::films/a.csv",
    context: { "aws:SecureTransport": "true" },
};
const allow: Statement = { Sid: "Read", Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::films/*" };
const deny: Statement = { ...allow, Sid: "No", Effect: "Deny" };

const judge = (
    Statement: readonly Statement[] | Statement,
    overrides: Partial<AccessRequest> = {},
    kind: "identity" | "resource" = "identity",
) => evaluate({ ...request, ...overrides }, [{ name: "policy", document: { Version: "2012-10-17", Statement } }], kind);
const decision = (...input: Parameters<typeof judge>) => judge(...input).decision;

describe("evaluate", () => {
    it("`evaluate` denies a request that no statement allows, and explains each statement", () => {
        const evaluation = judge([
            { ...allow, Action: "s3:PutObject" },
            { ...allow, Sid: "Elsewhere", Resource: "arn:aws:s3:::other/*" },
        ]);
        assert.equal(evaluation.decision, "implicitDeny");
        assert.deepEqual(evaluation.deciding, []);
        assert.equal(
            explain(request, evaluation),
            "s3:GetObject on arn:aws:s3:::films/a.csv: nothing allows it " +
                "(Read of the policy: the action differs; Elsewhere of the policy: the resource differs)",
        );
        assert.equal(decision([]), "implicitDeny");
    });

    it("`evaluate` returns the statement that allows the request", () => {
        const evaluation = judge(allow);
        assert.equal(evaluation.decision, "allowed");
        assert.equal(
            explain(request, evaluation),
            "s3:GetObject on arn:aws:s3:::films/a.csv: allowed by Read of the policy",
        );
    });

    it("an explicit Deny overrides an Allow in any order of statements", () => {
        for (const statements of [
            [allow, deny],
            [deny, allow],
        ]) {
            const evaluation = judge(statements);
            assert.equal(evaluation.decision, "explicitDeny");
            assert.deepEqual(
                evaluation.deciding.map(({ sid }) => sid),
                ["No"],
            );
        }
    });

    const actions: readonly [Partial<Statement>, boolean][] = [
        [{ Action: "s3:getobject" }, true],
        [{ Action: "s3:Get*" }, true],
        [{ Action: "s3:G?tObject" }, true],
        [{ Action: "*" }, true],
        [{ Action: ["s3:PutObject", "s3:GetObject"] }, true],
        [{ Action: "s3:GetObjectAcl" }, false],
        [{ Action: "s3:Get" }, false],
        [{ Action: [] }, false],
        [{ Resource: "arn:aws:s3:::films/a.csv" }, true],
        [{ Resource: "arn:aws:s3:::films/?.csv" }, true],
        [{ Resource: "arn:aws:s3:::films" }, false],
        [{ Resource: "arn:aws:s3:::FILMS/*" }, false],
    ];
    for (const [part, applies] of actions) {
        it(`a statement with ${JSON.stringify(part)} ${applies ? "applies" : "does not apply"}`, () => {
            assert.equal(decision({ ...allow, ...part }), applies ? "allowed" : "implicitDeny");
        });
    }

    it("NotAction and NotResource match all other actions and resources", () => {
        const { Action: _, ...noAction } = allow;
        assert.equal(decision({ ...noAction, NotAction: "s3:Put*" }), "allowed");
        assert.equal(decision({ ...noAction, NotAction: "s3:Get*" }), "implicitDeny");
        const { Resource: __, ...noResource } = allow;
        assert.equal(decision({ ...noResource, NotResource: "arn:aws:s3:::other/*" }), "allowed");
        assert.equal(decision({ ...noResource, NotResource: "arn:aws:s3:::films/*" }), "implicitDeny");
    });

    it("a statement without Resource applies in a trust policy but not in an identity policy", () => {
        const { Resource: _, ...unbound } = { ...allow, Principal: "*" as const };
        assert.equal(decision(unbound), "implicitDeny");
        assert.equal(decision(unbound, {}, "resource"), "allowed");
    });

    const bob = "arn:aws:iam::123456789012:user/bob";
    const service: Caller = { service: "personalize.amazonaws.com" };
    const principals: readonly [string, Partial<Statement>, Caller, boolean][] = [
        ["Principal AWS: *", { Principal: { AWS: "*" } }, alice, true],
        ["Principal with a list", { Principal: { AWS: [bob, "arn:aws:iam::123456789012:root"] } }, alice, true],
        ["Principal with another user's ARN", { Principal: { AWS: bob } }, alice, false],
        ["Principal with another account", { Principal: { AWS: "arn:aws:iam::999999999999:root" } }, alice, false],
        ["Principal Service: personalize.amazonaws.com", { Principal: { Service: service.service } }, alice, false],
        ["Principal Service: lambda.amazonaws.com", { Principal: { Service: "lambda.amazonaws.com" } }, service, false],
        ["NotPrincipal with another user", { NotPrincipal: { AWS: bob } }, alice, true],
        ["NotPrincipal with the user", { NotPrincipal: { AWS: "arn:aws:iam::123456789012:user/alice" } }, alice, false],
        ["a statement without Principal", {}, alice, false],
    ];
    for (const [who, part, caller, applies] of principals) {
        it(`${who} ${applies ? "matches" : "does not match"} ${"arn" in caller ? "a user" : "a service"}`, () => {
            const actual = decision({ ...allow, ...part }, { caller }, "resource");
            assert.equal(actual, applies ? "allowed" : "implicitDeny");
        });
    }

    it("the result of evaluate contains the missing context keys and the failed condition", () => {
        const evaluation = judge({ ...allow, Condition: { StringEquals: { "aws:SourceAccount": "1" } } });
        assert.equal(evaluation.decision, "implicitDeny");
        assert.deepEqual(evaluation.missingContextKeys, ["aws:SourceAccount"]);
        assert.equal(evaluation.considered[0]?.because, "StringEquals aws:SourceAccount does not hold");
    });
});
