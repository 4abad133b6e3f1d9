import assert from "node:assert/strict";
import fc from "fast-check";
import { type PolicyDocument, type Statement, toList } from "policy-evaluator";
import { diagnose } from "../diagnose.ts";
import type { Fix } from "../fixes/fixes.ts";
import type { Snapshot } from "../snapshot.ts";
import { breaks } from "./fixtures/break.ts";
import { document, type ImportFixture } from "./fixtures/import-fixture.ts";
import { account, bucketArn, bucketStatements, denial, everything, roleArn } from "./public/case.ts";
import { brokenBy, createFixture, diagnoseFixture, fixtureSnapshot } from "./support.ts";

const withBucket = (of: ImportFixture, ...more: Statement[]): ImportFixture => ({
    ...of,
    bucketPolicy: JSON.stringify(document(...bucketStatements(of), ...more)),
});
const documentsOf = (fixes: readonly Fix[], command: string): PolicyDocument[] =>
    fixes.flatMap(({ steps }) =>
        steps.flatMap((step) => (step.command.includes(command) && step.document ? [step.document] : [])),
    );
const bucketPolicyAfter = (of: ImportFixture): PolicyDocument => {
    const [policy, ...more] = documentsOf(diagnoseFixture(of).fixes, "put-bucket-policy");
    assert.ok(policy && more.length === 0, JSON.stringify(diagnoseFixture(of).fixes));
    return policy;
};
const asks = (of: ImportFixture | Snapshot) => {
    const { fixes } =
        "objects" in of && Array.isArray(of.objects) ? diagnose(of as Snapshot) : diagnoseFixture(of as ImportFixture);
    return fixes.map(({ commands, ask }) => ({ commands, ask }));
};

describe("fixes for access faults must not remove protection", () => {
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
        it(`the fix does not change a Deny that protects by ${what}, and quotes the statement in a request to the owner`, () => {
            const [fix] = asks(withBucket(createFixture(), denial(condition)));
            assert.deepEqual(fix?.commands, []);
            assert.match(
                fix?.ask ?? "",
                /^the owner of the bucket films-test: except personalize\.amazonaws\.com and arn:\S+Import-test .* Guard of the bucket policy denies s3:ListBucket unless|if aws:/,
            );
            for (const key of Object.values(condition ?? {}).flatMap(Object.keys)) {
                assert.ok(fix?.ask?.includes(key), `${fix?.ask} does not name ${key}`);
            }
        });
    }

    it("a fix keeps every existing statement, for any policy and any fault", () => {
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
                const broken = withBucket(
                    fault.make(createFixture()),
                    ...(JSON.parse(JSON.stringify(more)) as Statement[]),
                );
                const diagnosis = diagnoseFixture(broken);
                for (const after of documentsOf(diagnosis.fixes, "put-bucket-policy")) {
                    const kept = toList(after.Statement).map((one) => JSON.stringify({ ...one, Sid: "" }));
                    for (const one of bucketStatements(broken).filter(({ Effect }) => Effect === "Allow")) {
                        assert.ok(kept.includes(JSON.stringify({ ...one, Sid: "" })), JSON.stringify(one));
                    }
                }
                for (const { commands, ask } of diagnosis.fixes) assert.ok(commands.length > 0 || ask !== undefined);
                const commands = diagnosis.fixes.flatMap((fix) => fix.commands);
                assert.doesNotMatch(commands.join("\n"), /^aws \S+ (delete|detach)-/m);
            },
        );
        fc.assert(property, { numRuns: 200, seed: 15 });
    });

    it("the fix does not remove a Deny for the import's own role, but asks the owner to change the policy", () => {
        const named = denial(undefined, { Principal: { AWS: roleArn } });
        const [fix] = asks(withBucket(createFixture(), named));
        assert.deepEqual(fix?.commands, []);
        assert.match(
            fix?.ask ?? "",
            /^the owner of the bucket films-test: .*Guard of the bucket policy denies s3:ListBucket/,
        );
    });

    it("for a Deny in a policy of the role, the fix asks the role's owner for an exception", () => {
        for (const owned of [{}, { [roleArn]: "pulumi up" }]) {
            const [fix] = diagnose({ ...fixtureSnapshot(brokenBy("role-deny")), owned }).fixes;
            assert.deepEqual(fix?.commands, []);
            assert.match(
                fix?.ask ?? "",
                /^the owner of the role arn:.*NoObjects of the role policy guard denies s3:GetObject/,
            );
        }
    });

    it("the fix for a bucket without a policy adds only the two statements that an import needs", () => {
        const after = bucketPolicyAfter(brokenBy("bucket-policy-missing"));
        assert.deepEqual(
            toList(after.Statement).map(({ Effect, Sid }) => `${Effect} ${Sid}`),
            ["Allow PersonalizeLists", "Allow PersonalizeReadsInteractions"],
        );
    });

    it("a fix contains no id of a deleted role, which AWS rejects", () => {
        const stale: Statement = {
            Effect: "Allow",
            Principal: { AWS: "AROAGONEGONEGONEGONE" },
            Action: "s3:GetObject",
            Resource: everything,
        };
        const after = bucketPolicyAfter(withBucket(brokenBy("bucket-get-missing"), stale));
        assert.doesNotMatch(JSON.stringify(after), /AROAGONE/);
    });

    it("a fix does not change a role of another account, or a role whose path in the ARN is wrong", () => {
        const snapshot = fixtureSnapshot(createFixture());
        const foreign = { ...snapshot, roleArn: "arn:aws:iam::999999999999:role/Import-test", role: { is: undefined } };
        const [elsewhere] = diagnose(foreign).fixes;
        assert.deepEqual([elsewhere?.faults, elsewhere?.commands], [["role-other-account"], []]);
        assert.match(elsewhere?.ask ?? "", /name a role of your own account 000000000000/);
        const path = { ...snapshot, roleArn: `arn:aws:iam::${account}:role/service-role/Import-test` };
        const [fix] = diagnose(path).fixes;
        assert.deepEqual(
            [fix?.faults, fix?.commands, fix?.roleArn],
            [["role-path"], [], `arn:aws:iam::${account}:role/Import-test`],
        );
    });

    it("the fix for a missing bucket asks whether the user meant the bucket with a similar name", () => {
        const missing = {
            ...fixtureSnapshot(brokenBy("bucket-missing")),
            bucketFacts: { is: { region: undefined, others: ["film-test"] } },
        };
        const { fixes, firstBroken } = diagnose(missing);
        assert.match(firstBroken?.detail ?? "", /^There is no such bucket: films-test, but there is film-test\.$/);
        assert.deepEqual([fixes[0]?.commands, fixes[0]?.location], [[], undefined]);
        assert.match(
            fixes[0]?.ask ?? "",
            /^the owner of the data: .*import from s3:\/\/film-test\/movies\/interactions\.csv/,
        );
    });

    it("`diagnose` suggests fixes for both the key policy and the content of an encrypted file", () => {
        const { fixes } = diagnoseFixture(brokenBy("header-quoted", "kms-no-grant"));
        assert.deepEqual(
            fixes.flatMap((fix) => fix.faults),
            ["key-policy", "header-quoted"],
        );
    });

    it("for an Allow with `NotAction`, the fix asks whether the exclusion is meant for the import", () => {
        const but = { Sid: "AllButReading", Effect: "Allow", NotAction: "s3:GetObject", Resource: "*" } as const;
        const [fix] = asks({ ...createFixture(), inline: { mine: document(but) } });
        assert.deepEqual(fix?.commands, []);
        assert.match(
            fix?.ask ?? "",
            /AllButReading of the role policy mine allows all actions but s3:GetObject\. If not, add/,
        );
    });

    it("a finding that is only a warning has no fix command", () => {
        const wide = {
            ...createFixture(),
            inline: { mine: document({ Effect: "Allow", Action: "s3:*", Resource: "*" }) },
        };
        const { findings, fixes } = diagnoseFixture(wide);
        assert.deepEqual([findings.map(({ fault }) => fault), fixes], [["too-wide"], []]);
    });

    it("a fix lists the policy statements that it adds", () => {
        const [fix] = diagnoseFixture(brokenBy("bucket-list-missing")).fixes;
        assert.deepEqual(
            fix?.adds.map(({ Sid, Action }) => [Sid, Action]),
            [
                ["PersonalizeLists", "s3:ListBucket"],
                ["PersonalizeReadsInteractions2", "s3:GetObject"],
            ],
        );
    });
});
