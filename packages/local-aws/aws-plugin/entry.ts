import type * as pulumi from "@pulumi/pulumi";

/** Arguments as they reach the plugin: every promise and output resolved. */
export type Resolved<A> = { readonly [K in keyof A]: pulumi.Unwrap<A[K]> };

export type Properties = Readonly<Record<string, unknown>>;

/** One resource type of `@pulumi/aws`, as far as this program uses it. */
export interface Entry<A> {
    /** Every argument that is mapped, and what a change of it means; any other one is an error that names it. */
    readonly properties: { readonly [K in keyof A]?: "replace" | "update" | "ignore" };
    /** What is mapped inside those properties that have more inside: paths without array indices; `a.*` is all of a map. */
    readonly nested?: readonly string[];
    /** Whether AWS names it, so that a new one is made before the old one goes: something points to one of them at any time. */
    readonly createsFirst?: boolean;
    /** Arguments that AWS fills in where the program does not give them: no difference then. */
    readonly filledIn?: readonly (keyof A & string)[];
    /** Makes it; answers the id and what the service computed. */
    create(args: Resolved<A>): Promise<{ id: string; computed?: Properties }>;
    /** What stands in AWS, under the argument names; undefined when it is gone. */
    read(id: string, state: Resolved<A>): Promise<Properties | undefined>;
    /** Sets every updatable property as wanted, and answers what the service computed anew; `create` serves where an operation is a put. */
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

/** What AWS answers, without the defaults that it filled in where the program said nothing: those are no difference. */
export function withoutDefaults(observed: Properties, state: Properties, defaults: Properties): Properties {
    const isFilledIn = (key: string) =>
        (state[key] ?? undefined) === undefined &&
        (observed[key] === undefined || canonical(observed[key]) === canonical(defaults[key]));
    return Object.fromEntries(Object.entries(observed).filter(([key]) => !isFilledIn(key)));
}

/**
 * Whether something that exists already was made by an earlier run of this stack which was killed before it was
 * recorded. AWS's own plugin would refuse it and ask for `pulumi import`; here the next `up` goes on with it.
 */
export function sameStack(has: Properties, wanted: object | undefined): boolean {
    const tags = (wanted ?? {}) as Properties;
    const keys = ["pulumi:project", "pulumi:stack"];
    return keys.every((key) => tags[key] !== undefined && has[key] === tags[key]);
}

/**
 * Refuses to go on with what exists already and was not made by this stack, where a service answers a second create as
 * it answered the first.
 *
 * @param what the thing, as a person names it: `queue films`
 * @throws Error that names it
 */
export function assertOurs(what: string, has: Properties, wanted: object | undefined): void {
    if (!sameStack(has, wanted) && canonical(has) !== canonical(wanted ?? {})) {
        throw new Error(`${what} exists already and is not of this stack: give another name, or delete it first`);
    }
}

/** `state`'s own order of a list whose order means nothing, if what AWS answers has the same members; else AWS's. */
export function sameMembers<T>(state: readonly T[] | undefined, observed: readonly T[]): readonly T[] {
    const sorted = (list: readonly T[]) => list.map(canonical).sort().join();
    return state && sorted(state) === sorted(observed) ? state : observed;
}

/** `state`'s own text of a JSON document, if what AWS answers means the same; else AWS's. */
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

/** Whether all that is `wanted` is so in what AWS `has`, which may say more; lists are equal as wholes. */
export function covers(wanted: unknown, has: unknown): boolean {
    if (Array.isArray(wanted)) {
        return Array.isArray(has) && wanted.length === has.length && wanted.every((each, at) => covers(each, has[at]));
    }
    if (wanted === null || typeof wanted !== "object") {
        return wanted === undefined || wanted === has;
    }
    return Object.entries(wanted).every(([key, value]) => covers(value, (has as Properties | undefined)?.[key]));
}
