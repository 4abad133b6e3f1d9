import { type BudgetsClient, DescribeBudgetsCommand, ListTagsForResourceCommand } from "@aws-sdk/client-budgets";
import {
    type CloudWatchClient,
    DescribeAlarmsCommand,
    ListTagsForResourceCommand as ListAlarmTagsCommand,
    ListDashboardsCommand,
} from "@aws-sdk/client-cloudwatch";
import { type CloudWatchLogsClient, DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { type LambdaClient, ListFunctionsCommand } from "@aws-sdk/client-lambda";
import { ListSchedulesCommand, type SchedulerClient } from "@aws-sdk/client-scheduler";
import { ListTopicsCommand, type SNSClient } from "@aws-sdk/client-sns";
import { DescribeParametersCommand, type SSMClient } from "@aws-sdk/client-ssm";
import { prices, storageUsdPerMonth } from "../../../../config/prices.ts";
import { allOf, free, shell, type Tags, type Thing } from "./thing.ts";

/** The account and region in ARNs and commands. */
export interface Place {
    readonly partition: string;
    readonly region: string;
    readonly accountId: string;
}

type TagsByArn = (arn: string) => Tags | undefined;

const pairs = (tags: readonly { Key?: string | undefined; Value?: string | undefined }[] | undefined): Tags =>
    Object.fromEntries((tags ?? []).map(({ Key = "", Value = "" }) => [Key, Value]));

/** Lists Lambda functions, which bill only calls. */
export async function functions(client: LambdaClient, { region }: Place, taggedOf: TagsByArn): Promise<Thing[]> {
    const found = await allOf(
        (Marker) => client.send(new ListFunctionsCommand({ ...(Marker && { Marker }) })),
        (page) => page.Functions,
        (page) => page.NextMarker,
    );
    return found.map(({ FunctionName = "", FunctionArn = "", LastModified }) => ({
        kind: "Lambda function",
        name: FunctionName,
        arn: FunctionArn,
        since: LastModified === undefined ? undefined : new Date(LastModified),
        tags: async () => taggedOf(FunctionArn),
        bill: async () => free,
        remove: async () => [
            shell("aws", "lambda", "delete-function", "--region", region, "--function-name", FunctionName),
        ],
    }));
}

/** Lists schedules with the tags of their groups: schedules have no tags. */
export async function schedules(client: SchedulerClient, { region }: Place): Promise<Thing[]> {
    const found = await allOf(
        (NextToken) => client.send(new ListSchedulesCommand({ ...(NextToken && { NextToken }) })),
        (page) => page.Schedules,
        (page) => page.NextToken,
    );
    return found.map(({ Name = "", GroupName = "default", Arn = "", CreationDate }) => ({
        kind: "schedule",
        name: GroupName === "default" ? Name : `${GroupName}/${Name}`,
        importId: `${GroupName}/${Name}`,
        arn: Arn,
        since: CreationDate,
        tags: async () => undefined,
        bill: async () => free,
        remove: async () => [
            shell(
                ...["aws", "scheduler", "delete-schedule", "--region", region],
                ...["--group-name", GroupName, "--name", Name],
            ),
        ],
    }));
}

/** Lists the CloudWatch alarms of the region. Throws CloudWatch's errors. */
export async function alarms(client: CloudWatchClient, { region }: Place): Promise<Thing[]> {
    const found = await allOf(
        (NextToken) =>
            client.send(
                new DescribeAlarmsCommand({
                    AlarmTypes: ["MetricAlarm", "CompositeAlarm"],
                    ...(NextToken && { NextToken }),
                }),
            ),
        (page) => [
            ...(page.CompositeAlarms ?? []).map((alarm) => ({ ...alarm, composite: true, metrics: 0 })),
            ...(page.MetricAlarms ?? []).map((alarm) => ({
                ...alarm,
                composite: false,
                metrics: alarm.Metrics?.filter(({ MetricStat }) => MetricStat).length || 1,
            })),
        ],
        (page) => page.NextToken,
    );
    return found.map(({ AlarmName = "", AlarmArn = "", AlarmConfigurationUpdatedTimestamp, composite, metrics }) => ({
        kind: composite ? "composite alarm" : "alarm",
        name: AlarmName,
        arn: AlarmArn,
        since: AlarmConfigurationUpdatedTimestamp,
        tags: async () => pairs((await client.send(new ListAlarmTagsCommand({ ResourceARN: AlarmArn }))).Tags),
        bill: async () => ({ usdPerMonth: composite ? null : metrics * prices.alarm.usd }),
        remove: async () => [
            shell("aws", "cloudwatch", "delete-alarms", "--region", region, "--alarm-names", AlarmName),
        ],
    }));
}

/** Lists dashboards, which are recognized by name: not every SDK version reads their tags. */
export async function dashboards(client: CloudWatchClient, { region }: Place): Promise<Thing[]> {
    const found = await allOf(
        (NextToken) => client.send(new ListDashboardsCommand({ ...(NextToken && { NextToken }) })),
        (page) => page.DashboardEntries,
        (page) => page.NextToken,
    );
    return found.map(({ DashboardName = "", DashboardArn = "", LastModified }) => ({
        kind: "dashboard",
        name: DashboardName,
        arn: DashboardArn,
        since: LastModified,
        tags: async () => undefined,
        bill: async () => ({ usdPerMonth: prices.dashboard.usd }),
        remove: async () => [
            shell("aws", "cloudwatch", "delete-dashboards", "--region", region, "--dashboard-names", DashboardName),
        ],
    }));
}

/** Lists the SNS topics of the region. Throws SNS's errors. */
export async function topics(client: SNSClient, { region }: Place, taggedOf: TagsByArn): Promise<Thing[]> {
    const found = await allOf(
        (NextToken) => client.send(new ListTopicsCommand({ ...(NextToken && { NextToken }) })),
        (page) => page.Topics,
        (page) => page.NextToken,
    );
    return found.map(({ TopicArn = "" }) => ({
        kind: "SNS topic",
        name: TopicArn.split(":").at(-1) ?? "",
        arn: TopicArn,
        importId: TopicArn,
        tags: async () => taggedOf(TopicArn),
        bill: async () => free,
        remove: async () => [shell("aws", "sns", "delete-topic", "--region", region, "--topic-arn", TopicArn)],
    }));
}

/** Lists the log groups of the region. Throws the errors of CloudWatch Logs. */
export async function logGroups(
    client: CloudWatchLogsClient,
    { region }: Place,
    taggedOf: TagsByArn,
): Promise<Thing[]> {
    const found = await allOf(
        (nextToken) => client.send(new DescribeLogGroupsCommand({ ...(nextToken && { nextToken }) })),
        (page) => page.logGroups,
        (page) => page.nextToken,
    );
    return found.map(({ logGroupName = "", arn = "", creationTime, storedBytes = 0 }) => {
        // The service returns ARNs of log groups with a final `:*`; tags use the ARN without it.
        const plain = arn.replace(/:\*$/, "");
        return {
            kind: "log group",
            name: logGroupName,
            arn: plain,
            since: creationTime === undefined ? undefined : new Date(creationTime),
            tags: async () => taggedOf(plain),
            bill: async () => ({ usdPerMonth: storageUsdPerMonth("logStorage", storedBytes) }),
            remove: async () => [
                shell("aws", "logs", "delete-log-group", "--region", region, "--log-group-name", logGroupName),
            ],
        };
    });
}

/** Lists budgets, which are free without actions. */
export async function budgets(client: BudgetsClient, { partition, accountId }: Place): Promise<Thing[]> {
    const found = await allOf(
        (NextToken) =>
            client.send(new DescribeBudgetsCommand({ AccountId: accountId, ...(NextToken && { NextToken }) })),
        (page) => page.Budgets,
        (page) => page.NextToken,
    );
    return found.map(({ BudgetName = "" }) => {
        const arn = `arn:${partition}:budgets::${accountId}:budget/${BudgetName}`;
        return {
            kind: "budget",
            name: BudgetName,
            arn,
            importId: `${accountId}:${BudgetName}`,
            tags: async () =>
                pairs((await client.send(new ListTagsForResourceCommand({ ResourceARN: arn }))).ResourceTags),
            bill: async () => free,
            remove: async () => [
                shell("aws", "budgets", "delete-budget", "--account-id", accountId, "--budget-name", BudgetName),
            ],
        };
    });
}

/** Lists the parameters below a path, for example `/movie-recommender/`. */
export async function parameters(
    client: SSMClient,
    { partition, region, accountId }: Place,
    path: string,
    taggedOf: TagsByArn,
): Promise<Thing[]> {
    const found = await allOf(
        (NextToken) =>
            client.send(
                new DescribeParametersCommand({
                    ParameterFilters: [{ Key: "Name", Option: "BeginsWith", Values: [path] }],
                    ...(NextToken && { NextToken }),
                }),
            ),
        (page) => page.Parameters,
        (page) => page.NextToken,
    );
    return found.map(({ Name = "", LastModifiedDate, Tier }) => {
        const arn = `arn:${partition}:ssm:${region}:${accountId}:parameter${Name}`;
        return {
            kind: "SSM parameter",
            name: Name,
            arn,
            since: LastModifiedDate,
            tags: async () => taggedOf(arn),
            bill: async () => (Tier === "Advanced" ? { usdPerMonth: null } : free),
            remove: async () => [shell("aws", "ssm", "delete-parameter", "--region", region, "--name", Name)],
        };
    });
}
