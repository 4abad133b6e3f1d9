import { shell } from "terminal-text";
import type { InterruptedCreate } from "../../stack/all-stacks.ts";
import { readPages } from "../../stack/stack.ts";

/** A resource's tags, by key. */
export type Tags = Readonly<Record<string, string>>;

/** The account and region of the audit. */
export interface Place {
    readonly partition: string;
    readonly region: string;
    readonly accountId: string;
    readonly project: string;
    /** Settings of the AWS clients. */
    readonly settings: { readonly region: string };
    /** Tags of all resources with a Pulumi project tag, by ARN; undefined if the tagging API denies access. */
    readonly tagged: ReadonlyMap<string, Tags> | undefined;
    readonly interrupted: readonly InterruptedCreate[];
}

/** One resource of the account. Its methods call AWS, so the audit calls them only for resources outside the stacks. */
export interface Listed {
    readonly name: string;
    readonly arn: string;
    /** The resource's id for `pulumi import` (Pulumi Registry, "Import" of each type); default: its name. */
    readonly id?: string;
    /** ARN of the resource's parent: a stack that contains the parent also contains this resource. */
    readonly within?: string;
    readonly since?: Date | undefined;
    /** Reads the resource's tags; undefined if the resource has none. Default: the tags of the tagging API. */
    tags?(): Promise<Tags | undefined>;
    /** Reads the cost in US dollars a month, by core/config/prices.ts; null for an unknown amount. Default: 0. */
    usdPerMonth?(): Promise<number | null>;
    /** Returns the commands to run before the kind's `remove`, in order. */
    before?(): Promise<readonly string[]>;
}

/** A kind of resource: everything that the audit knows of it. */
export interface Kind {
    /** The kind's types in Pulumi's state. */
    readonly types: readonly string[];
    /** The AWS CLI's delete command with `{name}`, `{arn}`, `{id}` or `{accountId}`, if one command deletes all. */
    readonly remove?: string;
    /** True if AWS identifies the resource only by an ID, so that the next `pulumi up` creates a second one. */
    readonly isDoubled?: true;
    /** Lists the resources of the kind. Throws the service's errors. */
    list(place: Place): Promise<readonly Listed[]>;
}

/** Services whose commands need no region. */
const globalServices = ["budgets", "iam"];

/** Returns a kind's delete command for a resource. */
export function removal(remove: string, { name, arn, id = name }: Listed, { accountId, region }: Place): string {
    const values: Readonly<Record<string, string>> = { "{name}": name, "{arn}": arn, "{id}": id };
    const [service = "", operation = "", ...words] = remove.split(" ");
    const where = globalServices.includes(service) ? [] : ["--region", region];
    const options = words.map((word) => values[word] ?? word.replace("{accountId}", accountId));
    return shell("aws", service, operation, ...where, ...options);
}

/** Creates the `list` of a kind. `read` reads the list, and `describe` converts an item of it. */
export const lister =
    <C, T>(
        Client: new (settings: Place["settings"]) => C,
        read: (client: C, place: Place) => Promise<readonly T[]>,
        describe: (item: T, client: C, place: Place) => Listed,
    ) =>
    async (place: Place, client = new Client(place.settings)): Promise<readonly Listed[]> =>
        (await read(client, place)).map((item) => describe(item, client, place));

type Item<List> = NonNullable<List> extends readonly (infer T)[] ? T : never;

/** Reads all pages of a paginator of the SDK. `key` is the member of a page that contains the list. */
export const all =
    <C, I, P, K extends keyof P>(
        paginate: (config: { readonly client: C }, input: I) => AsyncIterable<P>,
        key: K,
        input: NoInfer<I> | ((place: Place) => NoInfer<I>),
    ) =>
    (client: C, place: Place): Promise<Item<P[K]>[]> => {
        const given = typeof input === "function" ? (input as (place: Place) => I)(place) : input;
        return readPages(paginate({ client }, given), (page) => page[key] as Item<P[K]>[] | undefined);
    };

/** Returns a listed resource. The texts are empty if the service returns none. */
export const named = (name = "", arn = "", since?: Date | string | number): Listed => ({
    ...{ name, arn },
    since: since === undefined ? undefined : new Date(since),
});

/** Returns undefined instead of tags, for resources without tags. */
export const untagged = async () => undefined;

/** Converts a list of tags, as AWS's APIs return it, to an object from key to value. */
export const pairs = (tags: readonly { Key?: string | undefined; Value?: string | undefined }[] = []): Tags =>
    Object.fromEntries(tags.map(({ Key = "", Value = "" }) => [Key, Value]));
