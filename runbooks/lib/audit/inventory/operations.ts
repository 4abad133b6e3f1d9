import { BudgetsClient, ListTagsForResourceCommand, paginateDescribeBudgets } from "@aws-sdk/client-budgets";
import { CloudTrailClient, DescribeTrailsCommand } from "@aws-sdk/client-cloudtrail";
import * as cloudwatch from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient, paginateDescribeLogGroups } from "@aws-sdk/client-cloudwatch-logs";
import { paginateListTopics, SNSClient } from "@aws-sdk/client-sns";
import { paginateListQueues, SQSClient } from "@aws-sdk/client-sqs";
import { paginateDescribeParameters, SSMClient } from "@aws-sdk/client-ssm";
import { regionalArn } from "policy-evaluator";
import { prices, storageUsdPerMonth } from "../../../../core/config/prices.ts";
import { all, type Kind, lister, named, pairs, untagged } from "./kind.ts";

/** The kinds of resources that watch a stack. AWS bills no queue without calls, and no budget without actions. */
export const operationsKinds = {
    alarm: {
        types: ["aws:cloudwatch/metricAlarm:MetricAlarm"],
        remove: "cloudwatch delete-alarms --alarm-names {name}",
        list: lister(
            cloudwatch.CloudWatchClient,
            all(cloudwatch.paginateDescribeAlarms, "MetricAlarms", {}),
            (
                { AlarmName, AlarmArn: ResourceARN, AlarmConfigurationUpdatedTimestamp: since, Metrics = [] },
                client,
            ) => ({
                ...named(AlarmName, ResourceARN, since),
                tags: async () =>
                    pairs((await client.send(new cloudwatch.ListTagsForResourceCommand({ ResourceARN }))).Tags),
                usdPerMonth: async () =>
                    (Metrics.filter(({ MetricStat }) => MetricStat).length || 1) * prices.alarm.usd,
            }),
        ),
    },
    // Dashboards are recognized by name: not every SDK version reads their tags.
    dashboard: {
        types: ["aws:cloudwatch/dashboard:Dashboard"],
        remove: "cloudwatch delete-dashboards --dashboard-names {name}",
        list: lister(
            cloudwatch.CloudWatchClient,
            all(cloudwatch.paginateListDashboards, "DashboardEntries", {}),
            (one) => ({
                ...named(one.DashboardName, one.DashboardArn, one.LastModified),
                tags: untagged,
                usdPerMonth: async () => prices.dashboard.usd,
            }),
        ),
    },
    "SNS topic": {
        types: ["aws:sns/topic:Topic"],
        remove: "sns delete-topic --topic-arn {arn}",
        list: lister(SNSClient, all(paginateListTopics, "Topics", {}), ({ TopicArn = "" }) => ({
            ...named(TopicArn.split(":").at(-1), TopicArn),
            id: TopicArn,
        })),
    },
    // Without MaxResults, SQS returns at most 1,000 queues and no token.
    "SQS queue": {
        types: ["aws:sqs/queue:Queue"],
        remove: "sqs delete-queue --queue-url {id}",
        list: lister(SQSClient, all(paginateListQueues, "QueueUrls", { MaxResults: 1000 }), (id, _client, place) => {
            const name = id.split("/").at(-1) ?? "";
            return { ...named(name, regionalArn(place, "sqs", name)), id };
        }),
    },
    // AWS bills the events of a second trail, but no call returns their number; `doctor` shows the price.
    "CloudTrail trail": {
        types: ["aws:cloudtrail/trail:Trail"],
        remove: "cloudtrail delete-trail --name {arn}",
        list: lister(
            CloudTrailClient,
            async (client) =>
                (await client.send(new DescribeTrailsCommand({ includeShadowTrails: false }))).trailList ?? [],
            ({ Name, TrailARN = "" }) => ({ ...named(Name, TrailARN), id: TrailARN }),
        ),
    },
    "log group": {
        types: ["aws:cloudwatch/logGroup:LogGroup"],
        remove: "logs delete-log-group --log-group-name {name}",
        list: lister(CloudWatchLogsClient, all(paginateDescribeLogGroups, "logGroups", {}), (group) => ({
            // The service returns ARNs of log groups with a final `:*`; tags use the ARN without it.
            ...named(group.logGroupName, group.arn?.replace(/:\*$/, ""), group.creationTime),
            usdPerMonth: async () => storageUsdPerMonth("logStorage", group.storedBytes ?? 0),
        })),
    },
    budget: {
        types: ["aws:budgets/budget:Budget"],
        remove: "budgets delete-budget --account-id {accountId} --budget-name {name}",
        list: lister(
            BudgetsClient,
            all(paginateDescribeBudgets, "Budgets", ({ accountId }) => ({ AccountId: accountId })),
            ({ BudgetName = "" }, client, { partition, accountId }) => {
                const ResourceARN = `arn:${partition}:budgets::${accountId}:budget/${BudgetName}`;
                return {
                    ...named(BudgetName, ResourceARN),
                    id: `${accountId}:${BudgetName}`,
                    tags: async () =>
                        pairs((await client.send(new ListTagsForResourceCommand({ ResourceARN }))).ResourceTags),
                };
            },
        ),
    },
    "SSM parameter": {
        types: ["aws:ssm/parameter:Parameter"],
        remove: "ssm delete-parameter --name {name}",
        list: lister(
            SSMClient,
            all(paginateDescribeParameters, "Parameters", ({ project }) => ({
                ParameterFilters: [{ Key: "Name", Option: "BeginsWith", Values: [`/${project}/`] }],
            })),
            ({ Name = "", LastModifiedDate }, _client, place) =>
                named(Name, regionalArn(place, "ssm", `parameter${Name}`), LastModifiedDate),
        ),
    },
} as const satisfies Record<string, Kind>;
