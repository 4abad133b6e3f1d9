import { readJson } from "../../../../test/support/json.ts";
import { createClients, region } from "../../../../test/support/local-aws.ts";
import { interactionsCsv, syntheticRatings } from "../../../local-personalize/test/interactions.ts";
import { arn, createDataset, importRole, runImportJob, trainRecipe } from "../../../local-personalize/test/support.ts";
import { discardInstance, startInstance } from "../instances.ts";
import { allow, policy } from "./enforcement/support.ts";

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
    const resume = () => clients.personalize.createCampaign({ name: "films", solutionVersionArn, tags });
    await resume();
    return {
        instance,
        url,
        solutionVersionArn,
        trackingId,
        resume,
        settings: { endpoint: url, region, credentials: { accessKeyId: "test", secretAccessKey: "test" } },
        park: () => clients.personalize.deleteCampaign({ campaignArn }),
        ask: (userId = "1") => clients.runtime.getRecommendations({ campaignArn, userId }),
        askOf: (other: string) => clients.runtime.getRecommendations({ campaignArn: other, userId: "1" }),
        /** Advances the clock. Returns its new time in epoch milliseconds. */
        async advance(hours: number): Promise<number> {
            const body = JSON.stringify({ advanceSeconds: hours * 3600 });
            const answer = await fetch(`${url}/_local/clock`, { method: "POST", body });
            return Date.parse((await readJson<{ now: string }>(answer)).now);
        },
        async discard(): Promise<void> {
            for (const client of Object.values(clients)) client.destroy();
            await discardInstance(instance);
        },
    };
}

/**
 * Starts a local AWS with a recommender before the tests of the calling suite, and discards it after them. The members
 * of the returned object exist from then on.
 */
export function useHarness(): Harness {
    const harness: Partial<Harness> = {};
    before(async () => {
        Object.assign(harness, await startHarness());
    });
    after(() => harness.discard?.());
    return harness as Harness;
}

/** Imports data, creates an event tracker and trains a version. */
async function makeRecommender({ s3, iam, personalize }: ReturnType<typeof createClients>) {
    const Bucket = "movies";
    const service = { Service: "personalize.amazonaws.com" };
    const reads = allow(["s3:GetObject", "s3:ListBucket"], ["arn:aws:s3:::movies", "arn:aws:s3:::movies/*"]);
    await s3.createBucket({ Bucket, CreateBucketConfiguration: { LocationConstraint: region } });
    await s3.putBucketPolicy({ Bucket, Policy: policy({ ...reads, Principal: service }) });
    await s3.putObject({ Bucket, Key: "all.csv", Body: interactionsCsv(syntheticRatings()) });
    const RoleName = importRole.split("/").at(-1);
    const trust = policy({ Effect: "Allow", Principal: service, Action: "sts:AssumeRole" });
    await iam.createRole({ RoleName, AssumeRolePolicyDocument: trust });
    await iam.putRolePolicy({ RoleName, PolicyName: "reads", PolicyDocument: policy(reads) });
    const { datasetArn, datasetGroupArn } = await createDataset({ personalize });
    await runImportJob({ personalize }, { jobName: "first", datasetArn, dataLocation: "s3://movies/all.csv" });
    const { trackingId = "" } = await personalize.createEventTracker({ name: "clicks", datasetGroupArn });
    const solutionVersionArn = await trainRecipe({ personalize }, "aws-user-personalization", { name: "films" });
    return { solutionVersionArn, trackingId };
}
