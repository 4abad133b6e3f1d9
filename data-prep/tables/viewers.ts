import { hash } from "node:crypto";
import { type Columns, countRows } from "../columns.ts";

/** Maximum number of viewers in the fallback tables' list, because the tables must fit into a function of 256 MB. */
export const maxListedViewers = 2_000_000;

/**
 * Returns the first 32 bits of an id's SHA-256. At a million viewers, another viewer has the same bits with a chance of
 * 1 in 4,000.
 */
const computeFingerprint = (userId: string): number => Number.parseInt(hash("sha256", userId).slice(0, 8), 16);

/**
 * Returns the viewers of the interactions in compact form: four bytes for each, in base64. Ids cannot be read from it.
 * Undefined above `mostListedViewers`.
 */
export function listViewers(userIds: readonly string[]): string | undefined {
    if (userIds.length > maxListedViewers) return undefined;
    return Buffer.from(Uint32Array.from(userIds, computeFingerprint).sort().buffer).toString("base64");
}

/** Reads the text of `listViewers`. Returns a function that checks whether the list has a viewer. */
export function parseViewerList(text: string): (userId: string) => boolean {
    const bytes = Buffer.from(text, "base64");
    const prints = new Uint32Array(Uint8Array.from(bytes).buffer);
    return (userId) => {
        const wanted = computeFingerprint(userId);
        let [from, to] = [0, prints.length];
        while (from < to) {
            const middle = (from + to) >> 1;
            if ((prints[middle] as number) < wanted) from = middle + 1;
            else to = middle;
        }
        return prints[from] === wanted;
    };
}

/** MovieLens viewers with different tastes. Their IDs are public. */
export const knownViewers: readonly string[] = ["22", "6", "122", "13", "201", "405"];
const wanted = knownViewers.length;

/**
 * Returns some users for the demo and the page: MovieLens' known ones if the data has them. For other data, returns
 * users whose histories are longer than those of 40, 50 … 90 % of the users.
 */
export function someViewers({ users, userCount, userIds }: Columns, isMovieLens: boolean): string[] {
    const examples = isMovieLens ? knownViewers.filter((id) => userIds.includes(id)) : [];
    const counts = countRows(users, userCount);
    const order = [...counts.keys()].sort((a, b) => (counts[a] as number) - (counts[b] as number) || a - b);
    const spread = Array.from({ length: wanted }, (_, step) => order[Math.floor(order.length * (0.4 + step / 10))]);
    const others = spread.flatMap((user) => (user === undefined ? [] : [userIds[user] as string]));
    return [...new Set([...examples, ...others])].slice(0, wanted);
}
