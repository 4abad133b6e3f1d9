import assert from "node:assert/strict";
import type { PolicyDocument, Statement } from "policy-evaluator";
import { diagnose } from "../diagnose.ts";
import type { Fix } from "../fixes/fixes.ts";
import { document, type ImportFixture } from "./fixtures/import-fixture.ts";
import { account, bucketStatements, denial, everything, roleArn } from "./public/case.ts";
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
describe("fixes for access faults must not remove protection", () => {
    const breakGlass = `arn:aws:iam::${account}:role/break-glass`;
    const guards: Record<string, Statement["Condition"]> = {
        "a VPC": { StringNotEquals: { "aws:SourceVpc": "vpc-1" } },
        "an organization, with an exception for the break-glass role": {
            StringNotEquals: { "aws:PrincipalOrgID": "o-1" },
            ArnNotLike: { "aws:PrincipalArn": [breakGlass, `arn:aws:iam::${account}:role/ci`] },
        },
        "the break-glass role by its id": {
            StringNotLike: { "aws:userid": ["AROABREAKGLASSROLE01:*", account] },
        },
    };
    for (const [what, condition] of Object.entries(guards)) {
        it(`the fix does not change a Deny that protects by ${what}, and quotes the statement in a request to the owner`, () => {
            const [fix] = diagnoseFixture(withBucket(createFixture(), denial(condition))).fixes;
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
        const [fix] = diagnoseFixture({ ...createFixture(), inline: { mine: document(but) } }).fixes;
        assert.deepEqual(fix?.commands, []);
        assert.match(
            fix?.ask ?? "",
            /AllButReading of the role policy mine allows all actions but s3:GetObject\. If not, add/,
        );
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
