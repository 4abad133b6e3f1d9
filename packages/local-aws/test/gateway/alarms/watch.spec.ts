import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { CloudWatch, type PutMetricAlarmCommandInput } from "@aws-sdk/client-cloudwatch";
import { SNS } from "@aws-sdk/client-sns";
import { SQS } from "@aws-sdk/client-sqs";
import { region } from "../../../../../test/support/local-aws.ts";
import { until } from "../../../../../test/support/until.ts";
import { insights, isInsightsQuery } from "../../../gateway/alarms/insights.ts";
import { metricReads } from "../../../gateway/alarms/metric-reads.ts";
import { localAccountId, paths } from "../../../instance.ts";
import { administrator, allow, policy, useEnforcing } from "../enforcement/support.ts";

const Namespace = "Films";
const period = 10;
const common = { EvaluationPeriods: 1, TreatMissingData: "notBreaching", Threshold: 5 };
const dimensions = (Campaign: string) => [{ Name: "Campaign", Value: Campaign }];
const query = (Id: string, MetricName: string) => ({
    Id,
    ReturnData: false,
    MetricStat: { Metric: { Namespace, MetricName, Dimensions: dimensions("films") }, Period: period, Stat: "Sum" },
});
const math = (AlarmName: string, Expression: string): PutMetricAlarmCommandInput => ({
    ...common,
    AlarmName,
    ComparisonOperator: "GreaterThanThreshold",
    Metrics: [query("errors", "Errors"), query("calls", "Calls"), { Id: "rate", Expression, ReturnData: true }],
});
const ofErrors = (AlarmName: string, Dimensions: { Name: string; Value: string }[]): PutMetricAlarmCommandInput => ({
    ...common,
    AlarmName,
    ComparisonOperator: "GreaterThanThreshold",
    Namespace,
    MetricName: "Errors",
    Dimensions,
    Statistic: "Sum",
    Period: period,
});

describe("Alarms and Metrics Insights queries of the local AWS", () => {
    const aws = useEnforcing();
    const now = Math.floor(Date.now() / 60_000) * 60_000;
    let cloudWatch: CloudWatch;
    let elsewhere: CloudWatch;
    let sqs: SQS;
    let sns: SNS;
    before(async () => {
        cloudWatch = aws.open(CloudWatch);
        elsewhere = aws.open(CloudWatch, administrator, "us-east-1");
        [sqs, sns] = [aws.open(SQS), aws.open(SNS)];
        const datum = (value: number, minutesAgo: number, dimensions: Record<string, string>) => ({
            MetricName: "Errors",
            Value: value,
            Timestamp: new Date(now - minutesAgo * 60_000),
            Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
        });
        const MetricData = [
            datum(1, 3, { Group: "films", Job: "one" }),
            datum(2, 3, { Group: "films", Job: "two" }),
            datum(4, 2, { Group: "films", Job: "two" }),
            datum(8, 3, { Group: "series", Job: "three" }),
            datum(16, 3, { Group: "films" }),
            datum(32, 3, { Group: "films", Job: "one", More: "x" }),
        ];
        await cloudWatch.putMetricData({ Namespace: "Films/Jobs", MetricData });
    });

    const states = async (client = cloudWatch) => {
        const { MetricAlarms = [] } = await client.describeAlarms({});
        return Object.fromEntries(MetricAlarms.map(({ AlarmName, StateValue }) => [AlarmName, StateValue]));
    };
    const put = (client: CloudWatch, Campaign: string | undefined, values: Record<string, number>) =>
        client.putMetricData({
            Namespace,
            MetricData: Object.entries(values).map(([MetricName, Value]) => ({
                MetricName,
                Value,
                Timestamp: new Date(Math.floor(Date.now() / 1000 / period - 1) * period * 1000),
                ...(Campaign !== undefined && { Dimensions: dimensions(Campaign) }),
            })),
        });

    it("alarms evaluate the metric with their dimensions, percentiles and metric math, and send a notification to SNS", async () => {
        const { TopicArn = "" } = await sns.createTopic({ Name: "alarms" });
        const { QueueUrl = "" } = await sqs.createQueue({ QueueName: "alarms" });
        const queueArn = `arn:aws:sqs:${region}:${localAccountId}:alarms`;
        const Policy = policy({ ...allow("sqs:SendMessage"), Principal: { Service: "sns.amazonaws.com" } });
        await sqs.setQueueAttributes({ QueueUrl, Attributes: { Policy } });
        await sns.subscribe({
            TopicArn,
            Protocol: "sqs",
            Endpoint: queueArn,
            Attributes: { RawMessageDelivery: "true" },
        });
        const { Statistic: _, ...percentile } = ofErrors("percentile", dimensions("films"));
        for (const alarm of [
            { ...ofErrors("dimensions", dimensions("films")), AlarmActions: [TopicArn] },
            ofErrors("no dimensions", []),
            { ...percentile, ExtendedStatistic: "p90" },
            math("rate", "100 * errors / calls"),
            math("unknown", "RATE(errors)"),
        ]) {
            await cloudWatch.putMetricAlarm(alarm);
        }
        await put(cloudWatch, "others", { Errors: 100, Calls: 100 });
        const evaluated = ["dimensions", "no dimensions", "percentile", "rate"];
        await until("all are OK", async () => {
            const stateByName = await states();
            return evaluated.every((name) => stateByName[name] === "OK");
        });
        const quiet = await sqs.receiveMessage({ QueueUrl });
        assert.equal(quiet.Messages, undefined, "data of other dimensions does not alarm");

        await put(cloudWatch, "films", { Errors: 6, Calls: 60 });
        await until("three alarm", async () => {
            const stateByName = await states();
            return ["dimensions", "percentile", "rate"].every((name) => stateByName[name] === "ALARM");
        });
        assert.equal((await states())["no dimensions"], "OK");
        const { Messages = [] } = await sqs.receiveMessage({ QueueUrl, WaitTimeSeconds: 5 });
        const notice = JSON.parse(Messages[0]?.Body ?? "{}");
        assert.deepEqual([notice.AlarmName, notice.OldStateValue, notice.NewStateValue], ["dimensions", "OK", "ALARM"]);
        assert.match(
            notice.NewStateReason,
            /^Threshold Crossed: 1 out of the last 1 datapoints \[6 .*greater than .* \(5\)/,
        );

        const log = await readFile(paths(aws.instance).daemonLog, "utf8");
        const matches =
            log.match(/Alarm unknown in eu-central-1 is not evaluated: metric math "RATE\(errors\)"/g) ?? [];
        assert.equal(matches.length, 1, "an unknown expression is logged once");
        assert.equal((await states()).unknown, "INSUFFICIENT_DATA");
    });

    it("an alarm on a dead-letter queue changes its state with the number of visible messages", async () => {
        const { QueueUrl = "" } = await sqs.createQueue({ QueueName: "dead-letters" });
        await cloudWatch.putMetricAlarm({
            ...ofErrors("letters", [{ Name: "QueueName", Value: "dead-letters" }]),
            Namespace: "AWS/SQS",
            MetricName: "ApproximateNumberOfMessagesVisible",
            Statistic: "Maximum",
            Threshold: 0,
        });
        await until("it is quiet", async () => (await states()).letters === "OK");
        await sqs.sendMessage({ QueueUrl, MessageBody: "lost" });
        await until("it alarms", async () => (await states()).letters === "ALARM");
    });

    it("an alarm in another region is evaluated with the metrics of that region", async () => {
        await elsewhere.putMetricAlarm(ofErrors("far", dimensions("films")));
        await put(elsewhere, "films", { Errors: 6 });
        await until("it alarms", async () => (await states(elsewhere)).far === "ALARM");
        assert.equal((await states()).far, undefined);
    });

    const ask = async (query: string) => {
        const times = { period: 60, from: now - 600_000, to: now + 60_000 };
        const series = await insights(cloudWatch, metricReads(cloudWatch), query, times);
        return [...series].map(([at, value]) => [(now - at) / 60_000, value]).sort();
    };
    const schema = 'SCHEMA("Films/Jobs", Group, Job)';

    it("a Metrics Insights query reads only metrics with exactly the dimensions in its SCHEMA", async () => {
        assert.deepEqual(await ask(`SELECT SUM(Errors) FROM ${schema} WHERE Group = 'films' AND Job = 'two'`), [
            [2, 4],
            [3, 2],
        ]);
        assert.deepEqual(await ask(`SELECT SUM(Errors) FROM ${schema} WHERE Group = 'films'`), [
            [2, 4],
            [3, 3],
        ]);
        assert.deepEqual(await ask(`SELECT SUM(Errors) FROM ${schema} WHERE Group = 'plays'`), []);
    });

    it("a Metrics Insights query with unsupported syntax is rejected", async () => {
        for (const query of [
            `SELECT AVG(Errors) FROM ${schema}`,
            `SELECT SUM(Errors) FROM ${schema} GROUP BY Job`,
            `SELECT SUM(Errors) FROM ${schema} WHERE Group != 'films'`,
            'SELECT SUM(Errors) FROM "Films/Jobs"',
        ]) {
            await assert.rejects(ask(query), /is not supported by the local AWS/, query);
            assert.ok(isInsightsQuery(query));
        }
        assert.ok(!isInsightsQuery("SELECTED / 2"));
    });
});
