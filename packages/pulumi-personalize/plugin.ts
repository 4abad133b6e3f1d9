import type { provider } from "@pulumi/pulumi";
import { toError } from "terminal-text";
import type { Properties } from "./diff.ts";
import type { ResourceKindName } from "./kinds.ts";
import type { Handler } from "./lifecycle.ts";
import { mapValues } from "./live.ts";

/** Module of the resource types of the plugin: `personalize:index:Campaign`. */
export const pluginModule = "personalize:index";

/** The key and the value that mark a secret on the wire (`pulumi.runtime.specialSigKey`, `specialSecretSig`). */
const signature = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

const isObject = (value: unknown): value is Record<string, unknown> =>
    value !== null && typeof value === "object" && !Array.isArray(value);
const isSecret = (value: unknown): boolean => isObject(value) && value[signature] === secretSignature;

/** Returns a value in which every secret is replaced by its plain value. */
function clear(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(clear);
    if (!isObject(value)) return value;
    if (isSecret(value)) return clear(value.value);
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, clear(inner)]));
}

const containsSecret = (value: unknown): boolean =>
    isSecret(value) ||
    (Array.isArray(value) ? value.some(containsSecret) : isObject(value) && Object.values(value).some(containsSecret));

/** Returns the properties, and marks those as secret that are or contain a secret in `given`. */
const hiddenAs = (given: Properties, properties: Properties): Properties =>
    Object.fromEntries(
        Object.entries(properties).map(([key, value]) => [
            key,
            containsSecret(given[key]) ? { [signature]: secretSignature, value } : value,
        ]),
    );

/**
 * If the error of a failed initialization has properties, marks those values in them as secret again that are secrets
 * in `given`. Returns the error.
 */
function hiddenFailure(given: Properties, error: unknown): unknown {
    const failure: Error & { properties?: Properties } = toError(error);
    return failure.properties ? Object.assign(failure, { properties: hiddenAs(given, failure.properties) }) : error;
}

/** Returns the last part of the type in a URN: `urn:pulumi:<stack>::<project>::<types>::<name>`. */
const kindOf = (urn: string): string => urn.split("::")[2]?.split("$").at(-1)?.split(":").at(-1) ?? "";

/** Returns the name in a URN. */
const nameOf = (urn: string): string => urn.split("::").slice(3).join("::");

/** The program of a resource must state its owner: a plugin does not know which program it runs for. */
const ownerProblem = {
    property: "owner",
    reason: "is not set. Add a resource of the type personalize:index:Owner, and set this property to its ID",
};

/**
 * Creates the provider of the plugin `pulumi-resource-personalize`: Pulumi's provider protocol with the handlers of the
 * dynamic providers. The handlers receive secrets as plain values; in Pulumi's state they stay secret.
 * @param region the region in the stack's configuration
 */
export function createPlugin(
    { version, schema, region }: { readonly version: string; readonly schema: string; readonly region?: string },
    handlers: Readonly<Record<ResourceKindName | "Owner", Handler>>,
): provider.Provider {
    const requireHandler = (urn: string): Handler => {
        const handler = Object.entries(handlers).find(([kind]) => kind === kindOf(urn))?.[1];
        if (handler === undefined) throw new Error(`${kindOf(urn)} is not a resource of this provider`);
        return handler;
    };
    const plain = (properties: Properties): Properties => mapValues(properties, clear);
    const recorded = async <R extends { readonly outs: Properties }>(given: Properties, work: Promise<R>) => {
        try {
            const result = await work;
            return { ...result, outs: hiddenAs(given, result.outs) };
        } catch (error) {
            throw hiddenFailure(given, error);
        }
    };
    return {
        version,
        schema,
        async check(urn, olds: Properties, given: Properties) {
            const { owner } = olds ?? {};
            const isOwned = kindOf(urn) !== "Owner";
            // A resource that an earlier release created without the input keeps its recorded owner.
            const stated = plain(given);
            const defaults = { ...(region && { region }), ...(isObject(stated.defaults) && stated.defaults) };
            const added = { logicalName: nameOf(urn), ...(owner !== undefined && { owner }) };
            const isDefaulted = Object.keys(defaults).length > 0;
            const news: Properties = isOwned ? { ...added, ...stated, ...(isDefaulted && { defaults }) } : stated;
            const { inputs, failures } = await requireHandler(urn).check(plain(olds), news);
            const isMissing = isOwned && news.owner === undefined;
            return { inputs: hiddenAs(given, inputs), failures: [...failures, ...(isMissing ? [ownerProblem] : [])] };
        },
        diff: async (id, urn, olds: Properties, news: Properties) =>
            requireHandler(urn).diff(id, plain(olds), plain(news)),
        create: async (urn, given: Properties) => recorded(given, requireHandler(urn).create(plain(given))),
        async read(id, urn, given: Properties = {}) {
            // `pulumi import` passes only the ID, an ARN, which contains the region.
            const region = id.split(":")[3];
            const resource = await requireHandler(urn).read(id, { ...(region && { region }), ...plain(given) });
            const { props = {}, inputs = {} } = resource;
            return { id: resource.id ?? "", props: hiddenAs(given, props), inputs: hiddenAs(given, inputs) };
        },
        update: async (id, urn, olds: Properties, given: Properties) =>
            recorded(given, requireHandler(urn).update(id, plain(olds), plain(given))),
        delete: async (id, urn, given: Properties) => requireHandler(urn).delete(id, plain(given)),
    };
}
