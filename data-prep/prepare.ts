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
    /** A u.data or a MovieLens zip. Without it MovieLens 100k is fetched, or taken from the cache. */
    input?: string;
    /** Where the CSV goes; catalogue.json, fallback-tables.json, items.csv and items.schema.json go beside it. */
    output?: string;
    /** Where a JSON copy of the summary goes. */
    report?: string;
    /** What to do with rows that cannot be used: refuse the whole file (default), or leave them out. */
    badRows?: "fail" | "skip";
    /** Where a fetched MovieLens 100k is kept; by default data/ml-100k. */
    cacheFolder?: string;
    /** Progress and notices, a line a call; by default to stderr. */
    log?: (line: string) => void;
    env?: NodeJS.ProcessEnv;
    signal?: AbortSignal;
}

export interface PrepareResult {
    outputPath: string;
    cataloguePath: string;
    catalogue: CatalogueItem[];
    /** The CSV of an Items dataset; undefined where no item file came along. */
    itemsPath: string | undefined;
    tablesPath: string;
    summary: Summary;
}

/** The data is not fit for Personalize; the message says why and what to do. Nothing was written. */
export class UnfitDataError extends Error {
    override readonly name = "UnfitDataError";
}

/**
 * MovieLens in; the CSV that Personalize imports, catalogue.json, fallback-tables.json, and items.csv with its schema,
 * out. Each file appears whole or not at all, the interactions last. Throws UnfitDataError for bad rows (unless they are to be skipped) and
 * below the service's minimums, and other Errors, made for people too, when files or MovieLens cannot be had.
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
