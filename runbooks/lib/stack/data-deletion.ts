import { randomBytes } from "node:crypto";
import {
    CreateDataDeletionJobCommand,
    type DataDeletionJobSummary,
    DescribeSolutionCommand,
    ListDataDeletionJobsCommand,
    type PersonalizeClient,
    paginateListBatchInferenceJobs,
    paginateListDatasetImportJobs,
    paginateListDatasets,
    paginateListSolutions,
} from "@aws-sdk/client-personalize";
import { PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { shell } from "terminal-text";
import { isBatch, objectKeys, type StackConfig } from "../../../core/config/config.ts";
import { deletionKey } from "../../../core/config/names.ts";
import { day, hour } from "../../../core/cost/time.ts";
import { solutionOf } from "../../../core/operations/operation.ts";
import { type ListedVersion, listVersions, trainingDays } from "../../../core/operations/solution-versions.ts";
import { readPages } from "./stack.ts";

/** A data deletion job in the service's list. */
export interface DeletionJob {
    readonly jobName: string;
    /** PENDING, IN_PROGRESS, COMPLETED or FAILED. */
    readonly status: string;
    /** ISO 8601; null if the service returns no time. */
    readonly createdAt: string | null;
    readonly failureReason: string | null;
}

/** Lists the data deletion jobs of a dataset group, newest first. */
export async function listDeletionJobs(client: PersonalizeClient, datasetGroupArn: string): Promise<DeletionJob[]> {
    const jobs: DataDeletionJobSummary[] = [];
    let nextToken: string | undefined;
    // The SDK has no paginator for this list.
    do {
        const page = await client.send(new ListDataDeletionJobsCommand({ datasetGroupArn, nextToken }));
        jobs.push(...(page.dataDeletionJobs ?? []));
        nextToken = page.nextToken;
    } while (nextToken !== undefined);
    return jobs
        .map(({ jobName = "", status = "", creationDateTime, failureReason = null }) => ({
            jobName,
            status,
            createdAt: creationDateTime?.toISOString() ?? null,
            failureReason,
        }))
        .sort((one, other) => (other.createdAt ?? "").localeCompare(one.createdAt ?? ""));
}

/** Documentation spells the states of batch jobs with a space, and accounts with an underscore. */
const isUnderWay = ({ status = "" }: { readonly status?: string | undefined }) =>
    /PENDING|IN.PROGRESS|STOPPING/.test(status);

/**
 * Returns the jobs that run on the data of a dataset group: imports, trainings, batch inference jobs and data deletion
 * jobs. While one of them runs, Personalize does not guarantee that a deletion job deletes a user from the models
 * (Developer Guide, "Deleting users and their data with a data deletion job").
 */
export async function runningJobs(client: PersonalizeClient, datasetGroupArn: string): Promise<string[]> {
    const config = { client };
    const datasets = await readPages(paginateListDatasets(config, { datasetGroupArn }), (page) => page.datasets);
    const solutions = await readPages(paginateListSolutions(config, { datasetGroupArn }), (page) => page.solutions);
    const solutionArns = solutions.map(({ solutionArn = "" }) => solutionArn);
    const running: string[] = [];
    for (const { datasetArn } of datasets) {
        const pages = paginateListDatasetImportJobs(config, { datasetArn });
        const jobs = await readPages(pages, (page) => page.datasetImportJobs);
        running.push(...jobs.filter(isUnderWay).map(({ jobName }) => `import job ${jobName}`));
    }
    for (const solutionArn of solutionArns) {
        const versions = await listVersions(client, solutionArn);
        running.push(...versions.filter(isUnderWay).map(({ id }) => `training of version ${id}`));
    }
    const batchPages = paginateListBatchInferenceJobs(config, {});
    const batchJobs = await readPages(batchPages, (page) => page.batchInferenceJobs);
    const ours = batchJobs.filter(({ solutionVersionArn = "" }) =>
        solutionArns.includes(solutionOf(solutionVersionArn)),
    );
    running.push(...ours.filter(isUnderWay).map(({ jobName }) => `batch inference job ${jobName}`));
    const deletions = await listDeletionJobs(client, datasetGroupArn);
    return [...running, ...deletions.filter(isUnderWay).map(({ jobName }) => `data deletion job ${jobName}`)];
}

/** Longest duration of a data deletion job, in milliseconds (Developer Guide, "Deleting users"). */
const longestDeletion = day;

/** A solution that trains automatically. */
interface AutomaticSolution {
    readonly solutionArn: string;
    /** Estimated time of the next automatic training, in epoch milliseconds. */
    readonly next: number;
}

/**
 * Returns a solution of the dataset group whose next automatic training may begin while a deletion job runs that starts
 * at `now` (epoch milliseconds); undefined if there is none.
 */
export async function soonTraining(
    client: PersonalizeClient,
    datasetGroupArn: string,
    now: number,
): Promise<AutomaticSolution | undefined> {
    const pages = paginateListSolutions({ client }, { datasetGroupArn });
    for (const { solutionArn = "" } of await readPages(pages, (page) => page.solutions)) {
        const { solution } = await client.send(new DescribeSolutionCommand({ solutionArn }));
        if (!solution?.performAutoTraining) continue;
        const scheduledAt = (solution.latestSolutionUpdate?.creationDateTime ?? solution.creationDateTime)?.getTime();
        const versions = await listVersions(client, solutionArn);
        const next = nextTraining({ versions, scheduledAt: scheduledAt ?? 0, days: trainingDays(solution), now });
        if (next < now + longestDeletion) return { solutionArn, next };
    }
    return undefined;
}

/**
 * Returns when a solution trains next, in epoch milliseconds like `now` and `scheduledAt`, the time of the solution's
 * creation or last update. This is an estimate from the newest automatic version, because the service does not return
 * the time.
 */
export function nextTraining({
    versions,
    scheduledAt,
    days,
    now,
}: {
    readonly versions: readonly Pick<ListedVersion, "trainingType" | "madeAt">[];
    readonly scheduledAt: number;
    readonly days: number;
    readonly now: number;
}): number {
    const newest = versions.findLast(({ trainingType }) => trainingType === "AUTOMATIC")?.madeAt;
    const since = Math.max(scheduledAt, newest ? Date.parse(newest) : 0);
    // The first training begins within an hour (Developer Guide, "Configuring automatic training").
    if (newest === undefined && now < scheduledAt + hour) return scheduledAt + hour;
    const interval = days * day;
    return now + interval - ((now - since) % interval);
}

/** Returns the input of a data deletion job: a CSV with the column USER_ID. */
export const usersCsv = (userIds: readonly string[]) =>
    `USER_ID\n${userIds.map((id) => `${/[",\r\n]/.test(id) ? `"${id.replaceAll('"', '""')}"` : id}\n`).join("")}`;

/**
 * Uploads the user IDs to the stack's bucket and starts a data deletion job, without a wait for its end. Returns the
 * job's name. Throws the errors of S3 and Personalize.
 *
 * @param on `jobNamePrefix` is the start of the job's name. The name of a job is never free again, so it ends with a
 * random number.
 */
export async function startDeletion(
    clients: { readonly personalize: PersonalizeClient; readonly s3: S3Client },
    on: {
        readonly bucketName: string;
        readonly datasetGroupArn: string;
        readonly roleArn: string;
        readonly jobNamePrefix: string;
    },
    userIds: readonly string[],
): Promise<string> {
    const { bucketName, datasetGroupArn, roleArn, jobNamePrefix } = on;
    const jobName = `${jobNamePrefix}-${randomBytes(4).toString("hex")}`;
    const input = { Bucket: bucketName, Key: deletionKey(jobName) };
    await clients.s3.send(new PutObjectCommand({ ...input, Body: usersCsv(userIds), ContentType: "text/csv" }));
    const dataSource = { dataLocation: `s3://${input.Bucket}/${input.Key}` };
    await clients.personalize.send(new CreateDataDeletionJobCommand({ jobName, datasetGroupArn, dataSource, roleArn }));
    return jobName;
}

/** Returns the copies of a viewer's data that the deletion does not reach, with the commands that delete them. */
export function remainingCopies(
    { stack, config }: { readonly stack: string; readonly config: StackConfig },
    bucketName: string,
): string {
    const { dataOptionsFile, interactionsFile } = config;
    const source =
        dataOptionsFile === undefined ? `<files> ${shell("--output", interactionsFile)}` : `--stack ${stack}`;
    const tables = `aws s3 rm s3://${bucketName}/${objectKeys.tables} --recursive --exclude "<version>.json" --exclude newest`;
    return [
        "These copies of the data remain:",
        `- Your files, and ${interactionsFile}: the next import restores the viewers. Delete their rows, and convert the files: npm run data-prep -- ${source}`,
        "- Bucket and trained versions: after the job is COMPLETED, import and train the new files: npm run retrain",
        `- Fallback tables of earlier versions, where <version> is the new version: ${tables}`,
        ...(isBatch(config) ? [`- Lists of batch inference in s3://${bucketName}/batch/, for 60 days`] : []),
        "- Earlier versions of the bucket's objects for 30 days, and your backups.",
    ].join("\n");
}
