import { createHash } from "node:crypto";
import * as sdk from "@aws-sdk/client-personalize";
import { canonical } from "./diff.ts";
import { baseName, findNewestMatch, nextName } from "./job-names.ts";
import { type CommonInputs, type ResourceKind, requireArn, standing } from "./resource.ts";
import { tagList } from "./tags.ts";

export interface BatchInferenceJobInputs extends CommonInputs {
    /** Start of the job's name, which is `<jobNamePrefix>-<8 hexadecimal digits>-<n>`. */
    readonly jobNamePrefix: string;
    /** ARN of the solution version that computes the recommendations. */
    readonly solutionVersionArn: string;
    /** File of users as JSON lines, such as `{"userId": "22"}`: `s3://bucket/key`. */
    readonly inputLocation: string;
    /** SHA-256 of the input file, hexadecimal. New content starts a new job. */
    readonly contentHash: string;
    /** Folder of the results: `s3://bucket/folder/`. */
    readonly outputLocation: string;
    /** ARN of the role that Personalize assumes to read the input and write the results. */
    readonly roleArn: string;
    /** ARN of a filter that applies to the results. */
    readonly filterArn?: string | undefined;
}

/** Inputs that determine the results. */
const replaces = [
    "solutionVersionArn",
    "inputLocation",
    "contentHash",
    "outputLocation",
    "roleArn",
    "filterArn",
] as const;

/**
 * A batch inference job, which computes recommendations for the users in a file. Personalize cannot delete a job. Any
 * change of an input except tags starts a new job.
 */
export const batchInferenceJob: ResourceKind<BatchInferenceJobInputs> = {
    noun: "batch inference job",
    usual: "13 to 27 minutes",
    deadlineMinutes: 120,
    replaces: ["region", "jobNamePrefix", ...replaces],
    updates: [],
    identity: [],
    taggable: true,
    displayName: base,
    problems: () => [],
    find: async (client, inputs) =>
        (await findNewestMatch(base(inputs), inputs.jobNamePrefix, jobs(client)))?.batchInferenceJobArn,
    async create(client, inputs) {
        const { solutionVersionArn, roleArn, filterArn, tags } = inputs;
        const jobInput = { s3DataSource: { path: inputs.inputLocation } };
        const jobOutput = { s3DataDestination: { path: inputs.outputLocation } };
        const jobName = await nextName(base(inputs), jobs(client));
        const job = { jobName, solutionVersionArn, jobInput, jobOutput, roleArn, filterArn, tags: tagList(tags) };
        return requireArn((await client.send(new sdk.CreateBatchInferenceJobCommand(job))).batchInferenceJobArn);
    },
    async describe(client, batchInferenceJobArn) {
        const command = new sdk.DescribeBatchInferenceJobCommand({ batchInferenceJobArn });
        const { batchInferenceJob: job = {} } = await client.send(command);
        const { jobName, roleArn, filterArn } = job;
        return { ...standing(job), properties: { jobName, roleArn, filterArn } };
    },
};

/** Returns the start of a job's name, which all jobs with the same inputs have in common. */
function base(inputs: BatchInferenceJobInputs): string {
    const question = canonical(replaces.map((key) => inputs[key] ?? null));
    return baseName(inputs.jobNamePrefix, createHash("sha256").update(question).digest("hex"));
}

async function* jobs(client: sdk.PersonalizeClient) {
    for await (const { batchInferenceJobs = [] } of sdk.paginateListBatchInferenceJobs({ client }, {})) {
        yield* batchInferenceJobs;
    }
}
