import { readFileSync, realpathSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { SetupError } from "./build-folder.mjs";
import { fetchArchive, unpackArchive } from "./engine-archive.mjs";
import { buildFromGoModules, installGo } from "./engine-build.mjs";
import { toolchain } from "./env.mjs";
import { ask, findOnPath, isAtLeast, isExecutable, machinePath, versionIn } from "./find.mjs";
import { digest } from "./stamp.mjs";

/** The oldest Pulumi CLI version that was tested with the program's SDK. */
export const OLDEST_ENGINE = "3.230.0";

/**
 * The Pulumi engine: from PATH, else from Pulumi's official archive, else built from Go modules. `.tools/engine.json`
 * records the source.
 */
export const engine = {
    name: "Pulumi engine",

    isCurrent(root) {
        const chosen = toolchain(root).engine;
        if (chosen === undefined || !isExecutable(chosen.path)) return false;
        return JSON.parse(readFileSync(record(root), "utf8")).stamp === stamp(root);
    },

    async install(root, buildFolder, found, say) {
        const built = found.pulumi === undefined ? await build(root, buildFolder, found, say) : undefined;
        const chosen = built ?? { source: "PATH", version: found.pulumi.version, path: found.pulumi.file };
        rmSync(record(root), { force: true });
        const { toolsBin } = toolchain(root);
        if (built === undefined) buildFolder.retire(toolsBin);
        else buildFolder.place(built.folder, toolsBin);
        const path = built === undefined ? chosen.path : join(toolsBin, "pulumi");
        const text = JSON.stringify({ source: chosen.source, version: chosen.version, path, stamp: stamp(root) });
        writeFileSync(join(buildFolder.build, "engine.json"), `${text}\n`);
        buildFolder.place(join(buildFolder.build, "engine.json"), record(root));
    },
};

/** Returns the engine version that is built from Go modules. */
function pinnedEngine(root) {
    const pin = /pulumi\/pkg\/v3 v(\S+)/.exec(
        readFileSync(join(root, "packages/local-aws/toolchain/engine/go.mod"), "utf8"),
    );
    if (pin === null)
        throw new SetupError(
            "packages/local-aws/toolchain/engine/go.mod contains no version of the Pulumi engine. Restore the file: git checkout packages/local-aws/toolchain",
        );
    return pin[1];
}

/**
 * Returns the paths of the Pulumi CLI on PATH, of any version, and of its Node.js language host; undefined if either is
 * missing. Starts no process.
 */
export function pulumiOnPath(root) {
    const path = machinePath(root);
    const file = findOnPath("pulumi", path);
    if (file === undefined) return undefined;
    const beside = [dirname(file), dirname(realpathSync(file))].map((folder) => join(folder, "pulumi-language-nodejs"));
    const host = beside.find(isExecutable) ?? findOnPath("pulumi-language-nodejs", path);
    return host === undefined ? undefined : { file, host };
}

/** Returns the version that a Pulumi CLI prints; undefined if the CLI fails. */
export function engineVersion(file) {
    return versionIn(ask(file, ["version"], { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" }));
}

/** Returns the Pulumi CLI on PATH and its version if recent enough, otherwise undefined. */
export function recentPulumiOnPath(root) {
    const candidate = pulumiOnPath(root);
    const version = candidate === undefined ? undefined : engineVersion(candidate.file);
    return version !== undefined && isAtLeast(version, OLDEST_ENGINE) ? { ...candidate, version } : undefined;
}

const record = (root) => join(root, ".tools", "engine.json");

// The stamp contains modification time and size of the CLI on PATH, so that its version is read again only if the file
// changed.
function stamp(root) {
    const candidate = pulumiOnPath(root);
    const { mtimeMs, size } = candidate === undefined ? {} : statSync(candidate.file);
    const modules = ["engine", "language-host"].flatMap((name) =>
        ["go.mod", "go.sum"].map((file) => join(root, "packages", "local-aws", "toolchain", name, file)),
    );
    const archive = join(root, "packages", "local-aws", "toolchain", "engine-archive.json");
    return digest([...modules, archive], [OLDEST_ENGINE, candidate ?? null, mtimeMs ?? null, size ?? null]);
}

async function build(root, buildFolder, found, say) {
    const archive = found.archive ?? (await fetchArchive(root, say));
    const unpacked = archive === undefined ? undefined : await unpackArchive(buildFolder, archive, say);
    if (unpacked !== undefined) return { source: "official archive", version: archive.version, folder: unpacked };
    const version = pinnedEngine(root);
    if (found.go === undefined && found.pythonForGo === undefined) {
        throw new SetupError(
            "Pulumi's official archive cannot be used, and there is no Go to build the engine: install the Pulumi CLI or Go, see README.md",
        );
    }
    const go = found.go ?? (await installGo(root, buildFolder, found.pythonForGo, say));
    const folder = await buildFromGoModules(root, buildFolder, go, version);
    const answered = engineVersion(join(folder, "pulumi"));
    if (answered !== version) throw new SetupError(`The built engine reports version ${answered}, not ${version}`);
    return { source: "Go modules", version, folder };
}
