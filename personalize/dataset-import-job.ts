import { setTimeout as sleep } from "node:timers/promises";
import {
    CreateDatasetImportJobCommand,
    type DatasetImportJobSummary,
    DescribeDatasetCommand,
    DescribeDatasetImportJobCommand,
    type PersonalizeClient,
    paginateListDatasetImportJobs,
} from "@aws-sdk/client-personalize";
import { alreadyExists, isRoleNotReady } from "./errors.ts";
import { type CommonInputs, isUnknown, type Problem, type ResourceKind, tagList } from "./resource.ts";

export interface DatasetImportJobInputs extends CommonInputs {
    /** The job is called `<jobNamePrefix>-<first 8 of contentHash>-<n>`. */
    readonly jobNamePrefix: string;
    readonly datasetArn: string;
    /** `s3://bucket/key`. */
    readonly dataLocation: string;
    readonly roleArn: string;
    /** SHA-256 of the object, hexadecimal: another content is another import. */
    readonly contentHash: string;
}

const roleGraceSeconds = 60;

/** Names of the jobs of one content, up to their number. */
function baseName({ jobNamePrefix, contentHash }: DatasetImportJobInputs): string {
    return `${jobNamePrefix}-${contentHash.slice(0, 8)}`;
}

/** The number at the end of a job's name, or 0 where the name is of another content. */
export function numberOf(jobName: string, base: string): number {
    const number = jobName.startsWith(`${base}-`) ? Number(jobName.slice(base.length + 1)) : 0;
    return Number.isInteger(number) && number > 0 ? number : 0;
}

/** The job whose rows the dataset has, or will have when it ends: a full import replaces those of the ones before. */
async function newestOf(client: PersonalizeClient, datasetArn: string): Promise<DatasetImportJobSummary | undefined> {
    let newest: DatasetImportJobSummary | undefined;
    for await (const page of paginateListDatasetImportJobs({ client }, { datasetArn })) {
        for (const job of page.datasetImportJobs ?? []) {
            const newer = (job.creationDateTime ?? 0) > (newest?.creationDateTime ?? 0);
            if (job.status !== "CREATE FAILED" && newer) {
                newest = job;
            }
        }
    }
    return newest;
}

/** The highest number that a job of this content has taken; 0 when there was none. */
async function highestNumber(client: PersonalizeClient, inputs: DatasetImportJobInputs): Promise<number> {
    const base = baseName(inputs);
    let highest = 0;
    // All jobs of the account, since a record outlives its dataset and keeps its name.
    for await (const page of paginateListDatasetImportJobs({ client }, {})) {
        for (const { jobName = "" } of page.datasetImportJobs ?? []) {
            highest = Math.max(highest, numberOf(jobName, base));
        }
    }
    return highest;
}

/**
 * An import job has no delete, and its name is never free again. A job is gone on with only if it brought the
 * same content from the same place by the same role into this very dataset, and no later job has replaced its
 * rows; else the next number is taken.
 */
export const datasetImportJob: ResourceKind<DatasetImportJobInputs> = {
    noun: "dataset import job",
    usual: "2 to 17 minutes",
    replaces: ["region", "jobNamePrefix", "datasetArn", "dataLocation", "roleArn", "contentHash"],
    updates: [],
    deleteBeforeReplace: false,
    taggable: true,
    nameOf: baseName,
    problems: ({ dataLocation, contentHash }) => [
        ...problem(
            "dataLocation",
            isUnknown(dataLocation) || /^s3:\/\/[^/]+\/.+/.test(dataLocation),
            "is no s3://bucket/key",
        ),
        ...problem("contentHash", isUnknown(contentHash) || /^[0-9a-f]{64}$/.test(contentHash), "is no SHA-256"),
    ],
    async find(client, inputs) {
        const { datasetArn, dataLocation, roleArn } = inputs;
        const { datasetImportJobArn, jobName = "" } = (await newestOf(client, datasetArn)) ?? {};
        if (numberOf(jobName, baseName(inputs)) === 0) {
            return undefined;
        }
        const { dataset } = await client.send(new DescribeDatasetCommand({ datasetArn }));
        const describe = new DescribeDatasetImportJobCommand({ datasetImportJobArn });
        const { datasetImportJob: job } = await client.send(describe);
        // A record outlives its dataset, and the next dataset has the same ARN.
        const younger = (job?.creationDateTime ?? 0) > (dataset?.creationDateTime ?? 0);
        const sameSource = job?.dataSource?.dataLocation === dataLocation && job?.roleArn === roleArn;
        return younger && sameSource ? datasetImportJobArn : undefined;
    },
    async create(client, inputs) {
        const base = baseName(inputs);
        let number = 1 + (await highestNumber(client, inputs));
        const giveUp = Date.now() + roleGraceSeconds * 1000;
        for (;;) {
            try {
                const answer = await client.send(
                    new CreateDatasetImportJobCommand({
                        jobName: `${base}-${number}`,
                        datasetArn: inputs.datasetArn,
                        dataSource: { dataLocation: inputs.dataLocation },
                        roleArn: inputs.roleArn,
                        importMode: "FULL",
                        tags: tagList(inputs.tags),
                    }),
                );
                return answer.datasetImportJobArn as string;
            } catch (error) {
                if (alreadyExists(error)) {
                    number += 1;
                } else if (isRoleNotReady(error) && Date.now() < giveUp) {
                    await sleep(inputs.pollSeconds * 1000);
                } else {
                    throw error;
                }
            }
        }
    },
    async look(client, datasetImportJobArn) {
        const command = new DescribeDatasetImportJobCommand({ datasetImportJobArn });
        const { datasetImportJob: job } = await client.send(command);
        return {
            status: job?.status ?? "",
            since: job?.lastUpdatedDateTime,
            failureReason: job?.failureReason,
            properties: {
                jobName: job?.jobName,
                datasetArn: job?.datasetArn,
                dataLocation: job?.dataSource?.dataLocation,
                roleArn: job?.roleArn,
            },
        };
    },
};

function problem(property: string, fine: boolean, reason: string): readonly Problem[] {
    return fine ? [] : [{ property, reason }];
}
