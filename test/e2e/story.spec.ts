import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
    DeleteCampaignCommand,
    DescribeCampaignCommand,
    TagResourceCommand,
    UpdateCampaignCommand,
} from "@aws-sdk/client-personalize";
import { adminOf } from "../../packages/local-aws/test/admin.ts";
import { until } from "../../packages/local-personalize/test/support.ts";
import { everythingIn, watchersIn } from "../support/left.ts";
import { assertExit, startTestAws, type TestAws } from "../support/local-aws.ts";
import { applied } from "../support/planned.ts";

/** The steps of docs/life.md in its order, by the same commands. */
describe("Steps of docs/life.md", () => {
    let aws: TestAws;
    before(async () => {
        aws = await startTestAws();
        // An open gate: NDCG of few test users is noise, and this test is about the steps.
        await aws.configure({ maximumNdcgDropPercent: "100", minimumNdcgOverPopularityPercent: "-100" });
    });
    after(() => aws?.stop());

    const runbook = (name: string, ...args: string[]) =>
        aws.runbook(name, "--config-file", aws.engineArgs("up")[2] ?? "", ...args);
    const billed = async () =>
        (await adminOf(aws.instance).requests())
            .filter(({ operation, outcome }) => outcome === "accepted" && /ImportJob|SolutionVersion/.test(operation))
            .map(({ operation }) => operation);

    let campaignArn = "";
    const campaign = async () =>
        (await aws.personalize.send(new DescribeCampaignCommand({ campaignArn }))).campaign ?? {};
    const isGone = () =>
        campaign().then(
            () => false,
            () => true,
        );

    /** Refreshes, and asserts that `up` does exactly this plan. */
    async function repairs(plan: Record<string, string[]>): Promise<void> {
        const refreshed = await aws.engine("refresh", "--expect-no-changes");
        assert.match(refreshed.stderr + refreshed.stdout, /no changes were expected/, "refresh finds it");
        assert.deepEqual((await applied(aws)).plan, plan);
    }

    it("doctor and the first up create one import and one version", async () => {
        assertExit(await runbook("doctor"), 0);
        assertExit(await aws.engine("up"), 0);
        assert.deepEqual(await billed(), ["CreateDatasetImportJob", "CreateSolutionVersion"]);
    });

    it("retrain imports and trains once and prints the metric comparison", async () => {
        await aws.writeInteractions(2);
        const retrained = await runbook("retrain");
        assertExit(retrained, 0);
        assert.match(retrained.stdout, /normalized_discounted_cumulative_gain_at_10/);
        assert.equal((await billed()).length, 4);
    });

    it("rollback holds the earlier version, and --release lets up update again", async () => {
        assertExit(await runbook("rollback", "--yes", "--reason", "users complain"), 0);
        assertExit(await aws.engine("preview", "--expect-no-changes"), 0);
        assertExit(await runbook("rollback", "--release"), 0);
        assert.deepEqual((await applied(aws)).plan, { update: ["Campaign"] });
    });

    it("park and resume need no training", async () => {
        assertExit(await runbook("park", "--yes", "--reason", "weekend"), 0);
        assert.match((await aws.engine("preview", "--expect-no-changes")).stdout, /parked since .* \(weekend\)/);
        assertExit(await runbook("resume", "--yes"), 0);
        assert.equal((await billed()).length, 4);
    });

    it("refresh finds changed minProvisionedTPS and tags, and up repairs them", async () => {
        campaignArn = (await aws.outputs()).campaignArn ?? "";
        await aws.personalize.send(new UpdateCampaignCommand({ campaignArn, minProvisionedTPS: 7 }));
        await until(async () => (await campaign()).minProvisionedTPS === 7);
        const tags = [{ tagKey: "pulumi:stack", tagValue: "theirs" }];
        await aws.personalize.send(new TagResourceCommand({ resourceArn: campaignArn, tags }));
        await repairs({ update: ["Campaign"] });
        assert.equal((await campaign()).minProvisionedTPS, 1);
    });

    it("up recreates a deleted campaign without a training", async () => {
        await aws.personalize.send(new DeleteCampaignCommand({ campaignArn }));
        await until(isGone);
        const admin = adminOf(aws.instance);
        const last = (await admin.requests()).at(-1)?.id ?? 0;
        await repairs({ create: ["Campaign"] });
        const asked = (await admin.requests(last)).map(({ operation }) => operation);
        assert.deepEqual(asked, ["CreateCampaign"]);
        assertExit(await aws.engine("refresh", "--expect-no-changes"), 0);
    });

    it("preview rejects another owner's stack of the same name", async () => {
        const admin = adminOf(aws.instance);
        const file = join(aws.instance.dir, "state.json");
        assertExit(await aws.pulumi("stack", "export", "--file", file), 0);
        const state = JSON.parse(await readFile(file, "utf8"));
        const theirs = join(aws.instance.dir, "theirs.json");
        const deployment = { ...state.deployment, resources: [] };
        await writeFile(theirs, JSON.stringify({ ...state, deployment }));
        const before = [...(await everythingIn(aws)), ...(await watchersIn(aws))];
        const last = (await admin.requests()).at(-1)?.id ?? 0;
        assertExit(await aws.pulumi("stack", "import", "--file", theirs), 0);
        const refused = await aws.engine("up");
        assertExit(refused, 1);
        const text = refused.stdout + refused.stderr;
        assert.match(text, /dataset group movie_recommendation-\S+ already exists and does not belong to this stack/);
        assert.match(
            text,
            new RegExp(`its tags are .*"movie-recommender:owner":"[0-9a-f-]{36}".*"pulumi:stack":"${aws.stack}"`),
        );
        assert.match(text, new RegExp(`\`pulumi stack rename ${aws.stack}-<name>\``));
        assert.deepEqual([...(await everythingIn(aws)), ...(await watchersIn(aws))], before);
        assert.deepEqual(await admin.requests(last), []);
        const made = JSON.parse((await aws.pulumi("stack", "export")).stdout).deployment.resources ?? [];
        assert.deepEqual(
            made.map(({ type }: { type: string }) => type).filter((type: string) => !type.startsWith("pulumi:")),
            [],
        );
        assertExit(await aws.pulumi("stack", "import", "--file", file), 0);
        assertExit(await aws.engine("preview", "--expect-no-changes"), 0);
    });

    it("destroy works after a campaign was deleted outside, and audit-leftovers finds nothing", async () => {
        // Deleted outside a moment before: destroy works with the rest.
        const { campaignArn } = await aws.outputs();
        await aws.personalize.send(new DeleteCampaignCommand({ campaignArn }));
        assertExit(await aws.engine("destroy"), 0);
        assert.deepEqual(await everythingIn(aws), []);
        assertExit(await aws.runbook("audit-leftovers"), 0);
    });
});
