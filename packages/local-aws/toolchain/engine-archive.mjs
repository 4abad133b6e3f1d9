import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { isExecutable } from "./find.mjs";

const RELEASES = "https://github.com/pulumi/pulumi/releases/download";
const CONNECT_MILLISECONDS = 5_000;
const PINS = "engine-archive.json";

/** Returns the pinned version and SHA-256 hashes of Pulumi's official archives. */
const pinnedArchive = (root) =>
    JSON.parse(readFileSync(join(root, "packages", "local-aws", "toolchain", PINS), "utf8"));

/**
 * Downloads Pulumi's official archive for this machine and checks its pinned hash. Returns undefined with `CI=true`.
 * Also returns undefined, and prints the reason, if there is no hash for this platform, no connection within 5 seconds,
 * or a wrong hash.
 */
export async function fetchArchive(root, say) {
    if (process.env.CI === "true") return undefined;
    const { version, sha256 } = pinnedArchive(root);
    const machine = `${process.platform}-${process.arch}`;
    const without = (why) => {
        say(`  Pulumi's official archive cannot be used (${why}); continuing without it`);
        return undefined;
    };
    if (sha256[machine] === undefined) return without(`none is pinned for ${machine}`);
    const connecting = new AbortController();
    const timer = setTimeout(() => connecting.abort(), CONNECT_MILLISECONDS);
    try {
        const url = `${RELEASES}/v${version}/pulumi-v${version}-${machine}.tar.gz`;
        const response = await fetch(url, { signal: connecting.signal });
        clearTimeout(timer);
        if (!response.ok) return without(`it answered ${response.status}`);
        const bytes = Buffer.from(await response.arrayBuffer());
        const found = createHash("sha256").update(bytes).digest("hex");
        return found === sha256[machine]
            ? { version, bytes }
            : without(`its SHA-256 is ${found}, not the pinned ${sha256[machine]}`);
    } catch (error) {
        return without(connecting.signal.aborted ? "no connection in 5 s" : (error.cause?.code ?? error.message));
    } finally {
        clearTimeout(timer);
    }
}

/**
 * Unpacks the archive into the build folder.
 * @returns the folder with `pulumi` and its language host; if unpacking fails, prints a message and returns undefined
 */
export async function unpackArchive(buildFolder, { bytes }, say) {
    const folder = join(buildFolder.build, "official");
    const file = join(buildFolder.build, "pulumi.tar");
    mkdirSync(folder);
    try {
        writeFileSync(file, gunzipSync(bytes));
        const tar = ["/usr/bin/tar", "/bin/tar"].find(isExecutable) ?? "tar";
        await buildFolder.run("engine", tar, ["-xf", file, "-C", folder]);
        const bin = join(folder, "pulumi");
        if (["pulumi", "pulumi-language-nodejs"].every((name) => isExecutable(join(bin, name)))) return bin;
        say("  Pulumi's official archive does not contain the engine; continuing without the archive");
    } catch {
        say("  Pulumi's official archive cannot be unpacked (see .tools/logs/engine.log); continuing without it");
    }
    return undefined;
}
