import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const requirements = new URL("requirements.txt", import.meta.url).pathname;

/**
 * The Python with the peers' packages in `.tools/bench-python`; it is installed at the first use. Only benches need it: it is
 * not a part of a clone's set-up.
 *
 * @throws Error with pip's last lines when a package cannot be installed
 */
export async function benchPython(log: (line: string) => void): Promise<string> {
    const place = join(".tools", "bench-python");
    const python = join(place, "bin", "python");
    const stamp = join(place, "requirements.txt");
    const wanted = readFileSync(requirements, "utf8");
    if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return python;
    log("installing the peers' Python packages in .tools/bench-python (60 MB, the first time only)");
    const base = process.env.MOVIE_RECOMMENDER_PYTHON ?? "python3";
    try {
        await rm(place, { recursive: true, force: true });
        await mkdir(".tools", { recursive: true });
        await run(base, ["-m", "venv", place]);
        const options = ["--only-binary", ":all:", "--disable-pip-version-check", "--no-input", "--quiet"];
        await run(python, ["-m", "pip", "install", ...options, "-r", requirements]);
    } catch (error) {
        const lines = String((error as { stderr?: string }).stderr ?? error)
            .trim()
            .split("\n");
        throw new Error(`The peers cannot be installed: ${lines.slice(-5).join("\n")}`);
    }
    await writeFile(`${stamp}.new`, wanted);
    await rename(`${stamp}.new`, stamp);
    return python;
}
