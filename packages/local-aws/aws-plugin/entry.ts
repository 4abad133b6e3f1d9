import type * as pulumi from "@pulumi/pulumi";

/** Arguments as the plugin receives them: without promises and outputs. */
export type Resolved<A> = { readonly [K in keyof A]: pulumi.Unwrap<A[K]> };

export type Properties = Readonly<Record<string, unknown>>;

/** One resource type of `@pulumi/aws`, with the arguments that this program uses. */
export interface Entry<A> {
    /**
     * Every supported argument, and the effect of a change of this argument. `check` rejects every other argument by
     * name.
     */
    readonly properties: { readonly [K in keyof A]?: "replace" | "update" | "ignore" };
    /** Paths of supported nested arguments, without array indices. `a.*` includes every key of the map `a`. */
    readonly nested?: readonly string[];
    /**
     * The argument for which Pulumi's AWS plugin generates a name if the program sets none. The default is `name`
     * (pulumi-terraform-bridge, SetAutonaming).
     */
    readonly autonamed?: keyof A & string;
    /** Computed properties that an update may change, so they are unknown when the update is previewed. */
    readonly volatile?: readonly string[];
    /** Arguments for which AWS chooses a value if the program sets none. `diff` ignores such a value. */
    readonly filledIn?: readonly (keyof A & string)[];
    /**
     * Converts the id that the user gives to `pulumi import` to the resource id and arguments (Pulumi Registry,
     * "Import" of each type). By default, both ids are equal.
     */
    imported?(importId: string): { readonly id: string; readonly args: Partial<Resolved<A>> };
    /**
     * Creates the resource and returns its id. If the name exists already, AWS returns an error, a second resource or
     * the existing one, depending on the type.
     */
    create(args: Resolved<A>): Promise<string>;
    /** Reads the computed properties of a created or imported resource. */
    computed?(id: string, args: Resolved<A>): Promise<Properties>;
    /** Reads the resource as arguments; undefined if the resource does not exist. */
    read(id: string, state: Resolved<A>): Promise<Properties | undefined>;
    /**
     * Sets every updatable argument and returns newly computed properties. If the API has one put operation for create
     * and update, this method calls `create`.
     */
    update(id: string, args: Resolved<A>, olds: Resolved<A>): Promise<Properties | undefined>;
    delete(id: string, state: Resolved<A>): Promise<void>;
}

// biome-ignore lint/suspicious/noExplicitAny: the table holds entries of every argument type
export type AnyEntry = Entry<any>;

/** Returns the value of an argument. Throws if it is missing, because this plugin does not generate names. */
export function named<T>(value: T | undefined, property: string): T {
    if (value === undefined || value === "") {
        throw new Error(`the local AWS plugin does not generate names of resources: set ${property}`);
    }
    return value;
}

/** Returns the program's list if AWS returned the same members in another order, otherwise AWS's list. */
export function sameMembers<T>(state: readonly T[] | undefined, observed: readonly T[]): readonly T[] {
    const sorted = (list: readonly T[]) => list.map(canonical).sort().join();
    return state && sorted(state) === sorted(observed) ? state : observed;
}

/** Returns the program's JSON text if AWS returned an equal document, otherwise AWS's text. */
export function sameJson(state: unknown, observed: string | undefined): unknown {
    const meaning = (text: string) => canonical(JSON.parse(text));
    return typeof state === "string" && observed !== undefined && meaning(state) === meaning(observed)
        ? state
        : observed;
}

/** Serializes a value with sorted keys, so that equal values give equal texts. */
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

/** Returns tags as a list of Key and Value, as most services expect them. */
export const tagList = (tags: object | undefined) =>
    Object.entries(tags ?? {}).map(([Key, Value]) => ({ Key, Value: String(Value) }));

/** Returns tags as a map, as Lambda and SQS expect them. */
export const tagMap = (tags: object | undefined): Record<string, string> =>
    Object.fromEntries(Object.entries(tags ?? {}).map(([key, value]) => [key, String(value)]));

/** Returns tags as a map, as Pulumi stores them. */
export const plainTags = (tags: readonly Tag[] | undefined) =>
    Object.fromEntries((tags ?? []).map(({ Key = "", Value }) => [Key, Value]));
