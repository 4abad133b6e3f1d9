import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { digest } from "../toolchain/stamp.mjs";

/**
 * Starts the AWS plugin from one bundled file. The engine starts the plugin for each command, and without the bundle,
 * half of the start time is loading single modules. The bundle is rebuilt, in about a second, when the sources or the
 * lock file change.
 */

const source = import.meta.dirname;
const root = join(source, "..", "..", "..");
const folder = join(root, ".tools", "aws-plugin");

/** Maximum duration of a build of the bundle in milliseconds, on a busy machine. */
const buildMs = 60_000;
/** Dependencies of Pulumi's SDK that Pulumi programs need, but plugins do not. */
const unused = ["typescript", "@npmcli/arborist"];

const names = readdirSync(source).filter((name) => name.endsWith(".ts"));
const stamp = digest([join(root, "package-lock.json"), ...names.map((name) => join(source, name))], names);
const bundle = join(folder, `${stamp.slice(0, 16)}.cjs`);
if (!existsSync(bundle)) await build();
createRequire(bundle)(bundle);

async function build(): Promise<void> {
    const { build } = await import("esbuild");
    mkdirSync(folder, { recursive: true });
    const unfinished = join(folder, `${randomUUID()}.unfinished`);
    await build({
        entryPoints: [join(source, "main.ts")],
        absWorkingDir: root,
        bundle: true,
        platform: "node",
        target: "node24",
        format: "cjs",
        // Prefer the packages' ES modules, because esbuild removes unused commands only from those.
        mainFields: ["module", "main"],
        minify: true,
        legalComments: "none",
        logLevel: "error",
        outfile: unfinished,
        alias: Object.fromEntries(unused.map((name) => [name, join(source, "unused.cjs")])),
    });
    renameSync(unfinished, bundle);
    // Delete old bundles only, because another process may be building one now.
    for (const file of readdirSync(folder).map((name) => join(folder, name))) {
        const age = Date.now() - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
        if (file !== bundle && age > buildMs) rmSync(file, { force: true });
    }
}
