import { Budgets } from "@aws-sdk/client-budgets";
import { CloudTrail } from "@aws-sdk/client-cloudtrail";
import { CloudWatch } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { Lambda } from "@aws-sdk/client-lambda";
import { Scheduler } from "@aws-sdk/client-scheduler";
import { SQS } from "@aws-sdk/client-sqs";
import { namesFor, objectKeys } from "../../core/config/config.ts";
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
    const budgets = new Budgets(settings);
    const trails = new CloudTrail(settings);
    const watch = new CloudWatch(settings);
    const logs = new CloudWatchLogs(settings);
    const dynamo = new DynamoDB(settings);
    const lambda = new Lambda(settings);
    const scheduler = new Scheduler(settings);
    const sqs = new SQS(settings);
    const clients = [budgets, trails, watch, logs, dynamo, lambda, scheduler, sqs];
    const trailLogs = `/aws/cloudtrail/${names.trail}`;
    const fetchQueueUrl = async (QueueName: string) => (await sqs.getQueueUrl({ QueueName })).QueueUrl;
    const someAlarm = async () => (await watch.describeAlarms({})).MetricAlarms?.[0]?.AlarmName ?? "";

    async function deleteBucket() {
        const { Versions = [], DeleteMarkers = [] } = await aws.s3.listObjectVersions({ Bucket });
        for (const { Key, VersionId } of [...Versions, ...DeleteMarkers]) {
            await aws.s3.deleteObject({ Bucket, Key, VersionId });
        }
        await aws.s3.deleteBucket({ Bucket });
    }
    async function deleteRolePolicies(RoleName: string) {
        const { PolicyNames = [] } = await aws.iam.listRolePolicies({ RoleName });
        for (const PolicyName of PolicyNames) await aws.iam.deleteRolePolicy({ RoleName, PolicyName });
    }
    async function deleteRole(RoleName: string) {
        await deleteRolePolicies(RoleName);
        await aws.iam.deleteRole({ RoleName });
    }
    async function deleteQueue(QueueName: string) {
        await sqs.deleteQueue({ QueueUrl: await fetchQueueUrl(QueueName) });
    }

    const drifts: Readonly<Record<string, () => Promise<unknown>>> = {
        "the data bucket's policy deleted": () => aws.s3.deleteBucketPolicy({ Bucket }),
        "the interactions' object deleted": () => aws.s3.deleteObject({ Bucket, Key: objectKeys.interactions }),
        "the interactions' object overwritten": () =>
            aws.s3.putObject({ Bucket, Key: objectKeys.interactions, Body: "userId,movieId\n" }),
        "the data bucket deleted": deleteBucket,
        "the policy of Personalize's role deleted": () => deleteRolePolicies(names.role),
        "Personalize's role deleted": () => deleteRole(names.role),
        "the cost guard's roles deleted": () =>
            Promise.all([deleteRole(names.costGuardRole), deleteRole(names.scheduleRole)]),
        "the trail's role and log group deleted": () =>
            Promise.all([deleteRole(names.trailRole), logs.deleteLogGroup({ logGroupName: trailLogs })]),
        "the topic and the queue of failures deleted": async () => {
            await aws.sns.deleteTopic({ TopicArn });
            await deleteQueue(names.failures);
        },
        "the cost guard's function deleted": () => lambda.deleteFunction({ FunctionName: names.costGuard }),
        "the bucket's versioning suspended": () =>
            aws.s3.putBucketVersioning({ Bucket, VersioningConfiguration: { Status: "Suspended" } }),
        "the bucket's public access block deleted": () => aws.s3.deletePublicAccessBlock({ Bucket }),
        "the cost guard's timeout changed": () =>
            lambda.updateFunctionConfiguration({ FunctionName: names.costGuard, Timeout: 7 }),
        "the API's function deleted": () => lambda.deleteFunction({ FunctionName: names.api }),
        "the API's table deleted": () => dynamo.deleteTable({ TableName: names.api }),
        "the retention of the trail's logs changed": () =>
            logs.putRetentionPolicy({ logGroupName: trailLogs, retentionInDays: 1 }),
        "the queue of failures changed": async () =>
            sqs.setQueueAttributes({
                QueueUrl: await fetchQueueUrl(names.failures),
                Attributes: { VisibilityTimeout: "7" },
            }),
        "an alarm deleted": async () => watch.deleteAlarms({ AlarmNames: [await someAlarm()] }),
        "the dashboard deleted": () => watch.deleteDashboards({ DashboardNames: [names.dashboard] }),
        "the cost guard's schedule deleted": () => scheduler.deleteSchedule({ Name: names.costGuard }),
        "the trail deleted": () => trails.deleteTrail({ Name: names.trail }),
        "the trail's logging stopped": () => trails.stopLogging({ Name: names.trail }),
        "the budget deleted": () => budgets.deleteBudget({ AccountId: localAccountId, BudgetName: names.budget }),
        "the campaign's minimum TPS changed": async () => {
            await aws.personalize.updateCampaign({ campaignArn, minProvisionedTPS: 2 });
            await until("the campaign has two TPS", async () => {
                const { campaign } = await aws.personalize.describeCampaign({ campaignArn });
                return campaign?.minProvisionedTPS === 2 && campaign.latestCampaignUpdate?.status === "ACTIVE";
            });
        },
        "a tag of the dataset group changed": () =>
            aws.personalize.tagResource({
                resourceArn: datasetGroupArn,
                tags: [{ tagKey: "pulumi:project", tagValue: "another" }],
            }),
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
