import { BudgetsClient, ListTagsForResourceCommand, paginateDescribeBudgets } from "@aws-sdk/client-budgets";
import { CloudTrailClient, DescribeTrailsCommand } from "@aws-sdk/client-cloudtrail";
import * as cloudwatch from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient, paginateDescribeLogGroups } from "@aws-sdk/client-cloudwatch-logs";
import { paginateListTopics, SNSClient } from "@aws-sdk/client-sns";
import { ListQueueTagsCommand, paginateListQueues, SQSClient } from "@aws-sdk/client-sqs";
import { paginateDescribeParameters, SSMClient } from "@aws-sdk/client-ssm";
import { prices, storageUsdPerMonth } from "../../../../core/config/prices.ts";
import { all, type Kind, type Listed, lister, named, pairs, untagged } from "./kind.ts";

const alarm = (
    one: Pick<cloudwatch.MetricAlarm, "AlarmName" | "AlarmArn" | "AlarmConfigurationUpdatedTimestamp">,
    client: cloudwatch.CloudWatchClient,
    usd: number | null,
): Listed => ({
    ...named(one.AlarmName, one.AlarmArn, one.AlarmConfigurationUpdatedTimestamp),
    tags: async () =>
        pairs((await client.send(new cloudwatch.ListTagsForResourceCommand({ ResourceARN: one.AlarmArn }))).Tags),
    usdPerMonth: async () => usd,
});
const removeAlarm = "cloudwatch delete-alarms --alarm-names {name}";

/** The kinds of resources that watch a stack. AWS bills no queue without calls, and no budget without actions. */
export const operationsKinds = {
    "composite alarm": {
        types: ["aws:cloudwatch/compositeAlarm:CompositeAlarm"],
        remove: removeAlarm,
        list: lister(
            cloudwatch.CloudWatchClient,
            all(cloudwatch.paginateDescribeAlarms, "CompositeAlarms", { AlarmTypes: ["CompositeAlarm"] }),
            (one, client) => alarm(one, client, null),
        ),
    },
    alarm: {
        types: ["aws:cloudwatch/metricAlarm:MetricAlarm"],
        remove: removeAlarm,
        list: lister(
            cloudwatch.CloudWatchClient,
            all(cloudwatch.paginateDescribeAlarms, "MetricAlarms", { AlarmTypes: ["MetricAlarm"] }),
            (one, client) => {
                const metrics = one.Metrics?.filter(({ MetricStat }) => MetricStat).length || 1;
                return alarm(one, client, metrics * prices.alarm.usd);
            },
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
        list: lister(SQSClient, all(paginateListQueues, "QueueUrls", { MaxResults: 1000 }), (url, client, place) => {
            const name = url.split("/").at(-1) ?? "";
            return {
                ...named(name, `arn:${place.partition}:sqs:${place.region}:${place.accountId}:${name}`),
                id: url,
                tags: async () => (await client.send(new ListQueueTagsCommand({ QueueUrl: url }))).Tags ?? {},
            };
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
            ({ Name = "", LastModifiedDate }, _client, { partition, region, accountId }) =>
                named(Name, `arn:${partition}:ssm:${region}:${accountId}:parameter${Name}`, LastModifiedDate),
        ),
    },
} as const satisfies Record<string, Kind>;
