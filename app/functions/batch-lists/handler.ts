import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { PersonalizeClient } from "@aws-sdk/client-personalize";
import { S3Client } from "@aws-sdk/client-s3";
import { SNSClient } from "@aws-sdk/client-sns";
import { SSMClient } from "@aws-sdk/client-ssm";
import { type BatchReport, runBatch } from "../../batch/run.ts";
import { type BatchTargets, batchPorts } from "./ports.ts";

const clients = {
    personalize: new PersonalizeClient({}),
    s3: new S3Client({}),
    dynamo: new DynamoDBClient({}),
    ssm: new SSMClient({}),
    sns: new SNSClient({}),
};

/** Runs the next steps to make viewers' lists by batch inference. Ignores the event. */
export async function handler(_event: unknown, context: { getRemainingTimeInMillis(): number }): Promise<BatchReport> {
    const settings = JSON.parse(process.env.BATCH_CONFIG ?? "{}") as BatchTargets;
    return runBatch(
        batchPorts(clients, settings, () => context.getRemainingTimeInMillis()),
        settings,
    );
}
