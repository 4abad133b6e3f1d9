import { type BudgetsClient, ListTagsForResourceCommand, paginateDescribeBudgets } from "@aws-sdk/client-budgets";
import {
    type CloudWatchClient,
    ListTagsForResourceCommand as ListAlarmTagsCommand,
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
import { free, type InventoryItem, readPages, type Tags } from "./item.ts";

/** The account and region in ARNs and commands. */
export interface AccountScope {
    readonly partition: string;
    readonly region: string;
    readonly accountId: string;
}

type TagsByArn = (arn: string) => Tags | undefined;

const pairs = (tags: readonly { Key?: string | undefined; Value?: string | undefined }[] | undefined): Tags =>
    Object.fromEntries((tags ?? []).map(({ Key = "", Value = "" }) => [Key, Value]));

/** Lists Lambda functions, which bill only calls. */
export async function functions(
    client: LambdaClient,
    { region }: AccountScope,
    taggedOf: TagsByArn,
): Promise<InventoryItem[]> {
    const allFunctions = await readPages(paginateListFunctions({ client }, {}), (page) => page.Functions);
    return allFunctions.map(({ FunctionName = "", FunctionArn = "", LastModified }) => ({
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
export async function schedules(client: SchedulerClient, { region }: AccountScope): Promise<InventoryItem[]> {
    const allSchedules = await readPages(paginateListSchedules({ client }, {}), (page) => page.Schedules);
    return allSchedules.map(({ Name = "", GroupName = "default", Arn = "", CreationDate }) => ({
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
export async function alarms(client: CloudWatchClient, { region }: AccountScope): Promise<InventoryItem[]> {
    const allAlarms = await readPages(
        paginateDescribeAlarms({ client }, { AlarmTypes: ["MetricAlarm", "CompositeAlarm"] }),
        (page) => [
            ...(page.CompositeAlarms ?? []).map((alarm) => ({ ...alarm, composite: true, metrics: 0 })),
            ...(page.MetricAlarms ?? []).map((alarm) => ({
                ...alarm,
                composite: false,
                metrics: alarm.Metrics?.filter(({ MetricStat }) => MetricStat).length || 1,
            })),
        ],
    );
    return allAlarms.map(
        ({ AlarmName = "", AlarmArn = "", AlarmConfigurationUpdatedTimestamp, composite, metrics }) => ({
            kind: composite ? "composite alarm" : "alarm",
            name: AlarmName,
            arn: AlarmArn,
            since: AlarmConfigurationUpdatedTimestamp,
            tags: async () => pairs((await client.send(new ListAlarmTagsCommand({ ResourceARN: AlarmArn }))).Tags),
            bill: async () => ({ usdPerMonth: composite ? null : metrics * prices.alarm.usd }),
            remove: async () => [
                shell("aws", "cloudwatch", "delete-alarms", "--region", region, "--alarm-names", AlarmName),
            ],
        }),
    );
}

/** Lists dashboards, which are recognized by name: not every SDK version reads their tags. */
export async function dashboards(client: CloudWatchClient, { region }: AccountScope): Promise<InventoryItem[]> {
    const allDashboards = await readPages(paginateListDashboards({ client }, {}), (page) => page.DashboardEntries);
    return allDashboards.map(({ DashboardName = "", DashboardArn = "", LastModified }) => ({
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
export async function topics(
    client: SNSClient,
    { region }: AccountScope,
    taggedOf: TagsByArn,
): Promise<InventoryItem[]> {
    const allTopics = await readPages(paginateListTopics({ client }, {}), (page) => page.Topics);
    return allTopics.map(({ TopicArn = "" }) => ({
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
    { region }: AccountScope,
    taggedOf: TagsByArn,
): Promise<InventoryItem[]> {
    const allGroups = await readPages(paginateDescribeLogGroups({ client }, {}), (page) => page.logGroups);
    return allGroups.map(({ logGroupName = "", arn = "", creationTime, storedBytes = 0 }) => {
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
export async function budgets(client: BudgetsClient, { partition, accountId }: AccountScope): Promise<InventoryItem[]> {
    const allBudgets = await readPages(
        paginateDescribeBudgets({ client }, { AccountId: accountId }),
        (page) => page.Budgets,
    );
    return allBudgets.map(({ BudgetName = "" }) => {
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
    { partition, region, accountId }: AccountScope,
    path: string,
    taggedOf: TagsByArn,
): Promise<InventoryItem[]> {
    const allParameters = await readPages(
        paginateDescribeParameters(
            { client },
            { ParameterFilters: [{ Key: "Name", Option: "BeginsWith", Values: [path] }] },
        ),
        (page) => page.Parameters,
    );
    return allParameters.map(({ Name = "", LastModifiedDate, Tier }) => {
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
