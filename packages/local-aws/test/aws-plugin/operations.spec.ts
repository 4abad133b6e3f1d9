import assert from "node:assert/strict";
import { BudgetsClient, DeleteNotificationCommand } from "@aws-sdk/client-budgets";
import { CloudTrailClient, CreateTrailCommand, StopLoggingCommand } from "@aws-sdk/client-cloudtrail";
import { CloudWatchClient, DeleteDashboardsCommand, PutMetricAlarmCommand } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient, PutRetentionPolicyCommand } from "@aws-sdk/client-cloudwatch-logs";
import { CreateRoleCommand, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import {
    DeleteFunctionEventInvokeConfigCommand,
    InvokeCommand,
    LambdaClient,
    RemovePermissionCommand,
    UpdateFunctionCodeCommand,
} from "@aws-sdk/client-lambda";
import { GetScheduleCommand, SchedulerClient, UpdateScheduleCommand } from "@aws-sdk/client-scheduler";
import { SetSubscriptionAttributesCommand, SetTopicAttributesCommand, SNSClient } from "@aws-sdk/client-sns";
import { SetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { zipSync } from "fflate";
import { clientsOf, region } from "../../../../test/support/local-aws.ts";
import { zipOf } from "../../aws-plugin/archive.ts";
import { budgetEntries } from "../../aws-plugin/budgets.ts";
import { trailEntries } from "../../aws-plugin/cloudtrail.ts";
import { dashboardEntries } from "../../aws-plugin/dashboard.ts";
import { functionAccessEntries } from "../../aws-plugin/lambda-access.ts";
import { functionEntries } from "../../aws-plugin/lambda-function.ts";
import { logGroupEntries } from "../../aws-plugin/log-group.ts";
import { alarmEntries } from "../../aws-plugin/metric-alarm.ts";
import { createProvider } from "../../aws-plugin/provider.ts";
import { scheduleEntries } from "../../aws-plugin/scheduler.ts";
import { snsEntries } from "../../aws-plugin/sns.ts";
import { sqsEntries } from "../../aws-plugin/sqs.ts";
import { localAccountId as account, type Instance } from "../../instance.ts";
import { discardInstance, startInstance } from "../instances.ts";
import { type Life, type Plugin, testLives, urnOf } from "./life.ts";

const name = "films";
const tags = { "pulumi:project": "movie-recommender", "pulumi:stack": "test" };
const arn = (service: string, tail: string) => `arn:aws:${service}:${region}:${account}:${tail}`;
const topicArn = arn("sns", name);
const queueArn = arn("sqs", name);
const functionArn = arn("lambda", `function:${name}`);
const roleArn = `arn:aws:iam::${account}:role/runs`;
const policyFor = (service: string, Action: string, Resource: string) =>
    JSON.stringify({
        Version: "2012-10-17",
        Statement: [
            { Sid: "ours", Effect: "Allow", Principal: { Service: `${service}.amazonaws.com` }, Action, Resource },
        ],
    });

const mark = "4dabf18193072939515e22adb298388d";
const codeOf = (text: string, hash: string) => ({
    [mark]: "0def7320c3a5731c473e5ecbe6d01bc7",
    hash,
    assets: { "index.mjs": { [mark]: "c44067f5952c0a294b673a41bacd8c17", text, hash } },
});
const answering = (answer: string) => codeOf(`export const handler = async () => ${JSON.stringify(answer)};`, answer);

const functionArgs = {
    name,
    code: answering("first"),
    role: roleArn,
    handler: "index.handler",
    runtime: "nodejs24.x",
    architectures: ["arm64"],
    memorySize: 256,
    timeout: 20,
    environment: { variables: { BREAK_GLASS: "1" } },
    loggingConfig: { logFormat: "JSON", logGroup: `/aws/lambda/${name}` },
    tracingConfig: { mode: "Active" },
    reservedConcurrentExecutions: 1,
    tags,
};
const query = (id: string, metricName: string) => ({
    id,
    metric: {
        namespace: "Films",
        metricName,
        dimensions: { Campaign: name },
        period: 60,
        stat: "Sum",
    },
});

describe("the resource types of operations in the local AWS plugin", () => {
    let instance: Instance;
    let plugin: Plugin;
    let clients: ReturnType<typeof makeClients>;
    function makeClients() {
        const settings = {
            endpoint: `http://127.0.0.1:${instance.port}`,
            region,
            credentials: { accessKeyId: "test", secretAccessKey: "test" },
        };
        return {
            lambda: new LambdaClient(settings),
            scheduler: new SchedulerClient(settings),
            sns: new SNSClient(settings),
            sqs: new SQSClient(settings),
            budgets: new BudgetsClient(settings),
            cloudWatch: new CloudWatchClient(settings),
            logs: new CloudWatchLogsClient(settings),
            trails: new CloudTrailClient(settings),
        };
    }
    before(async () => {
        instance = await startInstance();
        clients = makeClients();
        const { iam } = clientsOf(instance);
        for (const [RoleName, service] of [
            ["runs", "lambda"],
            ["invokes", "scheduler"],
            ["logs", "cloudtrail"],
        ]) {
            const trust = JSON.parse(policyFor(service ?? "", "sts:AssumeRole", ""));
            delete trust.Statement[0].Resource;
            await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: JSON.stringify(trust) }));
        }
        const traces = {
            Version: "2012-10-17",
            Statement: [
                { Effect: "Allow", Action: ["xray:PutTelemetryRecords", "xray:PutTraceSegments"], Resource: "*" },
            ],
        };
        const policy = { PolicyName: "traces", PolicyDocument: JSON.stringify(traces) };
        await iam.send(new PutRolePolicyCommand({ RoleName: "runs", ...policy }));
        iam.destroy();
        const entries = {
            ...functionEntries(clients.lambda, region),
            ...functionAccessEntries(clients.lambda),
            ...scheduleEntries(clients.scheduler),
            ...snsEntries(clients.sns),
            ...sqsEntries(clients.sqs),
            ...budgetEntries(clients.budgets, async () => account),
            ...alarmEntries(clients.cloudWatch),
            ...dashboardEntries(clients.cloudWatch),
            ...logGroupEntries(clients.logs),
            ...trailEntries(clients.trails),
        };
        plugin = createProvider(entries, {}) as Plugin;
    });
    after(async () => {
        for (const client of Object.values(clients ?? {})) {
            client.destroy();
        }
        await discardInstance(instance);
    });

    const queueUrl = () => `http://127.0.0.1:${instance.port}/${account}/${name}`;
    const lives: Life[] = [
        {
            type: "aws:sqs/queue:Queue",
            args: () => ({
                name,
                messageRetentionSeconds: 1_209_600,
                visibilityTimeoutSeconds: 60,
                sqsManagedSseEnabled: true,
                tags,
            }),
            drift: () =>
                clients.sqs.send(
                    new SetQueueAttributesCommand({ QueueUrl: queueUrl(), Attributes: { VisibilityTimeout: "5" } }),
                ),
            seen: ["visibilityTimeoutSeconds"],
        },
        {
            type: "aws:sns/topic:Topic",
            args: () => ({ name, tags }),
            drift: () => clients.sns.send(setTopic("DisplayName", "films")),
            seen: ["displayName"],
        },
        {
            type: "aws:sns/topicPolicy:TopicPolicy",
            args: () => ({ arn: topicArn, policy: policyFor("budgets", "sns:Publish", topicArn) }),
            drift: () => clients.sns.send(setTopic("Policy", policyFor("events", "sns:Publish", topicArn))),
            seen: ["policy"],
        },
        {
            type: "aws:sns/topicSubscription:TopicSubscription",
            args: () => ({
                topic: topicArn,
                protocol: "sqs",
                endpoint: queueArn,
                rawMessageDelivery: true,
                filterPolicy: '{"kind":["parked"]}',
            }),
            drift: async () => {
                const { outs = {} } = await plugin.create(urnOf("aws:sns/topicSubscription:TopicSubscription"), {
                    topic: topicArn,
                    protocol: "sqs",
                    endpoint: queueArn,
                    rawMessageDelivery: true,
                    filterPolicy: '{"kind":["parked"]}',
                });
                return clients.sns.send(
                    new SetSubscriptionAttributesCommand({
                        SubscriptionArn: String(outs.arn),
                        AttributeName: "RawMessageDelivery",
                        AttributeValue: "false",
                    }),
                );
            },
            seen: ["rawMessageDelivery"],
        },
        {
            type: "aws:cloudwatch/logGroup:LogGroup",
            args: () => ({ name: "/films", retentionInDays: 30, tags }),
            drift: () =>
                clients.logs.send(new PutRetentionPolicyCommand({ logGroupName: "/films", retentionInDays: 1 })),
            seen: ["retentionInDays"],
        },
        {
            type: "aws:lambda/function:Function",
            args: () => functionArgs,
            drift: () =>
                clients.lambda.send(
                    new UpdateFunctionCodeCommand({
                        FunctionName: name,
                        Architectures: ["arm64"],
                        ZipFile: zipSync({ "index.mjs": Buffer.from("export const handler = () => 'other'") }),
                    }),
                ),
            seen: ["code"],
        },
        {
            type: "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
            args: () => ({
                functionName: name,
                maximumRetryAttempts: 1,
                maximumEventAgeInSeconds: 600,
                destinationConfig: { onFailure: { destination: queueArn } },
            }),
            drift: () => clients.lambda.send(new DeleteFunctionEventInvokeConfigCommand({ FunctionName: name })),
            seen: "gone",
        },
        {
            type: "aws:lambda/permission:Permission",
            args: () => ({
                statementId: "notices",
                function: name,
                action: "lambda:InvokeFunction",
                principal: "sns.amazonaws.com",
                sourceArn: topicArn,
                sourceAccount: account,
            }),
            drift: () =>
                clients.lambda.send(new RemovePermissionCommand({ FunctionName: name, StatementId: "notices" })),
            seen: "gone",
        },
        {
            type: "aws:scheduler/schedule:Schedule",
            args: () => ({
                name,
                scheduleExpression: "rate(15 minutes)",
                flexibleTimeWindow: { mode: "OFF" },
                state: "ENABLED",
                target: {
                    arn: functionArn,
                    roleArn: `arn:aws:iam::${account}:role/invokes`,
                    input: '{"look":true}',
                    retryPolicy: { maximumRetryAttempts: 2, maximumEventAgeInSeconds: 600 },
                    deadLetterConfig: { arn: queueArn },
                },
            }),
            drift: async () => {
                const { $metadata, Arn, CreationDate, LastModificationDate, ...found } = await clients.scheduler.send(
                    new GetScheduleCommand({ Name: name, GroupName: "default" }),
                );
                return clients.scheduler.send(
                    new UpdateScheduleCommand({ ...found, State: "DISABLED" } as UpdateScheduleCommand["input"]),
                );
            },
            seen: ["state"],
        },
        {
            type: "aws:sqs/queuePolicy:QueuePolicy",
            args: () => ({ queueUrl: queueUrl(), policy: policyFor("sns", "sqs:SendMessage", queueArn) }),
            drift: () =>
                clients.sqs.send(new SetQueueAttributesCommand({ QueueUrl: queueUrl(), Attributes: { Policy: "" } })),
            seen: "gone",
        },
        {
            type: "aws:budgets/budget:Budget",
            args: () => ({
                name,
                budgetType: "COST",
                limitAmount: "25.0",
                limitUnit: "USD",
                timeUnit: "MONTHLY",
                costFilters: [{ name: "Service", values: ["Amazon Personalize"] }],
                costTypes: { includeCredit: false, includeRefund: false },
                notifications: [100, 50, 80].map((threshold) => ({
                    comparisonOperator: "GREATER_THAN",
                    threshold,
                    thresholdType: "PERCENTAGE",
                    notificationType: "ACTUAL",
                    subscriberSnsTopicArns: [topicArn],
                    subscriberEmailAddresses: ["zoe@example.com", "ann@example.com"],
                })),
                tags,
            }),
            drift: () =>
                clients.budgets.send(
                    new DeleteNotificationCommand({
                        AccountId: account,
                        BudgetName: name,
                        Notification: {
                            NotificationType: "ACTUAL",
                            ComparisonOperator: "GREATER_THAN",
                            Threshold: 80,
                            ThresholdType: "PERCENTAGE",
                        },
                    }),
                ),
            seen: ["notifications"],
        },
        {
            type: "aws:cloudwatch/metricAlarm:MetricAlarm",
            args: () => ({
                name,
                alarmDescription: "too many",
                metricQueries: [
                    query("errors", "Errors"),
                    query("calls", "Invocations"),
                    { id: "rate", expression: "100 * errors / calls", label: "error rate", returnData: true },
                ],
                comparisonOperator: "GreaterThanThreshold",
                threshold: 5,
                evaluationPeriods: 3,
                datapointsToAlarm: 2,
                treatMissingData: "notBreaching",
                alarmActions: [topicArn],
                okActions: [topicArn],
                tags,
            }),
            drift: () =>
                clients.cloudWatch.send(
                    new PutMetricAlarmCommand({
                        AlarmName: name,
                        AlarmDescription: "too many",
                        Metrics: [
                            {
                                Id: "errors",
                                ReturnData: true,
                                MetricStat: {
                                    Metric: { Namespace: "Films", MetricName: "Errors" },
                                    Period: 60,
                                    Stat: "Sum",
                                },
                            },
                        ],
                        ComparisonOperator: "GreaterThanThreshold",
                        Threshold: 5,
                        EvaluationPeriods: 3,
                        DatapointsToAlarm: 2,
                        TreatMissingData: "notBreaching",
                        AlarmActions: [topicArn],
                        OKActions: [topicArn],
                    }),
                ),
            seen: ["metricQueries"],
        },
        {
            type: "aws:cloudwatch/dashboard:Dashboard",
            args: () => ({ dashboardName: name, dashboardBody: '{"widgets": []}' }),
            drift: () => clients.cloudWatch.send(new DeleteDashboardsCommand({ DashboardNames: [name] })),
            seen: "gone",
        },
        {
            type: "aws:cloudtrail/trail:Trail",
            args: () => ({
                name,
                s3BucketName: "films-trail",
                s3KeyPrefix: "trail",
                includeGlobalServiceEvents: true,
                isMultiRegionTrail: false,
                enableLogFileValidation: true,
                cloudWatchLogsGroupArn: `${arn("logs", "log-group:films")}:*`,
                cloudWatchLogsRoleArn: `arn:aws:iam::${account}:role/logs`,
                eventSelectors: [{ readWriteType: "WriteOnly", includeManagementEvents: true }],
                tags,
            }),
            drift: () => clients.trails.send(new StopLoggingCommand({ Name: name })),
            seen: ["enableLogging"],
        },
    ];
    const setTopic = (AttributeName: string, AttributeValue: string) =>
        new SetTopicAttributesCommand({ TopicArn: topicArn, AttributeName, AttributeValue });
    testLives(lives, () => plugin);

    it("continues with the leftovers of a killed run of the same stack only", async () => {
        const theirs = { ...tags, "pulumi:stack": "other" };
        for (const { type, args } of lives) {
            if (!("tags" in args())) {
                continue;
            }
            const first = await plugin.create(urnOf(type), args());
            const again = await plugin.create(urnOf(type), args());
            const { lastModified: _, ...known } = first.outs ?? {};
            const { lastModified: __, ...found } = again.outs ?? {};
            assert.deepEqual({ id: again.id, outs: found }, { id: first.id, outs: known }, type);
            await assert.rejects(plugin.create(urnOf(type), { ...args(), tags: theirs }), /exist/, type);
            const { props = {} } = await plugin.read(first.id, urnOf(type), again.outs ?? {});
            assert.deepEqual(props.tags, tags, type);
            await plugin.delete(first.id, urnOf(type), args());
        }
    });

    it("continues with a trail that a kill left without its tags", async () => {
        const type = "aws:cloudtrail/trail:Trail";
        const args = lives.find((life) => life.type === type)?.args() ?? {};
        await clients.trails.send(new CreateTrailCommand({ Name: name, S3BucketName: "films-trail" }));
        const { id, outs = {} } = await plugin.create(urnOf(type), args);
        const { props = {} } = await plugin.read(id, urnOf(type), outs);
        assert.deepEqual(props.tags, tags);
        await plugin.delete(id, urnOf(type), outs);
    });

    it("runs a function's code, again after a change of it, and makes equal zip files of equal files", async () => {
        const type = "aws:lambda/function:Function";
        const { id, outs = {} } = await plugin.create(urnOf(type), functionArgs);
        const answer = async () => {
            const { Payload } = await clients.lambda.send(new InvokeCommand({ FunctionName: id }));
            return JSON.parse(Buffer.from(Payload ?? []).toString());
        };
        assert.equal(await answer(), "first");
        const changed = { ...functionArgs, code: answering("second"), reservedConcurrentExecutions: -1 };
        assert.equal((await plugin.diff(id, urnOf(type), outs, changed)).changes, true);
        const { outs: updated } = await plugin.update(id, urnOf(type), outs, changed);
        assert.notEqual(updated.codeSha256, outs.codeSha256);
        assert.equal(updated.arn, functionArn);
        assert.equal(await answer(), "second");
        const { props = {} } = await plugin.read(id, urnOf(type), updated);
        assert.equal((await plugin.diff(id, urnOf(type), props, changed)).changes, false);
        await plugin.delete(id, urnOf(type), updated);

        const files = { b: { text: "2" }, a: { text: "1" } };
        const { a, b } = files;
        assert.deepEqual(await zipOf({ assets: files }), await zipOf({ assets: { a, b } }));
        await assert.rejects(zipOf({ uri: "https://example.com/code.zip" }), /AssetArchive only/);
        await assert.rejects(zipOf({ assets: { a: {} } }), /; a is neither/);
    });

    it("resets missing arguments to AWS's defaults, and finds no difference then", async () => {
        const bare: Record<string, Record<string, unknown>> = {
            "aws:lambda/function:Function": {
                name,
                code: functionArgs.code,
                role: roleArn,
                handler: "index.handler",
                runtime: "nodejs24.x",
            },
            "aws:sqs/queue:Queue": { name },
            "aws:sns/topic:Topic": { name },
            "aws:cloudwatch/logGroup:LogGroup": { name: "/films" },
            "aws:cloudtrail/trail:Trail": { name, s3BucketName: "films-trail" },
            "aws:budgets/budget:Budget": {
                name,
                budgetType: "COST",
                limitAmount: "25",
                limitUnit: "USD",
                timeUnit: "MONTHLY",
            },
            "aws:cloudwatch/metricAlarm:MetricAlarm": {
                name,
                namespace: "Films",
                metricName: "Errors",
                statistic: "Sum",
                period: 60,
                comparisonOperator: "GreaterThanThreshold",
                threshold: 5,
                evaluationPeriods: 3,
            },
            "aws:scheduler/schedule:Schedule": {
                name,
                scheduleExpression: "rate(1 hour)",
                flexibleTimeWindow: { mode: "OFF" },
                target: { arn: functionArn, roleArn: `arn:aws:iam::${account}:role/invokes` },
            },
        };
        for (const [type, inputs] of Object.entries(bare)) {
            const urn = urnOf(type);
            const whole = lives.find((life) => life.type === type)?.args() ?? {};
            const { id, outs = {} } = await plugin.create(urn, whole);
            const { outs: updated } = await plugin.update(id, urn, outs, inputs);
            const { props = {} } = await plugin.read(id, urn, updated);
            const { changes } = await plugin.diff(id, urn, props, inputs);
            assert.equal(changes, false, `${type}: ${JSON.stringify(props)}`);
            await plugin.delete(id, urn, updated);
        }
    });

    it("refuses a log group of a trail that is not named by all its streams", async () => {
        const type = "aws:cloudtrail/trail:Trail";
        const cloudWatchLogsGroupArn = arn("logs", "log-group:films");
        const args = { ...lives.find((life) => life.type === type)?.args(), cloudWatchLogsGroupArn };
        await assert.rejects(plugin.create(urnOf(type), args), /does not end in ":\*"/);
    });

    it("replaces by a change of name, and updates otherwise", async () => {
        for (const { type, args } of lives) {
            const nameKey = ["name", "dashboardName", "statementId", "functionName", "queueUrl", "topic", "arn"].find(
                (key) => key in args(),
            ) as string;
            const { replaces = [] } = await plugin.diff("id", urnOf(type), args(), { ...args(), [nameKey]: "novels" });
            assert.deepEqual(replaces, [nameKey], type);
        }
    });
});
