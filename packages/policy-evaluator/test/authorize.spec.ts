import assert from "node:assert/strict";
import fc from "fast-check";
import { type ApplicablePolicies, authorize, type PolicyType, unseenLayers } from "../authorize.ts";
import type { PolicyDocument, Statement } from "../document.ts";
import type { Caller, Decision, NamedPolicy } from "../evaluate.ts";

const alice: Caller = { arn: "arn:aws:iam::123456789012:user/alice" };
const session: Caller = { arn: "arn:aws:sts::123456789012:assumed-role/importer/nightly" };
const resource = "arn:aws:s3:::films/a.csv";
const named = (...Statement: Statement[]): NamedPolicy[] => [
    { name: "policy", document: { Version: "2012-10-17", Statement } satisfies PolicyDocument },
];
const allow: Statement = { Sid: "Yes", Effect: "Allow", Action: "s3:GetObject", Resource: "*" };
const deny: Statement = { ...allow, Sid: "No", Effect: "Deny" };
const other: Statement = { ...allow, Action: "sqs:SendMessage" };
const account = "123456789012";
const identity = named(allow);
const grantTo = (AWS: string | string[]): Statement => ({ ...allow, Principal: { AWS } });
const ask = (policies: ApplicablePolicies, caller: Caller = alice, account = "123456789012", action = "s3:GetObject") =>
    authorize({ caller, action, resource, context: {} }, policies, account);

const example = "https://docs.aws.amazon.com/IAM/latest/UserGuide/";

/** Tests for the table "Resource-based policies and implicit denies in other policy types (same account)". */
describe(`Resource-based policies in the same account (${example}reference_policies_evaluation-logic_policy-eval-denyallow.html)`, () => {
    const lacking = { identity: named(other) };
    const bySession = { session: named(other) };
    const limits = { ...lacking, boundary: named(other) };
    const sessionLimits = { ...limits, ...bySession };
    const root = "arn:aws:iam::123456789012:root";
    const role = "arn:aws:iam::123456789012:role/service/importer";
    const cases: [string, Caller, Statement, ApplicablePolicies, Decision, PolicyType?][] = [
        ["a user's ARN needs nothing else", alice, grantTo(alice.arn), limits, "allowed"],
        ["a session's ARN needs nothing else", session, grantTo(session.arn), sessionLimits, "allowed"],
        ["a role's ARN needs no identity policy", session, grantTo(role), lacking, "allowed"],
        ["a role's ARN is limited by a boundary", session, grantTo(role), limits, "implicitDeny", "boundary"],
        ["a role's ARN is limited by a session policy", session, grantTo(role), bySession, "implicitDeny", "session"],
        ["everyone needs no identity policy", alice, { ...allow, Principal: "*" }, lacking, "allowed"],
        ["the account needs an identity policy", alice, grantTo(account), lacking, "implicitDeny", "identity"],
        ["the account's root allows with an identity policy", alice, grantTo(root), { identity }, "allowed"],
        ["another role's ARN has no effect", session, grantTo(`${role}2`), {}, "implicitDeny", "identity"],
        [
            "a user's ARN loses against a Deny in the boundary",
            alice,
            grantTo(alice.arn),
            { boundary: named(deny) },
            "explicitDeny",
            "boundary",
        ],
    ];
    for (const [what, caller, statement, policies, decision, deniedBy] of cases) {
        it(`a resource-based policy with a grant to ${what}`, () => {
            const authorization = ask({ ...policies, resource: named(statement) }, caller);
            assert.deepEqual([authorization.decision, authorization.deniedBy], [decision, deniedBy]);
        });
    }
});

describe("Identity policies with a boundary or session policy", () => {
    const kinds: [PolicyType, ApplicablePolicies][] = [
        ["identity", { identity: named(other) }],
        ["boundary", { identity: named(allow), boundary: named(other) }],
        ["session", { identity: named(allow), session: named(other) }],
    ];
    for (const [type, policies] of kinds) {
        it(`\`authorize\` denies if the ${type} policy does not allow the request`, () => {
            const authorization = ask(policies, session);
            assert.deepEqual(
                [authorization.decision, authorization.deniedBy, authorization.deciding],
                ["implicitDeny", type, []],
            );
            assert.equal(
                authorization.by[type]?.considered.some(({ because }) => because === "the action differs"),
                true,
            );
        });
    }
    it("`authorize` allows if all policies allow, and returns the statement that allows the request", () => {
        const policies = { identity: named(allow), boundary: named(allow), session: named(allow) };
        const authorization = ask(policies, session);
        assert.equal(authorization.decision, "allowed");
        assert.deepEqual(
            authorization.deciding.map(({ sid }) => sid),
            ["Yes"],
        );
    });
    it("a service principal needs only an Allow in the resource-based policy", () => {
        const service: Caller = { service: "personalize.amazonaws.com" };
        const grant = { ...allow, Principal: { Service: service.service } };
        assert.equal(ask({ resource: named(grant) }, service).decision, "allowed");
        assert.equal(ask({ identity: named(allow) }, service).decision, "implicitDeny");
    });
    it("a Deny in the policies of a role does not apply to the requests of a service", () => {
        const service: Caller = { service: "personalize.amazonaws.com" };
        const own = { identity: named(deny), boundary: named(deny), session: named(deny) };
        const grant = named({ ...allow, Principal: { Service: service.service } });
        assert.equal(ask({ ...own, resource: grant }, service).decision, "allowed");
    });
    it("`authorize` lists every kind of policy without a necessary Allow, also if another kind denies", () => {
        const policies = { identity: named(other), boundary: named(other) };
        assert.deepEqual(ask(policies).lacking, ["identity", "boundary"]);
        const denied = ask({ ...policies, resource: named({ ...deny, Principal: "*" }) });
        assert.deepEqual([denied.deniedBy, denied.lacking], ["resource", ["identity", "boundary"]]);
    });
    it("with `identityMustAllow`, a resource policy's grant to the role is not enough", () => {
        const role: Caller = { arn: "arn:aws:iam::123456789012:role/importer" };
        const policies = { identity: named(other), resource: named(grantTo(role.arn)) };
        const request = { caller: role, action: "s3:GetObject", resource, context: {} };
        assert.equal(authorize(request, policies).decision, "allowed");
        assert.equal(authorize({ ...request, identityMustAllow: true }, policies).deniedBy, "identity");
    });
    it("the root user needs no identity policy", () => {
        const root: Caller = { arn: "arn:aws:iam::123456789012:root" };
        assert.equal(ask({}, root).decision, "allowed");
        assert.equal(ask({ resource: named({ ...deny, Principal: "*" }) }, root).decision, "explicitDeny");
    });
});

describe(`Access across accounts (${example}reference_policies_evaluation-logic-cross-account.html)`, () => {
    const foreign = "999999999999";
    const [grant, others] = [named(grantTo(alice.arn)), named(grantTo(foreign))];
    const cases: [string, ApplicablePolicies, Decision, PolicyType?][] = [
        ["an identity and a resource policy", { identity, resource: grant }, "allowed"],
        ["an identity policy and a grant to the account", { identity, resource: named(grantTo(account)) }, "allowed"],
        ["a resource policy alone", { identity: named(other), resource: grant }, "implicitDeny", "identity"],
        ["an identity policy alone", { identity }, "implicitDeny", "resource"],
        ["a resource policy for another account", { identity, resource: others }, "implicitDeny", "resource"],
        [
            "both policies with a boundary that does not allow",
            { identity, boundary: named(other), resource: grant },
            "implicitDeny",
            "boundary",
        ],
    ];
    for (const [what, policies, decision, deniedBy] of cases) {
        it(`\`authorize\` returns ${decision} for ${what}`, () => {
            const authorization = ask(policies, alice, foreign);
            assert.deepEqual(
                [authorization.decision, authorization.deniedBy, authorization.crossAccount],
                [decision, deniedBy, true],
            );
        });
    }
    it("the account that owns a resource is the account in the resource's ARN", () => {
        const request = { caller: alice, action: "sqs:SendMessage", context: {} };
        const there = authorize(
            { ...request, resource: "arn:aws:sqs:eu-central-1:999999999999:q" },
            { identity: named(other) },
        );
        assert.deepEqual([there.decision, there.crossAccount], ["implicitDeny", true]);
    });
});

describe("Trust and key policies", () => {
    const assume: Statement = { Effect: "Allow", Action: "sts:AssumeRole", Principal: { AWS: "123456789012" } };
    const identity = named({ ...allow, Action: "sts:*" });
    const of = (policies: ApplicablePolicies, caller: Caller = alice) =>
        ask(policies, caller, "123456789012", "sts:AssumeRole");
    it("AssumeRole is denied if the trust policy does not allow the caller, whatever the identity policy allows", () => {
        assert.equal(
            of({ identity, resource: named({ ...assume, Principal: { Service: "x.amazonaws.com" } }) }).deniedBy,
            "resource",
        );
    });
    it("a trust policy for the account requires an identity policy; one for the caller's ARN requires none", () => {
        assert.equal(of({ identity, resource: named(assume) }).decision, "allowed");
        assert.equal(of({ resource: named(assume) }).deniedBy, "identity");
        assert.equal(of({ resource: named({ ...assume, Principal: { AWS: alice.arn } }) }).decision, "allowed");
    });
    it("a trust policy allows a user of an identity provider if the conditions are met", () => {
        const provider = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com";
        const trust = {
            ...assume,
            Action: "sts:AssumeRoleWithWebIdentity",
            Principal: { Federated: provider },
            Condition: { StringLike: { "token.actions.githubusercontent.com:sub": "repo:films/*" } },
        };
        const by = (sub: string) =>
            authorize(
                {
                    caller: { federated: provider },
                    action: "sts:AssumeRoleWithWebIdentity",
                    resource: "*",
                    context: { "token.actions.githubusercontent.com:sub": sub },
                },
                { resource: named(trust) },
            ).decision;
        assert.deepEqual([by("repo:films/main"), by("repo:others/main")], ["allowed", "implicitDeny"]);
    });
});

describe("`unseenLayers`", () => {
    const of = (caller: Caller, action: string) => unseenLayers({ caller, action }).map(({ policy }) => policy);
    const service: Caller = { service: "personalize.amazonaws.com" };
    it("policies of the organization come first, and none of them or of a session limits a service as a caller", () => {
        const s3 = ["resource control policy", "VPC endpoint policy", "access point policy"];
        assert.deepEqual(of(service, "s3:GetObject"), s3);
        const [byOrganization = "", ...others] = s3;
        const bySession = ["service control policy", byOrganization, "session policy", ...others];
        assert.deepEqual(of(session, "s3:GetObject"), bySession);
        assert.deepEqual(of(alice, "s3:GetObject"), bySession.toSpliced(2, 1));
    });
    it("a KMS grant can allow kms:Decrypt only, and a resource control policy does not limit Personalize", () => {
        assert.deepEqual(of(service, "kms:Decrypt"), ["resource control policy", "VPC endpoint policy", "KMS grant"]);
        assert.deepEqual(of(alice, "personalize:CreateSchema"), ["service control policy", "VPC endpoint policy"]);
    });
});

describe("`authorize` with random policies", () => {
    const statements = fc.record({
        Effect: fc.constantFrom("Allow" as const, "Deny" as const),
        Action: fc.constantFrom("s3:GetObject", "S3:get*", "s3:Put*", "*"),
        Resource: fc.constantFrom("*", "arn:aws:s3:::films/*", "arn:aws:s3:::other/*"),
        Principal: fc.constantFrom<NonNullable<Statement["Principal"]>>(
            "*",
            { AWS: "123456789012" },
            { AWS: alice.arn },
        ),
    });
    const document = fc.array(statements, { maxLength: 4 }).map((list) => named(...list));
    const policies = fc.record(
        { identity: document, resource: document, boundary: document, session: document },
        { requiredKeys: ["identity"] },
    ) as fc.Arbitrary<ApplicablePolicies>;
    const accounts = fc.constantFrom("123456789012", "999999999999");
    const callers = fc.constantFrom(alice, session);
    const kinds = fc.constantFrom<("identity" | "resource" | "boundary" | "session")[]>(
        "identity",
        "resource",
        "boundary",
        "session",
    );

    it("a matching Deny in a policy of any type leads to an explicit denial", () => {
        fc.assert(
            fc.property(policies, kinds, callers, accounts, (given, kind, caller, account) => {
                const denying = { ...deny, Principal: "*" as const };
                const list = [...(given[kind] ?? []), ...named(denying)];
                assert.equal(ask({ ...given, [kind]: list }, caller, account).decision, "explicitDeny");
            }),
        );
    });
    it("an additional Allow never turns an allowed request into a denied one", () => {
        fc.assert(
            fc.property(policies, kinds, statements, callers, accounts, (given, kind, more, caller, account) => {
                const before = ask(given, caller, account).decision;
                const old = given[kind];
                fc.pre(old !== undefined);
                const after = ask(
                    { ...given, [kind]: [...(old ?? []), ...named({ ...more, Effect: "Allow" })] },
                    caller,
                    account,
                );
                assert.ok(after.decision === before || (before === "implicitDeny" && after.decision === "allowed"));
            }),
        );
    });
    it("an additional permissions boundary or session policy never turns a denied request into an allowed one", () => {
        fc.assert(
            fc.property(policies, document, callers, (given, more, caller) => {
                const { boundary: _, session: __, ...free } = given;
                const before = ask(free, caller).decision;
                const after = ask({ ...free, boundary: more, session: more }, caller).decision;
                assert.ok(after === before || after !== "allowed");
            }),
        );
    });
});
