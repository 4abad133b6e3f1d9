import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { DescribeCampaignCommand, DescribeSolutionCommand } from "@aws-sdk/client-personalize";
import { adminOf } from "../../packages/local-aws/test/admin.ts";
import { putEvent } from "../support/events.ts";
import { assertExit, startTestAws, type TestAws } from "../support/local-aws.ts";
import { applied, planned } from "../support/preview-plan.ts";

/** A training every day; a day lasts two seconds on this local AWS. */
const automatic = { performAutoTraining: true, syncWithLatestSolutionVersion: true, autoTrainingDays: 1 };

describe("Automatic training on the real engine", () => {
    let aws: TestAws;
    let first: Record<string, string> = {};
    before(async () => {
        aws = await startTestAws();
        // Personalize may return `rate(1 days)`, which must not count as a change, because an update would restart the schedule.
        await adminOf(aws.instance).forms("other");
        await aws.configure({ eventTracker: true });
        assertExit(await aws.engine("up"), 0);
        first = await aws.outputs();
    });
    after(() => aws?.stop());

    async function settled(): Promise<void> {
        assertExit(await aws.engine("preview", "--expect-no-changes"), 0);
        assertExit(await aws.engine("refresh", "--expect-no-changes"), 0);
    }
    async function campaign() {
        const { campaignArn } = first;
        return (await aws.personalize.send(new DescribeCampaignCommand({ campaignArn }))).campaign;
    }
    /** Waits until the campaign serves another version than this one. Returns the new version. */
    async function servedAfter(solutionVersionArn: string | undefined): Promise<string | undefined> {
        for (let tries = 0; tries < 150; tries += 1) {
            const served = (await campaign())?.solutionVersionArn;
            if (served !== solutionVersionArn) {
                return served;
            }
            await sleep(100);
        }
        throw new Error(`the campaign still serves ${solutionVersionArn}`);
    }

    it("performAutoTraining updates campaign and solution in place and prints the price", async () => {
        await aws.configure({ eventTracker: true, ...automatic });
        const price =
            /automatic training every day: ≈ \$[\d.]+ to \$[\d.]+ a month for [\d,]+ interactions \(US price, unverified\)/;
        const { plan, stdout } = await applied(aws);
        assert.deepEqual(plan, { update: ["Campaign", "Solution"] });
        assert.match(stdout, price);
        const { estimatedMonthlyCostUsd: dearer, ...outputs } = await aws.outputs();
        const { estimatedMonthlyCostUsd: before, ...same } = first;
        assert.deepEqual(outputs, same);
        assert.ok(Number(dearer) > Number(before) + 5);
        const { solutionArn } = first;
        const { solution } = await aws.personalize.send(new DescribeSolutionCommand({ solutionArn }));
        assert.equal(solution?.performAutoTraining, true);
        assert.equal(solution?.solutionConfig?.autoTrainingConfig?.schedulingExpression, "rate(1 days)");
        assert.equal(solution?.latestSolutionUpdate?.status, "ACTIVE");
        assert.equal((await campaign())?.campaignConfig?.syncWithLatestSolutionVersion, true);
        assert.equal((await campaign())?.solutionVersionArn, first.solutionVersionArn);
    });

    it("preview shows that switching it off updates campaign and solution in place", async () => {
        await aws.configure({ eventTracker: true });
        assert.deepEqual(await planned(aws), { update: ["Campaign", "Solution"] });
        await aws.configure({ eventTracker: true, ...automatic });
    });

    it("a changed file is imported, the service trains, and the campaign serves it", async () => {
        await aws.writeInteractions(2);
        assert.deepEqual((await applied(aws)).plan, { replace: ["DatasetImportJob"], update: ["BucketObjectv2"] });
        const served = await servedAfter(first.solutionVersionArn);
        assert.ok(served?.startsWith(`${first.solutionArn}/`));
        assert.equal((await aws.outputs()).solutionVersionArn, first.solutionVersionArn);
    });

    it("the service also trains on events, without a change for the program", async () => {
        const served = (await campaign())?.solutionVersionArn;
        const { eventTrackerId = "" } = first;
        await putEvent(aws, eventTrackerId, { userId: "1", itemId: "2", sentAt: Date.now() / 1000 });
        await servedAfter(served);
        await settled();
    });

    it("switching it off after an import trains a new version by the program", async () => {
        await aws.configure({ eventTracker: true });
        const { plan } = await applied(aws);
        assert.deepEqual(plan, { replace: ["SolutionVersion"], update: ["Campaign", "Solution"] });
        const { solutionArn } = first;
        const { solution } = await aws.personalize.send(new DescribeSolutionCommand({ solutionArn }));
        assert.equal(solution?.performAutoTraining, false);
        assert.equal((await campaign())?.campaignConfig?.syncWithLatestSolutionVersion, false);
        assert.equal((await campaign())?.solutionVersionArn, (await aws.outputs()).solutionVersionArn);
    });
});
