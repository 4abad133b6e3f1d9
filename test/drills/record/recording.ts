import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { scrub } from "./scrub.ts";

/** One request to Personalize and its answer, as they were on the wire; each try of the SDK is one. */
export interface Call {
    readonly service: string;
    readonly operation: string;
    readonly request: unknown;
    /** HTTP status; 0 when no answer came. */
    readonly status: number;
    /** The error's code, when it is one. */
    readonly error?: string;
    readonly response: unknown;
}

/** Environment variable that names the file which a process appends its calls to. */
export const recordingVariable = "MOVIE_RECOMMENDER_RECORDING";

/** Name of a drill's stack, which everything that it makes has in its name. */
const ofDrill = /\bdrill-[0-9a-f]{6}\b/;

/** A call without what else the account has: of a list, only what the drill made. */
export function withoutOthers(call: Call): Call {
    if (!call.operation.startsWith("List") || call.operation === "ListTagsForResource") {
        return call;
    }
    const ours = (value: unknown) =>
        Array.isArray(value) ? value.filter((one) => ofDrill.test(JSON.stringify(one))) : value;
    const members = Object.entries((call.response ?? {}) as object);
    return { ...call, response: Object.fromEntries(members.map(([name, value]) => [name, ours(value)])) };
}

/** Appends a call, scrubbed before it touches the disk. */
export function append(file: string, call: Call): void {
    appendFileSync(file, `${JSON.stringify(scrub(withoutOthers(call)))}\n`);
}

/** The calls of a recording, in the order of their answers; none when nothing was recorded. */
export function readRecording(file: string): Call[] {
    return existsSync(file)
        ? readFileSync(file, "utf8")
              .split("\n")
              .filter((line) => line !== "")
              .map((line) => JSON.parse(line) as Call)
        : [];
}
