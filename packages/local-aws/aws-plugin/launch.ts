import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { digest } from "../toolchain/stamp.mjs";

/**
 * Starts the AWS plugin from one bundled file. The engine starts a plugin for each command, and half of a start was
 * loading modules. The bundle is made once for a state of the sources and of the lock file, in about a second.
 */

const source = import.meta.dirname;
const root = join(source, "..", "..", "..");
const folder = join(root, ".tools", "aws-plugin");

/** Parts of Pulumi's SDK that only programs need: the compiler and npm's dependency tree. */
const unused = ["typescript", "@npmcli/arborist"];

const names = readdirSync(source).filter((name) => name.endsWith(".ts"));
const stamp = digest([join(root, "package-lock.json"), ...names.map((name) => join(source, name))], names);
const bundle = join(folder, `${stamp.slice(0, 16)}.mjs`);
if (!existsSync(bundle)) await build();
await import(pathToFileURL(bundle).href);

async function build(): Promise<void> {
    const { build } = await import("esbuild");
    mkdirSync(folder, { recursive: true });
    const others = readdirSync(folder);
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
        // Parts of the SDK are CommonJS and load Node's own modules by require.
        banner: { js: 'import{createRequire as R}from"node:module";const require=R(import.meta.url);' },
    });
    renameSync(unfinished, bundle);
    for (const name of others) rmSync(join(folder, name), { force: true });
}
