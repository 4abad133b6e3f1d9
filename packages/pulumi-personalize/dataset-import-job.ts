import { createHash } from "node:crypto";
import * as sdk from "@aws-sdk/client-personalize";
import { shell } from "terminal-text";
import { canonical } from "./diff.ts";
import { baseName, nextName, parseJobNumber } from "./job-names.ts";
import { goneOrThrow } from "./remove.ts";
import {
    type CommonInputs,
    isUnknown,
    problemUnless,
    type ResourceKind,
    requireArn,
    standing,
    unknownValue,
} from "./resource.ts";
import { tagList } from "./tags.ts";

export interface DatasetImportJobInputs extends CommonInputs {
    /** Start of the job's name, which is `<jobNamePrefix>-<first 8 digits of contentHash>-<n>`. */
    readonly jobNamePrefix: string;
    /** ARN of the dataset. */
    readonly datasetArn: string;
    /** `s3://bucket/key`. */
    readonly dataLocation: string;
    /** ARN of the role that Personalize assumes to read the data. */
    readonly roleArn: string;
    /**
     * SHA-256 of the object, hexadecimal. New content starts a new import. Default: the SHA-256 of `dataLocation`, so
     * that only another location starts a new import.
     */
    readonly contentHash: string;
    /** ARN of an earlier job whose content is imported again. Another value starts a new import. */
    readonly repeats?: string;
    /** Hash of the policy documents of the role and the bucket, as the program declares them. */
    readonly accessHash?: string;
    /** Time of the run that last changed `accessHash`, in ISO 8601. */
    readonly accessChangedAt?: string;
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** Returns the input `accessHash` for the given policy documents. */
export const computeAccessHash = (policies: readonly object[]): string => sha256(canonical(policies));

/** Seconds after a policy change in which parts of AWS may still use the old policy. */
const accessSettlesSeconds = 120;

const base = ({ jobNamePrefix, contentHash }: DatasetImportJobInputs) => baseName(jobNamePrefix, contentHash);

/**
 * Yields all jobs of the account, or of one dataset. A job's record still exists after its dataset is deleted, and the
 * job's name cannot be reused.
 */
async function* jobs(client: sdk.PersonalizeClient, datasetArn?: string) {
    for await (const { datasetImportJobs = [] } of sdk.paginateListDatasetImportJobs({ client }, { datasetArn })) {
        yield* datasetImportJobs;
    }
}

/**
 * Returns the job whose rows the dataset has, or will have when the job ends. A full import replaces the rows of
 * earlier imports.
 */
async function fetchNewestJob(
    client: sdk.PersonalizeClient,
    datasetArn: string,
): Promise<sdk.DatasetImportJobSummary | undefined> {
    let newest: sdk.DatasetImportJobSummary | undefined;
    for await (const job of jobs(client, datasetArn)) {
        if (job.status !== "CREATE FAILED" && (job.creationDateTime ?? 0) > (newest?.creationDateTime ?? 0)) {
            newest = job;
        }
    }
    return newest;
}

/**
 * Checks whether the job imported into the current dataset. A job's record still exists after its dataset is deleted,
 * and a new dataset can have the same ARN.
 */
async function isYoungerThanDataset(
    client: sdk.PersonalizeClient,
    job: sdk.DatasetImportJob | undefined,
): Promise<boolean> {
    const describe = new sdk.DescribeDatasetCommand({ datasetArn: job?.datasetArn });
    const { dataset } = (await client.send(describe).catch(goneOrThrow)) ?? {};
    return dataset !== undefined && (job?.creationDateTime ?? 0) > (dataset.creationDateTime ?? 0);
}

/**
 * A dataset import job. Personalize cannot delete a job, and the job's name cannot be reused. The program uses an
 * existing job only if its content, location and role are equal, it belongs to this dataset, no later job replaced its
 * rows, and it is not the job that must be repeated (`repeats` is that job's ARN). Otherwise the program creates a job
 * with the next number.
 */
export const datasetImportJob: ResourceKind<DatasetImportJobInputs> = {
    noun: "dataset import job",
    usual: "2 to 17 minutes",
    deadlineMinutes: 120,
    replaces: ["region", "jobNamePrefix", "datasetArn", "dataLocation", "roleArn", "contentHash", "repeats"],
    updates: [],
    noted: ["accessHash", "accessChangedAt"],
    identity: [],
    taggable: true,
    displayName: base,
    defaults: ({ dataLocation }) => ({
        contentHash: isUnknown(dataLocation) ? unknownValue : sha256(dataLocation ?? ""),
    }),
    problems: ({ dataLocation, contentHash }) => [
        ...problemUnless(
            isUnknown(dataLocation) || /^s3:\/\/[^/]+\/.+/.test(dataLocation),
            "dataLocation",
            "is not of the form s3://bucket/key",
        ),
        ...problemUnless(
            isUnknown(contentHash) || /^[0-9a-f]{64}$/.test(contentHash),
            "contentHash",
            "is not a SHA-256",
        ),
    ],
    notes(olds, news, now) {
        // A state of an earlier release contains no hash, so it is unknown whether the policies changed.
        const isKnown = olds.accessHash !== undefined || olds.datasetArn === undefined;
        const changed = isKnown && news.accessHash !== undefined && olds.accessHash !== news.accessHash;
        const accessChangedAt = changed ? now.toISOString() : olds.accessChangedAt;
        return accessChangedAt === undefined ? {} : { accessChangedAt };
    },
    async find(client, inputs) {
        const { datasetArn, dataLocation, roleArn, repeats } = inputs;
        const { datasetImportJobArn, jobName = "" } = (await fetchNewestJob(client, datasetArn)) ?? {};
        if (parseJobNumber(jobName, base(inputs)) === 0 || datasetImportJobArn === repeats) return undefined;
        const describe = new sdk.DescribeDatasetImportJobCommand({ datasetImportJobArn });
        const { datasetImportJob: job } = await client.send(describe);
        const sameSource = job?.dataSource?.dataLocation === dataLocation && job?.roleArn === roleArn;
        return sameSource && (await isYoungerThanDataset(client, job)) ? datasetImportJobArn : undefined;
    },
    async isOutlived(client, datasetImportJobArn) {
        const describe = new sdk.DescribeDatasetImportJobCommand({ datasetImportJobArn });
        const { datasetImportJob: job } = await client.send(describe);
        return !(await isYoungerThanDataset(client, job));
    },
    async create(client, inputs) {
        const command = new sdk.CreateDatasetImportJobCommand({
            jobName: await nextName(base(inputs), jobs(client)),
            datasetArn: inputs.datasetArn,
            dataSource: { dataLocation: inputs.dataLocation },
            roleArn: inputs.roleArn,
            importMode: "FULL",
            tags: tagList(inputs.tags),
        });
        return requireArn((await client.send(command)).datasetImportJobArn);
    },
    async worthRepeating(client, datasetImportJobArn, { accessChangedAt }) {
        const command = new sdk.DescribeDatasetImportJobCommand({ datasetImportJobArn });
        const { datasetImportJob: job } = await client.send(command);
        const isRefused = job?.status === "CREATE FAILED" && /insufficient privileges/i.test(job.failureReason ?? "");
        const age = (Number(job?.creationDateTime) - Date.parse(accessChangedAt ?? "")) / 1000;
        return isRefused && age <= accessSettlesSeconds
            ? "The policy of the role or the bucket changed less than two minutes before this job, so a second job is created."
            : undefined;
    },
    diagnosis({ region, roleArn, dataLocation }, datasetImportJobArn, { diagnoseAccess: run }) {
        const [, bucket = "", key = ""] = /^s3:\/\/([^/]+)\/(.*)$/s.exec(dataLocation) ?? [];
        return datasetImportJobArn === undefined
            ? `AWS_REGION=${region} ${run} ${shell("--role", roleArn, "--bucket", bucket, "--key", key)}`
            : `${run} --job ${datasetImportJobArn}`;
    },
    async describe(client, datasetImportJobArn) {
        const command = new sdk.DescribeDatasetImportJobCommand({ datasetImportJobArn });
        const { datasetImportJob: job } = await client.send(command);
        return {
            ...standing(job),
            properties: {
                jobName: job?.jobName,
                datasetArn: job?.datasetArn,
                dataLocation: job?.dataSource?.dataLocation,
                roleArn: job?.roleArn,
            },
        };
    },
};
