import { limits } from "../app/serving/limits.ts";
import { confirm, printResult, RunbookError, runAction, runbook } from "./lib/cli/runbook.ts";
import { operateTable } from "./lib/stack/operate-table.ts";
import { stackOutputs } from "./lib/stack/stack.ts";
import { selectedStack } from "./lib/stack/stack-config.ts";

const options = runbook("flush-cache", ["--dry-run", "--yes"], "Needed after a change of a filter").parse().opts();

/** Seconds after which every API process has read the new state. */
const seenWithin = limits.campaignRead / 1000;

await runAction(options.verbose, async (signal) => {
    const stack = options.stack ?? (await selectedStack());
    const outputs = await stackOutputs(stack);
    const { apiTableName: table = "" } = outputs;
    if (table === "") {
        throw new RunbookError(
            `Stack ${stack} has no API, and therefore no cache (config api). See \`npm run watch-status\`.`,
        );
    }
    let at = Date.now();
    if (!options.dryRun) {
        const question =
            "The API then requests every list from the campaign again; requests above the minimum TPS cost money. Flush?";
        await confirm(question, options.yes, signal);
        at = (await operateTable(outputs, { operation: "flush" })).at;
    }
    const text = options.dryRun
        ? `It would flush the lists in table ${table}.`
        : `The lists in table ${table} are flushed. Within ${seenWithin} seconds the API uses no list from before ${new Date(at).toISOString()}, ` +
          "except where the campaign does not answer.";
    return printResult(
        options,
        { table, dryRun: options.dryRun ?? false, flushedAt: new Date(at).toISOString() },
        text,
    );
});
