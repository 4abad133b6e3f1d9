import { DynamoDBClient, paginateScan } from "@aws-sdk/client-dynamodb";
import {
    CreateBatchInferenceJobCommand,
    DescribeBatchInferenceJobCommand,
    PersonalizeClient,
    ResourceAlreadyExistsException,
} from "@aws-sdk/client-personalize";
import { GetObjectCommand, NoSuchKey, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { SNSClient } from "@aws-sdk/client-sns";
import { SSMClient } from "@aws-sdk/client-ssm";
import { hasName } from "terminal-text";
import { listsInputKey, listsOutputFolder, listsOutputKey, objectKeys, tablesKey } from "../../../core/config/names.ts";
import { nameInArn, solutionOf } from "../../../core/operations/operation.ts";
import { fetchMetrics, heldVersion, listVersions } from "../../../core/operations/solution-versions.ts";
import { readStateFlags } from "../../../core/operations/state-flags.ts";
import { sendNotification } from "../../../core/operations/topic.ts";
import { parseColumns } from "../../../data-prep/columns.ts";
import { popularityMetrics } from "../../../data-prep/popularity.ts";
import { parseTables } from "../../../data-prep/tables/document.ts";
import { parseViewerList } from "../../../data-prep/tables/viewers.ts";
import { splitLines } from "../../batch/output.ts";
import type { BatchPorts, BatchSettings, ViewerWithEvents } from "../../batch/ports.ts";
import type { Generation } from "../../batch/state.ts";
import { askedLength } from "../../serving/limits.ts";
import { viewerPk } from "../recommendation-api/table-items.ts";
import { stateItem } from "./state-item.ts";
import { viewersLists } from "./viewers-lists.ts";

/** Configuration of the function: JSON in `BATCH_CONFIG`. */
export interface BatchTargets extends BatchSettings {
    readonly bucketName: string;
    readonly tableName: string;
    readonly topicArn: string;
    /** Role that Personalize assumes. */
    readonly roleArn: string;
    /** ARN of the filter that leaves out watched items; empty without this filter. */
    readonly watchedFilterArn: string;
    /** Tags of each job. */
    readonly tags: Readonly<Record<string, string>>;
}

/** Creates the clients of the services that the batch function calls. */
export const createClients = () => ({
    personalize: new PersonalizeClient({}),
    s3: new S3Client({}),
    dynamo: new DynamoDBClient({}),
    ssm: new SSMClient({}),
    sns: new SNSClient({}),
});

type BatchClients = ReturnType<typeof createClients>;

/**
 * Creates the functions with which the batch function calls AWS. `timeLeft` returns the milliseconds until this run's
 * timeout.
 */
export function batchPorts(clients: BatchClients, place: BatchTargets, timeLeft: () => number): BatchPorts {
    const { personalize, ssm, sns } = clients;
    const { stack, solutionVersionArn } = place;
    return {
        now: Date.now,
        timeLeft,
        log: (line) => console.log(JSON.stringify(line)),
        async heldVersion() {
            const flags = await readStateFlags(ssm, stack, ["serving"]);
            return heldVersion(flags, stack, solutionVersionArn.split("/")[1] ?? "");
        },
        versions: () => listVersions(personalize, solutionOf(solutionVersionArn)),
        metrics: (arn) => fetchMetrics(personalize, arn),
        ...stateItem(clients.dynamo, place.tableName),
        ...jobPorts(clients, place),
        ...dataPorts(clients, place),
        ...viewersLists(clients.dynamo, place.tableName),
        notify: (id, text) =>
            sendNotification(sns, place, {
                schemaVersion: 1,
                id: `${stack}/${id}`,
                kind: id.split("/")[0] ?? id,
                stack,
                text: `Stack ${stack}: ${text}`,
            }),
    };
}

/** Returns the functions that call Personalize for the job, and S3 for the job's input and output. */
function jobPorts({ personalize, s3 }: BatchClients, place: BatchTargets) {
    const { bucketName: Bucket, roleArn, watchedFilterArn, tags } = place;
    const jobArn = (name: string) => place.solutionVersionArn.replace(/solution\/.*$/, `batch-inference-job/${name}`);
    const path = (key: string) => ({ path: `s3://${Bucket}/${key}` });
    const read = async (Key: string, Range?: string) =>
        (await s3.send(new GetObjectCommand({ Bucket, Key, ...(Range !== undefined && { Range }) })))
            .Body as AsyncIterable<Uint8Array>;
    return {
        async createJob({ jobName, solutionVersionArn }: Generation) {
            const command = new CreateBatchInferenceJobCommand({
                jobName,
                solutionVersionArn,
                numResults: askedLength,
                jobInput: { s3DataSource: path(listsInputKey(jobName)) },
                jobOutput: { s3DataDestination: path(listsOutputFolder(jobName)) },
                roleArn,
                ...(watchedFilterArn !== "" && { filterArn: watchedFilterArn }),
                tags: Object.entries(tags).map(([tagKey, tagValue]) => ({ tagKey, tagValue })),
            });
            await personalize.send(command).catch((error: unknown) => {
                if (!(error instanceof ResourceAlreadyExistsException)) throw error;
            });
        },
        async describeJob(jobName: string) {
            const command = new DescribeBatchInferenceJobCommand({ batchInferenceJobArn: jobArn(jobName) });
            const { status = "", failureReason } = (await personalize.send(command)).batchInferenceJob ?? {};
            return { status, ...(failureReason !== undefined && { failureReason }) };
        },
        async writeUsers(jobName: string, userIds: readonly string[]) {
            const Body = userIds.map((userId) => `${JSON.stringify({ userId })}\n`).join("");
            const file = { Bucket, Key: listsInputKey(jobName), Body, ContentType: "application/x-ndjson" };
            await s3.send(new PutObjectCommand(file));
        },
        async readUsers(jobName: string) {
            const userIds: string[] = [];
            for await (const { text } of splitLines(await read(listsInputKey(jobName)))) {
                userIds.push(JSON.parse(text).userId);
            }
            return userIds;
        },
        async *output(jobName: string, from: number) {
            const chunks = await read(listsOutputKey(jobName), `bytes=${from}-`).catch((error: unknown) => {
                // S3 refuses a range that begins at the end of the object.
                if (error instanceof NoSuchKey || hasName(error, "InvalidRange")) return undefined;
                throw error;
            });
            if (chunks !== undefined) yield* splitLines(chunks, from);
        },
    };
}

/** Returns the functions that read the stack's interactions, and the viewers in the data of a solution version. */
function dataPorts({ s3, dynamo }: BatchClients, { bucketName: Bucket, tableName: TableName }: BatchTargets) {
    return {
        async interactions() {
            const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: objectKeys.interactions }));
            const columns = await parseColumns(Body as AsyncIterable<Uint8Array>);
            return { ...columns, popularity: () => popularityMetrics(columns) };
        },
        async viewersOf(solutionVersionArn: string) {
            try {
                const Key = tablesKey(nameInArn(solutionVersionArn));
                const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
                const { viewers } = parseTables((await Body?.transformToString()) ?? "");
                return viewers === undefined ? undefined : parseViewerList(viewers);
            } catch (error) {
                // A version that Personalize trained automatically has no fallback tables of its own.
                if (error instanceof NoSuchKey) return undefined;
                throw error;
            }
        },
        async viewersWithEvents(since: number) {
            const pages = paginateScan(
                { client: dynamo },
                {
                    TableName,
                    ProjectionExpression: "pk, revision, proven",
                    FilterExpression: "sk = :recent AND revision >= :since",
                    ExpressionAttributeValues: { ":recent": { S: "recent" }, ":since": { N: String(since) } },
                },
            );
            const viewers: ViewerWithEvents[] = [];
            for await (const { Items = [] } of pages) {
                const read = ({ pk, revision, proven }: (typeof Items)[number]) => ({
                    userId: (pk?.S ?? "").slice(viewerPk("").length),
                    proven: proven !== undefined,
                    at: Number(revision?.N ?? 0),
                });
                viewers.push(...Items.map(read));
            }
            return viewers;
        },
    };
}
