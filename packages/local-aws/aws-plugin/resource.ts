import { unlessGone } from "../unless-gone.ts";
import { type AnyEntry, canonical, type Entry, named, type Properties, plainTags, type Resolved } from "./entry.ts";
import {
    at,
    fromAws,
    type Kind,
    type Kinds,
    memberOf,
    nestedOf,
    type Spelling,
    toAws,
    upperCase,
    value,
} from "./kinds.ts";

interface Command<In, Out, Config> {
    readonly input: In;
    resolveMiddleware(stack: never, config: Config, options: never): (args: never) => Promise<{ readonly output: Out }>;
}
interface Client<In, Out, Config> {
    readonly config: Config;
    send<I extends In, O extends Out>(command: Command<I, O, Config>): Promise<O>;
}

/** The calls of a client as functions of their input. The input is data from a table: AWS checks it, not the compiler. */
export function callsOf<In, Out, Config>(client: Client<In, Out, Config>) {
    return <I extends In, O extends Out>(Call: new (input: I) => Command<I, O, Config>) =>
        (input: Properties): Promise<O> =>
            client.send(new Call(input as I));
}

/** A service's calls for tags. */
export interface Tagging {
    /** The member of a create, if that takes tags. */
    readonly member?: string;
    /** What the calls name: the ARN, unless it is the id. */
    readonly by?: "id";
    /** Tags in the service's form. */
    form(tags: object | undefined): unknown;
    /** The tags; without this call, the resource's answer has them in `member`. */
    list?(of: string): Promise<unknown>;
    add(to: string, tags: unknown): Promise<unknown>;
    /** Without this call, `add` sets all tags. */
    remove?(from: string, keys: readonly string[]): Promise<unknown>;
}

type KindsOf<A> = { readonly [K in keyof A]?: Kind };

/** An update: the id, and all arguments after and before it. */
interface Change<A> {
    readonly id: string;
    readonly args: Resolved<A>;
    readonly olds: Partial<Resolved<A>>;
}

/** A resource type as data: its properties, and the calls for it. */
interface Row<A> extends Pick<Entry<A>, "autonamed" | "volatile" | "filledIn" | "imported"> {
    /** The properties whose change replaces the resource. */
    readonly replace?: KindsOf<A>;
    /** The properties that `put` changes. */
    readonly update?: KindsOf<A>;
    /** What the service computes: members of its answer, or values that the id determines. */
    readonly outputs?: Kinds | ((id: string, args: Resolved<A>) => Properties | Promise<Properties>);
    readonly spelling?: Spelling;
    readonly tags?: Tagging;
    /** The member of the calls that has the id; or all members that name the resource, by default those of `replace`. */
    readonly key?: string | ((id: string, args: Resolved<A>) => Properties);
    /** The id of a type that `put` creates. */
    id?(args: Resolved<A>): string;
    create?(input: Properties, args: Resolved<A>): Promise<string | undefined>;
    /** Whether `put` follows a create, because that does not take all properties. */
    readonly settles?: boolean;
    /** Sets all properties; of a type that it creates, those of `replace` too. */
    put?(input: Properties, change: Change<A>): Promise<unknown>;
    /** AWS's answer with the members of all properties, undefined or one of the errors `gone` if there is none. */
    get(key: Properties, id: string, state: Resolved<A>): Promise<object | undefined>;
    delete(key: Properties, id: string, state: Resolved<A>): Promise<unknown>;
    readonly gone?: readonly string[];
}

/** The entry of a resource type: generic create, read, update and delete over its row. */
export function resource<A>(row: Row<A>): AnyEntry {
    const { replace = {}, update = {}, outputs, spelling = upperCase, gone = [], tags, autonamed = "name" } = row;
    const kinds: Kinds = { ...replace, ...update };
    const readable = tags ? { ...kinds, tags: at("tags", value, {}) } : kinds;
    const effects = (of: object, effect: "replace" | "update") => Object.keys(of).map((property) => [property, effect]);

    function keyOf(id: string, args: Resolved<A>): Properties {
        if (typeof row.key === "function") return row.key(id, args);
        return row.key === undefined ? toAws(replace, Object(args), {}, spelling) : { [row.key]: id };
    }
    const find = (id: string, args: Resolved<A>) => unlessGone(row.get(keyOf(id, args), id, args), ...gone);
    async function outputsOf(id: string, args: Resolved<A>, found?: unknown): Promise<Properties> {
        if (outputs === undefined) return {};
        if (typeof outputs === "function") return outputs(id, args);
        return fromAws(outputs, found ?? (await find(id, args)), {}, spelling);
    }
    async function tagsOf(subject: string, found: object): Promise<unknown> {
        const has = tags?.list ? await tags.list(subject) : memberOf(found, tags?.member ?? "");
        return Array.isArray(has) ? plainTags(has) : has;
    }
    async function setTags({ id, args, olds }: Change<A>): Promise<void> {
        const [wanted, before] = [args, olds].map((of) => ({ ...Object(memberOf(of, "tags")) }));
        if (tags === undefined || canonical(wanted) === canonical(before)) return;
        const subject = tags.by === "id" ? id : String((await outputsOf(id, args)).arn);
        const removed = Object.keys(before).filter((key) => !(key in wanted));
        if (removed.length > 0) await tags.remove?.(subject, removed);
        if (Object.keys(wanted).length > 0 || !tags.remove) await tags.add(subject, tags.form(wanted));
    }

    async function set(change: Change<A>): Promise<void> {
        const { id, args, olds } = change;
        const sent = toAws(row.create ? update : kinds, Object(args), olds, spelling);
        await row.put?.({ ...(row.create && keyOf(id, args)), ...sent }, change);
        await setTags(change);
    }

    async function create(args: Resolved<A>): Promise<string> {
        if (autonamed in kinds) named(memberOf(args, autonamed), autonamed);
        const all = toAws(kinds, Object(args), {}, spelling);
        const input = { ...all, ...(tags?.member && { [tags.member]: tags.form(Object(memberOf(args, "tags"))) }) };
        if (!row.create) {
            const id = row.id?.(args) ?? "";
            await row.put?.(input, { id, args, olds: {} });
            return id;
        }
        const id = (await row.create(input, args)) ?? "";
        if (row.settles) await set({ id, args, olds: {} });
        return id;
    }

    return {
        ...row,
        properties: Object.fromEntries([
            ...effects(replace, "replace"),
            ...effects(update, "update"),
            ...(tags ? [["tags", "update"]] : []),
        ]),
        nested: nestedOf(kinds),
        create,
        computed: outputsOf,
        async read(id, state) {
            const found = await find(id, state);
            if (found === undefined) {
                return undefined;
            }
            const computed = await outputsOf(id, state, found);
            const tagged = tags && { tags: await tagsOf(tags.by === "id" ? id : String(computed.arn), found) };
            return { ...fromAws(readable, { ...keyOf(id, state), ...found, ...tagged }, state, spelling), ...computed };
        },
        async update(id, args, olds) {
            await set({ id, args, olds });
            return row.volatile && outputsOf(id, args);
        },
        async delete(id, state) {
            await unlessGone(row.delete(keyOf(id, state), id, state), ...gone);
        },
    };
}
