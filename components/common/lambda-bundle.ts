import { createHash, randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { buildSync } from "esbuild";

const root = join(import.meta.dirname, "..", "..");
const source = join(root, "app", "functions");
const cache = join(root, "node_modules", ".cache", "movie-recommender", "functions");

/**
 * Modules that esbuild replaces, because they take up to a third of a function's cold start:
 *
 * - Modules of Node.js become CommonJS. If an ES module imports them, Node.js reads all their exports: it loads undici for
 *   the WebSocket of node:http, for example.
 * - The sources of credentials other than the environment become empty. Lambda sets the environment's credentials, which
 *   the SDK looks for first. The SDK would load the other sources only without them.
 */
const alias = Object.fromEntries([
    ...["crypto", "http", "https", "process", "util"].map((name) => [
        `node:${name}`,
        `data:text/javascript,module.exports=process.getBuiltinModule('node:${name}')`,
    ]),
    ...["http", "ini", "login", "process", "sso", "web-identity"].map((source) => [
        `@aws-sdk/credential-provider-${source}`,
        "data:text/javascript,export{}",
    ]),
    ["@smithy/credential-provider-imds", "data:text/javascript,export{}"],
]);

/** The runtime, the architecture and the entry point of every Lambda function; `lambdaBundle` makes the entry point. */
export const lambdaRuntime = { runtime: "nodejs24.x", architectures: ["arm64"], handler: "index.handler" };

/**
 * Returns the code of a Lambda function with all its imports in one file, built from `app/functions/<name>/handler.ts`.
 * The file contains no path and no time, so it is the same on every machine until the code or a package changes.
 * `beside` contains further files of the archive, by name.
 *
 * @throws Error of esbuild for code that it cannot read
 */
export function lambdaBundle(
    name: string,
    beside: Readonly<Record<string, pulumi.asset.Asset>> = {},
): pulumi.asset.AssetArchive {
    // Use a FileAsset. With a StringAsset, Pulumi's state would contain megabytes of code, and the engine writes the
    // state at each step of an update.
    const code = new pulumi.asset.FileAsset(relative(process.cwd(), bundleFile(name)));
    return new pulumi.asset.AssetArchive({ ...beside, "index.mjs": code });
}

/** Returns the path of a function's bundle in the cache. Builds the bundle again if one of its sources changed. */
export function bundleFile(name: string): string {
    const record = join(cache, `${name}.json`);
    const kept = readCached(record);
    if (kept && Object.entries(kept.sources).every(([path, hash]) => hashFile(join(root, path)) === hash)) {
        return join(cache, kept.file);
    }
    const { text, sources } = buildBundle(name);
    mkdirSync(cache, { recursive: true });
    // Use a new name, because another Pulumi process may be reading a bundle that was built from an older version of
    // the sources.
    const file = `${name}-${sha256(text).slice(0, 16)}.mjs`;
    replaceFile(join(cache, file), text);
    replaceFile(record, JSON.stringify({ file, sources } satisfies Cached));
    return join(cache, file);
}

interface Cached extends Pick<Bundle, "sources"> {
    /** File name of the bundle in the cache. */
    readonly file: string;
}

export interface Bundle {
    readonly text: string;
    /** Hash of each source file, by its path in the project. The hash of the lock file stands for all packages. */
    readonly sources: Readonly<Record<string, string>>;
}

/** Builds the bundle of a function, in 0.2 to 0.5 s. */
export function buildBundle(name: string): Bundle {
    const { outputFiles, metafile } = buildSync({
        entryPoints: [join(source, name, "handler.ts")],
        absWorkingDir: root,
        bundle: true,
        platform: "node",
        target: "node24",
        // esbuild removes unused code only from ES modules. For Node.js, esbuild prefers a package's CommonJS file
        // (`main`), so put the ES module (`module`) first.
        mainFields: ["module", "main"],
        alias,
        format: "esm",
        minify: true,
        legalComments: "none",
        logLevel: "silent",
        write: false,
        metafile: true,
        // Parts of the SDK are CommonJS and load Node's own modules with `require`. Use long names in the banner: the
        // minifier does not know them, and could declare a short one twice.
        banner: { js: 'import{createRequire}from"node:module";const require=createRequire(import.meta.url);' },
    });
    // An alias is an input that is no file.
    const own = Object.keys(metafile.inputs).filter((path) => !/node_modules\/|^</.test(path));
    const files = [...own, "package-lock.json", relative(root, import.meta.filename)];
    const sources = Object.fromEntries(files.map((path) => [path, hashFile(join(root, path)) ?? ""]));
    return { text: outputFiles[0]?.text ?? "", sources };
}

/** Returns the hash of a file; undefined if it does not exist. */
function hashFile(file: string): string | undefined {
    return existsSync(file) ? sha256(readFileSync(file)) : undefined;
}

const sha256 = (content: string | Buffer) => createHash("sha256").update(content).digest("hex");

/** Returns the cached record; undefined if it is missing or not readable, or if the bundle is missing. */
function readCached(record: string): Cached | undefined {
    try {
        const kept = JSON.parse(readFileSync(record, "utf8")) as Partial<Cached>;
        return kept.file && existsSync(join(cache, kept.file)) ? (kept as Cached) : undefined;
    } catch {
        return undefined;
    }
}

function replaceFile(file: string, content: string): void {
    const unfinished = `${file}.${randomUUID()}`;
    writeFileSync(unfinished, content);
    renameSync(unfinished, file);
}
