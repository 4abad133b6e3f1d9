import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isExecutable } from "./find.mjs";

const INSTALLER = "https://get.pulumi.com/install.sh";
const CONNECT_MILLISECONDS = 5_000;

/**
 * The text of Pulumi's official install script. Undefined with `CI=true`, where it is not tried, and when it cannot be
 * reached within 5 seconds, which it says in a line.
 */
export async function fetchInstaller(say) {
    if (process.env.CI === "true") return undefined;
    const connecting = new AbortController();
    const timer = setTimeout(() => connecting.abort(), CONNECT_MILLISECONDS);
    try {
        const response = await fetch(INSTALLER, { signal: connecting.signal });
        clearTimeout(timer);
        if (!response.ok) throw new Error(`it answered ${response.status}`);
        return await response.text();
    } catch (error) {
        const why = connecting.signal.aborted ? "no connection in 5 s" : (error.cause?.code ?? error.message);
        say(`  Pulumi's official installer cannot be used (${why}); going on without it`);
        return undefined;
    } finally {
        clearTimeout(timer);
    }
}

/**
 * Runs the official installer inside the workshop; it touches no shell profile.
 * @returns the folder with `pulumi` and its language host; undefined, said in a line, when it failed
 */
export async function runInstaller(workshop, script, version, say) {
    const folder = join(workshop.build, "official");
    const file = join(folder, "install.sh");
    mkdirSync(folder);
    writeFileSync(file, script);
    try {
        const args = [file, "--version", version, "--install-root", folder, "--no-edit-path"];
        await workshop.run("engine", "/bin/sh", args);
        if (["pulumi", "pulumi-language-nodejs"].every((name) => isExecutable(join(folder, "bin", name)))) {
            return join(folder, "bin");
        }
        say("  Pulumi's official installer left no engine behind; going on without it");
    } catch {
        say("  Pulumi's official installer failed (see .tools/logs/engine.log); going on without it");
    }
    return undefined;
}
