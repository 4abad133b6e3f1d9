import { type BudgetsClient, ListTagsForResourceCommand, paginateDescribeBudgets } from "@aws-sdk/client-budgets";
import {
    type CloudWatchClient,
    ListTagsForResourceCommand as ListAlarmTagsCommand,
    type MetricAlarm,
    paginateDescribeAlarms,
    paginateListDashboards,
} from "@aws-sdk/client-cloudwatch";
import { type CloudWatchLogsClient, paginateDescribeLogGroups } from "@aws-sdk/client-cloudwatch-logs";
import { type LambdaClient, paginateListFunctions } from "@aws-sdk/client-lambda";
import { paginateListSchedules, type SchedulerClient } from "@aws-sdk/client-scheduler";
import { paginateListTopics, type SNSClient } from "@aws-sdk/client-sns";
import { paginateDescribeParameters, type SSMClient } from "@aws-sdk/client-ssm";
import { shell } from "terminal-text";
import { prices, storageUsdPerMonth } from "../../../../config/prices.ts";
import { type AccountScope, awsCommand, free, item, readPages, type TaggedScope, tagsIn } from "./item.ts";

/** Lists Lambda functions, which bill only calls. */
export const functions = (client: LambdaClient, place: TaggedScope) =>
    readPages(paginateListFunctions({ client }, {}), (page) =>
        page.Functions?.map(({ FunctionName = "", FunctionArn = "", LastModified }) =>
            item("Lambda function", FunctionName, FunctionArn, {
                since: LastModified === undefined ? undefined : new Date(LastModified),
                tags: async () => place.taggedOf(FunctionArn),
                remove: async () => [awsCommand(place, "lambda delete-function", "--function-name", FunctionName)],
            }),
        ),
    );

/** Lists schedules. They have no tags. */
export const schedules = (client: SchedulerClient, place: AccountScope) =>
    readPages(paginateListSchedules({ client }, {}), (page) =>
        page.Schedules?.map(({ Name = "", GroupName = "default", Arn = "", CreationDate }) =>
            item("schedule", GroupName === "default" ? Name : `${GroupName}/${Name}`, Arn, {
                importId: `${GroupName}/${Name}`,
                since: CreationDate,
                remove: async () => [
                    awsCommand(place, "scheduler delete-schedule", "--group-name", GroupName, "--name", Name),
                ],
            }),
        ),
    );

/** Lists the CloudWatch alarms of the region. Throws CloudWatch's errors. */
export function alarms(client: CloudWatchClient, place: AccountScope) {
    const alarm = (
        kind: "alarm" | "composite alarm",
        usdPerMonth: number | null,
        { AlarmName = "", AlarmArn = "", AlarmConfigurationUpdatedTimestamp: since }: MetricAlarm,
    ) =>
        item(kind, AlarmName, AlarmArn, {
            since,
            tags: async () => tagsIn((await client.send(new ListAlarmTagsCommand({ ResourceARN: AlarmArn }))).Tags),
            bill: async () => ({ usdPerMonth }),
            remove: async () => [awsCommand(place, "cloudwatch delete-alarms", "--alarm-names", AlarmName)],
        });
    const metricsOf = ({ Metrics = [] }: MetricAlarm) => Metrics.filter(({ MetricStat }) => MetricStat).length || 1;
    return readPages(
        paginateDescribeAlarms({ client }, { AlarmTypes: ["MetricAlarm", "CompositeAlarm"] }),
        ({ CompositeAlarms = [], MetricAlarms = [] }) => [
            ...CompositeAlarms.map((one) => alarm("composite alarm", null, one)),
            ...MetricAlarms.map((one) => alarm("alarm", metricsOf(one) * prices.alarm.usd, one)),
        ],
    );
}

/** Lists dashboards, which are recognized by name: not every SDK version reads their tags. */
export const dashboards = (client: CloudWatchClient, place: AccountScope) =>
    readPages(paginateListDashboards({ client }, {}), (page) =>
        page.DashboardEntries?.map(({ DashboardName = "", DashboardArn = "", LastModified }) =>
            item("dashboard", DashboardName, DashboardArn, {
                since: LastModified,
                bill: async () => ({ usdPerMonth: prices.dashboard.usd }),
                remove: async () => [
                    awsCommand(place, "cloudwatch delete-dashboards", "--dashboard-names", DashboardName),
                ],
            }),
        ),
    );

/** Lists the SNS topics of the region. Throws SNS's errors. */
export const topics = (client: SNSClient, place: TaggedScope) =>
    readPages(paginateListTopics({ client }, {}), (page) =>
        page.Topics?.map(({ TopicArn = "" }) =>
            item("SNS topic", TopicArn.split(":").at(-1) ?? "", TopicArn, {
                importId: TopicArn,
                tags: async () => place.taggedOf(TopicArn),
                remove: async () => [awsCommand(place, "sns delete-topic", "--topic-arn", TopicArn)],
            }),
        ),
    );

/** Lists the log groups of the region. Throws the errors of CloudWatch Logs. */
export const logGroups = (client: CloudWatchLogsClient, place: TaggedScope) =>
    readPages(paginateDescribeLogGroups({ client }, {}), (page) =>
        page.logGroups?.map(({ logGroupName = "", arn = "", creationTime, storedBytes = 0 }) => {
            // The service returns ARNs of log groups with a final `:*`; tags use the ARN without it.
            const plain = arn.replace(/:\*$/, "");
            return item("log group", logGroupName, plain, {
                since: creationTime === undefined ? undefined : new Date(creationTime),
                tags: async () => place.taggedOf(plain),
                bill: async () => ({ usdPerMonth: storageUsdPerMonth("logStorage", storedBytes) }),
                remove: async () => [awsCommand(place, "logs delete-log-group", "--log-group-name", logGroupName)],
            });
        }),
    );

/** Lists budgets, which are free without actions. */
export const budgets = (client: BudgetsClient, { partition, accountId }: AccountScope) =>
    readPages(paginateDescribeBudgets({ client }, { AccountId: accountId }), (page) =>
        page.Budgets?.map(({ BudgetName = "" }) => {
            const ResourceARN = `arn:${partition}:budgets::${accountId}:budget/${BudgetName}`;
            return item("budget", BudgetName, ResourceARN, {
                importId: `${accountId}:${BudgetName}`,
                tags: async () =>
                    tagsIn((await client.send(new ListTagsForResourceCommand({ ResourceARN }))).ResourceTags),
                remove: async () => [
                    shell("aws", "budgets", "delete-budget", "--account-id", accountId, "--budget-name", BudgetName),
                ],
            });
        }),
    );

/** Lists the parameters below a path, for example `/movie-recommender/`. */
export function parameters(client: SSMClient, place: TaggedScope, path: string) {
    const ParameterFilters = [{ Key: "Name", Option: "BeginsWith", Values: [path] }];
    return readPages(paginateDescribeParameters({ client }, { ParameterFilters }), (page) =>
        page.Parameters?.map(({ Name = "", LastModifiedDate, Tier }) => {
            const arn = `arn:${place.partition}:ssm:${place.region}:${place.accountId}:parameter${Name}`;
            return item("SSM parameter", Name, arn, {
                since: LastModifiedDate,
                tags: async () => place.taggedOf(arn),
                bill: async () => (Tier === "Advanced" ? { usdPerMonth: null } : free),
                remove: async () => [awsCommand(place, "ssm delete-parameter", "--name", Name)],
            });
        }),
    );
}
