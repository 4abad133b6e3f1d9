import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, isAbsolute, join, resolve } from "node:path";
import { setFlagsFromString } from "node:v8";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { changeWrites, messageOf, visibleLines } from "terminal-text";
import { itemParts } from "./attributes/items-table.ts";
import { userParts } from "./attributes/users.ts";
import { DEFAULT_OUTPUT } from "./files.ts";
import { resolvedOptions } from "./layout.ts";
import { decimals } from "./numbers.ts";
import { optionsOfStack, readOptionsFile } from "./options-file.ts";
import { type PrepareOptions, planPreparation, prepare } from "./prepare.ts";
import { parseEventRule } from "./reading/event-rule.ts";
import { parseChoice, roles } from "./reading/roles.ts";
import { nextCommand } from "./suggestion.ts";
import { formatSummary } from "./summary.ts";

// Rows are in arrays outside of the heap, so a small heap for young objects saves 20 MiB, with Parquet 130 MiB.
setFlagsFromString("--semi-space-growth-factor=1");

const PROBLEM = 1;
const WRONG_USAGE = 2;
const CANCELLED = 8;

/** The options as commander returns them. */
interface Flags extends Omit<PrepareOptions, "badRows"> {
    badRows: "fail" | "skip" | `quarantine:${string}`;
    json?: true;
    dryRun?: true;
    options?: string;
    stack?: string;
}

const { version } = JSON.parse(readFileSync(join(import.meta.dirname, "..", "package.json"), "utf8"));

/**
 * Returns a parser for an option. The parser returns the option's text unchanged if `check` accepts it. `check` throws
 * an Error for an invalid text.
 */
const checkedBy = (check: (text: string) => void) => (text: string) => {
    try {
        check(text);
        return text;
    } catch (error) {
        throw new InvalidArgumentError(messageOf(error));
    }
};

const createChoiceParser = (parts: readonly string[]) =>
    checkedBy((text) => {
        for (const each of text.split(",")) parseChoice(each, parts);
    });

const command = new Command("data-prep")
    .description(
        "Turns interactions of any table into the CSV that Amazon Personalize imports, and into fallback tables of " +
            "popular, trending and similar items, which answer without a campaign. Detects format, encoding, columns and " +
            "times from the first 1,000 rows, and prints them before the work.",
    )
    .argument(
        "[files...]",
        "CSV, TSV, JSON lines or Parquet, plain, gzip or zstd; a zip, a folder, - for stdin (default: MovieLens 100k is fetched)",
    )
    .option("--items <file>", "a table of items: id, title, genres or category, year, and any other columns")
    .option("--users <file>", "a table of users: id, and any other columns")
    .option(
        "--columns <list>",
        "user=…,item=…,time=…,event=…,value=…: names of columns, or numbers from 1; DEVICE=… keeps a further column",
        createChoiceParser(roles),
    )
    .option(
        "--item-columns <list>",
        `${itemParts.map((part) => `${part}=…`).join(",")}: columns of --items`,
        createChoiceParser(itemParts),
    )
    .option("--user-columns <list>", "id=…,AGE=…: columns of --users", createChoiceParser(userParts))
    .option("--time <format>", "s, ms, us, ns, iso, excel, or a format such as '%d/%m/%Y %H:%M'")
    .addOption(new Option("--decimal <sign>", "the decimal sign of numbers such as 1,299").choices(decimals))
    .option(
        "--event <rule>",
        "the type of all events, or a rule: 'rating >= 4 -> Like, else Watch'",
        checkedBy(parseEventRule),
    )
    .option("--hash-users <file>", "write keyed hashes of the users' ids; the file has the key")
    .option(
        "--output <file>",
        `the CSV, or a folder (default: ${DEFAULT_OUTPUT}); manifest, catalog, fallback tables, items and users are written beside it`,
    )
    .option("--report <file>", "write a quality report: JSON, and beside it one HTML page with charts")
    .option(
        "--bad-rows <fail|skip|quarantine FILE>",
        "unusable rows: refuse the file, skip them, or write them to FILE",
        parseBadRows,
        "fail",
    )
    .option("--max-bad <share>", "refuse more unusable rows than this, such as 0.1%", parseShare)
    .addOption(
        new Option(
            "--options <file>",
            "a YAML or JSON file with files and options by their names; the command line wins",
        ).conflicts("stack"),
    )
    .option(
        "--stack <name>",
        "the options file that config dataOptionsFile of this stack names, for its interactionsFile",
    )
    .option("--yes", "accept the likeliest columns and times instead of a question")
    .option("--json", "print the summary, or with --dry-run the resolved options, as one JSON document")
    .option("--dry-run", "only print the understanding of the files, as a command, and write nothing")
    .version(version, "--version", "print the version")
    .addHelpText(
        "after",
        "\nExamples:\n  npm run data-prep -- ratings.csv --items movies.csv\n  npm run data-prep -- orders.parquet --columns user=customer,item=sku,time=at --dry-run\n  npm run data-prep -- --options shop.yaml",
    )
    .exitOverride();

function parseBadRows(text: string): string {
    if (/^(fail|skip|quarantine:.+)$/s.test(text)) return text;
    throw new InvalidArgumentError("Allowed choices are fail, skip, quarantine FILE.");
}

function parseShare(text: string): number {
    const [, number, percent] = /^(\d+(?:\.\d+)?)(%?)$/.exec(text) ?? [];
    const share = Number(number) / (percent ? 100 : 1);
    if (!(share >= 0 && share <= 1))
        throw new InvalidArgumentError("The value must be a share of the rows, such as 0.1%.");
    return share;
}

/**
 * Joins the two values of `--bad-rows quarantine FILE` to one, because the library commander accepts only one value for
 * an option.
 */
function joinQuarantine(args: readonly string[]): string[] {
    const at = args.indexOf("quarantine");
    if (at < 1 || args[at - 1] !== "--bad-rows" || args[at + 1] === undefined) return [...args];
    return [...args.slice(0, at), `quarantine:${args[at + 1]}`, ...args.slice(at + 2)];
}

/** Folder in which the user called the command. Paths are relative to it, but npm changes to the project's folder. */
const callersFolder = process.env.npm_lifecycle_event === "data-prep" ? (process.env.INIT_CWD ?? ".") : ".";
const fromCaller = (path: string) =>
    path === "-" || isAbsolute(path) || resolve(callersFolder) === resolve(".") ? path : join(callersFolder, path);

/**
 * Returns the words of the command that the user typed. The demo passes its own words, because its user did not type a
 * command of data-prep.
 */
const typedCommand = (args: readonly string[]): string[] =>
    process.env.MOVIE_RECOMMENDER_TYPED === undefined
        ? ["npm", "run", "data-prep", "--", ...args]
        : JSON.parse(process.env.MOVIE_RECOMMENDER_TYPED);

/** Returns the path of the CSV for the option `--output`, which may name a folder. */
function resolveOutput(path: string): string {
    const isFolder = path.endsWith("/") || (existsSync(path) && statSync(path).isDirectory());
    return isFolder ? join(path, basename(DEFAULT_OUTPUT)) : path;
}

/**
 * Parses a command line, together with the options file that it names. Options and files of the command line override
 * those of the options file. Returns the options file, and whether it contains a rule for event types.
 */
async function parseWithFile(args: readonly string[]) {
    command.parse(args, { from: "user" });
    const { options, stack, event } = command.opts<Flags>();
    const choice =
        stack !== undefined
            ? await optionsOfStack(stack, ".", callersFolder)
            : options !== undefined && (await readOptionsFile(fromCaller(options), callersFolder));
    if (choice === false) return undefined;
    const files = command.args.length > 0 ? [] : choice.files;
    command.parse([...choice.options, ...args, ...files], { from: "user" });
    return { ...choice, hasRule: event === undefined };
}

/** Runs data-prep with the arguments of a command line. Returns the exit code. */
async function main(args: string[]): Promise<number> {
    let optionsFile: Awaited<ReturnType<typeof parseWithFile>>;
    try {
        optionsFile = await parseWithFile(joinQuarantine(args));
    } catch (error) {
        if (!(error instanceof CommanderError)) process.stderr.write(`${messageOf(error)}\n`);
        return error instanceof CommanderError && error.exitCode === 0 ? 0 : WRONG_USAGE;
    }
    const { json, dryRun, output, badRows, options: _, stack: __, ...choices } = command.opts<Flags>();
    const paths = ["items", "users", "report", "hashUsers"] as const;
    const input = command.args.map(fromCaller);
    const [kind, ...file] = badRows.split(":");
    const interrupted = new AbortController();
    process.once("SIGINT", () =>
        interrupted.abort(new Error("Cancelled: nothing was written. Run the same command again at any time.")),
    );
    const options: PrepareOptions = {
        ...choices,
        input,
        command: input.length > 0 ? typedCommand(args) : undefined,
        ...(output !== undefined && { output: resolveOutput(fromCaller(output)) }),
        badRows: kind as "fail" | "skip" | "quarantine",
        signal: interrupted.signal,
        quarantine: file.length > 0 ? fromCaller(file.join(":")) : undefined,
        ...Object.fromEntries(paths.flatMap((name) => (choices[name] ? [[name, fromCaller(choices[name])]] : []))),
        unmatchedCases: optionsFile?.hasRule ? "warn" : "fail",
        optionsFile: optionsFile && { file: optionsFile.path, sha256: optionsFile.sha256 },
    };
    try {
        if (dryRun) {
            const { plans, userHash } = await planPreparation(options);
            if (json) process.stdout.write(`${JSON.stringify(resolvedOptions(plans, userHash?.fingerprint))}\n`);
            return 0;
        }
        const { summary, cataloguePath, itemsPath, usersPath, tablesPath, manifestPath } = await prepare(options);
        const files = {
            catalogue: cataloguePath,
            tables: tablesPath,
            ...(itemsPath && { "items file": itemsPath }),
            ...(usersPath && { "users file": usersPath }),
            manifest: manifestPath,
            ...(process.env.MOVIE_RECOMMENDER_TYPED === undefined && { next: nextCommand(summary.output) }),
        };
        const places = Object.entries(files).map(([name, path]) => `${name.padEnd(14)}${path}\n`);
        process.stdout.write(json ? `${JSON.stringify(summary)}\n` : `${formatSummary(summary)}\n${places.join("")}`);
        return 0;
    } catch (error) {
        process.stderr.write(`${messageOf(error)}\n`);
        return interrupted.signal.aborted ? CANCELLED : PROBLEM;
    }
}

for (const stream of [process.stdout, process.stderr]) changeWrites(stream, visibleLines);
process.exitCode = await main(process.argv.slice(2));
