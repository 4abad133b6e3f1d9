import assert from "node:assert/strict";
import { HeadObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { driftOf } from "../support/drift.ts";
import { assertExit, startTestAws, type TestAws } from "../support/local-aws.ts";
import { previewedAndApplied } from "../support/preview-plan.ts";

describe("Preview of a deployed stack", () => {
    let aws: TestAws;
    let drift: Awaited<ReturnType<typeof driftOf>>;

    before(async () => {
        aws = await startTestAws();
        assertExit(await aws.engine("up"), 0);
        drift = await driftOf(aws);
    });
    after(async () => {
        drift?.end();
        await aws?.stop();
    });

    it("preview rejects another region and explains how to move", async () => {
        await aws.configure({ "aws:region": "us-east-1" });
        const preview = await aws.engine("preview");
        assertExit(preview, 1);
        const text = `${preview.stdout}${preview.stderr}`.replaceAll(/\s+/g, " ");
        assert.match(text, /aws:region is us-east-1, and this stack's resources are in eu-central-1/);
        assert.doesNotMatch(text, /Campaign/, "no change is announced");
        await aws.configure();
    });

    it("preview rejects more than twice the deployed price without monthlyLimitUsd", async () => {
        await aws.configure({ minProvisionedTPS: 4 });
        const refused = await aws.engine("preview");
        assertExit(refused, 1);
        const text = `${refused.stdout}${refused.stderr}`.replaceAll(/\s+/g, " ");
        assert.match(text, /would cost ≈ \$59\d a month .* as deployed it costs ≈ \$15\d/);
        assert.match(text, /To allow it: pulumi config set monthlyLimitUsd 59\d/);
        await aws.configure({ minProvisionedTPS: 4, monthlyLimitUsd: 700 });
        assertExit(await aws.engine("preview"), 0);
        await aws.configure();
    });

    it("preview shows what up creates again after deletions by hand", async () => {
        for (const what of [
            "the data bucket deleted",
            "Personalize's role deleted",
            "the cost guard's roles deleted",
            "the topic and the queue of failures deleted",
        ]) {
            await drift.drifts[what]?.();
        }
        assertExit(await aws.engine("refresh"), 0);
        const { preview, up } = await previewedAndApplied(aws);
        assert.deepEqual(preview, up);
        const created = up.map((line) => line.replace(/^create .*[:/$](\w+)::.*$/, "$1"));
        assert.deepEqual(created.sort(), [
            "Bucket",
            "BucketLifecycleConfiguration",
            "BucketObjectv2",
            "BucketOwnershipControls",
            "BucketPolicy",
            "BucketPublicAccessBlock",
            "BucketServerSideEncryptionConfiguration",
            "BucketVersioning",
            "Queue",
            "Role",
            "Role",
            "Role",
            "RolePolicy",
            "RolePolicy",
            "RolePolicy",
            "Topic",
            "TopicPolicy",
            "TopicSubscription",
        ]);
    });

    it("a changed bucketName keeps the trail's bucket and its events", async () => {
        const { bucketName } = await aws.outputs();
        const event = { Bucket: `${bucketName}-trail`, Key: "AWSLogs/000000000000/event.json.gz" };
        await aws.s3.send(new PutObjectCommand({ ...event, Body: "{}" }));
        await aws.configure({ bucketName: `films-of-${aws.stack}` });
        const { preview, up } = await previewedAndApplied(aws);
        assert.deepEqual(preview, up);
        assert.equal((await aws.outputs()).bucketName, `films-of-${aws.stack}`);
        assert.deepEqual(
            up.filter((line) => /::audit$/.test(line)),
            [],
        );
        await aws.s3.send(new HeadObjectCommand(event));
    });
});
