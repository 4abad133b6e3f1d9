import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { log } from "../lib/goals.ts";
import { measured } from "./measured.ts";

/**
 * Returns a function that generates ratings into the files `ratings.csv`, `ratings.csv.gz` and `ratings.parquet` of a
 * folder, unless the folder exists.
 *
 * @param python path of a Python with the packages of the bench
 * @returns a function of the number of rows and the folder (by default in `data`), which returns the folder's path
 */
export const generatedFiles =
    (python: string) =>
    async (rows: number, folder = join("data", "bench-prep", `${rows / 1_000_000}m`)): Promise<string> => {
        if (existsSync(folder)) return folder;
        await mkdir(dirname(folder), { recursive: true });
        log(`generating ${rows.toLocaleString("en-US")} rows in ${folder}`);
        await measured(python, [join(import.meta.dirname, "make_input.py"), String(rows), folder]);
        return folder;
    };
