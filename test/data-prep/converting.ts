import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ConvertOptions, convert } from "../../data-prep/convert.ts";
import { writeWholeFile } from "../../data-prep/files.ts";
import type { ConvertResult, Plan } from "../../data-prep/row-writer.ts";

/** Converts interactions into a temporary file, and returns the result with the file's text. */
export async function converting(
    plans: readonly Plan[],
    options: ConvertOptions,
): Promise<ConvertResult & { csv: string }> {
    const folder = await mkdtemp(join(tmpdir(), "converting-"));
    try {
        const path = join(folder, "interactions.csv");
        const result = await writeWholeFile(path, (_, file) => convert(plans, file, options));
        return { ...result, csv: await readFile(path, "utf8") };
    } finally {
        await rm(folder, { recursive: true });
    }
}
