import { createHash } from "node:crypto";
import type { Limits } from "./limits.ts";
import type { KeptList } from "./ports.ts";

/** What a list is measured by. */
export interface Now {
    /** Epoch milliseconds. */
    readonly at: number;
    /** The viewer's revision as far as it is known, or the one that the request names, if that is later. */
    readonly revision: number;
    /** Solution version that the campaign serves; undefined where nobody knows. */
    readonly solutionVersion: string | undefined;
    /** Lists that were made before are stale. */
    readonly flushed: number;
}

/**
 * fresh: as good as a new one. ageing: to be answered, while a new one is asked for. stale: for want of a better one
 * only. useless: not even that.
 */
export type Freshness = "fresh" | "ageing" | "stale" | "useless";

/**
 * How good a kept list is. Whether it knows an event is told by revisions, not by times: the clocks of two processes differ,
 * and a list that was asked for before an event may come after it.
 */
export function freshnessOf(list: KeptList, now: Now, limits: Limits): Freshness {
    const age = now.at - list.madeAt;
    if (age > limits.stale) return "useless";
    const otherVersion = now.solutionVersion !== undefined && list.solutionVersion !== now.solutionVersion;
    if (list.revision < now.revision || otherVersion || list.madeAt <= now.flushed) return "stale";
    if (list.madeAt - list.revision < limits.settling) return age < limits.unsettled ? "fresh" : "stale";
    if (age < limits.fresh) return "fresh";
    return age < limits.revalidated ? "ageing" : "stale";
}

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
