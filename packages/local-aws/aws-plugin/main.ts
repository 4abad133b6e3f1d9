import { flushCompileCache } from "node:module";
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
import { SSMClient } from "@aws-sdk/client-ssm";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
// Import this file only, because the SDK's index also loads the Automation API, TypeScript and npm.
import { main } from "@pulumi/pulumi/provider/server.js";
import { restApiEntries } from "./api-gateway.ts";
import { apiKeyEntries } from "./api-keys.ts";
import { stageEntries } from "./api-stage.ts";
import { budgetEntries } from "./budgets.ts";
import { distributionEntries } from "./cloudfront-distribution.ts";
import { edgePolicyEntries } from "./cloudfront-policies.ts";
import { trailEntries } from "./cloudtrail.ts";
import { alarmEntries, logGroupEntries } from "./cloudwatch.ts";
import { tableEntries } from "./dynamodb.ts";
import { iamEntries } from "./iam.ts";
import { lambdaEntries } from "./lambda.ts";
import { answerPreviews } from "./preview.ts";
import { createProvider } from "./provider.ts";
import { s3Entries } from "./s3.ts";
import { scheduleEntries } from "./scheduler.ts";
import { snsEntries } from "./sns.ts";
import { createSqsClient, sqsEntries } from "./sqs.ts";
import { ssmLookups } from "./ssm.ts";

/**
 * The local AWS plugin: replaces Pulumi's AWS plugin in local runs and manages this program's resource types with the
 * AWS SDK.
 */

const config = JSON.parse(process.env.PULUMI_CONFIG ?? "{}") as Record<string, string>;
const region = config["aws:region"] ?? process.env.AWS_REGION ?? "us-east-1";
const accessKeyId = config["aws:accessKey"];
const secretAccessKey = config["aws:secretKey"] ?? "";
const profile = config["aws:profile"];
const settings = {
    region,
    maxAttempts: 5,
    ...(accessKeyId !== undefined && { credentials: { accessKeyId, secretAccessKey } }),
    ...(profile !== undefined && { profile }),
};
const sts = new STSClient(settings);
const caller = () => sts.send(new GetCallerIdentityCommand({}));
const accountId = async () => (await caller()).Account ?? "";

const apiGateway = new APIGatewayClient(settings);
const cloudFront = new CloudFrontClient(settings);
const endpoint = process.env.AWS_ENDPOINT_URL ?? "";
const provider = createProvider(
    {
        ...s3Entries(new S3Client(settings), region),
        ...iamEntries(new IAMClient(settings)),
        ...lambdaEntries(new LambdaClient(settings)),
        ...scheduleEntries(new SchedulerClient(settings)),
        ...snsEntries(new SNSClient(settings)),
        ...sqsEntries(createSqsClient(settings)),
        ...budgetEntries(new BudgetsClient(settings), accountId),
        ...alarmEntries(new CloudWatchClient(settings)),
        ...logGroupEntries(new CloudWatchLogsClient(settings)),
        ...trailEntries(new CloudTrailClient(settings)),
        ...tableEntries(new DynamoDBClient(settings)),
        ...restApiEntries(apiGateway, { region, account: accountId }),
        ...stageEntries(apiGateway, { region, account: accountId, endpoint }),
        ...apiKeyEntries(apiGateway, region),
        ...edgePolicyEntries(cloudFront, accountId),
        ...distributionEntries(cloudFront),
    },
    {
        ...ssmLookups(new SSMClient(settings)),
        async "aws:index/getCallerIdentity:getCallerIdentity"() {
            const { Account, Arn, UserId } = await caller();
            return { id: Account, accountId: Account, arn: Arn, userId: UserId };
        },
        async "aws:index/getRegion:getRegion"() {
            return { id: region, name: region, region, description: region, endpoint: `ec2.${region}.amazonaws.com` };
        },
        async "aws:index/getPartition:getPartition"() {
            // The local AWS only has the partition `aws`.
            return { id: "aws", partition: "aws", dnsSuffix: "amazonaws.com", reverseDnsPrefix: "com.amazonaws" };
        },
    },
);

// Write Node's compile cache (NODE_COMPILE_CACHE) now, because the engine ends the plugin by a signal, and Node then
// does not write it.
flushCompileCache();

// Exit soon after the engine: a killed engine leaves its plugins running, and no Pulumi state would record their later
// changes.
const engine = Number(process.env.ENGINE_PID);
setInterval(() => process.ppid !== engine && process.exit(1), 500).unref();

answerPreviews(provider.previewUpdate);
void main(provider, process.argv.slice(2));
