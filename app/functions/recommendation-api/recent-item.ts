import type { Recent } from "../../serving/ports.ts";
import type { Item } from "./table-items.ts";

/** Bytes of one write unit (DynamoDB Developer Guide, "Read and write operations"). */
const unitBytes = 1024;

/**
 * Returns the attributes of a viewer's newest films, in compact form: `[["50",0],["172",61000,0]]`. Each film has its
 * ID and the milliseconds from its event to the viewer's revision (a time). A film that the viewer only watched has no
 * more values. Any other film also has a number: 0 if the viewer did not watch it, 1 if the viewer refused it, 2 if the
 * viewer watched and refused it. Leaves out the oldest films until one write unit is enough.
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

/** Reads the attributes that `recentAttributes` returns. */
export function toRecent(item: Item | undefined): Recent {
    if (item === undefined) return { revision: 0, films: [] };
    const number = (name: string) => Number(item[name]?.N ?? 0);
    const [revision, minute] = [number("revision"), number("minute")] as const;
    const films = JSON.parse(item.films?.S ?? "[]") as readonly (readonly [string, number, (0 | 1 | 2)?])[];
    return {
        revision,
        films: films.map(([itemId, before, mark]) => ({
            itemId,
            at: revision - before,
            ...((mark === 0 || mark === 1) && { watched: false as const }),
            ...((mark === 1 || mark === 2) && { refused: true as const }),
        })),
        ...(item.proven && { proven: true as const }),
        ...(minute && { counted: { minute, events: number("events") } }),
    };
}

/**
 * Returns the size in bytes of a DynamoDB item of texts and numbers (DynamoDB Developer Guide, "DynamoDB item sizes and
 * formats"). A number takes one byte for each pair of digits, and one byte more. The function adds another byte,
 * because DynamoDB may form the pairs from the decimal point on: 123.4 then has the pairs 1, 23 and 4, so the single
 * digits 1 and 4 take a byte each.
 */
export function itemBytes(item: Item): number {
    let bytes = 0;
    for (const [name, { S, N }] of Object.entries(item)) {
        const value = N === undefined ? Buffer.byteLength(S ?? "") : Math.ceil(N.length / 2) + 2;
        bytes += Buffer.byteLength(name) + value;
    }
    return bytes;
}
