import type * as pulumi from "@pulumi/pulumi";

/** Arguments as the plugin receives them: every promise and output is resolved. */
export type Resolved<A> = { readonly [K in keyof A]: pulumi.Unwrap<A[K]> };

export type Properties = Readonly<Record<string, unknown>>;

/** One resource type of `@pulumi/aws`, with the features that this program uses. */
export interface Entry<A> {
    /** Every mapped argument, and the effect of its change; any other one is an error that names it. */
    readonly properties: { readonly [K in keyof A]?: "replace" | "update" | "ignore" };
    /** The mapped arguments inside nested properties: paths without array indices; `a.*` is all of a map. */
    readonly nested?: readonly string[];
    /**
     * Whether AWS names it. Then a new one is created before the old one is deleted, so that references always have a
     * target.
     */
    readonly createsFirst?: boolean;
    /** Arguments that AWS fills in where the program does not give them; they are not a difference then. */
    readonly filledIn?: readonly (keyof A & string)[];
    /** Creates it; returns the id and the computed properties. */
    create(args: Resolved<A>): Promise<{ id: string; computed?: Properties }>;
    /** The state in AWS, under the argument names; undefined when it is gone. */
    read(id: string, state: Resolved<A>): Promise<Properties | undefined>;
    /**
     * Sets every updatable property, and returns the newly computed ones; `create` is enough where an operation is a
     * put.
     */
    update(id: string, args: Resolved<A>, olds: Resolved<A>): Promise<Properties | undefined>;
    delete(id: string, state: Resolved<A>): Promise<void>;
}

// biome-ignore lint/suspicious/noExplicitAny: the table holds entries of every argument type
export type AnyEntry = Entry<any>;

/** Types an entry by the arguments of its class in `@pulumi/aws`. */
export function entry<A>(definition: Entry<A>): AnyEntry {
    return definition;
}

/** A value that must be given, because auto-naming is not mapped. */
export function named<T>(value: T | undefined, property: string): T {
    if (value === undefined || value === "") {
        throw new Error(`the local AWS plugin does not name resources by itself: give ${property}`);
    }
    return value;
}

/** AWS's answer without its defaults for missing arguments: those are not a difference. */
export function withoutDefaults(observed: Properties, state: Properties, defaults: Properties): Properties {
    const isFilledIn = (key: string) =>
        (state[key] ?? undefined) === undefined &&
        (observed[key] === undefined || canonical(observed[key]) === canonical(defaults[key]));
    return Object.fromEntries(Object.entries(observed).filter(([key]) => !isFilledIn(key)));
}

/**
 * Whether an existing resource is from an earlier run of this stack that was killed before it could be recorded. AWS's
 * own plugin would refuse it and ask for `pulumi import`; here the next `up` continues with it.
 */
export function sameStack(has: Properties, wanted: object | undefined): boolean {
    const tags = (wanted ?? {}) as Properties;
    const keys = ["pulumi:project", "pulumi:stack"];
    return keys.every((key) => tags[key] !== undefined && has[key] === tags[key]);
}

/**
 * Refuses an existing resource that is not of this stack, for services that answer a second create like the first.
 * @param what the resource in words: `queue films`
 * @throws Error that names it
 */
export function assertOurs(what: string, has: Properties, wanted: object | undefined): void {
    if (!sameStack(has, wanted) && canonical(has) !== canonical(wanted ?? {})) {
        throw new Error(`${what} exists already and is not of this stack: give another name, or delete it first`);
    }
}

/** The program's order of a list without a meaningful order, if AWS's answer has the same members; else AWS's order. */
export function sameMembers<T>(state: readonly T[] | undefined, observed: readonly T[]): readonly T[] {
    const sorted = (list: readonly T[]) => list.map(canonical).sort().join();
    return state && sorted(state) === sorted(observed) ? state : observed;
}

/** The program's text of a JSON document, if AWS's answer means the same; else AWS's text. */
export function sameJson(state: unknown, observed: string | undefined): unknown {
    return typeof state === "string" && observed !== undefined && canonicalJson(state) === canonicalJson(observed)
        ? state
        : observed;
}

function canonicalJson(text: string): string {
    return canonical(JSON.parse(text));
}

/** JSON with sorted keys, so that equal values have equal texts. */
export function canonical(value: unknown): string {
    return (
        JSON.stringify(value, (_, inner: unknown) =>
            inner !== null && typeof inner === "object" && !Array.isArray(inner)
                ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
                : inner,
        ) ?? "undefined"
    );
}

/** Whether AWS's value `has` contains all of `wanted`; it may contain more. Lists are compared as wholes. */
export function covers(wanted: unknown, has: unknown): boolean {
    if (Array.isArray(wanted)) {
        return Array.isArray(has) && wanted.length === has.length && wanted.every((each, at) => covers(each, has[at]));
    }
    if (wanted === null || typeof wanted !== "object") {
        return wanted === undefined || wanted === has;
    }
    return Object.entries(wanted).every(([key, value]) => covers(value, (has as Properties | undefined)?.[key]));
}
