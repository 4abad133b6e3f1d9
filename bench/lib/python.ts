import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { toError } from "terminal-text";
import { log } from "./command.ts";

const run = promisify(execFile);

/**
 * Returns the path of the Python in a virtual environment with a bench's packages: `.tools/bench-<folder>`. Creates the
 * environment at the first use, because only benches need it.
 *
 * @param folder path of a folder with a requirements.txt that has exact versions and hashes
 * @throws Error with pip's last lines if a package cannot be installed
 */
export async function benchPython(folder: string): Promise<string> {
    const requirements = join(folder, "requirements.txt");
    const place = join(".tools", `bench-${basename(folder)}`);
    const python = join(place, "bin", "python");
    const stamp = join(place, "requirements.txt");
    const wanted = readFileSync(requirements, "utf8");
    if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return python;
    log(`installing the Python packages of the compared programs in ${place} (the first time only)`);
    const base = process.env.MOVIE_RECOMMENDER_PYTHON ?? "python3";
    try {
        await rm(place, { recursive: true, force: true });
        await mkdir(".tools", { recursive: true });
        await run(base, ["-m", "venv", place]);
        const options = [
            "--require-hashes",
            "--only-binary",
            ":all:",
            "--disable-pip-version-check",
            "--no-input",
            "--quiet",
        ];
        await run(python, ["-m", "pip", "install", ...options, "-r", requirements]);
    } catch (error) {
        const { stderr }: Error & { stderr?: string } = toError(error);
        const lines = (stderr ?? String(error)).trim().split("\n");
        throw new Error(`The Python packages of ${requirements} cannot be installed: ${lines.slice(-5).join("\n")}`);
    }
    await writeFile(`${stamp}.new`, wanted);
    await rename(`${stamp}.new`, stamp);
    return python;
}
