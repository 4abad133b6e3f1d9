import assert from "node:assert/strict";
import { CloudWatch } from "@aws-sdk/client-cloudwatch";
import { region } from "../../../../../test/support/local-aws.ts";
import { interactionsCsv, syntheticRatings } from "../../../../local-personalize/test/interactions.ts";
import { arn, until } from "../../../../local-personalize/test/support.ts";
import { createAdmin } from "../../admin.ts";
import { signedHeaders } from "../../signed.ts";
import { campaignArn, useHarness } from "../harness.ts";

describe("AWS/Personalize metrics of the local AWS", () => {
    const harness = useHarness();
    let cloudWatch: CloudWatch;
    before(() => {
        cloudWatch = new CloudWatch(harness.settings);
    });
    after(() => cloudWatch?.destroy());

    async function metric(MetricName: string, Stat: string, dimensions: Record<string, string>): Promise<number> {
        const now = await harness.advance(0);
        const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
        const { MetricDataResults = [] } = await cloudWatch.getMetricData({
            StartTime: new Date(now - 3_600_000),
            EndTime: new Date(now + 60_000),
            MetricDataQueries: [
                {
                    Id: "m",
                    MetricStat: {
                        Metric: { Namespace: "AWS/Personalize", MetricName, Dimensions },
                        Stat,
                        Period: 7200,
                    },
                },
            ],
        });
        return (MetricDataResults[0]?.Values ?? []).reduce((sum, value) => sum + value, 0);
    }

    const campaign = { CampaignArn: campaignArn };

    it("GetRecommendations metrics count successes, 4xx and 5xx errors", async () => {
        const admin = createAdmin(harness.instance);
        for (let count = 0; count < 5; count++) await harness.ask();
        await admin.arm({ operation: "GetRecommendations", times: 2, effect: { kind: "throttle" } });
        const error = { kind: "error", code: "ServiceUnavailable", message: "No.", status: 503 };
        await admin.arm({ operation: "GetRecommendations", call: 3, effect: error });
        // The SDK retries throttled and failed calls, and the fourth call succeeds.
        await harness.ask("2").catch(() => {});
        await harness.ask();
        await admin.clear();
        await until(async () => (await metric("GetRecommendationsLatency", "SampleCount", campaign)) >= 6);
        const sums = await Promise.all(
            ["GetRecommendations", "GetRecommendations4xxErrors", "GetRecommendations5xxErrors"].map((name) =>
                metric(name, "Sum", campaign),
            ),
        );
        // Of the nine calls, the metric GetRecommendations counts only the successful ones.
        assert.deepEqual(sums, [6, 2, 1]);
        assert.equal(await metric("GetRecommendationsLatency", "SampleCount", campaign), 6);
        assert.ok((await metric("GetRecommendationsLatency", "Average", campaign)) > 0);
    });

    it("a campaign that does not exist has no metrics", async () => {
        const none = arn("campaign/none");
        await assert.rejects(harness.askOf(none));
        await createAdmin(harness.instance).rounds("serviceMetrics");
        const { Metrics = [] } = await cloudWatch.listMetrics({ Namespace: "AWS/Personalize" });
        assert.ok(Metrics.length > 0);
        assert.ok(!JSON.stringify(Metrics).includes(none));
    });

    it("PutEvents metrics have the dimensions dataset group, dataset and event tracker", async () => {
        const target = new URL(`${harness.url}/events`);
        const eventList = [{ eventType: "Watch", itemId: "1", sentAt: 1_700_000_000 }];
        const body = JSON.stringify({ trackingId: harness.trackingId, sessionId: "s", userId: "1", eventList });
        const headers = signedHeaders("POST", target, body, region, "personalize");
        assert.equal((await fetch(target, { method: "POST", headers, body })).status, 200);
        const named = await until(async () => {
            return (await cloudWatch.listMetrics({ Namespace: "AWS/Personalize", MetricName: "PutEventLatency" }))
                .Metrics?.[0];
        });
        const dimensions = Object.fromEntries(
            (named.Dimensions ?? []).map(({ Name = "", Value = "" }) => [Name, Value]),
        );
        assert.deepEqual(Object.keys(dimensions), ["DatasetGroupArn", "DatasetArn", "EventTrackerArn"]);
        assert.equal(await metric("PutEventsRequests", "Sum", dimensions), 1);
    });

    it("import and training metrics contain number, size and duration of the jobs", async () => {
        const job = {
            DatasetGroupArn: arn("dataset-group/films"),
            DatasetArn: arn("dataset/films/INTERACTIONS"),
            DatasetImportJobArn: arn("dataset-import-job/first"),
        };
        const training = { SolutionArn: arn("solution/films"), SolutionVersionArn: harness.solutionVersionArn };
        await until(async () => (await metric("SolutionTrainingJobRequests", "Sum", training)) === 1);
        assert.equal(await metric("DatasetImportJobRequests", "Sum", job), 1);
        assert.equal(await metric("DatasetImportJobError", "Sum", job), 0);
        assert.equal(await metric("DatasetSize", "Sum", job), interactionsCsv(syntheticRatings()).length);
        assert.equal(await metric("SolutionTrainingJobError", "SampleCount", training), 1);
        assert.ok((await metric("SolutionTrainingJobExecutionTime", "Sum", training)) > 0);
    });
});
