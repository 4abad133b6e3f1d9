import { region } from "../../../../test/support/local-aws.ts";
import { localAccountId as account } from "../../instance.ts";
import { allow, policy } from "../gateway/enforcement/support.ts";
import { type Life, life } from "./life.ts";

export const name = "films";
const tags = { "pulumi:project": "movie-recommender", "pulumi:stack": "test" };
export const arn = (service: string, tail: string) => `arn:aws:${service}:${region}:${account}:${tail}`;
const topicArn = arn("sns", name);
const queueArn = arn("sqs", name);
export const functionArn = arn("lambda", `function:${name}`);
const roleArn = `arn:aws:iam::${account}:role/runs`;
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
        life(
            "aws:sqs/queue:Queue",
            () => ({
                name,
                messageRetentionSeconds: 1_209_600,
                visibilityTimeoutSeconds: 60,
                sqsManagedSseEnabled: true,
                tags,
            }),
            { visibilityTimeoutSeconds: 5 },
        ),
        life("aws:sns/topic:Topic", () => ({ name, tags }), { displayName: "films" }),
        life(
            "aws:sns/topicPolicy:TopicPolicy",
            () => ({ arn: topicArn, policy: policyFor("budgets", "sns:Publish", topicArn) }),
            { policy: policyFor("events", "sns:Publish", topicArn) },
        ),
        life(
            "aws:sns/topicSubscription:TopicSubscription",
            () => ({
                topic: topicArn,
                protocol: "sqs",
                endpoint: queueArn,
                rawMessageDelivery: true,
            }),
            { rawMessageDelivery: false },
        ),
        life("aws:cloudwatch/logGroup:LogGroup", () => ({ name: "/films", retentionInDays: 30, tags }), {
            retentionInDays: 1,
        }),
        life("aws:lambda/function:Function", () => functionArgs, { code: answering("other") }),
        life("aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig", () => ({
            functionName: name,
            maximumRetryAttempts: 1,
            maximumEventAgeInSeconds: 600,
            destinationConfig: { onFailure: { destination: queueArn } },
        })),
        life("aws:lambda/permission:Permission", () => ({
            statementId: "notices",
            function: name,
            action: "lambda:InvokeFunction",
            principal: "sns.amazonaws.com",
            sourceArn: topicArn,
            sourceAccount: account,
        })),
        life(
            "aws:scheduler/schedule:Schedule",
            () => ({
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
            { state: "DISABLED" },
        ),
        life("aws:sqs/queuePolicy:QueuePolicy", () => ({
            queueUrl: queueUrl(),
            policy: policyFor("sns", "sqs:SendMessage", queueArn),
        })),
        life(
            "aws:budgets/budget:Budget",
            () => ({
                name,
                budgetType: "COST",
                limitAmount: "25.0",
                limitUnit: "USD",
                timeUnit: "MONTHLY",
                costFilters: [{ name: "Service", values: ["Amazon Personalize"] }],
                notifications,
                tags,
            }),
            { notifications: notifications.slice(1) },
        ),
        life(
            "aws:cloudwatch/metricAlarm:MetricAlarm",
            () => ({
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
            { metricQueries: [{ ...query("errors", "Errors"), returnData: true }] },
        ),
        life("aws:cloudwatch/dashboard:Dashboard", () => ({ dashboardName: name, dashboardBody: '{"widgets": []}' })),
        life(
            "aws:cloudtrail/trail:Trail",
            () => ({
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
            { enableLogging: false },
        ),
    ];
}
