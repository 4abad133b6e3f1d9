import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { flushLists } from "../app/functions/recommendation-api/table.ts";
import { limits } from "../app/serving/limits.ts";
import { confirm, exitCodes, RunbookError, runAction, runbook } from "./lib/cli/runbook.ts";
import { stackOutputs } from "./lib/stack/stack.ts";
import { selectedStack } from "./lib/stack/stack-config.ts";

const options = runbook(
    "flush-cache",
    "Make the API ask the campaign anew for every list, as after a change that nothing else tells it of",
)
    .option("--dry-run", "say what it would do")
    .option("--yes", "ask nothing")
    .parse()
    .opts<{ stack?: string; json?: boolean; verbose?: boolean; dryRun?: boolean; yes?: boolean }>();

/** Seconds until every process of the API has seen it. */
const seenWithin = limits.campaignRead / 1000;

await runAction(options.verbose, async (signal) => {
    const stack = options.stack ?? (await selectedStack("Name one by --stack."));
    const { apiTableName: table = "", noticesTopicArn = "" } = await stackOutputs(stack);
    if (table === "") {
        throw new RunbookError(
            `Stack ${stack} has no API, and so no cache (config api). See \`npm run watch-status\`.`,
        );
    }
    const at = Date.now();
    if (!options.dryRun) {
        const question =
            "Every list is then asked of the campaign once more, and bills where that goes beyond its minimum. Flush?";
        await confirm(question, options.yes, signal);
        const client = new DynamoDBClient({ region: noticesTopicArn.split(":")[3] ?? "" });
        await flushLists(client, table, at);
        client.destroy();
    }
    const text = options.dryRun
        ? `It would flush the lists in table ${table}.`
        : `Lists of table ${table} are flushed: within ${seenWithin} seconds the API answers none that was made before ${new Date(at).toISOString()}, ` +
          "but where the campaign does not answer.";
    const document = {
        schemaVersion: 1,
        table,
        dryRun: options.dryRun ?? false,
        flushedAt: new Date(at).toISOString(),
    };
    console.log(options.json ? JSON.stringify(document) : text);
    return exitCodes.fine;
});
