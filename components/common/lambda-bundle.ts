import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { buildSync } from "esbuild";

/** Folder of the functions' code. */
const source = join(import.meta.dirname, "..", "..", "app", "functions");

/** How every function of ours is run: the file and function that `lambdaBundle` makes. */
export const lambdaRuntime = { runtime: "nodejs24.x", architectures: ["arm64"], handler: "index.handler" };

/**
 * A function's code with all that it needs in one file, made of `lambda/<name>.ts` in about 0.2 s. The same on
 * every machine: no path and no time is in it, so it changes when the code, or a package, does. `beside` is what lies
 * beside it, by file name.
 *
 * @throws Error of esbuild for code that it cannot read.
 */
export function lambdaBundle(
    name: string,
    beside: Readonly<Record<string, pulumi.asset.Asset>> = {},
): pulumi.asset.AssetArchive {
    return new pulumi.asset.AssetArchive({ ...beside, "index.mjs": new pulumi.asset.StringAsset(bundleText(name)) });
}

export function bundleText(name: string): string {
    const { outputFiles } = buildSync({
        entryPoints: [join(source, name, "handler.ts")],
        absWorkingDir: join(source, "..", ".."),
        bundle: true,
        platform: "node",
        target: "node24",
        format: "esm",
        minify: true,
        legalComments: "none",
        logLevel: "silent",
        write: false,
        // Parts of the SDK are CommonJS, and ask for Node's own modules by require.
        banner: { js: 'import{createRequire as R}from"node:module";const require=R(import.meta.url);' },
    });
    return outputFiles[0]?.text ?? "";
}
