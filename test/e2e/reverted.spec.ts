import assert from "node:assert/strict";
import { followAudit } from "../support/audited.ts";
import { interrupted } from "../support/interrupt.ts";
import { importJobNames, listEverything } from "../support/inventory.ts";
import { assertExit, startTestAws, type TestAws } from "../support/local-aws.ts";

/** Selects the resources of Personalize except import jobs, which cannot be deleted. */
const isPersonalize = (thing: string) =>
    /^(schema|dataset-group|dataset|solution|version|campaign|filter|event-tracker) /.test(thing);

/**
 * These tests cover only some changes, because the slow `npm run drill:revert` tests each kind of change, with each
 * kind of interruption and each following command.
 */
describe("A reverted change after an interrupted `pulumi up`", () => {
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
});
