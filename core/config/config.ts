import { nearest, shell } from "terminal-text";
import type { Adoptable } from "./keys/data.ts";
import { type KeyValues, keys, rows } from "./keys.ts";
import { readTable } from "./kinds.ts";
import { type Names, namesFor, suffixFor } from "./names.ts";
import { type Broken, brokenRules, type StackContext } from "./rules.ts";

export * from "./names.ts";

/** An invalid configuration value: path and reason. */
export interface ConfigProblem {
    readonly path: string;
    readonly reason: string;
}

/** The stack's validated configuration: the values of all keys, and values that are derived from several keys. */
export interface StackConfig
    extends Omit<KeyValues, "viewerAuth" | "experiment" | "itemsFile" | "usersFile" | "adopt" | "eventWeights"> {
    readonly project: string;
    readonly stack: string;
    readonly region: string;
    readonly names: Names;
    /** CSV files, each with its Avro schema in `<name>.schema.json` beside it; undefined if there is none. */
    readonly metadataFiles: { readonly items: string | undefined; readonly users: string | undefined };
    /** Weight of each event type in training, from 0 to 1; undefined: all events count equally. */
    readonly eventWeights: Readonly<Record<string, number>> | undefined;
    /**
     * The issuer of viewers' tokens; undefined if the API checks no tokens, so that a caller can claim to be any
     * viewer.
     */
    readonly viewerAuth: KeyValues["viewerAuth"] | undefined;
    /** The running experiment; undefined if there is none. */
    readonly experiment: KeyValues["experiment"] | undefined;
    /** ARNs of existing resources that the program manages from now on. */
    readonly adopt: Readonly<Partial<Record<Adoptable, string>>>;
}

/** The campaign's name; an adopted campaign keeps its original name. */
export const campaignNameOf = ({ adopt, names }: Pick<StackConfig, "adopt" | "names">): string =>
    adopt.campaign?.split("/").at(-1) ?? names.campaign;

/** Returns true if batch inference produces the lists, and the stack has no campaign. */
export const isBatch = ({ serving }: Pick<StackConfig, "serving">): boolean => serving.mode === "batch";

/** Returns true if the stack has the function that precomputes lists. */
export const prefetches = (config: Pick<StackConfig, "api" | "prefetchUsers" | "serving">): boolean =>
    config.api && config.prefetchUsers > 0 && !isBatch(config);

/**
 * Returns the name of the function that precomputes lists, and the number of viewers of one run; undefined for a stack
 * without the function.
 */
export const findPrefetch = (config: Pick<StackConfig, "api" | "prefetchUsers" | "serving" | "names">) =>
    prefetches(config) ? { functionName: config.names.prefetch, viewers: config.prefetchUsers } : undefined;

/**
 * Reads and checks every value. A pure function: `get` returns the text of a key in the project's namespace, or
 * undefined for a key that is not set.
 *
 * @returns the configuration, or all problems at once, without the values of secrets.
 */
export function parseConfig(
    get: (key: string) => string | undefined,
    stack: StackContext,
): StackConfig | readonly ConfigProblem[] {
    const exposed = secretProblems(stack);
    const broken: Broken[] = [...unknownKeys(stack.keys, stack.project), ...exposed];
    // Do not read a secret that was entered in plain text, because a message could repeat its value.
    const read = (name: string) => (exposed.some(({ path }) => path === name) ? undefined : get(name));
    const values = readTable(keys, read, (path, reason) => void broken.push({ path, reason }));
    const names = namesFor(stack.stack, values.nameSuffix);
    broken.push(...brokenRules(values, names, stack));
    const secrets = stack.secretKeys.map((key) => get(key.slice(key.indexOf(":") + 1)) ?? "");
    const hide = (text: string) =>
        secrets.filter(Boolean).reduce((left, secret) => left.replaceAll(secret, "[secret]"), text);
    const problems = broken
        .filter((rule) => !broken.some((other) => other !== rule && rule.follows?.some((key) => key === other.path)))
        .map(({ path, reason }) => ({ path, reason: hide(reason) }));
    return problems.length > 0 ? problems : createConfig(values, names, stack);
}

function createConfig(values: KeyValues, names: Names, { project, stack, region = "" }: StackContext): StackConfig {
    const { viewerAuth, experiment, itemsFile, usersFile, ...others } = values;
    const weights = Object.entries(values.eventWeights).toSorted(([a], [b]) => (a < b ? -1 : 1));
    return {
        ...others,
        project,
        stack,
        region,
        names,
        nameSuffix: suffixFor(stack, values.nameSuffix),
        metadataFiles: { items: itemsFile, users: usersFile },
        eventWeights: weights.length === 0 ? undefined : Object.fromEntries(weights),
        viewerAuth: viewerAuth.issuer === "" ? undefined : viewerAuth,
        experiment: experiment.name === "" ? undefined : experiment,
        campaignEnabled: values.campaignEnabled && !isBatch(values),
        // The storefront page needs the API.
        storefront: values.api ? values.storefront : "none",
        tags: { ...values.tags, "pulumi:project": project, "pulumi:stack": stack },
    };
}

const objects = rows.flatMap(([name, key]) => (typeof key.default === "object" ? [name] : []));
const encrypted = rows.flatMap(([name, { maySecret }]) => (maySecret ? [name] : []));

/**
 * Returns the problems of keys set by `pulumi config set --secret`. Values of most keys become parts of names, ids,
 * messages or files, which Pulumi's state and the AWS console show in plain text. The other keys may be secret, because
 * the program marks their values as secret in resource inputs.
 */
const secretProblems = ({ secretKeys, project }: Pick<StackContext, "secretKeys" | "project">) =>
    secretKeys
        .map((key) => key.replace(`${project}:`, ""))
        .filter((name) => rows.some(([one]) => one === name) && !encrypted.includes(name))
        .map((path) => ({
            path,
            reason:
                "is a secret, but its value is needed in names, messages or files that are not encrypted. Only " +
                `${encrypted.join(" and ")} can be secrets. Run \`${plaintextCommand(path)}\``,
        }));

/** Returns the command that sets a key without encryption. A member of an object needs its path. */
function plaintextCommand(name: string): string {
    const isObject = objects.includes(name);
    return `pulumi config set ${isObject ? "--path " : ""}--plaintext ${name}${isObject ? ".<member>" : ""} <value>`;
}

const keyNames = Object.keys(keys);

/**
 * Returns the problems of the keys that a stack sets. Pulumi itself accepts any key, so a misspelled key would have no
 * effect. A key in the project's namespace must be in the table. A key in another namespace must not look like one of
 * the table; all others belong to providers.
 *
 * @param set the keys with their namespace, for example `movie-recommender:recipe`.
 */
export function unknownKeys(set: readonly string[], project: string) {
    return set.flatMap((key) => {
        const [space = "", name = ""] = key.split(":");
        const isOwn = space === project;
        if (isOwn ? keyNames.includes(name) : key === "aws:region") return [];
        const meant = isOwn ? nearest(name, keyNames) : lookalike(space, name, project);
        if (!isOwn && meant === undefined) return [];
        const isMember = isOwn && keyNames.includes(name.split(".")[0] ?? "");
        const hint = isMember
            ? `A member of an object needs --path: \`pulumi config set --path ${shell(name)} <value>\``
            : meant === undefined
              ? "docs/configuration.md lists all keys"
              : `Did you mean ${meant}? Set it with \`pulumi config set ${meant} <value>\``;
        return [
            {
                path: key,
                reason: `is not a configuration key. ${hint}. Remove it with \`pulumi config rm ${shell(key)}\``,
            },
        ];
    });
}

/** Keys that Pulumi or providers read, and whose names are also in the table: `pulumi:tags`, `datadog:apiKey`. */
const othersOwn = /^pulumi:|:apiKey$/;

/**
 * Returns the configuration key that a key of another namespace resembles: `aws:regoin`, `movie-recomender:receipe`, or
 * `movie-recommender:recipe` in a project of another name.
 */
function lookalike(space: string, name: string, project: string) {
    if (space === "aws" && nearest(name, ["region"])) return "aws:region";
    if (keyNames.includes(name) && !othersOwn.test(`${space}:${name}`)) return name;
    return nearest(space, [project]) && nearest(name, keyNames);
}
