import { region } from "../../../../test/support/local-aws.ts";
import { localAccountId as account } from "../../instance.ts";
import { allow, policy } from "../gateway/enforcement/support.ts";
import type { Life } from "./life.ts";

export const name = "films";
const tags = { "pulumi:project": "movie-recommender", "pulumi:stack": "test" };
export const arn = (service: string, tail: string) => `arn:aws:${service}:${region}:${account}:${tail}`;
const topicArn = arn("sns", name);
const queueArn = arn("sqs", name);
export const functionArn = arn("lambda", `function:${name}`);
export const roleArn = `arn:aws:iam::${account}:role/runs`;
const policyFor = (service: string, Action: string, Resource: string) =>
    policy({ ...allow(Action, Resource), Sid: "ours", Principal: { Service: `${service}.amazonaws.com` } });

const signatureKey = "4dabf18193072939515e22adb298388d";
const codeOf = (text: string, hash: string) => ({
    [signatureKey]: "0def7320c3a5731c473e5ecbe6d01bc7",
    hash,
    assets: { "index.mjs": { [signatureKey]: "c44067f5952c0a294b673a41bacd8c17", text, hash } },
});
export const answering = (answer: string) =>
    codeOf(`export const handler = async () => ${JSON.stringify(answer)};`, answer);

export const functionArgs = {
    name,
    code: answering("first"),
    role: roleArn,
    handler: "index.handler",
    runtime: "nodejs24.x",
    architectures: ["arm64"],
    memorySize: 256,
    timeout: 20,
    environment: { variables: { BREAK_GLASS: "1" } },
    tracingConfig: { mode: "Active" },
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
const notifications = [100, 50, 80].map((threshold) => ({
    comparisonOperator: "GREATER_THAN",
    threshold,
    thresholdType: "PERCENTAGE",
    notificationType: "ACTUAL",
    subscriberSnsTopicArns: [topicArn],
}));

/** Returns test cases for messaging, functions and schedules, then for budgets, alarms and logs. */
export function operationsScenarios(queueUrl: () => string): Life[] {
    return [
        {
            type: "aws:sqs/queue:Queue",
            args: () => ({
                name,
                messageRetentionSeconds: 1_209_600,
                visibilityTimeoutSeconds: 60,
                sqsManagedSseEnabled: true,
                tags,
            }),
            drift: { visibilityTimeoutSeconds: 5 },
        },
        {
            type: "aws:sns/topic:Topic",
            args: () => ({ name, tags }),
            drift: { displayName: "films" },
        },
        {
            type: "aws:sns/topicPolicy:TopicPolicy",
            args: () => ({ arn: topicArn, policy: policyFor("budgets", "sns:Publish", topicArn) }),
            drift: { policy: policyFor("events", "sns:Publish", topicArn) },
        },
        {
            type: "aws:sns/topicSubscription:TopicSubscription",
            args: () => ({
                topic: topicArn,
                protocol: "sqs",
                endpoint: queueArn,
                rawMessageDelivery: true,
            }),
            drift: { rawMessageDelivery: false },
        },
        {
            type: "aws:cloudwatch/logGroup:LogGroup",
            args: () => ({ name: "/films", retentionInDays: 30, tags }),
            drift: { retentionInDays: 1 },
        },
        {
            type: "aws:lambda/function:Function",
            args: () => functionArgs,
            drift: { code: answering("other") },
        },
        {
            type: "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
            args: () => ({
                functionName: name,
                maximumRetryAttempts: 1,
                maximumEventAgeInSeconds: 600,
                destinationConfig: { onFailure: { destination: queueArn } },
            }),
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
            drift: { state: "DISABLED" },
        },
        {
            type: "aws:sqs/queuePolicy:QueuePolicy",
            args: () => ({ queueUrl: queueUrl(), policy: policyFor("sns", "sqs:SendMessage", queueArn) }),
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
                notifications,
                tags,
            }),
            drift: { notifications: notifications.slice(1) },
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
            drift: { metricQueries: [{ ...query("errors", "Errors"), returnData: true }] },
        },
        {
            type: "aws:cloudwatch/dashboard:Dashboard",
            args: () => ({ dashboardName: name, dashboardBody: '{"widgets": []}' }),
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
            drift: { enableLogging: false },
        },
    ];
}
