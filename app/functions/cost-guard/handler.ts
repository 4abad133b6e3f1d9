import { APIGatewayClient } from "@aws-sdk/client-api-gateway";
import { CloudFrontClient } from "@aws-sdk/client-cloudfront";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { PersonalizeClient } from "@aws-sdk/client-personalize";
import { PersonalizeRuntimeClient } from "@aws-sdk/client-personalize-runtime";
import { SNSClient } from "@aws-sdk/client-sns";
import { SSMClient } from "@aws-sdk/client-ssm";
import type { GuardConfig } from "../../../core/cost/guard-config.ts";
import { awsPorts, type GuardTargets } from "./aws-ports.ts";
import { edgeRegion } from "./counted-metrics.ts";
import { runGuard } from "./run-guard.ts";

/** Configuration of the function: JSON in `GUARD_CONFIG`. */
export type GuardSettings = GuardConfig & GuardTargets;

const clients = {
    personalize: new PersonalizeClient({}),
    runtime: new PersonalizeRuntimeClient({ maxAttempts: 1 }),
    cloudwatch: new CloudWatchClient({}),
    edgeCloudwatch: new CloudWatchClient({ region: edgeRegion }),
    gateway: new APIGatewayClient({}),
    edge: new CloudFrontClient({ region: edgeRegion }),
    ssm: new SSMClient({}),
    sns: new SNSClient({}),
    dynamo: new DynamoDBClient({}),
};

/** Runs the cost guard once; the event is ignored. */
export async function handler(): Promise<void> {
    const settings = JSON.parse(process.env.GUARD_CONFIG ?? "{}") as GuardSettings;
    await runGuard(awsPorts(clients, settings), settings);
}
