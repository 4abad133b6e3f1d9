import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * Returns the data folder of the botocore in a Python virtual environment: `<venv>/bin/python` gives
 * `<venv>/lib/python3.x/site-packages/botocore/data`. Throws when there is none.
 */
export function requireServiceModelDir(pythonPath: string): string {
    const lib = join(dirname(dirname(pythonPath)), "lib");
    for (const name of listNames(lib).filter((name) => name.startsWith("python3."))) {
        const dir = join(lib, name, "site-packages", "botocore", "data");
        if (hasPersonalize(dir)) return dir;
    }
    throw new Error(
        `No botocore with Personalize's service model under ${lib}. Install it: ${pythonPath} -m pip install botocore`,
    );
}

/**
 * Returns the folder of AWS's service models: in the built package the included models; otherwise the data folder of
 * the botocore in `.tools/python` of the clone; otherwise that of the `python3` or `python` on the PATH. Throws an
 * error with the command that installs botocore when there is none.
 */
export function findServiceModelDir(): string {
    const shipped = join(import.meta.dirname, "service-models");
    if (hasPersonalize(shipped)) return shipped;
    for (let folder = import.meta.dirname; folder !== dirname(folder); folder = dirname(folder)) {
        try {
            return requireServiceModelDir(join(folder, ".tools", "python", "bin", "python"));
        } catch {
            // This folder has no `.tools`, so continue with its parent folder.
        }
    }
    const script = "import botocore, os; print(os.path.join(os.path.dirname(botocore.__file__), 'data'))";
    for (const python of ["python3", "python"]) {
        const { status, stdout } = spawnSync(python, ["-c", script], { encoding: "utf8" });
        if (status === 0 && hasPersonalize(stdout.trim())) return stdout.trim();
    }
    throw new Error(
        "AWS's service model of Personalize was not found. Install it: pip install botocore. " +
            "Or name its data folder: --service-model <folder>",
    );
}

const hasPersonalize = (dir: string) => listNames(dir).includes("personalize");

function listNames(dir: string): string[] {
    try {
        return readdirSync(dir).sort();
    } catch {
        return [];
    }
}
