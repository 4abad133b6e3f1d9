import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * The data folder of the botocore that is installed beside a Python of a virtual environment
 * (`<venv>/bin/python` gives `<venv>/lib/python3.x/site-packages/botocore/data`). Throws when there is none.
 */
export function serviceModelDirOf(pythonPath: string): string {
    const lib = join(dirname(dirname(pythonPath)), "lib");
    for (const name of namesIn(lib).filter((name) => name.startsWith("python3."))) {
        const dir = join(lib, name, "site-packages", "botocore", "data");
        if (namesIn(dir).includes("personalize")) return dir;
    }
    throw new Error(
        `No botocore with Personalize's service model under ${lib}. Install it: ${pythonPath} -m pip install botocore`,
    );
}

function namesIn(dir: string): string[] {
    try {
        return readdirSync(dir).sort();
    } catch {
        return [];
    }
}
