import { unlessGone } from "../calls.ts";
import { type AnyEntry, canonical, type Entry, named, type Properties, plainTags, type Resolved } from "./entry.ts";
import {
    fromAws,
    type Kind,
    type Kinds,
    memberAt,
    memberOf,
    nestedPaths,
    type Spelling,
    toAws,
    value,
} from "./kinds.ts";

/** A service's calls to list, add and remove tags. */
export interface Tagging {
    /** The member of the create input that contains the tags, if the create call accepts tags. */
    readonly member?: string;
    /** "id" if tagging calls identify the resource by its id. By default, they use the ARN. */
    readonly by?: "id";
    /** Converts tags to the form that the service expects. */
    form(tags: object | undefined): unknown;
    /** Lists the tags. Without this call, `get` returns them in `member`. */
    list?(of: string): Promise<unknown>;
    add(to: string, tags: unknown): Promise<unknown>;
    /** Removes tags. Without this call, `add` replaces all tags. */
    remove?(from: string, keys: readonly string[]): Promise<unknown>;
}

type KindsOf<A> = { readonly [K in keyof A]?: Kind };

/** The arguments before and after an update. */
interface Change<A> {
    readonly id: string;
    readonly args: Resolved<A>;
    /** The arguments before the update; empty for a create. */
    readonly olds: Partial<Resolved<A>>;
    /** The members that identify the resource. */
    readonly key: Properties;
    /** The API input for the arguments before the update. */
    readonly before: Properties;
}

/** A resource type as a table row: its properties and API calls. */
interface Row<A> extends Pick<Entry<A>, "autonamed" | "volatile" | "filledIn" | "imported"> {
    /** The properties whose change replaces the resource. */
    readonly replace?: KindsOf<A>;
    /** The properties that `put` changes. */
    readonly update?: KindsOf<A>;
    /** Computed properties: members of the response, or values derived from the id. */
    readonly outputs?: Kinds | ((id: string, args: Resolved<A>) => Properties | Promise<Properties>);
    readonly spelling?: Spelling;
    readonly tags?: Tagging;
    /**
     * The input member for the id, or all members that identify the resource. By default, the properties whose change
     * replaces the resource (`replace`).
     */
    readonly key?: string | ((id: string, args: Resolved<A>) => Properties);
    /** Returns the resource's id. Only for a resource type without a create call: `put` creates its resources. */
    id?(args: Resolved<A>): string;
    create?(input: Properties, args: Resolved<A>): Promise<string | undefined>;
    /** Whether `put` must follow the create call, because that call does not accept every property. */
    readonly settles?: boolean;
    /**
     * Sets all properties that an update can change. For types without a create operation, also sets the properties in
     * `replace`.
     */
    put?(input: Properties, change: Change<A>): Promise<unknown>;
    /**
     * Reads the resource with all properties. If it does not exist, returns undefined or fails with an error that
     * `gone` lists.
     */
    get(key: Properties, id: string, state: Resolved<A>): Promise<object | undefined>;
    delete(key: Properties, id: string, state: Resolved<A>): Promise<unknown>;
    readonly gone?: readonly string[];
}

/** Returns a resource type's entry, with create, read, update and delete functions made from the table row. */
export function resource<A>(row: Row<A>): AnyEntry {
    const { replace = {}, update = {}, tags, volatile } = row;
    const effects = (of: object, effect: "replace" | "update") => Object.keys(of).map((property) => [property, effect]);
    const tagged = tags ? { tags: memberAt("tags", value, {}) } : {};
    return {
        ...row,
        properties: Object.fromEntries([
            ...effects(replace, "replace"),
            ...effects({ ...update, ...tagged }, "update"),
        ]),
        nested: nestedPaths(kindsOf(row)),
        create: (args) => create(row, args),
        computed: (id, args) => fetchOutputs(row, id, args),
        async read(id, state) {
            const response = await find(row, id, state);
            if (response === undefined) {
                return undefined;
            }
            const outputs = await fetchOutputs(row, id, state, response);
            const answer = {
                ...keyOf(row, id, state),
                ...response,
                ...(tags && { tags: await fetchTags(tags, id, outputs, response) }),
            };
            return { ...fromAws({ ...kindsOf(row), ...tagged }, answer, state, row.spelling), ...outputs };
        },
        async update(id, args, olds) {
            if (Object.keys(update).length > 0) await put(row, id, args, olds);
            await setTags(row, id, args, olds);
            return volatile && fetchOutputs(row, id, args);
        },
        async delete(id, state) {
            await unlessGone(row.delete(keyOf(row, id, state), id, state), ...(row.gone ?? []));
        },
    };
}

const kindsOf = <A>({ replace, update }: Row<A>): Kinds => ({ ...replace, ...update });

function keyOf<A>({ key, replace, spelling }: Row<A>, id: string, args: Resolved<A>): Properties {
    if (typeof key === "function") return key(id, args);
    return key === undefined ? toAws({ ...replace }, Object(args), {}, spelling) : { [key]: id };
}

const find = <A>(row: Row<A>, id: string, args: Resolved<A>): Promise<object | undefined> =>
    unlessGone(row.get(keyOf(row, id, args), id, args), ...(row.gone ?? []));

async function fetchOutputs<A>(row: Row<A>, id: string, args: Resolved<A>, response?: object): Promise<Properties> {
    if (row.outputs === undefined) return {};
    if (typeof row.outputs === "function") return row.outputs(id, args);
    return fromAws(row.outputs, response ?? (await find(row, id, args)), {}, row.spelling);
}

async function create<A>(row: Row<A>, args: Resolved<A>): Promise<string> {
    const { tags, autonamed = "name" } = row;
    if (autonamed in kindsOf(row)) named(memberOf(args, autonamed), autonamed);
    const tagged = tags?.member && { [tags.member]: tags.form(Object(memberOf(args, "tags"))) };
    if (!row.create) {
        const id = row.id?.(args) ?? "";
        await put(row, id, args, {}, tagged);
        return id;
    }
    const id = (await row.create({ ...toAws(kindsOf(row), Object(args), {}, row.spelling), ...tagged }, args)) ?? "";
    if (row.settles) {
        await put(row, id, args, {});
        await setTags(row, id, args, {});
    }
    return id;
}

async function put<A>(
    row: Row<A>,
    id: string,
    args: Resolved<A>,
    olds: Partial<Resolved<A>>,
    more = {},
): Promise<void> {
    const [key, kinds] = row.create ? [keyOf(row, id, args), { ...row.update }] : [{}, kindsOf(row)];
    const [sent, before] = [toAws(kinds, Object(args), olds, row.spelling), toAws(kinds, olds, {}, row.spelling)];
    await row.put?.({ ...key, ...sent, ...more }, { id, args, olds, key, before: { ...key, ...before } });
}

const subjectOf = (tags: Tagging, id: string, outputs: Properties) => (tags.by === "id" ? id : String(outputs.arn));

async function fetchTags(tags: Tagging, id: string, outputs: Properties, response: object): Promise<unknown> {
    const has = tags.list ? await tags.list(subjectOf(tags, id, outputs)) : memberOf(response, tags.member ?? "");
    return Array.isArray(has) ? plainTags(has) : has;
}

/** Sets the wanted tags, and removes tags that the program no longer sets. */
async function setTags<A>(row: Row<A>, id: string, args: Resolved<A>, olds: object): Promise<void> {
    const { tags } = row;
    const [wanted, before] = [args, olds].map((of) => ({ ...Object(memberOf(of, "tags")) }));
    if (tags === undefined || canonical(wanted) === canonical(before)) return;
    const subject = subjectOf(tags, id, await fetchOutputs(row, id, args));
    const removed = Object.keys(before).filter((key) => !(key in wanted));
    if (removed.length > 0) await tags.remove?.(subject, removed);
    if (Object.keys(wanted).length > 0 || !tags.remove) await tags.add(subject, tags.form(wanted));
}
