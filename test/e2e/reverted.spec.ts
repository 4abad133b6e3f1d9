import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SQS } from "@aws-sdk/client-sqs";
import { namesFor } from "../../core/config/config.ts";
import { createAdmin } from "../../packages/local-aws/test/admin.ts";
import { followAudit } from "../support/audited.ts";
import { interrupted } from "../support/interrupt.ts";
import { importJobNames, listEverything, listWatchers } from "../support/inventory.ts";
import { assertExit, createSettings, startTestAws, type TestAws } from "../support/local-aws.ts";
import { previewedAndApplied } from "../support/preview-plan.ts";
import { until } from "../support/until.ts";

/** Selects the resources of Personalize except import jobs, which cannot be deleted. */
const isPersonalize = (thing: string) =>
    /^(schema|dataset-group|dataset|solution|version|campaign|filter|event-tracker) /.test(thing);

/**
 * The tests of interruptions cover only some changes, because the slow `npm run drill:revert` tests each kind of change, with each
 * kind of interruption and each following command.
 */
describe("A deployed stack after interrupted, reverted and manual changes", () => {
    const settings = { alertEmail: "a@example.com", bucketName: "films-before" };
    let aws: TestAws;
    let original: readonly string[] = [];
    let jobs: readonly string[] = [];
    const personalize = async () => (await listEverything(aws)).filter(isPersonalize).sort();
    before(async () => {
        aws = await startTestAws();
        await aws.configure(settings);
        assertExit(await aws.engine("up"), 0);
        original = await personalize();
        jobs = await importJobNames(aws);
    });
    after(() => aws?.stop());

    it("after a kill at CreateSolutionVersion, `up` with the old `nameSuffix` keeps every live resource", async () => {
        await aws.configure({ ...settings, nameSuffix: "-yy" });
        assert.ok(await interrupted(aws, "up", { operation: "CreateSolutionVersion", stop: "kill" }));
        await aws.configure(settings);
        assertExit(await aws.engine("up"), 0);
        assert.deepEqual(await personalize(), original);
        assertExit(await aws.runbook("recommend", "1", "--json"), 0);
        const own = (await importJobNames(aws)).filter((name) => !name.includes("-yy-"));
        assert.deepEqual(own, jobs, "the reverted data was imported before");
    });

    it("after a kill at CreateSchema, the next `up` names the schema, and `audit-leftovers` deletes it", async () => {
        await aws.configure({ ...settings, nameSuffix: "-yy" });
        assert.ok(await interrupted(aws, "up", { operation: "CreateSchema", stop: "kill" }));
        await aws.configure(settings);
        const args = ["packages/local-aws/cli.ts", "pulumi", ...aws.engineArgs("up")];
        const { dir, port, speed } = aws.instance;
        const up = await aws.run(process.execPath, args, {
            MOVIE_RECOMMENDER_LOCAL_DIR: dir,
            MOVIE_RECOMMENDER_LOCAL_PORT: String(port),
            MOVIE_RECOMMENDER_LOCAL_SPEED: speed,
        });
        assertExit(up, 0);
        assert.match(up.stderr, /- Schema item_interactions_schema-yy\n.*`npm run local -- audit-leftovers`/s);
        assert.ok((await personalize()).includes("schema item_interactions_schema-yy"));
        const commands = await followAudit(aws);
        assert.match(
            commands.join("\n"),
            /^aws personalize delete-schema .*^pulumi refresh --clear-pending-creates /ms,
        );
        assert.deepEqual(await personalize(), original);
        assert.deepEqual(await followAudit(aws), []);
    });

    it("after a failed `up`, reverting `bucketName` and `alertEmail` keeps bucket policy and subscription", async () => {
        const state = async () => {
            const { Policy } = await aws.s3.getBucketPolicy({ Bucket: settings.bucketName });
            const { Subscriptions = [] } = await aws.sns.listSubscriptions({});
            const mails = Subscriptions.filter(({ Protocol }) => Protocol === "email").map(({ Endpoint }) => Endpoint);
            return { policy: JSON.parse(Policy ?? "null"), mails };
        };
        const live = await state();
        assert.deepEqual(live.mails, [settings.alertEmail]);
        await aws.configure({ alertEmail: "b@example.com", bucketName: "films-after" });
        assert.ok(await interrupted(aws, "up", { operation: "CreateDatasetImportJob", stop: "failure" }));
        const { mails } = await state().catch(async () => ({ mails: ["b@example.com"] }));
        assert.ok(mails.includes("b@example.com"), "the failed up has replaced the subscription");
        await aws.configure(settings);
        assertExit(await aws.engine("up"), 0);
        assert.deepEqual(await state(), live);
    });

    it("`up` rejects a stack name whose resources belong to another owner's stack", async () => {
        const admin = createAdmin(aws.instance);
        const file = join(aws.instance.dir, "state.json");
        assertExit(await aws.pulumi("stack", "export", "--file", file), 0);
        const state = JSON.parse(await readFile(file, "utf8"));
        const theirs = join(aws.instance.dir, "theirs.json");
        const deployment = { ...state.deployment, resources: [] };
        await writeFile(theirs, JSON.stringify({ ...state, deployment }));
        const before = [...(await listEverything(aws)), ...(await listWatchers(aws))];
        const last = (await admin.requests()).at(-1)?.id ?? 0;
        assertExit(await aws.pulumi("stack", "import", "--file", theirs), 0);
        const refused = await aws.engine("up");
        assertExit(refused, 1);
        const text = refused.stdout + refused.stderr;
        assert.match(text, /dataset group movie_recommendation-\S+ already exists and does not belong to this stack/);
        assert.match(
            text,
            new RegExp(`its tags are .*"pulumi-personalize:owner":"[0-9a-f-]{36}".*"pulumi:stack":"${aws.stack}"`),
        );
        assert.match(text, new RegExp(`\`pulumi stack rename ${aws.stack}-<name>\``));
        assert.deepEqual([...(await listEverything(aws)), ...(await listWatchers(aws))], before);
        assert.deepEqual(await admin.requests(last), []);
        const resources = JSON.parse((await aws.pulumi("stack", "export")).stdout).deployment.resources ?? [];
        assert.deepEqual(
            resources.map(({ type }: { type: string }) => type).filter((type: string) => !type.startsWith("pulumi:")),
            ["pulumi-nodejs:dynamic/personalize:Owner"],
        );
        assertExit(await aws.pulumi("stack", "import", "--file", file), 0);
    });

    it("`refresh`, `preview` and `up` restore resources that a user deleted by hand", async () => {
        // Remove the ids of versions, because restored versions have new ids.
        const names = async () =>
            [...(await listEverything(aws)), ...(await listWatchers(aws))]
                .map((thing) => thing.replace(/^version .*/, ""))
                .sort();
        const before = await names();
        await deleteByHand(aws);
        assertExit(await aws.engine("refresh"), 0);
        const { preview, up } = await previewedAndApplied(aws);
        assert.deepEqual(preview, up);
        assert.deepEqual(await names(), before);
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
            "Campaign",
            ...["Dataset", "DatasetImportJob", "Filter"],
            "Queue",
            ...["Role", "Role", "Role", "RolePolicy", "RolePolicy", "RolePolicy"],
            ...["Topic", "TopicPolicy", "TopicSubscription", "TopicSubscription"],
        ]);
        assertExit(await aws.runbook("recommend", "1", "--json"), 0);
    });

    it("a changed `bucketName` keeps the CloudTrail trail's bucket and the events in that bucket", async () => {
        const { bucketName } = await aws.outputs();
        const event = { Bucket: `${bucketName}-trail`, Key: "AWSLogs/000000000000/event.json.gz" };
        await aws.s3.putObject({ ...event, Body: "{}" });
        await aws.configure({ ...settings, bucketName: "films-after" });
        assertExit(await aws.engine("up"), 0);
        assert.equal((await aws.outputs()).bucketName, "films-after");
        await aws.s3.headObject(event);
    });
});

/** Deletes the campaign, the dataset, the filter, the data bucket, three roles, the topic and a queue, as a user does in the console. */
async function deleteByHand(aws: TestAws): Promise<void> {
    const outputs = await aws.outputs();
    await aws.personalize.deleteCampaign({ campaignArn: outputs.campaignArn });
    await aws.personalize.deleteDataset({ datasetArn: outputs.datasetArn });
    await aws.personalize.deleteFilter({ filterArn: outputs.watchedFilterArn });
    const isLeft = (thing: string) => /^(campaign|dataset|filter) /.test(thing);
    await until("campaign, dataset and filter are deleted", async () => !(await listEverything(aws)).some(isLeft));
    const Bucket = outputs.bucketName;
    const { Versions = [], DeleteMarkers = [] } = await aws.s3.listObjectVersions({ Bucket });
    for (const { Key, VersionId } of [...Versions, ...DeleteMarkers]) {
        await aws.s3.deleteObject({ Bucket, Key, VersionId });
    }
    await aws.s3.deleteBucket({ Bucket });
    const { role, costGuardRole, scheduleRole, failures: QueueName } = namesFor(aws.stack);
    for (const RoleName of [role, costGuardRole, scheduleRole]) {
        const { PolicyNames = [] } = await aws.iam.listRolePolicies({ RoleName });
        for (const PolicyName of PolicyNames) await aws.iam.deleteRolePolicy({ RoleName, PolicyName });
        await aws.iam.deleteRole({ RoleName });
    }
    await aws.sns.deleteTopic({ TopicArn: outputs.notificationsTopicArn });
    const sqs = new SQS(createSettings(aws.instance));
    const { QueueUrl } = await sqs.getQueueUrl({ QueueName });
    await sqs.deleteQueue({ QueueUrl });
    sqs.destroy();
}
