import { Command, CommanderError, Option } from "commander";
import { DEFAULT_OUTPUT } from "./places.ts";
import { type PrepareOptions, prepare } from "./prepare.ts";
import { formatSummary } from "./summary.ts";

const PROBLEM = 1;
const WRONG_USAGE = 2;
const CANCELLED = 8;

interface Flags {
    input?: string;
    output: string;
    report?: string;
    badRows: "fail" | "skip";
    json?: true;
}

const command = new Command("data-prep")
    .description(
        "Turns MovieLens ratings into the interactions CSV that Amazon Personalize imports, and into fallback tables of " +
            "popular, trending and similar films, which answer without a campaign.",
    )
    .option("--input <file>", "u.data, or MovieLens' zip from GroupLens or Kaggle (default: MovieLens 100k is fetched)")
    .option(
        "--output <file>",
        "the CSV; catalogue.json, fallback-tables.json, items.csv and its schema are written beside it",
        DEFAULT_OUTPUT,
    )
    .option("--report <file>", "also write the summary to this file, as JSON")
    .addOption(
        new Option("--bad-rows <what>", "unusable rows: refuse the file, or skip them")
            .choices(["fail", "skip"])
            .default("fail"),
    )
    .option("--json", "print the summary as one JSON document")
    .allowExcessArguments(false)
    .exitOverride();

/** Runs data-prep with a command line's arguments; returns the exit code. */
async function main(args: string[]): Promise<number> {
    try {
        command.parse(args, { from: "user" });
    } catch (error) {
        return error instanceof CommanderError && error.exitCode === 0 ? 0 : WRONG_USAGE;
    }
    const { json, ...flags } = command.opts<Flags>();
    const interrupted = new AbortController();
    process.once("SIGINT", () =>
        interrupted.abort(new Error("Cancelled: nothing was written. Run it again at any time.")),
    );
    const options: PrepareOptions = { ...flags, signal: interrupted.signal };
    try {
        const { summary, cataloguePath, itemsPath, tablesPath } = await prepare(options);
        const files = { catalogue: cataloguePath, tables: tablesPath, ...(itemsPath && { "items file": itemsPath }) };
        const places = Object.entries(files).map(([name, path]) => `${name.padEnd(14)}${path}\n`);
        process.stdout.write(json ? `${JSON.stringify(summary)}\n` : `${formatSummary(summary)}\n${places.join("")}`);
        return 0;
    } catch (error) {
        process.stderr.write(`${(error as Error).message}\n`);
        return interrupted.signal.aborted ? CANCELLED : PROBLEM;
    }
}

process.exitCode = await main(process.argv.slice(2));
