import { BudgetsClient, ListTagsForResourceCommand, paginateDescribeBudgets } from "@aws-sdk/client-budgets";
import { CloudTrailClient, DescribeTrailsCommand } from "@aws-sdk/client-cloudtrail";
import {
    CloudWatchClient,
    ListTagsForResourceCommand as ListAlarmTagsCommand,
    paginateDescribeAlarms,
    paginateListDashboards,
} from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient, paginateDescribeLogGroups } from "@aws-sdk/client-cloudwatch-logs";
import { LambdaClient, paginateListFunctions } from "@aws-sdk/client-lambda";
import { paginateListSchedules, SchedulerClient } from "@aws-sdk/client-scheduler";
import { paginateListTopics, SNSClient } from "@aws-sdk/client-sns";
import { ListQueueTagsCommand, paginateListQueues, SQSClient } from "@aws-sdk/client-sqs";
import { paginateDescribeParameters, SSMClient } from "@aws-sdk/client-ssm";
import { shell } from "terminal-text";
import { prices, storageUsdPerMonth } from "../../../../core/config/prices.ts";
import { command, type Listed, lister, type Place, pairs, untagged } from "./item.ts";

const dateOf = (time: string | number | undefined) => (time === undefined ? undefined : new Date(time));

function alarm(
    { AlarmName = "", AlarmArn = "", AlarmConfigurationUpdatedTimestamp: since }: Alarm,
    place: Place,
    client: CloudWatchClient,
): Listed {
    return {
        name: AlarmName,
        arn: AlarmArn,
        since,
        tags: async () => pairs((await client.send(new ListAlarmTagsCommand({ ResourceARN: AlarmArn }))).Tags),
        remove: async () => [command(place, "cloudwatch", "delete-alarms", "--alarm-names", AlarmName)],
    };
}

interface Alarm {
    readonly AlarmName?: string | undefined;
    readonly AlarmArn?: string | undefined;
    readonly AlarmConfigurationUpdatedTimestamp?: Date | undefined;
}

/**
 * Functions that list Lambda functions, schedules, and the resources that watch the stack: alarms, dashboards, topics,
 * queues, trails, log groups and budgets. AWS bills no Lambda function or queue without calls.
 */
export const operationsListers = {
    "Lambda function": lister(
        LambdaClient,
        (client) => paginateListFunctions({ client }, {}),
        (page) => page.Functions,
        ({ FunctionName = "", FunctionArn = "", LastModified }, place) => ({
            name: FunctionName,
            arn: FunctionArn,
            since: dateOf(LastModified),
            remove: async () => [command(place, "lambda", "delete-function", "--function-name", FunctionName)],
        }),
    ),
    schedule: lister(
        SchedulerClient,
        (client) => paginateListSchedules({ client }, {}),
        (page) => page.Schedules,
        ({ Name = "", GroupName = "default", Arn = "", CreationDate }, place) => ({
            name: GroupName === "default" ? Name : `${GroupName}/${Name}`,
            importId: `${GroupName}/${Name}`,
            arn: Arn,
            since: CreationDate,
            tags: untagged,
            remove: async () => [
                command(place, "scheduler", "delete-schedule", "--group-name", GroupName, "--name", Name),
            ],
        }),
    ),
    "composite alarm": lister(
        CloudWatchClient,
        (client) => paginateDescribeAlarms({ client }, { AlarmTypes: ["CompositeAlarm"] }),
        (page) => page.CompositeAlarms,
        (one, ...more) => ({ ...alarm(one, ...more), usdPerMonth: async () => null }),
    ),
    alarm: lister(
        CloudWatchClient,
        (client) => paginateDescribeAlarms({ client }, { AlarmTypes: ["MetricAlarm"] }),
        (page) => page.MetricAlarms,
        (one, ...more) => {
            const metrics = one.Metrics?.filter(({ MetricStat }) => MetricStat).length || 1;
            return { ...alarm(one, ...more), usdPerMonth: async () => metrics * prices.alarm.usd };
        },
    ),
    // Dashboards are recognized by name: not every SDK version reads their tags.
    dashboard: lister(
        CloudWatchClient,
        (client) => paginateListDashboards({ client }, {}),
        (page) => page.DashboardEntries,
        ({ DashboardName = "", DashboardArn = "", LastModified }, place) => ({
            name: DashboardName,
            arn: DashboardArn,
            since: LastModified,
            tags: untagged,
            usdPerMonth: async () => prices.dashboard.usd,
            remove: async () => [command(place, "cloudwatch", "delete-dashboards", "--dashboard-names", DashboardName)],
        }),
    ),
    "SNS topic": lister(
        SNSClient,
        (client) => paginateListTopics({ client }, {}),
        (page) => page.Topics,
        ({ TopicArn = "" }, place) => ({
            name: TopicArn.split(":").at(-1) ?? "",
            arn: TopicArn,
            importId: TopicArn,
            remove: async () => [command(place, "sns", "delete-topic", "--topic-arn", TopicArn)],
        }),
    ),
    "SQS queue": lister(
        SQSClient,
        // Without MaxResults, SQS returns at most 1,000 queues and no token.
        (client) => paginateListQueues({ client }, { MaxResults: 1000 }),
        (page) => page.QueueUrls,
        (QueueUrl, place, client) => {
            const name = QueueUrl.split("/").at(-1) ?? "";
            return {
                name,
                importId: QueueUrl,
                arn: `arn:${place.partition}:sqs:${place.region}:${place.accountId}:${name}`,
                tags: async () => (await client.send(new ListQueueTagsCommand({ QueueUrl }))).Tags ?? {},
                remove: async () => [command(place, "sqs", "delete-queue", "--queue-url", QueueUrl)],
            };
        },
    ),
    // AWS bills the events of a second trail, but no call returns their number; `doctor` shows the price.
    "CloudTrail trail": async (place: Place): Promise<readonly Listed[]> => {
        const client = new CloudTrailClient(place.settings);
        const { trailList = [] } = await client.send(new DescribeTrailsCommand({ includeShadowTrails: false }));
        return trailList.map(({ Name = "", TrailARN = "" }) => ({
            name: Name,
            arn: TrailARN,
            importId: TrailARN,
            remove: async () => [command(place, "cloudtrail", "delete-trail", "--name", TrailARN)],
        }));
    },
    "log group": lister(
        CloudWatchLogsClient,
        (client) => paginateDescribeLogGroups({ client }, {}),
        (page) => page.logGroups,
        ({ logGroupName = "", arn = "", creationTime, storedBytes = 0 }, place) => ({
            name: logGroupName,
            // The service returns ARNs of log groups with a final `:*`; tags use the ARN without it.
            arn: arn.replace(/:\*$/, ""),
            since: dateOf(creationTime),
            usdPerMonth: async () => storageUsdPerMonth("logStorage", storedBytes),
            remove: async () => [command(place, "logs", "delete-log-group", "--log-group-name", logGroupName)],
        }),
    ),
    // Budgets without actions are free.
    budget: lister(
        BudgetsClient,
        (client, { accountId }) => paginateDescribeBudgets({ client }, { AccountId: accountId }),
        (page) => page.Budgets,
        ({ BudgetName = "" }, { partition, accountId }, client) => {
            const arn = `arn:${partition}:budgets::${accountId}:budget/${BudgetName}`;
            return {
                name: BudgetName,
                arn,
                importId: `${accountId}:${BudgetName}`,
                tags: async () =>
                    pairs((await client.send(new ListTagsForResourceCommand({ ResourceARN: arn }))).ResourceTags),
                remove: async () => [
                    shell("aws", "budgets", "delete-budget", "--account-id", accountId, "--budget-name", BudgetName),
                ],
            };
        },
    ),
    "SSM parameter": lister(
        SSMClient,
        (client, { project }) => {
            const ofProject = { Key: "Name", Option: "BeginsWith", Values: [`/${project}/`] };
            return paginateDescribeParameters({ client }, { ParameterFilters: [ofProject] });
        },
        (page) => page.Parameters,
        ({ Name = "", LastModifiedDate, Tier }, place) => ({
            name: Name,
            arn: `arn:${place.partition}:ssm:${place.region}:${place.accountId}:parameter${Name}`,
            since: LastModifiedDate,
            usdPerMonth: async () => (Tier === "Advanced" ? null : 0),
            remove: async () => [command(place, "ssm", "delete-parameter", "--name", Name)],
        }),
    ),
};
