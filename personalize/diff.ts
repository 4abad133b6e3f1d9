import type { CommonInputs, ResourceKind } from "./resource.ts";

export type Properties = Readonly<Record<string, unknown>>;

export interface Diff {
    readonly changes: boolean;
    readonly replaces: string[];
    readonly deleteBeforeReplace: boolean;
}

/**
 * A resource in such a state never becomes ACTIVE, so it must be created again. A stopped training cannot be resumed.
 */
export const isDeadEnd = (status: unknown) => status === "CREATE FAILED" || status === "CREATE STOPPED";

/** Whether the resource cannot be used: its creation failed, or it is being deleted. */
export const isLeaving = (status: string) => isDeadEnd(status) || status.startsWith("DELETE");

/** Inputs that only waits use. A new value is no change of the resource; the next wait uses it. */
const waitInputs = ["pollSeconds", "deadlineMinutes"] as const;

/** The inputs among a resource's properties; Personalize computed the others. */
export function inputsIn<I extends CommonInputs>(kind: ResourceKind<I>, properties: Properties): Properties {
    const keys: readonly string[] = [
        ...kind.replaces,
        ...kind.updates,
        ...(kind.noted ?? []),
        ...waitInputs,
        "tags",
        "adopt",
    ];
    return Object.fromEntries(Object.entries(properties).filter(([key]) => keys.includes(key)));
}

/**
 * The differences between recorded and wanted properties. A value that is unknown at preview counts as changed: the
 * engine needs this to order deletions.
 */
export function diffOf<I extends CommonInputs>(kind: ResourceKind<I>, olds: Properties, news: Properties): Diff {
    const changed = (key: string) => isChanged(kind, key, olds, news);
    const replaces: string[] = kind.replaces.filter(
        (key) => changed(key) && !(key === "name" && isAdopted(olds, news)),
    );
    // `adopt` names a different ARN than the state: replace.
    if (news.adopt !== undefined && news.adopt !== olds.arn) {
        replaces.push("adopt");
    }
    const status = String(olds.status);
    // Deleted outside the program; a refresh saw it during the deletion.
    if (isLeaving(status)) {
        replaces.push("status");
    }
    const inPlace = kind.updates.some(changed) || (kind.taggable && changed("tags"));
    return {
        // If a refresh saw it before ACTIVE, an update waits for it and calls nothing else.
        changes: replaces.length > 0 || inPlace || status !== "ACTIVE",
        replaces,
        // The adopted resource already exists, and it may be rejected: keep the old one until then.
        deleteBeforeReplace:
            replaces.length > 0 &&
            kind.identity.length > 0 &&
            !kind.identity.some(changed) &&
            !replaces.includes("adopt"),
    };
}

/** An adopted resource keeps its original name. */
const isAdopted = (olds: Properties, news: Properties) => news.adopt !== undefined && news.adopt === olds.arn;

/** Whether two values of a property are one to Personalize. */
export function meansTheSame<I extends CommonInputs>(
    { spellings }: Pick<ResourceKind<I>, "spellings">,
    key: string,
    one: unknown,
    other: unknown,
): boolean {
    const spelling = spellings?.[key as keyof I & string];
    const spelled = (value: unknown) => canonical(spelling && typeof value === "string" ? spelling(value) : value);
    return spelled(one) === spelled(other);
}

/** Whether an input changed. */
export function isChanged<I extends CommonInputs>(
    kind: Pick<ResourceKind<I>, "spellings">,
    key: string,
    olds: Properties,
    news: Properties,
): boolean {
    return !meansTheSame(kind, key, olds[key], news[key]);
}

/** Properties in the words of `wording`, where both mean the same. */
export function inWordsOf<I extends CommonInputs>(
    kind: Pick<ResourceKind<I>, "spellings">,
    wording: Properties,
    properties: Properties,
): Properties {
    const entries = Object.entries(properties).map(([key, value]) => [
        key,
        meansTheSame(kind, key, wording[key], value) ? wording[key] : value,
    ]);
    return Object.fromEntries(entries);
}

/**
 * JSON with sorted keys, so that equal values have equal texts. A text that contains a JSON object is compared as an
 * object. The console formats a schema with other spaces and another order.
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
