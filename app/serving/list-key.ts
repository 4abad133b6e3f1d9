import { createHash } from "node:crypto";

/** What makes one list of a viewer another one. */
export interface ListAsk {
    /** Name of a filter of the stack. */
    readonly filter?: string;
    readonly values: Readonly<Record<string, string>>;
    readonly context: Readonly<Record<string, string>>;
}

const sorted = (texts: Readonly<Record<string, string>>) =>
    Object.entries(texts).sort(([one], [other]) => (one < other ? -1 : 1));

/** Key of a list among those of its viewer: empty for a plain one, else a hash, whatever the order of names. */
export function listKey({ filter, values, context }: ListAsk): string {
    if (filter === undefined && Object.keys(context).length === 0) return "";
    const asked = JSON.stringify([filter ?? null, sorted(values), sorted(context)]);
    return createHash("sha256").update(asked).digest("base64url").slice(0, 22);
}
