import { S3Client } from "@aws-sdk/client-s3";
import { idBytes, limits } from "../app/serving/limits.ts";
import type { OperationDeps } from "../core/operations/operation.ts";
import { counted } from "../data-prep/words.ts";
import { table } from "./lib/cli/output.ts";
import { confirm, exitCodes, printResult, RunbookError } from "./lib/cli/runbook.ts";
import {
    listDeletionJobs,
    remainingCopies,
    runningJobs,
    soonTraining,
    startDeletion,
} from "./lib/stack/data-deletion.ts";
import { operateTable } from "./lib/stack/operate-table.ts";
import { type OperatedStack, runOperation, stackRunbook } from "./lib/stack/operation.ts";
import { stackOutputs } from "./lib/stack/stack.ts";

const command = stackRunbook(
    "forget-viewer",
    ["22 --dry-run", "22 23 --yes", "--status"],
    "Prints which copies of the data remain",
)
    .argument("[user ids...]", "ids of the viewers, as in the interactions")
    .option("--status", "only print the state of the stack's data deletion jobs")
    .parse();
const options = command.opts();
const userIds = command.args;

/** Seconds after which every API process has read the viewers' items again. */
const seenWithin = limits.trusted / 1000;

await runOperation(options, async (stack, deps, signal) => {
    const outputs = await stackOutputs(stack.stack);
    const { datasetGroupArn = "" } = outputs;
    if (datasetGroupArn === "") {
        throw new RunbookError(`Stack ${stack.stack} has no dataset group. Create it with: pulumi up`);
    }
    if (options.status) return printJobs(stack, deps, datasetGroupArn);
    if (userIds.length === 0 || userIds.some((id) => id === "" || Buffer.byteLength(id) > idBytes)) {
        throw new RunbookError(
            `Name the viewers by user ids of 1 to ${idBytes} bytes, for example: npm run forget-viewer -- 22 --dry-run`,
            exitCodes.usage,
        );
    }
    await refuseConflicts(stack, deps, datasetGroupArn);
    const items = await operateItems(outputs, "find");
    const { apiTableName: tableName = "", bucketName = "", roleArn = "" } = outputs;
    const inTable = (of: readonly string[]) =>
        tableName === ""
            ? "nothing in the API, which the stack does not have"
            : `${counted(of.length, "item")} in table ${tableName}`;
    const viewers = counted(userIds.length, "viewer");
    process.stderr.write(`Found ${inTable(items)}${items.map((item) => `\n  ${item}`).join("")}\n`);
    if (options.dryRun) {
        const text = `It would delete ${inTable(items)}, and start a data deletion job for ${viewers}.`;
        return printResult(
            options,
            { table: tableName, items, job: null, dryRun: true },
            `${text}\n\n${remainingCopies(stack, bucketName)}`,
        );
    }
    await confirm(
        `Delete the items, the traffic of the last days, and the data of ${viewers} in Amazon Personalize? This cannot be undone.`,
        options.yes,
        signal,
    );
    const deleted = await operateItems(outputs, "forget");
    const { region, names } = stack.config;
    const on = { bucketName, datasetGroupArn, roleArn, jobNamePrefix: names.deletionJobPrefix };
    const job = await startDeletion({ personalize: deps.client(region), s3: new S3Client({ region }) }, on, userIds);
    const text = [
        `Deleted ${inTable(deleted)}.${tableName && ` Within ${seenWithin} seconds the API's processes use none of them.`}`,
        `Started data deletion job ${job}, which deletes ${viewers} from the datasets and models of Personalize within a day.`,
        "Until the job is COMPLETED, run neither `pulumi up` nor `npm run retrain`. See its state: npm run forget-viewer -- --status",
    ].join("\n");
    return printResult(
        options,
        { table: tableName, items: deleted, job, dryRun: false },
        `${text}\n\n${remainingCopies(stack, bucketName)}`,
    );
});

/** Runs an operation on the items of all viewers in the API's table. A stack without API has no items. */
async function operateItems(outputs: Readonly<Record<string, string>>, operation: "find" | "forget") {
    if (!outputs.apiTableName) return [];
    const items: string[] = [];
    for (const userId of userIds) items.push(...(await operateTable(outputs, { operation, userId })).items);
    return items;
}

/**
 * Rejects a deletion while another job uses the data, or if an automatic training may begin before its end.
 * @throws RunbookError that names the jobs or the solution
 */
async function refuseConflicts({ stack, config }: OperatedStack, deps: OperationDeps, datasetGroupArn: string) {
    const client = deps.client(config.region);
    const running = await runningJobs(client, datasetGroupArn);
    if (running.length > 0) {
        throw new RunbookError(
            `Personalize works on the data of stack ${stack}: ${running.join(", ")}. A deletion at the same time may miss data. ` +
                "Wait for the end, and try again: npm run watch-status, npm run forget-viewer -- --status",
        );
    }
    const training = await soonTraining(client, datasetGroupArn, Date.now());
    if (training !== undefined) {
        const { solutionArn, next } = training;
        throw new RunbookError(
            `Solution ${solutionArn} trains automatically at about ${new Date(next).toISOString()}, and a data deletion job takes up to a day. ` +
                "Try again after this training, or pause automatic training until the job is COMPLETED: " +
                `aws personalize update-solution --solution-arn ${solutionArn} --no-perform-auto-training`,
        );
    }
}

async function printJobs({ stack, config }: OperatedStack, deps: OperationDeps, datasetGroupArn: string) {
    const jobs = await listDeletionJobs(deps.client(config.region), datasetGroupArn);
    const rows = jobs.map((job) => [job.jobName, job.status, job.createdAt ?? "–", job.failureReason ?? "–"]);
    const listed = table(["job", "state", "created", "failure"], rows);
    const text = jobs.length === 0 ? `Stack ${stack} has no data deletion job.` : listed;
    return printResult(options, { jobs }, text, jobs[0]?.status === "FAILED" ? exitCodes.problem : exitCodes.fine);
}
