import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { Recent } from "../../serving/ports.ts";

type Item = Record<string, AttributeValue>;

/** Bytes of one write unit (DynamoDB Developer Guide, "Read and write operations"). */
export const unitBytes = 1024;

/**
 * Attributes of a viewer's newest films, in compact form: `[["50",0],["172",61000,0]]`. A film has its id and the
 * milliseconds before the revision. Then follows 0 if it was not watched, 1 if it was refused, and 2 if it was watched
 * and refused. Oldest films are left out until one write unit is enough.
 */
export function recentAttributes(key: Item, { revision, films, counted, proven }: Recent, expiresAt: number): Item {
    const item: Item = {
        ...key,
        revision: { N: String(revision) },
        expiresAt: { N: String(expiresAt) },
        ...(proven && { proven: { N: "1" } }),
        ...(counted && { minute: { N: String(counted.minute) }, events: { N: String(counted.events) } }),
    };
    const packed = films.map(({ itemId, at, watched = true, refused = false }) => [
        itemId,
        revision - at,
        ...(refused ? [watched ? 2 : 1] : watched ? [] : [0]),
    ]);
    for (let count = packed.length; ; count--) {
        const whole = { ...item, films: { S: JSON.stringify(packed.slice(0, count)) } };
        if (count === 0 || itemBytes(whole) <= unitBytes) return whole;
    }
}

/** Reads attributes of `recentAttributes`. */
export function recentOf(item: Item | undefined): Recent {
    if (item === undefined) return { revision: 0, films: [] };
    const [revision, minute, events] = [item.revision, item.minute, item.events].map((value) => Number(value?.N ?? 0));
    const films = JSON.parse(item.films?.S ?? "[]") as readonly (readonly [string, number, (0 | 1 | 2)?])[];
    return {
        revision: revision as number,
        films: films.map(([itemId, before, mark]) => ({
            itemId,
            at: (revision as number) - before,
            ...((mark === 0 || mark === 1) && { watched: false as const }),
            ...((mark === 1 || mark === 2) && { refused: true as const }),
        })),
        ...(item.proven && { proven: true as const }),
        ...(minute && { counted: { minute, events: events as number } }),
    };
}

/**
 * Bytes of an item of texts and numbers (DynamoDB Developer Guide, "DynamoDB item sizes and formats"). A number has a
 * byte for two digits, and one more. One is added for a digit on the other side of a pair.
 */
export function itemBytes(item: Item): number {
    let bytes = 0;
    for (const [name, { S, N }] of Object.entries(item)) {
        const value = N === undefined ? Buffer.byteLength(S ?? "") : Math.ceil(N.length / 2) + 2;
        bytes += Buffer.byteLength(name) + value;
    }
    return bytes;
}
