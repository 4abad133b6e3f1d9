import {
    APIGatewayClient,
    GetApiKeysCommand,
    GetRestApisCommand,
    GetUsagePlansCommand,
} from "@aws-sdk/client-api-gateway";
import { BudgetsClient, DescribeBudgetsCommand } from "@aws-sdk/client-budgets";
import { CloudFrontClient, ListDistributionsCommand } from "@aws-sdk/client-cloudfront";
import { CloudTrailClient, DescribeTrailsCommand } from "@aws-sdk/client-cloudtrail";
import { CloudWatchClient, DescribeAlarmsCommand, ListDashboardsCommand } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { ListRolesCommand, type Role } from "@aws-sdk/client-iam";
import { LambdaClient, ListFunctionsCommand } from "@aws-sdk/client-lambda";
import {
    ListCampaignsCommand,
    ListDatasetGroupsCommand,
    ListDatasetImportJobsCommand,
    ListDatasetsCommand,
    ListEventTrackersCommand,
    ListFiltersCommand,
    ListSchemasCommand,
    ListSolutionsCommand,
    ListSolutionVersionsCommand,
} from "@aws-sdk/client-personalize";
import { ListBucketsCommand } from "@aws-sdk/client-s3";
import { ListSchedulesCommand, SchedulerClient } from "@aws-sdk/client-scheduler";
import { ListSubscriptionsCommand, ListTopicsCommand, SNSClient } from "@aws-sdk/client-sns";
import { ListQueuesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { GetParametersByPathCommand } from "@aws-sdk/client-ssm";
import { localAccountId } from "../../packages/local-aws/instance.ts";
import { settingsOf, type TestAws } from "./local-aws.ts";

const named = (list: readonly object[] | undefined, kind: string, key: string) =>
    (list ?? []).map((item) => `${kind} ${(item as Record<string, unknown>)[key]}`);

/** Lists every resource of an account by name, except import and batch jobs, which cannot be deleted. */
export async function everythingIn({ s3, iam, ssm, personalize }: TestAws): Promise<string[]> {
    const answers = await Promise.all([
        s3.send(new ListBucketsCommand({})).then((found) => named(found.Buckets, "bucket", "Name")),
        iam.send(new ListRolesCommand({})).then((found) => named(found.Roles?.filter(isOwn), "role", "RoleName")),
        personalize.send(new ListSchemasCommand({})).then((found) => named(found.schemas, "schema", "name")),
        personalize.send(new ListDatasetGroupsCommand({})).then((f) => named(f.datasetGroups, "group", "name")),
        personalize.send(new ListDatasetsCommand({})).then((found) => named(found.datasets, "dataset", "name")),
        personalize.send(new ListSolutionsCommand({})).then((found) => named(found.solutions, "solution", "name")),
        personalize
            .send(new ListSolutionVersionsCommand({}))
            .then((found) => named(found.solutionVersions, "version", "solutionVersionArn")),
        personalize.send(new ListCampaignsCommand({})).then((found) => named(found.campaigns, "campaign", "name")),
        personalize.send(new ListEventTrackersCommand({})).then((f) => named(f.eventTrackers, "tracker", "name")),
        personalize.send(new ListFiltersCommand({})).then((found) => named(found.Filters, "filter", "name")),
        ssm
            .send(new GetParametersByPathCommand({ Path: "/movie-recommender", Recursive: true }))
            .then((found) => named(found.Parameters, "parameter", "Name")),
    ]);
    return answers.flat();
}

/** Checks that a role is not service-linked. AWS services own these roles. */
const isOwn = ({ Path = "/" }: Role) => !Path.startsWith("/aws-service-role/");

/** Lists the account's resources for serving, monitoring and notifications by name. */
export async function watchersIn({ instance }: Pick<TestAws, "instance">): Promise<string[]> {
    const settings = settingsOf(instance);
    const clients = {
        apis: new APIGatewayClient(settings),
        budgets: new BudgetsClient(settings),
        cloudfront: new CloudFrontClient(settings),
        dynamo: new DynamoDBClient(settings),
        cloudtrail: new CloudTrailClient(settings),
        cloudwatch: new CloudWatchClient(settings),
        lambda: new LambdaClient(settings),
        logs: new CloudWatchLogsClient(settings),
        scheduler: new SchedulerClient(settings),
        sns: new SNSClient(settings),
        sqs: new SQSClient(settings),
    };
    const { apis, budgets, cloudfront, dynamo, cloudtrail, cloudwatch, lambda, logs, scheduler, sns, sqs } = clients;
    try {
        const answers = await Promise.all([
            apis.send(new GetRestApisCommand({})).then((found) => named(found.items, "api", "name")),
            apis.send(new GetApiKeysCommand({})).then((found) => named(found.items, "key", "name")),
            apis.send(new GetUsagePlansCommand({})).then((found) => named(found.items, "usage-plan", "name")),
            cloudfront
                .send(new ListDistributionsCommand({}))
                .then((found) => named(found.DistributionList?.Items, "distribution", "Comment")),
            dynamo.send(new ListTablesCommand({})).then(({ TableNames = [] }) => TableNames.map((t) => `table ${t}`)),
            budgets
                .send(new DescribeBudgetsCommand({ AccountId: localAccountId }))
                .then(({ Budgets }) => named(Budgets, "budget", "BudgetName")),
            cloudwatch.send(new DescribeAlarmsCommand({})).then((f) => named(f.MetricAlarms, "alarm", "AlarmName")),
            cloudwatch
                .send(new ListDashboardsCommand({}))
                .then((found) => named(found.DashboardEntries, "dashboard", "DashboardName")),
            cloudtrail.send(new DescribeTrailsCommand({})).then((found) => named(found.trailList, "trail", "Name")),
            lambda.send(new ListFunctionsCommand({})).then((f) => named(f.Functions, "function", "FunctionName")),
            logs.send(new DescribeLogGroupsCommand({})).then((f) => named(f.logGroups, "log-group", "logGroupName")),
            scheduler.send(new ListSchedulesCommand({})).then((f) => named(f.Schedules, "schedule", "Name")),
            sns.send(new ListTopicsCommand({})).then((f) => named(f.Topics, "topic", "TopicArn")),
            sns
                .send(new ListSubscriptionsCommand({}))
                .then((f) => named(f.Subscriptions, "subscription", "SubscriptionArn")),
            sqs.send(new ListQueuesCommand({})).then(({ QueueUrls = [] }) => QueueUrls.map((url) => `queue ${url}`)),
        ]);
        return answers.flat();
    } finally {
        for (const client of Object.values(clients)) client.destroy();
    }
}

/** Lists the names of all import jobs in the account, which includes those of deleted stacks, sorted. */
export async function importJobNames({ personalize }: TestAws): Promise<string[]> {
    const { datasetImportJobs = [] } = await personalize.send(new ListDatasetImportJobsCommand({}));
    return datasetImportJobs.map(({ jobName }) => String(jobName)).sort();
}
