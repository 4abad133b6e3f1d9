import type { provider } from "@pulumi/pulumi";
import { type AnyEntry, canonical, type Properties } from "./entry.ts";

export type Lookup = (args: Properties) => Promise<Properties>;

/** Pulumi's placeholder for an unknown value, and the keys and values that mark secrets and hashed assets. */
const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const signature = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
const hashedSignatures: unknown[] = ["c44067f5952c0a294b673a41bacd8c17", "0def7320c3a5731c473e5ecbe6d01bc7"];

/** Returns the state after an update as far as a preview knows it, with placeholders for unknown values. */
export type PreviewedUpdate = (urn: string, olds: Properties, news: Properties) => Record<string, unknown>;

type Method = "check" | "diff" | "create" | "read" | "update" | "delete" | "invoke";
interface LocalProvider extends Required<Pick<provider.Provider, "version" | Method>> {
    readonly previewUpdate: PreviewedUpdate;
}

/** Creates a Pulumi provider from a table of resource types and a table of functions (lookups). */
export function createProvider(
    entries: Readonly<Record<string, AnyEntry>>,
    lookups: Readonly<Record<string, Lookup>>,
): LocalProvider {
    const requireEntry = (urn: string): AnyEntry => {
        const type = urn.split("::")[2]?.split("$").at(-1) ?? urn;
        const entry = entries[type];
        if (!entry) {
            throw new Error(
                `${type} is not supported by the local AWS plugin. Add an entry to packages/local-aws/aws-plugin, or run with --official-plugin.`,
            );
        }
        return entry;
    };
    return {
        version: "7.48.0",
        async check(urn, _olds, news) {
            const failures = unmapped(requireEntry(urn), plain(news)).map((property) => ({
                property,
                reason: "is not supported by the local AWS plugin (packages/local-aws/aws-plugin); run with --official-plugin",
            }));
            return { inputs: news, failures };
        },
        async diff(_id, urn, oldState, newInputs) {
            const { properties, filledIn = [], autonamed = "name" } = requireEntry(urn);
            const [olds, news] = [plain(oldState), plain(newInputs)];
            const isOpen = (key: string) => filledIn.includes(key) && news[key] === undefined;
            const changed = Object.keys(properties).filter(
                (key) =>
                    properties[key] !== "ignore" && !isOpen(key) && comparable(olds[key]) !== comparable(news[key]),
            );
            const replaces = changed.filter((key) => properties[key] === "replace");
            // Like pulumi-terraform-bridge (nameRequiresDeleteBeforeReplace): if the program sets the name, delete the
            // old resource first, because two resources cannot have the same name. Otherwise create the new resource
            // first.
            const hasGivenName = autonamed in properties && news[autonamed] !== undefined;
            const deleteBeforeReplace = replaces.length > 0 && hasGivenName;
            return { changes: changed.length > 0, replaces, deleteBeforeReplace };
        },
        async create(urn, inputs) {
            const [entry, args] = [requireEntry(urn), plain(inputs)];
            const id = await entry.create(args);
            return { id, outs: clean({ ...inputs, ...(await entry.computed?.(id, args)) }) };
        },
        async read(id, urn, props) {
            if (props === undefined || Object.keys(props).length === 0) return readImport(requireEntry(urn), id);
            const observed = await requireEntry(urn).read(id, plain(props));
            if (observed === undefined) {
                return { id: "", props: {} };
            }
            // Keep unchanged values as they are in the state, for example wrapped in a secret.
            const asWas = (key: string, value: unknown) => comparable(unwrap(props?.[key])) === comparable(value);
            const news = Object.entries(observed).filter(([key, value]) => !asWas(key, value));
            return { id, props: clean({ ...props, ...Object.fromEntries(news) }) };
        },
        async update(id, urn, olds, news) {
            const entry = requireEntry(urn);
            const anew = await entry.update(id, plain(news), plain(olds));
            return { outs: clean({ ...computedOf(entry, olds), ...news, ...anew }) };
        },
        previewUpdate(urn, olds, news) {
            const entry = requireEntry(urn);
            const unknown = (entry.volatile ?? []).map((key) => [key, unknownValue]);
            return { ...computedOf(entry, olds), ...Object.fromEntries(unknown), ...news };
        },
        async delete(id, urn, props) {
            await requireEntry(urn).delete(id, plain(props));
        },
        async invoke(token, args) {
            const lookup = lookups[token];
            if (!lookup) {
                throw new Error(`${token} is not supported by the local AWS plugin (packages/local-aws/aws-plugin).`);
            }
            return { outputs: await lookup(args) };
        },
    };
}

/** Reads the id, arguments and state of a resource for `pulumi import`. */
async function readImport(entry: AnyEntry, importId: string) {
    const { id, args = {} } = entry.imported?.(importId) ?? { id: importId };
    const observed = await entry.read(id, args);
    if (observed === undefined) {
        return { id: "", props: {} };
    }
    const all = { ...args, ...observed };
    const isGiven = ([key]: [string, unknown]) => key in entry.properties && !entry.filledIn?.includes(key);
    const inputs = clean(Object.fromEntries(Object.entries(all).filter(isGiven)));
    return { id, inputs, props: clean({ ...all, ...(await entry.computed?.(id, all)) }) };
}

/** Returns the properties of a state that are not arguments. */
function computedOf({ properties, filledIn = [] }: AnyEntry, state: Properties): Record<string, unknown> {
    const isComputed = (key: string) => !(key in properties) || filledIn.includes(key);
    return Object.fromEntries(Object.entries(state).filter(([key]) => isComputed(key)));
}

/** Returns the paths of all arguments that the plugin's entry for this resource type does not support. */
function unmapped({ properties, nested = [] }: AnyEntry, args: Properties): string[] {
    const roots = new Set(nested.map((path) => path.split(".", 1)[0]));
    return Object.entries(args).flatMap(([property, value]) => {
        if (property === "__defaults") {
            return [];
        }
        const paths = roots.has(property) ? leaves(property, value) : [property];
        const isMapped = (path: string) =>
            nested.some(
                (mappedPath) =>
                    mappedPath === path || (mappedPath.endsWith(".*") && path.startsWith(mappedPath.slice(0, -1))),
            );
        return paths.filter((path) => !(path in properties) && !isMapped(path));
    });
}

/** Returns the paths of all leaf values, without array indices. */
function leaves(path: string, value: unknown): string[] {
    if (Array.isArray(value)) {
        return [...new Set(value.flatMap((element) => leaves(path, element)))];
    }
    if (value === null || typeof value !== "object") {
        return [path];
    }
    return Object.entries(value).flatMap(([key, inner]) => leaves(`${path}.${key}`, inner));
}

/** Returns the properties with plain values in place of Pulumi's secrets. */
function plain(properties: Properties): Record<string, unknown> {
    return Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, unwrap(value)]));
}

function unwrap(value: unknown): unknown {
    if (Array.isArray(value)) {
        return value.map(unwrap);
    }
    if (value === null || typeof value !== "object") {
        return value;
    }
    const object = value as Record<string, unknown>;
    return object[signature] === secretSignature ? unwrap(object.value) : plain(object);
}

/** Returns a text that is equal for equal values. Compares assets and archives by their content hash. */
function comparable(value: unknown): string {
    const object = value as Record<string, unknown> | undefined;
    return hashedSignatures.includes(object?.[signature]) ? String(object?.hash) : canonical(value ?? null);
}

function clean(properties: Properties): Record<string, unknown> {
    return JSON.parse(JSON.stringify(properties, (_, value) => (value === unknownValue ? undefined : value)));
}
