import { readFileSync } from "node:fs";
import { join } from "node:path";
import { engine, engineVersion, OLDEST_ENGINE, pulumiOnPath, recentPulumiOnPath } from "./engine.mjs";
import { fetchInstaller } from "./engine-installer.mjs";
import { ask, findOnPath, isAtLeast, machinePath, versionIn } from "./find.mjs";
import { packages } from "./packages.mjs";
import { python } from "./python.mjs";

const OLDEST_PYTHON = "3.10";
const PYTHONS = ["python3", "python", "python3.14", "python3.13", "python3.12", "python3.11", "python3.10"];

/**
 * Finds the machine's tools that the missing parts need, before any work starts.
 *
 * @param {object[]} parts the parts that are to be installed
 * @returns {Promise<{ problems: string[], found: object }>} one sentence for each tool that is missing, and where the others are
 */
export async function findRequirements(root, parts, say) {
    const path = machinePath(root);
    const found = {};
    const problems = [];
    if (parts.includes(packages)) {
        found.npm = findOnPath("npm", path);
        if (found.npm === undefined)
            problems.push("npm is not on the PATH: install Node.js 20 or newer with npm (https://nodejs.org).");
    }
    if (parts.includes(engine)) {
        found.pulumi = recentPulumiOnPath(root);
        const go = found.pulumi === undefined ? findGo(root, path) : undefined;
        found.go = go?.file;
        // Without Go, everything hangs on the official installer: whether it answers is a part of this check.
        if (go !== undefined && go.file === undefined) found.installer = await fetchInstaller(say);
        if (go?.problem !== undefined && found.installer === undefined) problems.push(go.problem);
    }
    if (parts.includes(python)) {
        const { file, problem } = findPython(path);
        found.python = file;
        if (problem !== undefined) problems.push(problem);
    }
    return { problems, found };
}

function findGo(root, path) {
    const needed = /^go (\S+)/m.exec(readFileSync(join(root, "packages/local-aws/toolchain/engine/go.mod"), "utf8"))[1];
    const file = findOnPath("go", path);
    const env = { ...process.env, GOWORK: "off" };
    const [version, choice] =
        file === undefined ? [] : (ask(file, ["env", "GOVERSION", "GOTOOLCHAIN"], env) ?? "").split("\n");
    const number = versionIn(version);
    // From 1.21 on, Go fetches the newer Go that a module asks for by itself, unless it is told not to.
    if (
        number !== undefined &&
        (isAtLeast(number, needed) || (isAtLeast(number, "1.21") && /auto/.test(choice ?? "")))
    ) {
        return { file };
    }
    const candidate = pulumiOnPath(root);
    const old = candidate === undefined ? undefined : engineVersion(candidate.file);
    const here = [old && `Pulumi ${old}`, number && `Go ${number}`].filter(Boolean).join(" and ");
    const problem =
        `There is no Pulumi CLI ${OLDEST_ENGINE} or newer and no Go ${needed} or newer on the PATH` +
        `${here === "" ? "" : ` (only ${here})`}: install one of them (https://www.pulumi.com/docs/install or https://go.dev/dl).`;
    return { problem };
}

function findPython(path) {
    let best = `Python ${OLDEST_PYTHON} or newer is not on the PATH`;
    for (const name of PYTHONS) {
        const file = findOnPath(name, path);
        const version = file && versionIn(ask(file, ["-c", "import platform; print(platform.python_version())"]));
        if (version === undefined) continue;
        if (!isAtLeast(version, OLDEST_PYTHON)) best = `${name} is ${version}, older than ${OLDEST_PYTHON}`;
        else if (ask(file, ["-c", "import venv, ensurepip"]) !== undefined) return { file };
        else best = `${name} (${version}) lacks its venv module`;
    }
    return {
        problem: `${best}: install Python with venv (https://www.python.org; on Debian and Ubuntu: sudo apt install python3-venv).`,
    };
}
