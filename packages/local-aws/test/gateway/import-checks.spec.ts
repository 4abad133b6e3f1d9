import assert from "node:assert/strict";
import type { Statement } from "policy-evaluator";
import { stageOn } from "../../../../test/support/import-stage.ts";
import { region } from "../../../../test/support/local-aws.ts";
import {
    document,
    type ImportFixture,
    interactions,
    keyPolicy,
    location,
    roleArnOf,
    soundFixture,
} from "../../../access-doctor/test/fixtures/import-fixture.ts";
import { account, administrator, allow, useEnforcing } from "./enforcement/support.ts";

const failed = /Insufficient privileges for accessing data in Amazon S3\.$/;

describe("Access checks of an import on the local AWS", () => {
    const aws = useEnforcing();
    let stage: Awaited<ReturnType<typeof stageOn>>;
    before(async () => {
        stage = await stageOn(aws.url, region, administrator, interactions);
    });

    const fixtureOf = (name: string) => soundFixture(name, { partition: "aws", region, accountId: account });
    const withStatement = (text: string | undefined, statement: Statement) => {
        const policy = JSON.parse(text ?? "");
        return JSON.stringify({ ...policy, Statement: [...policy.Statement, statement] });
    };
    const importOf = async ({ bucket, roleName }: Pick<ImportFixture, "bucket" | "roleName">) =>
        (
            await stage.importFrom(`s3://${bucket}/${location}`, {
                importer: administrator,
                roleArn: `arn:aws:iam::${account}:role/${roleName}`,
            })
        ).failure;

    /** Each case: a policy that requires a tag of the role or object, and the kind of the tagged resource. */
    const tagged: Record<string, (fixture: ImportFixture) => ImportFixture> = {
        "`iam:ResourceTag` in the trust policy": (fixture) => {
            const trust = JSON.stringify(fixture.trust);
            const Condition = '"StringEquals":{"iam:ResourceTag/team":"films",';
            return { ...fixture, trust: JSON.parse(trust.replace('"StringEquals":{', Condition)) };
        },
        "`aws:PrincipalTag` in the role's policy": (fixture) => {
            const mine = allow("s3:*", "*", { StringEquals: { "aws:PrincipalTag/team": "films" } });
            return { ...fixture, inline: { tagged: document(mine) } };
        },
        "`s3:ExistingObjectTag` in the bucket policy": (fixture) => {
            const deny: Statement = {
                Effect: "Deny",
                Principal: "*",
                Action: "s3:GetObject",
                Resource: `arn:aws:s3:::${fixture.bucket}/*`,
                Condition: { StringNotEquals: { "s3:ExistingObjectTag/team": "films" } },
            };
            return { ...fixture, bucketPolicy: withStatement(fixture.bucketPolicy, deny) };
        },
    };
    for (const [index, [what, requireTag]] of Object.entries(tagged).entries()) {
        it(`an import fails until its role and its object have the tag of ${what}`, async () => {
            const fixture = requireTag(fixtureOf(`tagged-${index}`));
            const { bucket: Bucket, roleName: RoleName } = fixture;
            await stage.realise(fixture);
            assert.match((await importOf(fixture)) ?? "", failed);
            const tag = { Key: "team", Value: "films" };
            await aws.admin.iam.tagRole({ RoleName, Tags: [tag] });
            await aws.admin.s3.putObjectTagging({ Bucket, Key: location, Tagging: { TagSet: [tag] } });
            assert.equal(await importOf(fixture), undefined);
        });
    }

    it("a permissions boundary without kms:Decrypt denies the import of an encrypted object, although the key policy allows the role", async () => {
        const fixture = fixtureOf("bounded");
        const decrypt = { ...allow("kms:Decrypt"), Principal: { AWS: roleArnOf(fixture) } };
        const key = { state: "Enabled" as const, policy: keyPolicy(fixture, decrypt) };
        await stage.realise({ ...fixture, key, boundary: document(allow("s3:*")) });
        assert.match((await importOf(fixture)) ?? "", failed);
        await aws.admin.iam.createPolicyVersion({
            PolicyArn: `arn:aws:iam::${account}:policy/boundary-${fixture.roleName}`,
            PolicyDocument: JSON.stringify(document(allow(["s3:*", "kms:Decrypt"]))),
            SetAsDefault: true,
        });
        assert.equal(await importOf(fixture), undefined);
    });

    it("the AWS managed policy AWSDenyAll denies the import of a role to which it is attached", async () => {
        const fixture = { ...fixtureOf("denied"), attached: ["arn:aws:iam::aws:policy/AWSDenyAll"] };
        await stage.realise(fixture);
        assert.match((await importOf(fixture)) ?? "", failed);
        const [PolicyArn] = fixture.attached;
        await aws.admin.iam.detachRolePolicy({ RoleName: fixture.roleName, PolicyArn });
        assert.equal(await importOf(fixture), undefined);
    });
});
