import { BudgetsClient, DeleteBudgetCommand } from "@aws-sdk/client-budgets";
import { CloudTrailClient, DeleteTrailCommand, StopLoggingCommand } from "@aws-sdk/client-cloudtrail";
import {
    CloudWatchClient,
    DeleteAlarmsCommand,
    DeleteDashboardsCommand,
    DescribeAlarmsCommand,
} from "@aws-sdk/client-cloudwatch";
import {
    CloudWatchLogsClient,
    DeleteLogGroupCommand,
    PutRetentionPolicyCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { DeleteTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DeleteRoleCommand, DeleteRolePolicyCommand, ListRolePoliciesCommand } from "@aws-sdk/client-iam";
import { DeleteFunctionCommand, LambdaClient, UpdateFunctionConfigurationCommand } from "@aws-sdk/client-lambda";
import { DescribeCampaignCommand, TagResourceCommand, UpdateCampaignCommand } from "@aws-sdk/client-personalize";
import {
    DeleteBucketCommand,
    DeleteBucketPolicyCommand,
    DeleteObjectCommand,
    DeletePublicAccessBlockCommand,
    ListObjectVersionsCommand,
    PutBucketVersioningCommand,
    PutObjectCommand,
} from "@aws-sdk/client-s3";
import { DeleteScheduleCommand, SchedulerClient } from "@aws-sdk/client-scheduler";
import { DeleteTopicCommand } from "@aws-sdk/client-sns";
import { DeleteQueueCommand, GetQueueUrlCommand, SetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { namesFor, objectKeys } from "../../config/config.ts";
import { localAccountId } from "../../packages/local-aws/instance.ts";
import { type DeletableKind, deletableKinds, deleteByHand } from "./by-hand.ts";
import { createSettings, type TestAws } from "./local-aws.ts";
import { until } from "./until.ts";

/**
 * Returns functions that change or delete a stack's resources outside Pulumi. The keys are descriptions of the changes.
 * `end` closes the SDK clients.
 */
export async function createDrift(aws: TestAws) {
    const names = namesFor(aws.stack);
    const { bucketName: Bucket, notificationsTopicArn: TopicArn, campaignArn, datasetGroupArn } = await aws.outputs();
    const settings = createSettings(aws.instance);
    const budgets = new BudgetsClient(settings);
    const trails = new CloudTrailClient(settings);
    const watch = new CloudWatchClient(settings);
    const logs = new CloudWatchLogsClient(settings);
    const dynamo = new DynamoDBClient(settings);
    const lambda = new LambdaClient(settings);
    const scheduler = new SchedulerClient(settings);
    const sqs = new SQSClient(settings);
    const clients = [budgets, trails, watch, logs, dynamo, lambda, scheduler, sqs];
    const trailLogs = `/aws/cloudtrail/${names.trail}`;
    const fetchQueueUrl = async (QueueName: string) => (await sqs.send(new GetQueueUrlCommand({ QueueName }))).QueueUrl;
    const someAlarm = async () => (await watch.send(new DescribeAlarmsCommand({}))).MetricAlarms?.[0]?.AlarmName ?? "";

    async function deleteBucket() {
        const { Versions = [], DeleteMarkers = [] } = await aws.s3.send(new ListObjectVersionsCommand({ Bucket }));
        for (const { Key, VersionId } of [...Versions, ...DeleteMarkers]) {
            await aws.s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId }));
        }
        await aws.s3.send(new DeleteBucketCommand({ Bucket }));
    }
    async function deleteRolePolicies(RoleName: string) {
        const { PolicyNames = [] } = await aws.iam.send(new ListRolePoliciesCommand({ RoleName }));
        for (const PolicyName of PolicyNames) {
            await aws.iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }));
        }
    }
    async function deleteRole(RoleName: string) {
        await deleteRolePolicies(RoleName);
        await aws.iam.send(new DeleteRoleCommand({ RoleName }));
    }
    async function deleteQueue(QueueName: string) {
        await sqs.send(new DeleteQueueCommand({ QueueUrl: await fetchQueueUrl(QueueName) }));
    }

    const drifts: Readonly<Record<string, () => Promise<unknown>>> = {
        "the data bucket's policy deleted": () => aws.s3.send(new DeleteBucketPolicyCommand({ Bucket })),
        "the interactions' object deleted": () =>
            aws.s3.send(new DeleteObjectCommand({ Bucket, Key: objectKeys.interactions })),
        "the interactions' object overwritten": () =>
            aws.s3.send(new PutObjectCommand({ Bucket, Key: objectKeys.interactions, Body: "userId,movieId\n" })),
        "the data bucket deleted": deleteBucket,
        "the policy of Personalize's role deleted": () => deleteRolePolicies(names.role),
        "Personalize's role deleted": () => deleteRole(names.role),
        "the cost guard's roles deleted": () =>
            Promise.all([deleteRole(names.costGuardRole), deleteRole(names.scheduleRole)]),
        "the trail's role and log group deleted": () =>
            Promise.all([
                deleteRole(names.trailRole),
                logs.send(new DeleteLogGroupCommand({ logGroupName: trailLogs })),
            ]),
        "the topic and the queue of failures deleted": async () => {
            await aws.sns.send(new DeleteTopicCommand({ TopicArn }));
            await deleteQueue(names.failures);
        },
        "the cost guard's function deleted": () =>
            lambda.send(new DeleteFunctionCommand({ FunctionName: names.costGuard })),
        "the bucket's versioning suspended": () =>
            aws.s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Suspended" } })),
        "the bucket's public access block deleted": () => aws.s3.send(new DeletePublicAccessBlockCommand({ Bucket })),
        "the cost guard's timeout changed": () =>
            lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: names.costGuard, Timeout: 7 })),
        "the API's function deleted": () => lambda.send(new DeleteFunctionCommand({ FunctionName: names.api })),
        "the API's table deleted": () => dynamo.send(new DeleteTableCommand({ TableName: names.api })),
        "the retention of the trail's logs changed": () =>
            logs.send(new PutRetentionPolicyCommand({ logGroupName: trailLogs, retentionInDays: 1 })),
        "the queue of failures changed": async () =>
            sqs.send(
                new SetQueueAttributesCommand({
                    QueueUrl: await fetchQueueUrl(names.failures),
                    Attributes: { VisibilityTimeout: "7" },
                }),
            ),
        "an alarm deleted": async () => watch.send(new DeleteAlarmsCommand({ AlarmNames: [await someAlarm()] })),
        "the dashboard deleted": () => watch.send(new DeleteDashboardsCommand({ DashboardNames: [names.dashboard] })),
        "the cost guard's schedule deleted": () => scheduler.send(new DeleteScheduleCommand({ Name: names.costGuard })),
        "the trail deleted": () => trails.send(new DeleteTrailCommand({ Name: names.trail })),
        "the trail's logging stopped": () => trails.send(new StopLoggingCommand({ Name: names.trail })),
        "the budget deleted": () =>
            budgets.send(new DeleteBudgetCommand({ AccountId: localAccountId, BudgetName: names.budget })),
        "the campaign's minimum TPS changed": async () => {
            await aws.personalize.send(new UpdateCampaignCommand({ campaignArn, minProvisionedTPS: 2 }));
            await until("the campaign has two TPS", async () => {
                const { campaign } = await aws.personalize.send(new DescribeCampaignCommand({ campaignArn }));
                return campaign?.minProvisionedTPS === 2 && campaign.latestCampaignUpdate?.status === "ACTIVE";
            });
        },
        "a tag of the dataset group changed": () =>
            aws.personalize.send(
                new TagResourceCommand({
                    resourceArn: datasetGroupArn,
                    tags: [{ tagKey: "pulumi:project", tagValue: "another" }],
                }),
            ),
    };
    /**
     * Functions that delete all Personalize resources of one or two kinds: one function for each kind, and one for each
     * pair of kinds.
     */
    const deletions: Readonly<Record<string, () => Promise<unknown>>> = Object.fromEntries(
        deletableKinds.flatMap((one, index) =>
            [[one], ...deletableKinds.slice(index + 1).map((other) => [one, other])].map((kinds: DeletableKind[]) => [
                `${kinds.join(" and ")} deleted`,
                () => deleteByHand(aws.personalize, kinds),
            ]),
        ),
    );
    return {
        drifts,
        deletions,
        end(): void {
            for (const client of clients) client.destroy();
        },
    };
}
