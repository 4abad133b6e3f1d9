import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { digest } from "../toolchain/stamp.mjs";

/**
 * Starts the AWS plugin from one bundled file. Loading single modules took half of the start time, and the engine starts the
 * plugin for each command. The bundle is rebuilt, in about a second, when the sources or the lock file change.
 */

const source = import.meta.dirname;
const root = join(source, "..", "..", "..");
const folder = join(root, ".tools", "aws-plugin");

/** Longest duration of a build in milliseconds, on a busy machine. */
const buildMs = 60_000;
/** Dependencies of Pulumi's SDK that only programs need. */
const unused = ["typescript", "@npmcli/arborist"];

const names = readdirSync(source).filter((name) => name.endsWith(".ts"));
const stamp = digest([join(root, "package-lock.json"), ...names.map((name) => join(source, name))], names);
const bundle = join(folder, `${stamp.slice(0, 16)}.mjs`);
if (!existsSync(bundle)) await build();
await import(pathToFileURL(bundle).href);

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
        format: "esm",
        minify: true,
        legalComments: "none",
        logLevel: "error",
        outfile: unfinished,
        alias: Object.fromEntries(unused.map((name) => [name, join(source, "unused.cjs")])),
        // Parts of the SDK are CommonJS and load Node's modules with `require`.
        banner: { js: 'import{createRequire as R}from"node:module";const require=R(import.meta.url);' },
    });
    renameSync(unfinished, bundle);
    // Another process may have built the same bundle meanwhile, or may be building it.
    for (const file of readdirSync(folder).map((name) => join(folder, name))) {
        const age = Date.now() - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
        if (file !== bundle && age > buildMs) rmSync(file, { force: true });
    }
}
