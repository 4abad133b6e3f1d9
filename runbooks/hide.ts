import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { nearest } from "terminal-text";
import { everybodysSeconds } from "../app/serving/headers.ts";
import { limits } from "../app/serving/limits.ts";
import { openTables } from "../app/serving/table-answers.ts";
import { toTime } from "../core/config/promotions.ts";
import { filesBeside } from "../data-prep/files.ts";
import { parseTables } from "../data-prep/tables/document.ts";
import { counted } from "../data-prep/words.ts";
import { table } from "./lib/cli/output.ts";
import { exitCodes, printResult, RunbookError, runAction } from "./lib/cli/runbook.ts";
import { operateTable } from "./lib/stack/operate-table.ts";
import { stackRunbook } from "./lib/stack/operation.ts";
import { stackOutputs } from "./lib/stack/stack.ts";
import { projectFile, readSetting, selectedStack } from "./lib/stack/stack-config.ts";

const command = stackRunbook(
    "hide",
    ["50 172 --until 2027-01-31", "50 --undo", ""],
    "Without item ids, prints the hidden items",
)
    .argument("[item ids...]", "ids of the items, as in the interactions")
    .option("--until <time>", "lists may contain the items again from this time on: a date (UTC) or an ISO time")
    .option("--undo", "show the items again")
    .option("--dry-run", "only print what it would do")
    .parse();
const options = command.opts();
const itemIds = command.args;

/** Seconds after which every process of the API, and every cache of lists that all viewers share, has the new state. */
const seenWithin = limits.trusted / 1000 + everybodysSeconds;

await runAction(options.verbose, async () => {
    const until = options.until === undefined ? 0 : readTime(options.until);
    if (options.undo && options.until !== undefined) {
        throw new RunbookError("--undo shows the items at once, so it takes no --until.", exitCodes.usage);
    }
    const stack = options.stack ?? (await selectedStack());
    const outputs = await stackOutputs(stack);
    if (!outputs.apiTableName) {
        throw new RunbookError(`Stack ${stack} has no API (config api), so no list from which to hide items.`);
    }
    await warnOfUnknown();
    const operation = options.undo ? "show" : "hide";
    const changed = options.dryRun ? [] : itemIds;
    const { hidden = {} } = await operateTable(outputs, { operation, itemIds: changed, until });
    return printResult(options, { hidden, dryRun: options.dryRun ?? false }, () => {
        if (itemIds.length > 0) console.log(describe(until));
        printHidden(hidden);
    });
});

function describe(until: number): string {
    const items = counted(itemIds.length, "item");
    const verb = options.undo ? "show" : "hide";
    if (options.dryRun) return `It would ${verb} ${items}.`;
    const end = until === 0 ? "" : ` until ${new Date(until).toISOString()}`;
    return options.undo
        ? `Lists may contain ${items} again within ${seenWithin} seconds.`
        : `No list contains ${items}${end}, within ${seenWithin} seconds. To undo it: npm run hide -- ${itemIds.join(" ")} --undo`;
}

function printHidden(hidden: Readonly<Record<string, number>>): void {
    const rows = Object.entries(hidden).map(([itemId, until]) => [
        itemId,
        until === 0 ? "–" : new Date(until).toISOString(),
    ]);
    console.log(rows.length === 0 ? "No item is hidden." : table(["hidden item", "until"], rows));
}

/** Returns the time in epoch milliseconds. Throws RunbookError for another text, and for a time that has passed. */
function readTime(text: string): number {
    const time = toTime(text);
    if (Number.isNaN(time)) {
        throw new RunbookError(`--until ${text} is no date such as 2027-01-31, and no ISO time.`, exitCodes.usage);
    }
    if (time <= Date.now()) throw new RunbookError(`--until ${text} has passed.`, exitCodes.usage);
    return time;
}

/** Warns of ids that the prepared data does not have, with the nearest known id. Without such data, does nothing. */
async function warnOfUnknown(): Promise<void> {
    const { tables: path } = filesBeside(projectFile((await readSetting("interactionsFile", options)) ?? ""));
    if (!existsSync(path)) return;
    const document = parseTables(await readFile(path, "utf8"));
    const { item } = openTables(document);
    for (const itemId of itemIds) {
        if (item(itemId) !== undefined) continue;
        const meant = nearest(itemId, document.films.ids);
        const hint = meant === undefined ? "" : ` Did you mean ${meant} (${item(meant)?.title ?? meant})?`;
        process.stderr.write(`warning: the prepared data has no item ${itemId}.${hint}\n`);
    }
}
