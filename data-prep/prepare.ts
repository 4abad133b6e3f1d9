import { resolve } from "node:path";
import type { CatalogueItem } from "./catalogue.ts";
import { writeWholeFile, writeWholeJson } from "./files.ts";
import { writeItems } from "./items.ts";
import { fetchMovieLens } from "./movielens.ts";
import { cataloguePathBeside, DEFAULT_OUTPUT, itemsPathsBeside, tablesPathBeside } from "./places.ts";
import { openRatings } from "./ratings-input.ts";
import { type Summary, summarise, whatIsTooLittle } from "./summary.ts";
import { writeTables } from "./tables/make.ts";
import { type BadRow, transformRatings } from "./transform.ts";

/** Relative to the project's folder, where npm runs commands. */
const CACHE_FOLDER = "data/ml-100k";

export interface PrepareOptions {
    /** A u.data or a MovieLens zip. Without it MovieLens 100k is fetched, or read from the cache. */
    input?: string;
    /** Path of the CSV; catalogue.json, fallback-tables.json, items.csv and items.schema.json are written beside it. */
    output?: string;
    /** Path for a JSON copy of the summary. */
    report?: string;
    /** Unusable rows: refuse the whole file (default), or skip them. */
    badRows?: "fail" | "skip";
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
    const log = options.log ?? ((line: string) => process.stderr.write(`${line}\n`));
    const outputPath = options.output ?? DEFAULT_OUTPUT;
    const cataloguePath = cataloguePathBeside(outputPath);
    const tablesPath = tablesPathBeside(outputPath);
    const inputPath =
        options.input ??
        (await fetchMovieLens(options.cacheFolder ?? CACHE_FOLDER, { log, env: options.env ?? process.env }));
    if (resolve(inputPath) === resolve(outputPath)) {
        throw new UnfitDataError(`${inputPath} is the input and the output: name another file with --output.`);
    }
    for (const [what, path] of [
        ["items go", itemsPathsBeside(outputPath).csv],
        ["catalogue goes", cataloguePath],
        ["fallback tables go", tablesPath],
    ] as const) {
        if (resolve(outputPath) === resolve(path)) {
            throw new UnfitDataError(`${outputPath} is where the ${what}: name another file with --output.`);
        }
    }
    const input = await openRatings(inputPath);
    if (input.catalogue.length === 0) {
        log(`No item file came with ${input.name}: films will be shown by their ids, and no items.csv is written.`);
    }

    const written = await writeWholeFile(outputPath, async (write, beside) => {
        const result = await transformRatings(input.ratings, write, options.signal);
        if (result.badRows.count > 0 && options.badRows !== "skip") {
            throw new UnfitDataError(describeBadRows(input.name, inputPath, result.badRows));
        }
        const found = summarise(result, input.name, outputPath);
        const tooLittle = whatIsTooLittle(found);
        if (tooLittle) throw new UnfitDataError(`${input.name}: ${tooLittle}`);
        await writeWholeJson(cataloguePath, input.catalogue);
        const tables = await writeTables(tablesPath, {
            csvPath: beside,
            sha256: found.sha256,
            catalogue: input.catalogue,
            ...(options.signal && { signal: options.signal }),
        });
        return { summary: { ...found, tables }, itemsPath: await writeItems(outputPath, input.catalogue) };
    });
    if (options.report) await writeWholeJson(options.report, written.summary);
    return { outputPath, cataloguePath, tablesPath, catalogue: input.catalogue, ...written };
}

function describeBadRows(name: string, path: string, { count, first }: { count: number; first: BadRow[] }): string {
    const listed = first.map(({ line, reason }) => `  ${name}:${line}: ${reason}`);
    const more = count > first.length ? [`  … and ${(count - first.length).toLocaleString("en-US")} more`] : [];
    return [
        `${count.toLocaleString("en-US")} ${count === 1 ? "row" : "rows"} of ${name} cannot be used, so nothing was written:`,
        ...listed,
        ...more,
        `Fix the file, or skip those rows:  npm run data-prep -- --input ${path} --bad-rows skip`,
    ].join("\n");
}
