import { appendFileSync, existsSync, readFileSync } from "node:fs";

/** One request to Personalize and its response. Each retry of the SDK is a separate call. */
export interface Call {
    readonly service: string;
    readonly operation: string;
    readonly request: unknown;
    /** HTTP status; 0 without a response. */
    readonly status: number;
    /** The error's code, if any. */
    readonly error?: string;
    readonly response: unknown;
}

/** Name of the environment variable with the path of the recording. */
export const recordingVariable = "MOVIE_RECOMMENDER_RECORDING";

/** Pattern of the name of a drill's stack, which is part of the names of all its resources. */
const ofDrill = /\bdrill-[0-9a-f]{6}\b/;

/** Returns a recorded call without the resources of the account that do not belong to the drill. */
export function withoutOthers(call: Call): Call {
    if (!call.operation.startsWith("List") || call.operation === "ListTagsForResource") return call;
    const ours = (value: unknown) =>
        Array.isArray(value) ? value.filter((one) => ofDrill.test(JSON.stringify(one))) : value;
    const members = Object.entries((call.response ?? {}) as object);
    return { ...call, response: Object.fromEntries(members.map(([name, value]) => [name, ours(value)])) };
}

/** Removes private values from a call and appends it to the recording. */
export function append(file: string, call: Call): void {
    appendFileSync(file, `${JSON.stringify(scrub(withoutOthers(call)))}\n`);
}

/** Reads the calls of a recording in the order of their responses; empty if the file does not exist. */
export function readRecording(file: string): Call[] {
    return existsSync(file)
        ? readFileSync(file, "utf8")
              .split("\n")
              .filter((line) => line !== "")
              .map((line) => JSON.parse(line) as Call)
        : [];
}

/**
 * Replacements that are made in every recorded text, in this order: first identities, then values that differ in each
 * run.
 */
const replacements: readonly (readonly [RegExp, string])[] = [
    // Access errors contain the name of the caller: `User: arn:aws:sts::…:assumed-role/Admin/jane is not authorized`.
    [/(arn:[\w-]*:(?:iam|sts)::\d*:(?:user|assumed-role|federated-user))\/[^\s"',]+/g, "$1/somebody"],
    [/[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g, "somebody@example.com"],
    [/\b(?:AKIA|ASIA|AROA|AIDA|AGPA|ANPA|ANVA|ASCA)[A-Z0-9]{12,}\b/g, "ACCESSKEYID"],
    [/s3:\/\/[^/\s"',]+/g, "s3://bucket"],
    [/(arn:[\w-]*:s3:::)[^/\s"',]+/g, "$1bucket"],
    [/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi, "00000000-0000-0000-0000-000000000000"],
    [/(request id:?\s+)[\w-]+/gi, "$1none"],
    // Match an account id only if it is not part of a longer number, such as the decimals of a score.
    [/(?<![\d.])\d{12}(?!\d)/g, "000000000000"],
    [/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)/g, "1970-01-01T00:00:00Z"],
    [/\bdrill-[0-9a-f]{6}\b/g, "drill-000000"],
    [/(:solution\/[\w-]+)\/[0-9a-f]{6,}/g, "$1/version"],
    [/(:event-tracker)\/[0-9a-f]{6,}/g, "$1/tracker"],
];

/** Removes account ids, names of people and buckets, keys, request ids and dates from a text. */
function scrubText(text: string): string {
    return replacements.reduce((scrubbed, [pattern, by]) => scrubbed.replace(pattern, by), text);
}

/** Removes private values from a JSON value. Keeps its members and types. Replaces dates in seconds by 0. */
export function scrub(value: unknown, key = ""): unknown {
    if (typeof value === "string") return key === "nextToken" ? "token" : scrubText(value);
    if (typeof value === "number") return /DateTime$|^timestamp$/i.test(key) ? 0 : value;
    if (Array.isArray(value)) return value.map((one) => scrub(one, key));
    if (value !== null && typeof value === "object") {
        return Object.fromEntries(Object.entries(value).map(([name, inner]) => [scrubText(name), scrub(inner, name)]));
    }
    return value;
}

/**
 * Returns which of `secrets` (such as account id, access key and user name), and which other account ids and keys, a
 * text still contains.
 */
export function findLeaks(text: string, secrets: readonly string[]): string[] {
    const escaped = (secret: string) => secret.replaceAll(/\W/g, "\\$&");
    const isWord = (secret: string) => new RegExp(`(?<!\\w)${escaped(secret)}(?!\\w)`).test(text);
    const leakedSecrets = secrets.filter((secret) => secret !== "" && isWord(secret));
    const shaped = replacements.flatMap(([pattern, by]) =>
        // A text that is already a replacement, such as 000000000000, is not a leak.
        [...text.matchAll(pattern)].map(([match]) => match).filter((match) => match.replace(pattern, by) !== match),
    );
    return [...new Set([...leakedSecrets, ...shaped])];
}
