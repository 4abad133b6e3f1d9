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
     * The argument that AWS's plugin fills in with a generated name, if the program gives none. The default is `name`
     * (pulumi-terraform-bridge, SetAutonaming).
     */
    readonly autonamed?: keyof A & string;
    /** Computed properties that an update may change: they are unknown at its preview. */
    readonly volatile?: readonly string[];
    /** Arguments that AWS fills in where the program does not give them; they are not a difference then. */
    readonly filledIn?: readonly (keyof A & string)[];
    /**
     * The id and the arguments in an id of `pulumi import` (Pulumi Registry, "Import" of each type). The default is the
     * id itself.
     */
    imported?(importId: string): { readonly id: string; readonly args: Partial<Resolved<A>> };
    /** Creates it and returns its id. If it exists, the outcome is AWS's: an error, a second one, or the same one. */
    create(args: Resolved<A>): Promise<string>;
    /** The computed properties of an existing resource, after a create or an import. */
    computed?(id: string, args: Resolved<A>): Promise<Properties>;
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

/** A value that must be given, because auto-naming is not mapped. */
export function named<T>(value: T | undefined, property: string): T {
    if (value === undefined || value === "") {
        throw new Error(`the local AWS plugin does not name resources by itself: give ${property}`);
    }
    return value;
}

/** The program's order of a list without a meaningful order, if AWS's answer has the same members; else AWS's order. */
export function sameMembers<T>(state: readonly T[] | undefined, observed: readonly T[]): readonly T[] {
    const sorted = (list: readonly T[]) => list.map(canonical).sort().join();
    return state && sorted(state) === sorted(observed) ? state : observed;
}

/** The program's text of a JSON document, if AWS's answer means the same; else AWS's text. */
export function sameJson(state: unknown, observed: string | undefined): unknown {
    const meaning = (text: string) => canonical(JSON.parse(text));
    return typeof state === "string" && observed !== undefined && meaning(state) === meaning(observed)
        ? state
        : observed;
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

interface Tag {
    readonly Key?: string | undefined;
    readonly Value?: string | undefined;
}

/** Tags in the form of most services. */
export const tagList = (tags: object | undefined) =>
    Object.entries(tags ?? {}).map(([Key, Value]) => ({ Key, Value: String(Value) }));

/** Tags in the form of services that take a map. */
export const tagMap = (tags: object | undefined): Record<string, string> =>
    Object.fromEntries(Object.entries(tags ?? {}).map(([key, value]) => [key, String(value)]));

/** Tags in Pulumi's form. */
export const plainTags = (tags: readonly Tag[] | undefined) =>
    Object.fromEntries((tags ?? []).map(({ Key = "", Value }) => [Key, Value]));
