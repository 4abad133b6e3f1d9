import { Budgets } from "@aws-sdk/client-budgets";
import { CloudTrail } from "@aws-sdk/client-cloudtrail";
import { CloudWatch } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import { Lambda } from "@aws-sdk/client-lambda";
import { Scheduler, type UpdateScheduleCommand } from "@aws-sdk/client-scheduler";
import { SetTopicAttributesCommand, SNS } from "@aws-sdk/client-sns";
import { SetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { zipSync } from "fflate";
import { region } from "../../../../test/support/local-aws.ts";
import { createSqsClient } from "../../aws-plugin/sqs.ts";
import { account, administrator, type Enforcing } from "../gateway/enforcement/support.ts";
import { createUrn, type Life, type Plugin } from "./life.ts";
import { observingScenarios } from "./observing-scenarios.ts";
import { functionArgs, functionArn, name, policyFor, queueArn, tags, topicArn } from "./operations-args.ts";

/** Returns the SDK clients for the services whose resource types the tests in this file create. */
export function operationsClients({ open, url }: Enforcing) {
    return {
        lambda: open(Lambda),
        scheduler: open(Scheduler),
        sns: open(SNS),
        sqs: createSqsClient({ endpoint: url, region, credentials: administrator }),
        budgets: open(Budgets),
        cloudWatch: open(CloudWatch),
        logs: open(CloudWatchLogs),
        trails: open(CloudTrail),
    };
}

interface OperationsContext {
    readonly clients: () => ReturnType<typeof operationsClients>;
    readonly plugin: () => Plugin;
    readonly queueUrl: () => string;
}

/** Returns test cases for messaging, functions and schedules, then for budgets, alarms and logs. */
export function operationsScenarios({ clients, plugin, queueUrl }: OperationsContext): Life[] {
    const setTopic = (AttributeName: string, AttributeValue: string) =>
        new SetTopicAttributesCommand({ TopicArn: topicArn, AttributeName, AttributeValue });
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
            drift: () =>
                clients().sqs.send(
                    new SetQueueAttributesCommand({ QueueUrl: queueUrl(), Attributes: { VisibilityTimeout: "5" } }),
                ),
            changedKeys: ["visibilityTimeoutSeconds"],
        },
        {
            type: "aws:sns/topic:Topic",
            args: () => ({ name, tags }),
            drift: () => clients().sns.send(setTopic("DisplayName", "films")),
            changedKeys: ["displayName"],
        },
        {
            type: "aws:sns/topicPolicy:TopicPolicy",
            args: () => ({ arn: topicArn, policy: policyFor("budgets", "sns:Publish", topicArn) }),
            drift: () => clients().sns.send(setTopic("Policy", policyFor("events", "sns:Publish", topicArn))),
            changedKeys: ["policy"],
        },
        {
            type: "aws:sns/topicSubscription:TopicSubscription",
            args: () => ({
                topic: topicArn,
                protocol: "sqs",
                endpoint: queueArn,
                rawMessageDelivery: true,
            }),
            drift: async () => {
                const { outs = {} } = await plugin().create(createUrn("aws:sns/topicSubscription:TopicSubscription"), {
                    topic: topicArn,
                    protocol: "sqs",
                    endpoint: queueArn,
                    rawMessageDelivery: true,
                });
                return clients().sns.setSubscriptionAttributes({
                    SubscriptionArn: String(outs.arn),
                    AttributeName: "RawMessageDelivery",
                    AttributeValue: "false",
                });
            },
            changedKeys: ["rawMessageDelivery"],
        },
        {
            type: "aws:cloudwatch/logGroup:LogGroup",
            args: () => ({ name: "/films", retentionInDays: 30, tags }),
            drift: () => clients().logs.putRetentionPolicy({ logGroupName: "/films", retentionInDays: 1 }),
            changedKeys: ["retentionInDays"],
        },
        {
            type: "aws:lambda/function:Function",
            args: () => functionArgs,
            drift: () =>
                clients().lambda.updateFunctionCode({
                    FunctionName: name,
                    Architectures: ["arm64"],
                    ZipFile: zipSync({ "index.mjs": Buffer.from("export const handler = () => 'other'") }),
                }),
            changedKeys: ["code"],
        },
        {
            type: "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
            args: () => ({
                functionName: name,
                maximumRetryAttempts: 1,
                maximumEventAgeInSeconds: 600,
                destinationConfig: { onFailure: { destination: queueArn } },
            }),
            drift: () => clients().lambda.deleteFunctionEventInvokeConfig({ FunctionName: name }),
            changedKeys: "gone",
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
            drift: () => clients().lambda.removePermission({ FunctionName: name, StatementId: "notices" }),
            changedKeys: "gone",
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
                const { $metadata, Arn, CreationDate, LastModificationDate, ...found } =
                    await clients().scheduler.getSchedule({ Name: name, GroupName: "default" });
                return clients().scheduler.updateSchedule({
                    ...found,
                    State: "DISABLED",
                } as UpdateScheduleCommand["input"]);
            },
            changedKeys: ["state"],
        },
        {
            type: "aws:sqs/queuePolicy:QueuePolicy",
            args: () => ({ queueUrl: queueUrl(), policy: policyFor("sns", "sqs:SendMessage", queueArn) }),
            drift: () =>
                clients().sqs.send(new SetQueueAttributesCommand({ QueueUrl: queueUrl(), Attributes: { Policy: "" } })),
            changedKeys: "gone",
        },
        ...observingScenarios(clients),
    ];
}
