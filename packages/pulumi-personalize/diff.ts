import { type CommonInputs, isUnknown, type ResourceKind } from "./resource.ts";

export type Properties = Readonly<Record<string, unknown>>;

/** A kind of resource, of whose inputs the types of only the common ones are known. Every kind is one. */
export interface AnyKind
    extends Omit<ResourceKind<CommonInputs>, "replaces" | "updates" | "fixed" | "identity" | "spellings" | "noted"> {
    readonly replaces: readonly string[];
    readonly updates: readonly string[];
    fixed?(inputs: CommonInputs): readonly string[];
    readonly identity: readonly string[];
    readonly spellings?: Readonly<Record<string, ((value: never) => unknown) | undefined>>;
    readonly noted?: readonly string[];
}

type Spelled = Pick<AnyKind, "spellings">;

/** Inputs of a kind as Pulumi passes them, possibly with further properties. */
export type Passed<I> = I & Properties;

export type Inputs = Passed<CommonInputs>;

export interface Diff {
    readonly changes: boolean;
    readonly replaces: string[];
    readonly deleteBeforeReplace: boolean;
}

/**
 * Checks whether a resource can never become ACTIVE, so that the program must create it again. A stopped training
 * cannot be resumed.
 */
export const isDeadEnd = (status: unknown) => status === "CREATE FAILED" || status === "CREATE STOPPED";

/** Checks whether a resource has a final, usable status: ACTIVE, or INACTIVE for a stopped recommender. */
export const isSettled = (status: string) => status === "ACTIVE" || status === "INACTIVE";

/** Checks whether a resource cannot be used, because its creation failed or it is being deleted. */
export const isLeaving = (status: string) => isDeadEnd(status) || status.startsWith("DELETE");

/** Inputs that only affect waits. A new value changes no resource and applies to the next wait. */
const waitInputs = ["pollSeconds", "deadlineMinutes"] as const;

/** Returns the inputs among a resource's properties, without the properties that Personalize computes. */
export function selectInputs(kind: AnyKind, properties: Properties): Properties {
    const keys: readonly string[] = [
        ...kind.replaces,
        ...kind.updates,
        ...(kind.noted ?? []),
        ...waitInputs,
        "tags",
        "owner",
        "adopt",
        "defaults",
        "logicalName",
    ];
    return Object.fromEntries(Object.entries(properties).filter(([key]) => keys.includes(key)));
}

/**
 * Compares recorded properties with wanted ones. A value that is unknown at preview counts as changed, because the
 * engine needs this to order deletions.
 */
export function compareProperties(kind: AnyKind, olds: Properties, news: Properties): Diff {
    const changed = (key: string) => isChanged(kind, key, olds, news);
    const replaces = replacing(kind, news).filter((key) => changed(key) && !(key === "name" && isAdopted(olds, news)));
    // Replace the resource if `adopt` is not the ARN in the state.
    if (news.adopt !== undefined && news.adopt !== olds.arn) replaces.push("adopt");
    const status = String(olds.status);
    // Replace a resource whose creation failed, or that was being deleted outside the program when a refresh read it.
    if (isLeaving(status)) replaces.push("status");
    // A missing owner of an imported resource is not a change. The resource gets an owner when another input changes.
    const hasOtherOwner = olds.owner !== undefined && changed("owner");
    const inPlace = kind.updates.some(changed) || (kind.taggable && (changed("tags") || hasOtherOwner));
    return {
        // If a refresh read the resource before it was ACTIVE, report an update, which changes nothing and waits until
        // the resource is ACTIVE.
        changes: replaces.length > 0 || inPlace || !isSettled(status),
        replaces,
        // Keep the old resource until the new one is adopted, because the program may reject the new one.
        deleteBeforeReplace:
            replaces.length > 0 &&
            kind.identity.length > 0 &&
            !kind.identity.some((key) => changed(key) || (key === "name" && isGenerated(news))) &&
            !replaces.includes("adopt"),
    };
}

/** Returns the inputs whose change replaces a resource with these inputs. */
export const replacing = (kind: AnyKind, inputs: Properties): readonly string[] => [
    ...kind.replaces,
    ...(kind.fixed?.(inputs as unknown as CommonInputs) ?? []),
];

/** Checks whether the program states no name. A replacement then gets another name, so both resources can exist. */
const isGenerated = ({ logicalName }: Properties) => logicalName !== undefined;

/** Checks whether the resource is adopted. An adopted resource keeps its original name. */
const isAdopted = (olds: Properties, news: Properties) => news.adopt !== undefined && news.adopt === olds.arn;

/** Checks whether Personalize treats two values of a property as equal. */
export function isEqualValue({ spellings }: Spelled, key: string, one: unknown, other: unknown): boolean {
    const spelling = spellings?.[key] as ((value: unknown) => unknown) | undefined;
    const isSpelled = (value: unknown) => spelling !== undefined && value !== undefined && !isUnknown(value);
    const spelled = (value: unknown) => canonical(isSpelled(value) ? spelling?.(value) : value);
    return spelled(one) === spelled(other);
}

/** Checks whether an input changed. */
export const isChanged = (kind: Spelled, key: string, olds: Properties, news: Properties): boolean =>
    !isEqualValue(kind, key, olds[key], news[key]);

/**
 * Returns `properties` with the spelling of `wording`: if Personalize treats the two values of a property as equal, the
 * result has the value from `wording`. So Pulumi shows no difference if Personalize only spells a value differently.
 */
export function keepSpelling(kind: Spelled, wording: Properties, properties: Properties): Properties {
    const entries = Object.entries(properties).map(([key, value]) => [
        key,
        isEqualValue(kind, key, wording[key], value) ? wording[key] : value,
    ]);
    return Object.fromEntries(entries);
}

/**
 * Returns JSON with sorted keys, so that equal values have equal texts. Parses a text that contains a JSON object,
 * because Personalize's console changes the spaces and the order of keys in a schema.
 */
export function canonical(value: unknown): string {
    return JSON.stringify(parseIfObject(value), (_, inner: unknown) =>
        inner !== null && typeof inner === "object" && !Array.isArray(inner)
            ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
            : inner,
    );
}

function parseIfObject(value: unknown): unknown {
    if (typeof value !== "string" || !value.trimStart().startsWith("{")) return value;
    try {
        return JSON.parse(value);
    } catch {
        return value;
    }
}
