import { limits } from "../app/serving/limits.ts";
import { counted } from "../data-prep/words.ts";
import { printResult } from "./lib/cli/output.ts";
import { confirm, exitCodes, RunbookError, runAction, runbook } from "./lib/cli/runbook.ts";
import { operateTable } from "./lib/stack/operate-table.ts";
import type { OperationOptions } from "./lib/stack/operation.ts";
import { stackOutputs } from "./lib/stack/stack.ts";
import { selectedStack } from "./lib/stack/stack-config.ts";

const command = runbook(
    "forget-viewer",
    ["22 --dry-run", "22 --yes"],
    "Prints how to delete the data in Amazon Personalize",
)
    .argument("<user id>", "id of the viewer, as in the interactions")
    .parse();
const options = command.opts<OperationOptions>();
const [userId = ""] = command.args;

/** Seconds after which every API process has read the viewer's items again. */
const seenWithin = limits.trusted / 1000;

await runAction(options.verbose, async (signal) => {
    const stack = options.stack ?? (await selectedStack("Name one with --stack."));
    const outputs = await stackOutputs(stack);
    const { apiTableName: table = "", datasetGroupArn = "", roleArn = "" } = outputs;
    if (table === "") {
        throw new RunbookError(
            `Stack ${stack} has no API, and therefore no table of viewers (config api). See \`npm run watch-status\`.`,
        );
    }
    const viewerItems = await operateTable(outputs, { operation: "find", userId });
    process.stderr.write(
        `Table ${table} has ${counted(viewerItems.items.length, "item")} of this viewer${viewerItems.items.map((item) => `\n  ${item}`).join("")}\n`,
    );
    let { items } = viewerItems;
    if (!options.dryRun) {
        await confirm(
            "Delete them, and the viewer's traffic of the last days? This cannot be undone.",
            options.yes,
            signal,
        );
        items = (await operateTable(outputs, { operation: "forget", userId })).items;
    }
    const bucket = String(outputs.bucketName ?? "<bucket>");
    const done = options.dryRun
        ? `It would delete ${counted(items.length, "item")} in table ${table}.`
        : `Deleted ${counted(items.length, "item")} in table ${table}. Within ${seenWithin} seconds the API's processes use none of them.`;
    printResult(
        options,
        { table, items, dryRun: options.dryRun ?? false },
        `${done}\n\n${inPersonalize(bucket, datasetGroupArn, roleArn)}`,
    );
    return exitCodes.fine;
});

/**
 * Explains how to delete the viewer from Personalize (Developer Guide, "Deleting users and their data with a data
 * deletion job").
 */
function inPersonalize(bucket: string, datasetGroupArn: string, roleArn: string): string {
    return [
        "Amazon Personalize still has the viewer's imported interactions and events. Its data deletion job removes them from datasets and models.",
        "It takes up to a day; until it is COMPLETED, trainings still use the data. No training, import or batch job may run meanwhile. AWS lists no price for it.",
        "Afterwards train a new version, and delete the viewer's rows from your own files: an import of them brings the data back.",
        `  printf 'USER_ID\\n%s\\n' '<user id>' > users.csv && aws s3 cp users.csv s3://${bucket}/deletion/users.csv`,
        `  aws personalize create-data-deletion-job --job-name forget-1 --dataset-group-arn ${datasetGroupArn} \\`,
        `    --data-source dataLocation=s3://${bucket}/deletion/users.csv --role-arn ${roleArn}`,
    ].join("\n");
}
