import { createHash } from "node:crypto";
import type { Limits } from "./limits.ts";
import type { KeptList } from "./ports.ts";

/** The current state. The API compares a list with it to decide whether the list is still fresh. */
interface Now {
    /** Epoch milliseconds. */
    readonly at: number;
    /** The viewer's newest known revision, or the revision in the request if it is later. */
    readonly revision: number;
    /** Solution version that the campaign serves; undefined if unknown. */
    readonly solutionVersion: string | undefined;
    /** Time before which all lists are stale, in epoch milliseconds. */
    readonly flushed: number;
}

/**
 * How good a stored list is. fresh: as good as a new list. ageing: answer with it, and request a new one in the
 * background. stale: use it only without a better list. useless: never use it.
 */
export type Freshness = "fresh" | "ageing" | "stale" | "useless";

/**
 * Returns the freshness of a stored list. Compares revisions, not times, to decide whether the list includes an event:
 * clocks of processes differ, and a list requested before an event can arrive after it.
 */
export function judgeFreshness(list: KeptList, now: Now, limits: Limits): Freshness {
    const age = now.at - list.madeAt;
    if (age > limits.stale) return "useless";
    const otherVersion = now.solutionVersion !== undefined && list.solutionVersion !== now.solutionVersion;
    if (list.revision < now.revision || otherVersion || list.madeAt <= now.flushed) return "stale";
    if (list.madeAt - list.revision < limits.settling) return age < limits.unsettled ? "fresh" : "stale";
    if (age < limits.fresh) return "fresh";
    return age < limits.revalidated ? "ageing" : "stale";
}

/** The parameters that distinguish the lists of a viewer. */
export interface ListAsk {
    /** Name of a filter of the stack. */
    readonly filter?: string;
    readonly values: Readonly<Record<string, string>>;
    readonly context: Readonly<Record<string, string>>;
}

const sorted = (texts: Readonly<Record<string, string>>) =>
    Object.entries(texts).sort(([one], [other]) => (one < other ? -1 : 1));

/**
 * Returns the key of a list among a viewer's lists: empty without a filter and a context; otherwise a hash of both,
 * which does not depend on the order of the filter's values and of the context's columns.
 */
export function listKey({ filter, values, context }: ListAsk): string {
    if (filter === undefined && Object.keys(context).length === 0) return "";
    const keyText = JSON.stringify([filter ?? null, sorted(values), sorted(context)]);
    return createHash("sha256").update(keyText).digest("base64url").slice(0, 22);
}
