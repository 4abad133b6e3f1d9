import { readFileSync } from "node:fs";
import { join } from "node:path";
import { engine, engineVersion, OLDEST_ENGINE, pulumiOnPath, recentPulumiOnPath } from "./engine.mjs";
import { fetchArchive } from "./engine-archive.mjs";
import { ask, findOnPath, isAtLeast, machinePath, versionIn } from "./find.mjs";
import { lighthouse } from "./lighthouse.mjs";
import { packages } from "./packages.mjs";
import { python } from "./python.mjs";

const OLDEST_PYTHON = "3.10";
/** Platforms with hashes in requirements-go.txt. */
const GO_PLATFORMS = ["linux-x64", "linux-arm64", "darwin-arm64", "darwin-x64"];
const PYTHONS = ["python3", "python", "python3.14", "python3.13", "python3.12", "python3.11", "python3.10"];

/**
 * Finds the tools that the missing parts need, before any installation starts.
 * @param {object[]} parts the parts to install
 * @returns {Promise<{ problems: string[], found: object }>} a sentence for each missing tool, and the paths of the
 * others
 */
export async function findRequirements(root, parts, say) {
    const path = machinePath(root);
    const found = {};
    const problems = [];
    if (parts.includes(packages) || parts.includes(lighthouse)) {
        found.npm = findOnPath("npm", path);
        if (found.npm === undefined)
            problems.push("npm is not on the PATH: install Node.js 20 or newer with npm (https://nodejs.org).");
    }
    let pythonFound;
    const machinePython = () => (pythonFound ??= findPython(path));
    if (parts.includes(engine)) {
        found.pulumi = recentPulumiOnPath(root);
        const go = found.pulumi === undefined ? findGo(root, path) : undefined;
        found.go = go?.file;
        if (go !== undefined && go.file === undefined) {
            if (GO_PLATFORMS.includes(`${process.platform}-${process.arch}`)) found.pythonForGo = machinePython().file;
            // If Go is missing and cannot be installed, the engine must come from the official archive, so try this
            // download before all installations.
            if (found.pythonForGo === undefined) found.archive = await fetchArchive(root, say);
            if (found.pythonForGo === undefined && found.archive === undefined) problems.push(go.problem);
        }
    }
    if (parts.includes(python)) {
        const { file, problem } = machinePython();
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
    // From 1.21 on, Go downloads the newer version that a module needs, unless GOTOOLCHAIN forbids it.
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
        `${here === "" ? "" : ` (only ${here})`}, and no Python ${OLDEST_PYTHON} or newer that can download Go: ` +
        "install one of them (https://www.pulumi.com/docs/install or https://go.dev/dl).";
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
