import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { measured } from "./measured.ts";

/**
 * Makes files of generated ratings unless they exist. They are `ratings.csv`, plain and gzip, and Parquet.
 *
 * @param python with the peers' packages
 * @returns a function of rows and folder. The folder is in `data` by default. Its path is the result.
 */
export const generatedFiles =
    (python: string, seed: number, log: (line: string) => void) =>
    async (rows: number, folder = join("data", "bench-prep", `${rows / 1_000_000}m-${seed}`)): Promise<string> => {
        if (existsSync(folder)) return folder;
        await mkdir(dirname(folder), { recursive: true });
        log(`generating ${rows.toLocaleString("en-US")} rows in ${folder}`);
        await measured(python, [join(import.meta.dirname, "make_input.py"), String(rows), String(seed), folder]);
        return folder;
    };
