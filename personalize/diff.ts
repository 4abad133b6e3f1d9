import type { CommonInputs, ResourceKind } from "./resource.ts";

export type Properties = Readonly<Record<string, unknown>>;

export interface Diff {
    readonly changes: boolean;
    readonly replaces: string[];
    readonly deleteBeforeReplace: boolean;
}

/** A resource in such a state never becomes ACTIVE: it can only be made anew. A stopped training cannot be resumed. */
export const isDeadEnd = (status: unknown) => status === "CREATE FAILED" || status === "CREATE STOPPED";

/** Whether nothing can be gone on with: it failed, or it is being deleted. */
export const isLeaving = (status: string) => isDeadEnd(status) || status.startsWith("DELETE");

/** Inputs that steer the program and are no property of the resource: a change is recorded and calls nothing. */
const steering = ["pollSeconds", "deadlineMinutes"] as const;

/** The inputs among a resource's properties; the rest is what the service computed. */
export function inputsIn<I extends CommonInputs>(kind: ResourceKind<I>, properties: Properties): Properties {
    const keys: readonly string[] = [...kind.replaces, ...kind.updates, ...steering, "tags", "adopt"];
    return Object.fromEntries(Object.entries(properties).filter(([key]) => keys.includes(key)));
}

/**
 * The differences between what is recorded and what is wanted. Compares plainly, so that a value unknown at
 * preview counts as changed: the engine relies on that to order deletions.
 */
export function diffOf<I extends CommonInputs>(kind: ResourceKind<I>, olds: Properties, news: Properties): Diff {
    const changed = (key: string) => canonical(olds[key]) !== canonical(news[key]);
    const replaces: string[] = kind.replaces.filter(
        (key) => changed(key) && !(key === "name" && isAdopted(olds, news)),
    );
    // Something else than what is recorded is to be gone on with.
    if (news.adopt !== undefined && news.adopt !== olds.arn) {
        replaces.push("adopt");
    }
    const status = String(olds.status);
    // Deleted by somebody, and seen by a refresh while it was on its way out.
    if (isLeaving(status)) {
        replaces.push("status");
    }
    const inPlace = [...kind.updates, ...steering].some(changed) || (kind.taggable && changed("tags"));
    return {
        // What a refresh saw on its way to ACTIVE is waited for by an update that calls nothing else.
        changes: replaces.length > 0 || inPlace || status !== "ACTIVE",
        replaces,
        // What is adopted instead stands already, and may be refused: then the old one must not be gone.
        deleteBeforeReplace:
            replaces.length > 0 &&
            kind.identity.length > 0 &&
            !kind.identity.some(changed) &&
            !replaces.includes("adopt"),
    };
}

/** What was made outside keeps the name that it was given there. */
const isAdopted = (olds: Properties, news: Properties) => news.adopt !== undefined && news.adopt === olds.arn;

/**
 * JSON with sorted keys, so that equal values have equal texts. A text that is a JSON object itself is taken as one: a
 * schema from the console has other spaces and another order than ours.
 */
export function canonical(value: unknown): string {
    return JSON.stringify(objectOf(value), (_, inner: unknown) =>
        inner !== null && typeof inner === "object" && !Array.isArray(inner)
            ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
            : inner,
    ) as string;
}

function objectOf(value: unknown): unknown {
    if (typeof value !== "string" || !value.trimStart().startsWith("{")) {
        return value;
    }
    try {
        return JSON.parse(value);
    } catch {
        return value;
    }
}
