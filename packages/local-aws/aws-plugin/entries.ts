import { APIGatewayClient } from "@aws-sdk/client-api-gateway";
import { BudgetsClient } from "@aws-sdk/client-budgets";
import { CloudFrontClient } from "@aws-sdk/client-cloudfront";
import { CloudTrailClient } from "@aws-sdk/client-cloudtrail";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { IAMClient } from "@aws-sdk/client-iam";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { S3Client } from "@aws-sdk/client-s3";
import { SchedulerClient } from "@aws-sdk/client-scheduler";
import { SNSClient } from "@aws-sdk/client-sns";
import { restApiEntries } from "./api-gateway.ts";
import { apiKeyEntries } from "./api-keys.ts";
import { stageEntries } from "./api-stage.ts";
import { budgetEntries } from "./budgets.ts";
import { distributionEntries } from "./cloudfront-distribution.ts";
import { edgePolicyEntries } from "./cloudfront-policies.ts";
import { trailEntries } from "./cloudtrail.ts";
import { alarmEntries, logGroupEntries } from "./cloudwatch.ts";
import { tableEntries } from "./dynamodb.ts";
import type { AnyEntry } from "./entry.ts";
import { iamEntries } from "./iam.ts";
import { lambdaEntries } from "./lambda.ts";
import { s3Entries } from "./s3.ts";
import { scheduleEntries } from "./scheduler.ts";
import { snsEntries } from "./sns.ts";
import { QueueClient, sqsEntries } from "./sqs.ts";

/** Where the plugin manages resources: a region, an endpoint, and the account of its credentials. */
interface Place {
    readonly region: string;
    readonly endpoint: string;
    account(): Promise<string>;
}

/** Returns all resource types of the plugin. `open` creates a client of a service. */
export function awsEntries(
    open: <Client extends { destroy(): void }>(Class: new (settings: { region: string }) => Client) => Client,
    { region, endpoint, account }: Place,
): Record<string, AnyEntry> {
    const apiGateway = open(APIGatewayClient);
    const cloudFront = open(CloudFrontClient);
    return {
        ...s3Entries(open(S3Client), region),
        ...iamEntries(open(IAMClient)),
        ...lambdaEntries(open(LambdaClient)),
        ...scheduleEntries(open(SchedulerClient)),
        ...snsEntries(open(SNSClient)),
        ...sqsEntries(open(QueueClient)),
        ...budgetEntries(open(BudgetsClient), account),
        ...alarmEntries(open(CloudWatchClient)),
        ...logGroupEntries(open(CloudWatchLogsClient)),
        ...trailEntries(open(CloudTrailClient)),
        ...tableEntries(open(DynamoDBClient)),
        ...restApiEntries(apiGateway, { region, account }),
        ...stageEntries(apiGateway, { region, account, endpoint }),
        ...apiKeyEntries(apiGateway, region),
        ...edgePolicyEntries(cloudFront, account),
        ...distributionEntries(cloudFront),
    };
}
