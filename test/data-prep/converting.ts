import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ConvertResult } from "../../data-prep/convert.ts";
import { type ConvertOptions, convert } from "../../data-prep/convert.ts";
import { writeWholeFile } from "../../data-prep/files.ts";
import type { Plan } from "../../data-prep/row-writer.ts";
import { createCsvParser } from "../../packages/local-personalize/importing/csv.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

/** Returns the records of a CSV that data-prep wrote, with its header, as Personalize reads them. */
export function parse(csv: string): string[][] {
    const records: string[][] = [];
    const parser = createCsvParser((fields) => records.push(fields));
    parser.write(csv);
    parser.end();
    return records;
}

/** Converts interactions into a temporary file, and returns the result with the file's text. */
export async function converting(
    plans: readonly Plan[],
    options: ConvertOptions,
): Promise<ConvertResult & { csv: string }> {
    const folder = temporaryFolder();
    const path = join(folder, "interactions.csv");
    const result = await writeWholeFile(path, (_, file) => convert(plans, file, options));
    return { ...result, csv: await readFile(path, "utf8") };
}
