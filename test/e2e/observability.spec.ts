import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { CloudWatch } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { Lambda } from "@aws-sdk/client-lambda";
import { Personalize } from "@aws-sdk/client-personalize";
import { SQS } from "@aws-sdk/client-sqs";
import { namesFor } from "../../core/config/config.ts";
import { ownMetrics, ownNamespace } from "../../core/config/metrics.ts";
import { insights } from "../../packages/local-aws/gateway/alarms/insights.ts";
import { metricReads } from "../../packages/local-aws/gateway/alarms/metric-reads.ts";
import { environment, localAccountId, root } from "../../packages/local-aws/instance.ts";
import { createAdmin } from "../../packages/local-aws/test/admin.ts";
import { readJson } from "../support/json.ts";
import { assertExit, createSettings, region, startTestAws, type TestAws } from "../support/local-aws.ts";
import { freshUser } from "../support/operators.ts";
import { until } from "../support/until.ts";

interface Widget {
    readonly properties: { readonly metrics?: readonly (readonly unknown[])[] };
}

/** Returns the entries of `metrics` (lines) of all widgets of a dashboard. */
async function dashboardLines(cloudwatch: CloudWatch, name: string): Promise<(readonly unknown[])[]> {
    const { DashboardBody = "" } = await cloudwatch.getDashboard({ DashboardName: name });
    const { widgets } = JSON.parse(DashboardBody) as { widgets: readonly Widget[] };
    return widgets.flatMap(({ properties }) => properties.metrics ?? []);
}

/**
 * Checks whether CloudWatch has datapoints of the last hour for a line of a dashboard. Returns true for metric math,
 * whose metrics are lines of their own.
 */
async function hasData(cloudwatch: CloudWatch, line: readonly unknown[]): Promise<boolean> {
    const [from, to] = [Date.now() - 3_600_000, Date.now() + 60_000];
    const { expression } = (line.at(-1) ?? {}) as { expression?: string };
    if (expression?.startsWith("SELECT")) {
        return (await insights(cloudwatch, metricReads(cloudwatch), expression, { period: 60, from, to })).size > 0;
    }
    if (expression !== undefined) {
        return true;
    }
    const [Namespace, MetricName, ...rest] = line.slice(0, -1).map(String);
    const Dimensions = rest.flatMap((Name, at) => (at % 2 === 0 ? [{ Name, Value: rest[at + 1] }] : []));
    const { MetricDataResults = [] } = await cloudwatch.getMetricData({
        StartTime: new Date(from),
        EndTime: new Date(to),
        MetricDataQueries: [
            { Id: "one", MetricStat: { Metric: { Namespace, MetricName, Dimensions }, Period: 60, Stat: "Sum" } },
        ],
    });
    return (MetricDataResults[0]?.Values ?? []).length > 0;
}

describe("Observability of a deployed stack", function () {
    this.timeout(300_000);
    let aws: TestAws;
    let outputs: Record<string, string>;
    let names: ReturnType<typeof namesFor>;
    let by: {
        cloudwatch: CloudWatch;
        dynamo: DynamoDB;
        lambda: Lambda;
        logs: CloudWatchLogs;
        sqs: SQS;
    };

    before(async () => {
        aws = await startTestAws();
        await aws.configure({ api: true, storefront: "none", eventTracker: true });
        names = namesFor(aws.stack);
        const settings = createSettings(aws.instance);
        by = {
            cloudwatch: new CloudWatch(settings),
            dynamo: new DynamoDB(settings),
            lambda: new Lambda(settings),
            logs: new CloudWatchLogs(settings),
            sqs: new SQS(settings),
        };
        assertExit(await aws.engine("up"), 0);
        outputs = await aws.outputs();
    });
    after(async () => {
        for (const client of Object.values(by ?? {})) client.destroy();
        await aws?.stop();
    });

    const lines = () => dashboardLines(by.cloudwatch, names.dashboard);

    /** Requests lists until each source has answered: campaign, cache, precomputed lists, and fallback tables. */
    async function useApi(): Promise<void> {
        const sources = new Set<string>();
        const ask = async (path: string) => {
            const response = await fetch(`${outputs.apiUrl}${path}`);
            const { source } = await readJson<{ source: string }>(response);
            sources.add(source);
            return source;
        };
        const askList = (viewer: string) => ask(`/recommendations/${viewer}`);
        // Use several viewers, because on a busy machine DynamoDB may time out for one, and the campaign answers
        // instead.
        const viewers = Array.from({ length: 19 }, (_, number) => String(12 + number));
        // Count nine requests of each viewer, as processes of the API do, so that prefetch selects these viewers.
        for (const viewer of viewers) {
            await by.dynamo.updateItem({
                TableName: outputs.apiTableName,
                Key: { pk: { S: `asked#${Math.floor(Date.now() / 3_600_000)}` }, sk: { S: viewer } },
                UpdateExpression: "ADD requests :one",
                ExpressionAttributeValues: { ":one": { N: "9" } },
            });
        }
        // Repeat the request, because a process caches lists only after it has read the campaign's version.
        await until("a cached list", async () => (await askList("7")) === "cache" || undefined);
        await until("a precomputed list", async () => {
            const { FunctionError } = await by.lambda.invoke({ FunctionName: names.prefetch });
            assert.equal(FunctionError, undefined);
            for (const viewer of viewers.splice(0, 4)) if ((await askList(viewer)) === "precomputed") return true;
            return undefined;
        });
        for (const path of ["/similar/1", "/popular"]) await ask(path);
        const body = JSON.stringify({ userId: "1", sessionId: "s", events: [{ eventType: "Watch", itemId: "1" }] });
        const headers = { "content-type": "application/json" };
        assert.equal((await fetch(`${outputs.apiUrl}/events`, { method: "POST", headers, body })).status, 202);
        assert.deepEqual([...sources].sort(), ["cache", "campaign", "popular", "precomputed", "similar"]);
    }

    it("every dashboard metric has data after requests, a run of the cost guard and `publish-metrics`", async () => {
        const campaignArn = String(outputs.campaignArn);
        for (const userId of ["1", "2", "3"]) {
            await aws.runtime.getRecommendations({ campaignArn, userId });
        }
        await useApi();
        await by.lambda.invoke({ FunctionName: names.costGuard });
        const published = await aws.runbook("publish-metrics", "--json");
        assertExit(published, 0);
        const { schemaVersion, namespace, stack, metrics } = JSON.parse(published.stdout);
        assert.deepEqual([schemaVersion, namespace, stack], [1, ownNamespace, aws.stack]);
        const { monthSpend, hourlyCost, idleHours, ...others } = ownMetrics;
        const reported = metrics.map((metric: { name: string }) => metric.name);
        for (const ofGuard of [monthSpend, hourlyCost, idleHours]) assert.ok(!reported.includes(ofGuard), ofGuard);
        for (const name of Object.values(others)) {
            const match = metrics.find((metric: { name: string }) => metric.name === name);
            assert.ok(Number.isFinite(match?.value), `${name}: ${published.stdout}`);
        }
        await until("data of all metrics", async () => {
            const available = await Promise.all((await lines()).map((line) => hasData(by.cloudwatch, line)));
            return available.every(Boolean) || undefined;
        }).catch(async (error) => {
            const missing = [];
            for (const line of await lines())
                if (!(await hasData(by.cloudwatch, line))) missing.push(JSON.stringify(line));
            throw new Error(`${error.message}: ${missing.join("\n")}`);
        });
        assert.ok((await lines()).length >= 20);
    });

    it("`publish-metrics --dry-run` shows the metrics, and `publish-metrics` rejects invalid options", async () => {
        const dry = await aws.runbook("publish-metrics", "--dry-run");
        assertExit(dry, 0);
        assert.match(dry.stdout, /│ ProvisionedTPS +│ – +│ 1 +│/);
        assert.match(dry.stdout, /Would publish 13 metrics in MovieRecommender, ≈ \$3\.90 a month/);
        assertExit(await aws.runbook("publish-metrics", "--every", "often"), 2);
        assertExit(await aws.runbook("publish-metrics", "--every", "5m", "--json"), 2);
    });

    it("the alarm `errors` fires in a campaign's total outage, although the API still returns 200", async () => {
        const effect = { kind: "error", code: "InternalFailure", message: "No.", status: 500 };
        await createAdmin(aws.instance).arm({ operation: "GetRecommendations", times: 100_000, effect });
        for (const viewers of [
            ["31", "32", "33", "34"],
            ["35", "36", "37", "38"],
        ]) {
            const body = JSON.stringify({ advanceSeconds: 300 });
            await fetch(`http://127.0.0.1:${aws.instance.port}/_local/clock`, { method: "POST", body });
            for (const viewer of viewers) {
                const response = await fetch(`${outputs.apiUrl}/recommendations/${viewer}`);
                const { source } = await readJson<{ source: string }>(response);
                assert.deepEqual([response.status, source], [200, "popular"]);
            }
            // Call the campaign directly, because the API pauses its own calls after some failures.
            for (const userId of ["1", "2"]) {
                const { campaignArn } = outputs;
                await assert.rejects(aws.runtime.getRecommendations({ campaignArn, userId }));
            }
        }
        const AlarmNames = [`${names.alarmPrefix}-errors`];
        await until("ALARM of the alarm `errors`", async () => {
            const { MetricAlarms = [] } = await by.cloudwatch.describeAlarms({ AlarmNames });
            return MetricAlarms[0]?.StateValue === "ALARM";
        });
        await createAdmin(aws.instance).clear();
    });

    it("the alarm `import-failed` fires for an import that a user started by hand", async () => {
        const { datasetImportJobArn } = await aws.personalize.createDatasetImportJob({
            jobName: "by-hand",
            datasetArn: outputs.datasetArn,
            dataSource: { dataLocation: `s3://${outputs.bucketName}/none.csv` },
            roleArn: outputs.roleArn,
        });
        await until("the failure", async () => {
            const { datasetImportJob } = await aws.personalize.describeDatasetImportJob({ datasetImportJobArn });
            return datasetImportJob?.status === "CREATE FAILED" || undefined;
        });
        const notice = await until("the alarm's notification", async () => {
            const { Messages = [] } = await by.sqs.receiveMessage({
                QueueUrl: outputs.notificationsQueueUrl,
                MaxNumberOfMessages: 10,
                VisibilityTimeout: 1,
            });
            const alarms = Messages.map(({ Body = "{}" }) => JSON.parse(Body) as Record<string, unknown>);
            return alarms.find(({ AlarmName }) => AlarmName === `${names.alarmPrefix}-import-failed`);
        });
        assert.equal(notice.NewStateValue, "ALARM");
        assert.match(String(notice.AlarmDescription), /docs\/alarms\.md#import-failed$/);
    });

    it("the trail's log group receives a denied call", async () => {
        const { who, end } = await freshUser(aws.iam, "stranger", []);
        const { AWS_ACCESS_KEY_ID: accessKeyId = "", AWS_SECRET_ACCESS_KEY: secretAccessKey = "" } = who;
        const stranger = new Personalize(createSettings(aws.instance, { accessKeyId, secretAccessKey }));
        const { campaignArn } = outputs;
        await assert.rejects(stranger.deleteCampaign({ campaignArn }), { name: "AccessDeniedException" });
        const message = await until("delivery of the denied call", async () => {
            const { events = [] } = await by.logs.filterLogEvents({
                logGroupName: `/aws/cloudtrail/${names.trail}`,
                logStreamNames: [`${localAccountId}_CloudTrail_${region}`],
            });
            return events.find(({ message }) => message?.includes('"DeleteCampaign"'))?.message;
        });
        const { userIdentity, errorCode } = JSON.parse(message);
        assert.deepEqual(
            [userIdentity.arn, errorCode],
            [`arn:aws:iam::${localAccountId}:user/stranger`, "AccessDenied"],
        );
        stranger.destroy();
        await end();
    });

    it("`watch-status --follow` prints each state change until Ctrl-C", async () => {
        const args = ["runbooks/watch-status.ts", "--stack", aws.stack, "--follow", "--poll", "0.2"];
        const runbook = spawn(process.execPath, args, {
            cwd: root,
            env: environment(aws.instance),
            stdio: ["ignore", "pipe", "inherit"],
        });
        const exit = once(runbook, "exit");
        const outputLines: string[] = [];
        createInterface(runbook.stdout).on("line", (line) => outputLines.push(line));
        try {
            await until(
                "the first look",
                async () => outputLines.some((line) => /campaign .*: ACTIVE$/.test(line)) || undefined,
            );
            const before = outputLines.length;
            await aws.ssm.putParameter({
                Name: `/movie-recommender/${aws.stack}/parked`,
                Value: JSON.stringify({ since: "2026-11-25T12:00:00Z", reason: "cost guard: a test", campaign: null }),
                Type: "String",
            });
            await until("the change", async () => outputLines[before]);
            assert.match(
                String(outputLines[before]),
                /^\d\d:\d\d:\d\d cost: the campaign has been parked since 2026-11-25 12:00 UTC \(cost guard: a test\)\. To resume it: npm run resume$/,
            );
            assert.equal(outputLines.length, before + 1);
        } finally {
            runbook.kill("SIGINT");
        }
        assert.deepEqual(await exit, [0, null]);
        const shown = await aws.runbook("watch-status");
        assertExit(shown, 0);
        assert.match(shown.stdout, /parked since 2026-11-25 12:00 UTC \(cost guard: a test\)/);
        assert.match(shown.stdout, /campaign hours of \d{4}-\d\d so far: ≈ /);
        assertExit(await aws.pulumi("stack", "output"), 0);
    });
});
