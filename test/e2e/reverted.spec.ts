import assert from "node:assert/strict";
import { GetBucketPolicyCommand } from "@aws-sdk/client-s3";
import { ListSubscriptionsCommand } from "@aws-sdk/client-sns";
import { adminOf } from "../../packages/local-aws/test/admin.ts";
import { interrupted, type Stop } from "../support/interrupt.ts";
import { everythingIn, importJobNames } from "../support/inventory.ts";
import { assertExit, startTestAws, type TestAws } from "../support/local-aws.ts";

/** Lists resources with AWS's own clients, without records of jobs. */
const isPersonalize = (thing: string) =>
    /^(schema|group|dataset|solution|version|campaign|filter|tracker) /.test(thing);

describe("A reverted change after an interrupted up", () => {
    let aws: TestAws;
    let original: readonly string[] = [];
    let jobs: readonly string[] = [];
    const personalize = async () => (await everythingIn(aws)).filter(isPersonalize).sort();
    before(async () => {
        aws = await startTestAws();
        assertExit(await aws.engine("up"), 0);
        original = await personalize();
        jobs = await importJobNames(aws);
    });
    after(() => aws?.stop());

    for (const [stop, operation] of [
        ["kill", "CreateSolutionVersion"],
        ["failure", "CreateCampaign"],
    ] as readonly (readonly [Stop, string])[]) {
        it(`a nameSuffix reverted after ${stop} at ${operation} keeps every live resource`, async () => {
            await aws.configure({ nameSuffix: "-yy" });
            assert.ok(await interrupted(aws, "up", { operation, stop }));
            await aws.configure();
            assertExit(await aws.engine("up"), 0);
            assert.deepEqual(await personalize(), original);
            assertExit(await aws.engine("preview", "--expect-no-changes"), 0);
            assertExit(await aws.engine("refresh", "--expect-no-changes"), 0);
            assertExit(await aws.runbook("recommend", "1", "--json"), 0);
            const own = (await importJobNames(aws)).filter((name) => !name.includes("-yy-"));
            assert.deepEqual(own, jobs, "the reverted data was imported before");
        });
    }

    it("destroy after a killed revert leaves nothing", async () => {
        await aws.configure({ nameSuffix: "-yy" });
        assert.ok(await interrupted(aws, "up", { operation: "CreateSolutionVersion", stop: "ctrl-c" }));
        await aws.configure();
        assert.ok(await interrupted(aws, "up", { operation: "DeleteSolution", stop: "kill" }));
        assertExit(await aws.engine("destroy"), 0);
        assert.deepEqual(await everythingIn(aws), []);
    });
});

describe("A reverted change of bucketName and alertEmail", () => {
    let aws: TestAws;
    before(async () => {
        aws = await startTestAws();
    });
    after(() => aws?.stop());

    it("up keeps the live bucket policy and the live mail subscription", async () => {
        const admin = adminOf(aws.instance);
        const before = { alertEmail: "a@example.com", bucketName: "films-before", campaignEnabled: false };
        await aws.configure(before);
        assertExit(await aws.engine("up"), 0);
        const state = async () => {
            const { Policy } = await aws.s3.send(new GetBucketPolicyCommand({ Bucket: before.bucketName }));
            const { Subscriptions = [] } = await aws.sns.send(new ListSubscriptionsCommand({}));
            const mails = Subscriptions.filter(({ Protocol }) => Protocol === "email").map(({ Endpoint }) => Endpoint);
            return { policy: JSON.parse(Policy ?? "null"), mails };
        };
        const live = await state();
        assert.deepEqual(live.mails, [before.alertEmail]);

        await aws.configure({ ...before, alertEmail: "b@example.com", bucketName: "films-after" });
        const effect = { kind: "error", code: "InvalidInputException", message: "not now", status: 400 };
        await admin.arm({ operation: "CreateDatasetImportJob", times: 100, effect });
        assert.notEqual((await aws.engine("up")).exitCode, 0);
        const { mails } = await state().catch(async () => ({ mails: ["b@example.com"] }));
        assert.ok(mails.includes("b@example.com"), "the failed up has replaced the subscription");
        await admin.clear();

        await aws.configure(before);
        assertExit(await aws.engine("up"), 0);
        assert.deepEqual(await state(), live);
        assertExit(await aws.engine("preview", "--expect-no-changes"), 0);
        assertExit(await aws.engine("destroy"), 0);
    });
});
