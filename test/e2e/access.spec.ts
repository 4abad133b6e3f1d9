import assert from "node:assert/strict";
import { DeleteRolePolicyCommand, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { GetBucketPolicyCommand, HeadObjectCommand, PutBucketPolicyCommand } from "@aws-sdk/client-s3";
import type { PolicyDocument } from "policy-evaluator";
import { everythingIn, importJobNames } from "../support/left.ts";
import { assertExit, startTestAws, type TestAws } from "../support/local-aws.ts";

/** Failure reason of an import without access. */
const refused = /CREATE FAILED\. Reason from Personalize: .*(?:access|permission)/i;

describe("imports without access, repaired on the real engine", () => {
    let aws: TestAws;
    before(async () => {
        aws = await startTestAws();
    });
    after(() => aws?.stop());

    const role = () => `AmazonPersonalize-ExecutionRole-${aws.stack}`;
    const recordedJob = async () => {
        const state = JSON.parse((await aws.pulumi("stack", "export")).stdout);
        return state.deployment.resources.find(({ type }: { type: string }) => type.endsWith(":DatasetImportJob"));
    };

    it("fails an up for want of access with the service's own text, and keeps what it made", async () => {
        const access = ["--target", "**DataBucket**", "--target", "**PersonalizeAccess**"];
        assertExit(await aws.engine("up", ...access), 0);
        const deny: PolicyDocument = {
            Version: "2012-10-17",
            Statement: [{ Effect: "Deny", Action: "s3:GetObject", Resource: "*" }],
        };
        await aws.iam.send(
            new PutRolePolicyCommand({
                RoleName: role(),
                PolicyName: "somebody-elses",
                PolicyDocument: JSON.stringify(deny),
            }),
        );

        const up = await aws.engine("up");
        assertExit(up, 1);
        assert.match(up.stdout, refused);
        assert.match((await recordedJob()).initErrors.join("\n"), refused);
        // The policies of this first up are seconds old, so that one second job was created.
        assert.match((await recordedJob()).id, /-2$/);
        assert.equal((await recordedJob()).outputs.status, "CREATE FAILED");
    });

    it("shows the failure and the next step by watch-status", async () => {
        const status = await aws.runbook("watch-status", "--json");
        assertExit(status, 1);
        const { overall, resources } = JSON.parse(status.stdout);
        assert.equal(overall, "failed");
        const failed = resources.filter(({ state }: { state: string }) => state === "CREATE FAILED");
        assert.equal(failed.length, 1);
        assert.match(failed[0].failureReason, /access|permission/i);
        assert.match(failed[0].nextStep, /`pulumi up`/);
    });

    it("fails again under the next number while nothing is repaired", async () => {
        assertExit(await aws.engine("up"), 1);
        assert.deepEqual((await importJobNames(aws)).map((name) => name.slice(-2)).slice(0, 3), ["-1", "-2", "-3"]);
    });

    it("succeeds once the policy is repaired, by up alone", async () => {
        await aws.iam.send(new DeleteRolePolicyCommand({ RoleName: role(), PolicyName: "somebody-elses" }));
        assertExit(await aws.engine("up"), 0);
        assert.match((await aws.outputs()).importJobArn ?? "", /-[45]$/);
        assertExit(await aws.runbook("recommend", "1", "--json"), 0);
        assertExit(await aws.engine("preview", "--expect-no-changes"), 0);
    });

    it("finds a bucket policy that was changed outside by refresh, and repairs it by up before it imports", async () => {
        const Bucket = (await aws.outputs()).bucketName;
        const found = await aws.s3.send(new GetBucketPolicyCommand({ Bucket }));
        const policy = JSON.parse(found.Policy ?? "") as { Statement: { Sid: string }[] };
        const Statement = policy.Statement.filter(({ Sid }) => Sid !== "PersonalizeReadsInteractions");
        await aws.s3.send(new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify({ ...policy, Statement }) }));
        await aws.writeInteractions(3);

        const up = await aws.engine("up");
        assertExit(up, 1);
        assert.match(up.stdout, refused);
        assertExit(await aws.engine("refresh"), 0);
        assertExit(await aws.engine("up"), 0);
        assert.match((await aws.outputs()).importJobArn ?? "", /-[23]$/);
        assert.deepEqual(JSON.parse((await aws.s3.send(new GetBucketPolicyCommand({ Bucket }))).Policy ?? ""), policy);
    });

    it("leaves the bucket when its data is to be retained, and reports it", async () => {
        await aws.configure({ dataRetention: "retain" });
        const up = await aws.engine("up");
        assertExit(up, 0);
        const { bucketName: Bucket } = await aws.outputs();
        assert.ok(up.stdout.includes(`pulumi destroy will keep bucket ${Bucket} (dataRetention: retain)`));
        const destroy = await aws.engine("destroy");
        assertExit(destroy, 0);
        assert.match(destroy.stdout, /aws:s3:Bucket data deleted .*\[retain\]/);
        assert.deepEqual(await everythingIn(aws), [`bucket ${Bucket}`]);
        await aws.s3.send(new HeadObjectCommand({ Bucket, Key: "personalize_interactions_fixed.csv" }));
    });
});
