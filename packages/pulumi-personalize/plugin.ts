import type { provider } from "@pulumi/pulumi";
import { toError } from "terminal-text";
import type { Properties } from "./diff.ts";
import { isKindName, type ResourceKindName } from "./kinds.ts";
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

/** Returns the parts of a URN: `urn:pulumi:<stack>::<project>::<types>::<name>`. */
function parseUrn(urn: string) {
    const [stack = "", project = "", types = ""] = urn.replace("urn:pulumi:", "").split("::");
    return { stack, project, kind: types.split("$").at(-1)?.split(":").at(-1) ?? "" };
}

/**
 * Creates the provider of the plugin `pulumi-resource-personalize`: Pulumi's provider protocol with the handlers of the
 * dynamic providers. The handlers receive secrets as plain values; in Pulumi's state they stay secret.
 * @param region the region in the stack's configuration
 */
export function createPlugin(
    { version, schema, region }: { readonly version: string; readonly schema: string; readonly region?: string },
    handlers: Readonly<Record<ResourceKindName, Handler>>,
): provider.Provider {
    const requireHandler = (urn: string): Handler => {
        const { kind } = parseUrn(urn);
        if (!isKindName(kind)) throw new Error(`${kind} is not a resource of this provider`);
        return handlers[kind];
    };
    const plain = (properties: Properties): Properties => mapValues(properties, clear);
    const recorded = async (given: Properties, work: Promise<{ readonly outs: Properties }>): Promise<Properties> => {
        try {
            return hiddenAs(given, (await work).outs);
        } catch (error) {
            throw hiddenFailure(given, error);
        }
    };
    return {
        version,
        schema,
        async check(urn, olds: Properties, given: Properties) {
            const { project, stack } = parseUrn(urn);
            const news = { ...(region && { region }), owner: `${project}/${stack}`, ...plain(given) };
            const { inputs, failures } = await requireHandler(urn).check(plain(olds), news);
            return { inputs: hiddenAs(given, inputs), failures: [...failures] };
        },
        diff: async (id, urn, olds: Properties, news: Properties) =>
            requireHandler(urn).diff(id, plain(olds), plain(news)),
        async create(urn, given: Properties) {
            let id = "";
            const work = requireHandler(urn)
                .create(plain(given))
                .then((resource) => {
                    id = resource.id;
                    return resource;
                });
            const outs = await recorded(given, work);
            return { id, outs };
        },
        async read(id, urn, given: Properties = {}) {
            // `pulumi import` passes only the ID, an ARN, which contains the region.
            const resource = await requireHandler(urn).read(id, { region: id.split(":")[3], ...plain(given) });
            const { props = {}, inputs = {} } = resource;
            return { id: resource.id ?? "", props: hiddenAs(given, props), inputs: hiddenAs(given, inputs) };
        },
        update: async (id, urn, olds: Properties, given: Properties) => ({
            outs: await recorded(given, requireHandler(urn).update(id, plain(olds), plain(given))),
        }),
        delete: async (id, urn, given: Properties) => requireHandler(urn).delete(id, plain(given)),
    };
}
