import { resolve } from "node:path";
import type { CatalogueItem } from "./catalogue.ts";
import { convert } from "./convert.ts";
import { writeWholeFile, writeWholeJson } from "./files.ts";
import { writeItems } from "./items.ts";
import { fetchMovieLens } from "./movielens.ts";
import { catalogueAt, catalogueBeside } from "./movies.ts";
import { cataloguePathBeside, DEFAULT_OUTPUT, itemsPathsBeside, tablesPathBeside } from "./places.ts";
import type { BadRow, Plan } from "./row-writer.ts";
import { type Summary, summarise, whatIsTooLittle } from "./summary.ts";
import { writeTables } from "./tables/make.ts";
import { type Choices, describe, optionsOf, understand } from "./understanding.ts";

/** Relative to the project's folder, where npm runs commands. */
const CACHE_FOLDER = "data/ml-100k";

export interface PrepareOptions extends Choices {
    /** A file, zip or folder, or `-` for stdin. Without it MovieLens 100k is fetched, or read from the cache. */
    input?: string;
    /** Several of them; their interactions are written in this order. */
    inputs?: readonly string[];
    /** A table of items; by default MovieLens' own beside its ratings. */
    items?: string;
    /** Path of the CSV; catalogue.json, fallback-tables.json, items.csv and items.schema.json are written beside it. */
    output?: string;
    /** Path for a JSON copy of the summary. */
    report?: string;
    /** Unusable rows: refuse the whole file (default), skip them, or write them to `quarantine`. */
    badRows?: "fail" | "skip" | "quarantine";
    /** Path for a CSV of the unusable rows: FILE, LINE, COLUMN, REASON, TEXT. */
    quarantine?: string;
    /** The largest share of unusable rows that may be skipped, 0 to 1; by default any. */
    maxBad?: number;
    /** Folder of a fetched MovieLens 100k; by default data/ml-100k. */
    cacheFolder?: string;
    /** Progress messages, one line per call; by default to stderr. */
    log?: (line: string) => void;
    env?: NodeJS.ProcessEnv;
    signal?: AbortSignal;
}

export interface PrepareResult {
    outputPath: string;
    cataloguePath: string;
    catalogue: CatalogueItem[];
    /** The CSV of an Items dataset; undefined without an item file. */
    itemsPath: string | undefined;
    tablesPath: string;
    summary: Summary;
}

/** The data is unsuitable for Personalize; the message contains the reason and the fix. Nothing was written. */
export class UnfitDataError extends Error {
    override readonly name = "UnfitDataError";
}

/**
 * Prepares MovieLens: writes the CSV for Personalize, catalogue.json, fallback-tables.json, and items.csv with its
 * schema. Each file is written completely or not at all, the interactions last. Throws UnfitDataError for bad rows
 * (unless they are skipped) and below the service's minimums, and other Errors, with messages for people, if files or
 * MovieLens are unavailable.
 */
export async function prepare(options: PrepareOptions = {}): Promise<PrepareResult> {
    const { log, outputPath, paths, now, plans } = await plansOf(options);
    const cataloguePath = cataloguePathBeside(outputPath);
    const tablesPath = tablesPathBeside(outputPath);
    const [first] = plans;
    const name = plans.map(({ table }) => table.name).join(", ");
    const catalogue = options.items
        ? await catalogueAt(options.items)
        : await catalogueBeside(paths[0] as string, first?.table.name ?? "");
    if (catalogue.length === 0) {
        log(`No item file came with ${name}: films will be shown by their ids, and no items.csv is written.`);
    }

    const bad = options.badRows === "quarantine" ? ([] as BadRow[]) : undefined;
    const written = await writeWholeFile(outputPath, async (write, beside) => {
        const result = await convert(plans, write, {
            latest: now + 86_400,
            onProgress: progressTo(log),
            ...(options.signal && { signal: options.signal }),
            ...(bad && { onBad: (row: BadRow) => void bad.push(row) }),
        });
        const { count } = result.badRows;
        const share = count / Math.max(1, count + result.interactions);
        if (count > 0 && (options.badRows ?? "fail") === "fail") {
            throw new UnfitDataError(describeBadRows(name, paths, result.badRows));
        }
        if (count > 0 && share > (options.maxBad ?? 1)) {
            const more = `${(share * 100).toPrecision(3)} % of the rows, more than --max-bad ${(options.maxBad ?? 1) * 100}%. `;
            throw new UnfitDataError(more + describeBadRows(name, paths, result.badRows));
        }
        const found = summarise(result, name, outputPath);
        const tooLittle = whatIsTooLittle(found);
        if (tooLittle) throw new UnfitDataError(`${name}: ${tooLittle}`);
        if (bad && options.quarantine) await writeQuarantine(options.quarantine, bad);
        await writeWholeJson(cataloguePath, catalogue);
        const tables = await writeTables(tablesPath, {
            csvPath: beside,
            sha256: found.sha256,
            catalogue,
            ...(options.signal && { signal: options.signal }),
        });
        return { summary: { ...found, tables }, itemsPath: await writeItems(outputPath, catalogue) };
    });
    if (options.report) await writeWholeJson(options.report, written.summary);
    return { outputPath, cataloguePath, tablesPath, catalogue, ...written };
}

/**
 * Understands the files of interactions, and logs it with the command that states it. Writes nothing but a fetched
 * MovieLens. Throws as `prepare` does for files that are not understood.
 */
export async function plansOf(options: PrepareOptions) {
    const log = options.log ?? ((line: string) => process.stderr.write(`${line}\n`));
    const outputPath = options.output ?? DEFAULT_OUTPUT;
    const inputs = options.inputs ?? (options.input === undefined ? [] : [options.input]);
    const paths =
        inputs.length > 0
            ? inputs
            : [await fetchMovieLens(options.cacheFolder ?? CACHE_FOLDER, { log, env: options.env ?? process.env })];
    refuseOneFileTwice(paths, outputPath, options);
    const now = Date.now() / 1000;
    const plans: Plan[] = [];
    for (const path of paths) plans.push(...(await understand(path, options, now, log)));
    for (const plan of plans) log(describe(plan));
    const [first] = plans;
    const command = first ? ["npm run data-prep --", ...paths, ...optionsOf(first, options).map(quotedForShell)] : [];
    log(`As a command:  ${command.join(" ")}`);
    return { log, outputPath, paths, now, plans };
}

/** Logs the number of converted rows every two seconds. */
function progressTo(log: (line: string) => void): (rows: number) => void {
    const begun = Date.now();
    let next = begun + 2000;
    return (rows) => {
        const now = Date.now();
        if (now < next) return;
        next = now + 2000;
        const rate = Math.round((1000 * rows) / (now - begun));
        log(`  ${rows.toLocaleString("en-US")} rows, ${rate.toLocaleString("en-US")} a second`);
    };
}

/** An output that is also an input, or another output, would be lost. */
function refuseOneFileTwice(paths: readonly string[], outputPath: string, { items }: PrepareOptions): void {
    const beside = itemsPathsBeside(outputPath);
    const outputs = {
        "items go": beside.csv,
        "catalogue goes": cataloguePathBeside(outputPath),
        "fallback tables go": tablesPathBeside(outputPath),
    };
    for (const [content, path] of Object.entries(outputs)) {
        if (resolve(outputPath) === resolve(path)) {
            throw new UnfitDataError(`${outputPath} is where the ${content}: name another file with --output.`);
        }
    }
    const written = [outputPath, beside.schema, ...Object.values(outputs)].map((path) => resolve(path));
    const twice = [...paths, ...(items ? [items] : [])].find((path) => written.includes(resolve(path)));
    if (twice) throw new UnfitDataError(`${twice} is the input and the output: name another file with --output.`);
}

const quotedForShell = (text: string) => (/^[\w.,:=/@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

async function writeQuarantine(path: string, rows: readonly BadRow[]): Promise<void> {
    const quoted = (text: string | number = "") => `"${String(text).replaceAll('"', '""')}"`;
    const lines = rows.map(({ file, line, column, reason, text }) =>
        [file, line, column, reason, text].map(quoted).join(","),
    );
    const text = `${["FILE,LINE,COLUMN,REASON,TEXT", ...lines].join("\n")}\n`;
    await writeWholeFile(path, (write) => write(Buffer.from(text)));
}

function describeBadRows(name: string, paths: readonly string[], { count, first }: { count: number; first: BadRow[] }) {
    const listed = first.map(({ file, line, reason, text }) => `  ${file}:${line}: ${reason}:  ${text}`);
    const more = count > first.length ? [`  … and ${(count - first.length).toLocaleString("en-US")} more`] : [];
    return [
        `${count.toLocaleString("en-US")} ${count === 1 ? "row" : "rows"} of ${name} cannot be used, so nothing was written:`,
        ...listed,
        ...more,
        `Fix the file, or skip those rows:  npm run data-prep -- ${paths.join(" ")} --bad-rows skip`,
    ].join("\n");
}
