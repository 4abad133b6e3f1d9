import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { messageOf } from "../batch/access.ts";

/** MovieLens 100k, which its license allows nobody else to distribute. */
const archive = {
    url: "https://files.grouplens.org/datasets/movielens/ml-100k.zip",
    sha256: "50d2a982c66986937beb9ffb3aa76efe955bf3d5c6b761f4e3a7cd717c6a3229",
};

/**
 * Returns a CSV file of interactions: `data` itself, or the ratings of MovieLens 100k, which it writes into `folder`.
 * `data` is then `movielens`, which downloads the archive, or the path of a downloaded `ml-100k.zip`.
 *
 * @throws Error if the archive cannot be downloaded or is another file
 */
export async function toCsvFile(data: string, folder: string, { url, sha256 } = archive): Promise<string> {
    if (data !== "movielens" && !data.endsWith(".zip")) return data;
    const zip = data === "movielens" ? await download(url) : readFileSync(data);
    if (createHash("sha256").update(zip).digest("hex") !== sha256) {
        throw new Error(`${data === "movielens" ? url : data} is not the archive ml-100k.zip of GroupLens.`);
    }
    const ratings = unzipSync(zip, { filter: ({ name }) => name.endsWith("/u.data") })["ml-100k/u.data"] ?? [];
    const rows = Buffer.from(ratings).toString().trim().split("\n");
    const lines = rows.map((row) => {
        const [user, item, , at] = row.split("\t");
        return `${user},${item},${at},Watch\n`;
    });
    const file = join(folder, "movielens.csv");
    writeFileSync(file, `USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE\n${lines.join("")}`);
    return file;
}

async function download(url: string): Promise<Uint8Array> {
    try {
        const response = await fetch(url, { signal: AbortSignal.timeout(60_000) });
        if (!response.ok) throw new Error(`status ${response.status}`);
        return new Uint8Array(await response.arrayBuffer());
    } catch (error) {
        throw new Error(
            `${url} cannot be downloaded (${messageOf(error)}). Download it on another machine, and start with: npx local-personalize --data ml-100k.zip`,
        );
    }
}
