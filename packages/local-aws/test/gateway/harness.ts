import { CreateRoleCommand, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import {
    CreateCampaignCommand,
    CreateDatasetCommand,
    CreateDatasetGroupCommand,
    CreateDatasetImportJobCommand,
    CreateEventTrackerCommand,
    CreateSchemaCommand,
    CreateSolutionCommand,
    CreateSolutionVersionCommand,
    DeleteCampaignCommand,
    DescribeDatasetImportJobCommand,
    DescribeSolutionVersionCommand,
} from "@aws-sdk/client-personalize";
import { GetRecommendationsCommand } from "@aws-sdk/client-personalize-runtime";
import { CreateBucketCommand, PutBucketPolicyCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { createClients, region } from "../../../../test/support/local-aws.ts";
import { interactionsCsv, syntheticRatings } from "../../../local-personalize/test/interactions.ts";
import { arn, importRole, interactionsSchema, recipe, until } from "../../../local-personalize/test/support.ts";
import { discardInstance, startInstance } from "../instances.ts";

export const campaignArn = arn("campaign/films");

/** A running local AWS with a trained movie recommender and its campaign. */
export type Harness = Awaited<ReturnType<typeof startHarness>>;

/** Starts a local AWS with a recommender trained on synthetic data, and a campaign with the tag `stack`: `dev`. */
export async function startHarness() {
    const instance = await startInstance();
    const clients = createClients(instance);
    const url = `http://127.0.0.1:${instance.port}`;
    const { solutionVersionArn, trackingId } = await makeRecommender(clients);
    const tags = [{ tagKey: "stack", tagValue: "dev" }];
    const resume = () =>
        clients.personalize.send(new CreateCampaignCommand({ name: "films", solutionVersionArn, tags }));
    await resume();
    return {
        instance,
        url,
        solutionVersionArn,
        trackingId,
        resume,
        settings: { endpoint: url, region, credentials: { accessKeyId: "test", secretAccessKey: "test" } },
        park: () => clients.personalize.send(new DeleteCampaignCommand({ campaignArn })),
        ask: (userId = "1") => clients.runtime.send(new GetRecommendationsCommand({ campaignArn, userId })),
        askOf: (other: string) =>
            clients.runtime.send(new GetRecommendationsCommand({ campaignArn: other, userId: "1" })),
        /** Advances the clock. Returns its new time in epoch milliseconds. */
        async advance(hours: number): Promise<number> {
            const body = JSON.stringify({ advanceSeconds: hours * 3600 });
            const answer = await fetch(`${url}/_local/clock`, { method: "POST", body });
            return Date.parse(((await answer.json()) as { now: string }).now);
        },
        async discard(): Promise<void> {
            for (const client of Object.values(clients)) client.destroy();
            await discardInstance(instance);
        },
    };
}

/** Imports data, creates an event tracker and trains a version. */
async function makeRecommender({ s3, iam, personalize }: ReturnType<typeof createClients>) {
    const Bucket = "movies";
    const service = { Service: "personalize.amazonaws.com" };
    const reads = {
        Effect: "Allow",
        Action: ["s3:GetObject", "s3:ListBucket"],
        Resource: ["arn:aws:s3:::movies", "arn:aws:s3:::movies/*"],
    };
    const document = (...Statement: object[]) => JSON.stringify({ Version: "2012-10-17", Statement });
    await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: region } }));
    await s3.send(new PutBucketPolicyCommand({ Bucket, Policy: document({ ...reads, Principal: service }) }));
    await s3.send(new PutObjectCommand({ Bucket, Key: "all.csv", Body: interactionsCsv(syntheticRatings()) }));
    const RoleName = importRole.split("/").at(-1);
    const trust = document({ Effect: "Allow", Principal: service, Action: "sts:AssumeRole" });
    await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust }));
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "reads", PolicyDocument: document(reads) }));
    const { schemaArn } = await personalize.send(
        new CreateSchemaCommand({ name: "films", schema: interactionsSchema }),
    );
    const { datasetGroupArn } = await personalize.send(new CreateDatasetGroupCommand({ name: "films" }));
    const { datasetArn } = await personalize.send(
        new CreateDatasetCommand({ name: "films", schemaArn, datasetGroupArn, datasetType: "Interactions" }),
    );
    const { datasetImportJobArn } = await personalize.send(
        new CreateDatasetImportJobCommand({
            jobName: "first",
            datasetArn,
            roleArn: importRole,
            dataSource: { dataLocation: "s3://movies/all.csv" },
        }),
    );
    await until(async () => {
        const job = new DescribeDatasetImportJobCommand({ datasetImportJobArn });
        return (await personalize.send(job)).datasetImportJob?.status === "ACTIVE";
    });
    const tracker = new CreateEventTrackerCommand({ name: "clicks", datasetGroupArn });
    const { trackingId = "" } = await personalize.send(tracker);
    const recipeArn = recipe("aws-user-personalization");
    await personalize.send(
        new CreateSolutionCommand({ name: "films", datasetGroupArn, recipeArn, performAutoTraining: false }),
    );
    const response = await personalize.send(new CreateSolutionVersionCommand({ solutionArn: arn("solution/films") }));
    const { solutionVersionArn = "" } = response;
    await until(async () => {
        const version = new DescribeSolutionVersionCommand({ solutionVersionArn });
        return (await personalize.send(version)).solutionVersion?.status === "ACTIVE";
    });
    return { solutionVersionArn, trackingId };
}
