import assert from "node:assert/strict";
import fc from "fast-check";
import { evaluate, listOf, type PolicyDocument, type Statement } from "policy-evaluator";
import { diagnose } from "../../../runbooks/lib/access/diagnose.ts";
import type { Fix } from "../../../runbooks/lib/access/fixes/fixes.ts";
import { filesOf } from "../../../runbooks/lib/access/fixes/write-fix.ts";
import type { Snapshot } from "../../../runbooks/lib/access/snapshot.ts";
import { breaks } from "../../drills/access/break.ts";
import { document, type World } from "../../drills/access/world.ts";
import { brokenBy, diagnosisOf, seen, world } from "./support.ts";

const account = "000000000000";
const bucketArn = "arn:aws:s3:::films-test";
const everything = [bucketArn, `${bucketArn}/*`];
const statements = (of: World): Statement[] => JSON.parse(of.bucketPolicy ?? "{}").Statement;
const withBucket = (of: World, ...more: Statement[]): World => ({
    ...of,
    bucketPolicy: JSON.stringify(document(...statements(of), ...more)),
});
const deny = (Condition: Statement["Condition"], more: Partial<Statement> = {}): Statement => ({
    Sid: "Guard",
    Effect: "Deny",
    Principal: "*",
    Action: "s3:*",
    Resource: everything,
    ...(Condition && { Condition }),
    ...more,
});
const documentsOf = (fixes: readonly Fix[], command: string): PolicyDocument[] =>
    fixes.flatMap(({ steps }) =>
        steps.flatMap((step) => (step.command.includes(command) && step.document ? [step.document] : [])),
    );
const bucketPolicyAfter = (of: World): PolicyDocument => {
    const [found, ...more] = documentsOf(diagnosisOf(of).fixes, "put-bucket-policy");
    assert.ok(found && more.length === 0, JSON.stringify(diagnosisOf(of).fixes));
    return found;
};
const asks = (of: World | Snapshot) => {
    const { fixes } =
        "objects" in of && Array.isArray(of.objects) ? diagnose(of as Snapshot) : diagnosisOf(of as World);
    return fixes.map(({ commands, ask }) => ({ commands, ask }));
};

describe("a fix never harms", () => {
    const breakGlass = `arn:aws:iam::${account}:role/break-glass`;
    const guards: Record<string, Statement["Condition"]> = {
        "an IP range": { NotIpAddress: { "aws:SourceIp": "192.0.2.0/24" } },
        MFA: { BoolIfExists: { "aws:MultiFactorAuthPresent": "false" } },
        "a region": { StringNotEquals: { "aws:RequestedRegion": "us-west-2" } },
        "a VPC": { StringNotEquals: { "aws:SourceVpc": "vpc-1" } },
        "an organisation, with an exception for the break-glass role": {
            StringNotEquals: { "aws:PrincipalOrgID": "o-1" },
            ArnNotLike: { "aws:PrincipalArn": [breakGlass, `arn:aws:iam::${account}:role/ci`] },
        },
        "the break-glass role by its id": {
            StringNotLike: { "aws:userid": ["AROABREAKGLASSROLE01:*", account] },
        },
    };
    for (const [what, condition] of Object.entries(guards)) {
        it(`keeps a denial by ${what} for all others, and for all but the import's reads`, () => {
            const broken = withBucket(world(), deny(condition));
            const after = bucketPolicyAfter(broken);
            const before = JSON.parse(broken.bucketPolicy ?? "") as PolicyDocument;
            const decide = (by: PolicyDocument, arn: string, action: string, resource: string, context = {}) =>
                evaluate({ caller: { arn }, action, resource, context }, [{ name: "", document: by }], "resource")
                    .decision;
            for (const arn of [
                breakGlass,
                `arn:aws:iam::${account}:user/any`,
                `arn:aws:iam::${account}:role/Import-test`,
            ]) {
                for (const action of ["s3:PutObject", "s3:DeleteObject"]) {
                    const resource = `${bucketArn}/movies/interactions.csv`;
                    assert.equal(
                        decide(after, arn, action, resource),
                        decide(before, arn, action, resource),
                        `${arn} ${action}`,
                    );
                }
                const elsewhere = `${bucketArn}/payroll.csv`;
                assert.equal(
                    decide(after, arn, "s3:GetObject", elsewhere),
                    decide(before, arn, "s3:GetObject", elsewhere),
                    arn,
                );
            }
            assert.equal(
                decide(
                    after,
                    `arn:aws:iam::${account}:user/any`,
                    "s3:GetObject",
                    `${bucketArn}/movies/interactions.csv`,
                ),
                "explicitDeny",
            );
        });
    }

    it("keeps every value of a condition, and adds the role to a list that is there", () => {
        const condition = guards["an organisation, with an exception for the break-glass role"];
        const text = JSON.stringify(
            bucketPolicyAfter(withBucket(world(), deny(condition, { Action: "s3:GetObject" }))),
        );
        assert.match(
            text,
            /break-glass","arn:aws:iam::000000000000:role\/ci","arn:aws:iam::000000000000:role\/Import-test"/,
        );
        assert.match(text, /"aws:PrincipalServiceName":"personalize.amazonaws.com"/);
    });

    it("keeps every statement that is there, for any policy and any fault", () => {
        const value = fc.constantFrom("a", "vpc-1", account, breakGlass, "AROABREAKGLASSROLE01:*");
        const statement = fc.record({
            Effect: fc.constantFrom("Allow" as const, "Deny" as const),
            Principal: fc.constantFrom("*" as const, { AWS: breakGlass }, { Service: "cloudfront.amazonaws.com" }),
            Action: fc.constantFrom("s3:*", "s3:GetObject", ["s3:Get*", "s3:PutObject"], "s3:DeleteObject"),
            Resource: fc.constantFrom(everything, `${bucketArn}/*`, `${bucketArn}/payroll/*`),
            Condition: fc.constantFrom(undefined, "StringEquals", "StringNotEquals", "ArnNotLike").chain((operator) =>
                operator === undefined
                    ? fc.constant(undefined)
                    : fc.record({
                          [operator]: fc
                              .constantFrom("aws:PrincipalArn", "aws:SourceVpc", "aws:SourceAccount", "aws:userid")
                              .chain((key) => fc.record({ [key]: fc.array(value, { minLength: 1, maxLength: 2 }) })),
                      }),
            ),
        });
        const property = fc.property(
            fc.constantFrom(...breaks.filter(({ places: [place = ""] }) => place.startsWith("bucket."))),
            fc.array(statement, { minLength: 1, maxLength: 3 }),
            (fault, more) => {
                const broken = withBucket(fault.make(world()), ...(JSON.parse(JSON.stringify(more)) as Statement[]));
                const diagnosis = diagnosisOf(broken);
                for (const after of documentsOf(diagnosis.fixes, "put-bucket-policy")) {
                    const kept = listOf(after.Statement).map((one) => JSON.stringify({ ...one, Sid: "" }));
                    for (const one of statements(broken).filter(({ Effect }) => Effect === "Allow")) {
                        assert.ok(kept.includes(JSON.stringify({ ...one, Sid: "" })), JSON.stringify(one));
                    }
                }
                for (const { commands, ask } of diagnosis.fixes) assert.ok(commands.length > 0 || ask !== undefined);
                assert.doesNotMatch(
                    JSON.stringify(diagnosis.fixes),
                    /"(delete|detach)-[a-z-]*(policy|object)"(?!.*"undo")/,
                );
            },
        );
        fc.assert(property, { numRuns: 200, seed: 15 });
    });

    it("explains a denial that names the role, and lifts none by itself", () => {
        const named = deny(undefined, { Principal: { AWS: `arn:aws:iam::${account}:role/Import-test` } });
        const [fix] = asks(withBucket(world(), named));
        assert.deepEqual(fix?.commands, []);
        assert.match(fix?.ask ?? "", /^the owner of the bucket films-test: .*"Sid":"Guard"/);
    });

    it("makes a role for Personalize alone where the role's own policy denies it", () => {
        const { fixes } = diagnosisOf(brokenBy("role-deny"));
        const commands = fixes.flatMap((fix) => fix.commands).join("\n");
        assert.match(commands, /^aws iam create-role --role-name Import-test-personalize /);
        assert.doesNotMatch(commands, /delete-role-policy|detach|--role-name Import-test /);
        assert.equal(fixes[0]?.roleArn, `arn:aws:iam::${account}:role/Import-test-personalize`);
    });

    it("gives the role of a stack an exception for the import alone, in a denial of everything", () => {
        const { fixes } = diagnose({ ...seen(brokenBy("role-deny")), ownedByStack: true });
        const [after] = documentsOf(fixes, "put-role-policy");
        assert.deepEqual(listOf(after?.Statement), [
            {
                Sid: "NoObjects",
                Effect: "Deny",
                Action: ["s3:GetObject"],
                NotResource: [bucketArn, `${bucketArn}/movies/interactions.csv*`],
            },
        ]);
    });

    it("adds no rule to a bucket without a policy but the two that the import needs", () => {
        const after = bucketPolicyAfter(brokenBy("bucket-policy-missing"));
        assert.deepEqual(
            listOf(after.Statement).map(({ Effect, Sid }) => `${Effect} ${Sid}`),
            ["Allow PersonalizeLists", "Allow PersonalizeReadsInteractions"],
        );
    });

    it("prints nothing that AWS refuses: ids of deleted roles, misspelt services, a sixth version", () => {
        const stale: Statement = {
            Effect: "Allow",
            Principal: { AWS: "AROAGONEGONEGONEGONE" },
            Action: "s3:GetObject",
            Resource: everything,
        };
        const misspelt: Statement = {
            ...stale,
            Principal: { Service: ["personalise.amazonaws.com", "cloudfront.amazonaws.com"] },
        };
        const after = bucketPolicyAfter(withBucket(brokenBy("bucket-get-missing"), stale, misspelt));
        assert.doesNotMatch(JSON.stringify(after), /AROAGONE|personalise/);
        assert.ok(
            listOf(after.Statement).some(
                ({ Principal }) => JSON.stringify(Principal) === '{"Service":"cloudfront.amazonaws.com"}',
            ),
        );

        const full = seen(brokenBy("boundary"));
        assert.ok("is" in full.role && full.role.is?.boundary);
        const role = { is: { ...full.role.is, boundary: { ...full.role.is.boundary, versions: 5 } } };
        const [fix] = asks({ ...full, role });
        assert.deepEqual(fix?.commands, []);
        assert.match(fix?.ask ?? "", /it has five versions, which is AWS's limit/);
    });

    it("does not change a role of another account or of another path", () => {
        const snapshot = seen(world());
        const foreign = { ...snapshot, roleArn: "arn:aws:iam::999999999999:role/Import-test", role: { is: undefined } };
        const [elsewhere] = diagnose(foreign).fixes;
        assert.deepEqual([elsewhere?.faults, elsewhere?.commands], [["role-other-account"], []]);
        assert.match(elsewhere?.ask ?? "", /name a role of account 000000000000/);
        const path = { ...snapshot, roleArn: `arn:aws:iam::${account}:role/service-role/Import-test` };
        const [fix] = diagnose(path).fixes;
        assert.deepEqual(
            [fix?.faults, fix?.commands, fix?.roleArn],
            [["role-path"], [], `arn:aws:iam::${account}:role/Import-test`],
        );
    });

    it("names who can apply it where the caller may not, and keeps the commands for that person", () => {
        const user = `arn:aws:iam::${account}:user/operator`;
        const denied = (action: string, resource: string) => ({
            action,
            resource,
            decision: "implicitDeny" as const,
            matched: [],
            missing: [],
        });
        const snapshot = seen(brokenBy("role-list-missing"));
        const [fix] = diagnose({
            ...snapshot,
            caller: user,
            mayWrite: { is: [denied("iam:PutRolePolicy", `arn:aws:iam::${account}:role/Import-test`)] },
        }).fixes;
        assert.deepEqual([fix?.commands, fix?.steps.length], [[], 1]);
        assert.match(fix?.ask ?? "", /^an administrator of account 0{12}: .* may not iam:PutRolePolicy\. --write DIR/);
    });

    it("names a bucket of a similar name instead of making one of a misspelt name", () => {
        const missing = {
            ...seen(brokenBy("bucket-missing")),
            bucketFacts: { is: { region: undefined, others: ["film-test"] } },
        };
        const { fixes, firstBroken } = diagnose(missing);
        assert.match(firstBroken?.detail ?? "", /^There is no such bucket: films-test, but there is film-test\.$/);
        assert.deepEqual([fixes[0]?.commands, fixes[0]?.location], [[], "s3://film-test/movies/interactions.csv"]);
    });

    it("fixes the key of a file that is repaired beside it, too", () => {
        const { fixes } = diagnosisOf(brokenBy("header-quoted", "kms-no-grant"));
        assert.deepEqual(
            fixes.flatMap((fix) => fix.faults),
            ["kms-no-grant", "header-quoted"],
        );
    });

    it("gives no command for a warning", () => {
        const wide = { ...world(), inline: { mine: document({ Effect: "Allow", Action: "s3:*", Resource: "*" }) } };
        const { findings, fixes } = diagnosisOf(wide);
        assert.deepEqual([findings.map(({ fault }) => fault), fixes], [["too-wide"], []]);
    });

    it("shows what it newly allows, and undoes itself", () => {
        const [fix] = diagnosisOf(brokenBy("bucket-list-missing")).fixes;
        assert.deepEqual(fix?.allows, [`personalize.amazonaws.com: s3:ListBucket on ${bucketArn}`]);
        const files = filesOf(fix ? [fix] : []);
        assert.deepEqual(Object.keys(files).toSorted(), [
            "01-s3api-put-bucket-policy-before.json",
            "01-s3api-put-bucket-policy.json",
            "apply.sh",
            "undo.sh",
        ]);
        assert.deepEqual(
            JSON.parse(files["01-s3api-put-bucket-policy-before.json"] ?? ""),
            JSON.parse(brokenBy("bucket-list-missing").bucketPolicy ?? ""),
        );
        assert.match(
            files["apply.sh"] ?? "",
            /^aws s3api put-bucket-policy --bucket films-test --policy "file:\/\/\$here\/01-/m,
        );
    });
});
