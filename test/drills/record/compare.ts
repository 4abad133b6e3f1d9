import type { Call } from "./recording.ts";

/** A difference between two recordings. A recording without the part has the value `–`. */
export interface Difference {
    readonly what: "call" | "member" | "type" | "states" | "error" | "observed";
    /** The operation, and the path of the part in which the two recordings differ. */
    readonly where: string;
    readonly one: string;
    readonly other: string;
}

const nothing = "–";

/**
 * Returns the differences between two recordings: operations, members of responses and their types, the order of a
 * resource's states, error codes and messages, and observations. Does not compare other values. A state that lasted
 * only seconds may be missing because no poll saw it.
 */
export function compare(one: readonly Call[], other: readonly Call[]): Difference[] {
    const [ours, theirs] = [byOperation(one), byOperation(other)];
    const operations = [...new Set([...ours.keys(), ...theirs.keys()])].sort();
    return operations.flatMap((operation) => {
        const [a, b] = [ours.get(operation), theirs.get(operation)];
        if ([a, b].some((calls) => calls?.[0]?.service === "observed")) {
            const [one, other] = [observedIn(a), observedIn(b)];
            return one === other
                ? []
                : [{ what: "observed" as const, where: operation.replace(/^observed /, ""), one, other }];
        }
        if (a === undefined || b === undefined) {
            const countText = (calls: readonly Call[] | undefined) =>
                calls === undefined ? nothing : `${calls.length} times`;
            return [{ what: "call" as const, where: operation, one: countText(a), other: countText(b) }];
        }
        return [...members(operation, a, b), ...states(operation, a, b), ...errors(operation, a, b)];
    });
}

function byOperation(calls: readonly Call[]): Map<string, Call[]> {
    return Map.groupBy(calls, ({ service, operation }) => `${service} ${operation}`);
}

const observedIn = (calls: readonly Call[] = []): string =>
    calls.map(({ response }) => (response as { value: string }).value).join(", ") || nothing;

function members(operation: string, a: readonly Call[], b: readonly Call[]): Difference[] {
    const [ours, theirs] = [membersOf(a), membersOf(b)];
    const paths = [...new Set([...ours.keys(), ...theirs.keys()])].sort();
    const missing: string[] = [];
    return paths.flatMap((path) => {
        const [one, other] = [ours.get(path), theirs.get(path)].map((types) =>
            types === undefined ? nothing : [...types].sort().join(" or "),
        ) as [string, string];
        // Report a missing structure once, without its members.
        if (one === other || missing.some((parent) => path.startsWith(`${parent}.`) || path.startsWith(`${parent}[`))) {
            return [];
        }
        const isMissing = one === nothing || other === nothing;
        if (isMissing) {
            missing.push(path);
        }
        return [
            { what: isMissing ? ("member" as const) : ("type" as const), where: `${operation}: ${path}`, one, other },
        ];
    });
}

function states(operation: string, a: readonly Call[], b: readonly Call[]): Difference[] {
    const [ours, theirs] = [statesOf(a), statesOf(b)];
    const things = [...new Set([...ours.keys(), ...theirs.keys()])].sort();
    return things.flatMap((thing) => {
        const [one, other] = [ours.get(thing), theirs.get(thing)].map(
            (stateList) => stateList?.join(" → ") ?? nothing,
        ) as [string, string];
        return one === other ? [] : [{ what: "states" as const, where: `${operation}: ${thing}`, one, other }];
    });
}

function errors(operation: string, a: readonly Call[], b: readonly Call[]): Difference[] {
    const [ours, theirs] = [errorsOf(a), errorsOf(b)];
    const codes = [...new Set([...ours.keys(), ...theirs.keys()])].sort();
    return codes.flatMap((code) => {
        const [mine, yours] = [ours.get(code), theirs.get(code)];
        const only = (from: Set<string> | undefined, than: Set<string> | undefined) =>
            [...(from ?? [])].filter((text) => !than?.has(text)).join(" | ");
        const [one, other] = [only(mine, yours), only(yours, mine)];
        return one === "" && other === ""
            ? []
            : [
                  {
                      what: "error" as const,
                      where: `${operation}: ${code}`,
                      one: one || nothing,
                      other: other || nothing,
                  },
              ];
    });
}

/** Returns the messages of each error code. */
function errorsOf(calls: readonly Call[]): Map<string, Set<string>> {
    const codes = new Map<string, Set<string>>();
    for (const { error, response } of calls) {
        if (error !== undefined) {
            const { message, Message } = (response ?? {}) as { message?: string; Message?: string };
            codes.set(error, (codes.get(error) ?? new Set()).add(message ?? Message ?? "no text"));
        }
    }
    return codes;
}

/** Returns the types of each member in successful responses, with paths such as `campaigns[].campaignArn`. */
function membersOf(calls: readonly Call[]): Map<string, Set<string>> {
    const members = new Map<string, Set<string>>();
    const note = (value: unknown, path: string) => {
        if (path !== "") {
            members.set(path, (members.get(path) ?? new Set()).add(typeOf(value)));
        }
        if (Array.isArray(value)) {
            for (const one of value) note(one, `${path}[]`);
        } else if (value !== null && typeof value === "object") {
            for (const [name, inner] of Object.entries(value)) note(inner, path === "" ? name : `${path}.${name}`);
        }
    };
    for (const { error, response } of calls) {
        if (error === undefined) note(response, "");
    }
    return members;
}

/**
 * Returns each resource's states in order, without repetitions. A key is the ARN, plus the member's name for a nested
 * state (`latestCampaignUpdate`).
 */
function statesOf(calls: readonly Call[]): Map<string, string[]> {
    const states = new Map<string, string[]>();
    const note = (key: string, state: unknown) => {
        const recorded = states.get(key) ?? [];
        if (typeof state === "string" && recorded.at(-1) !== state) {
            states.set(key, [...recorded, state]);
        }
    };
    for (const { operation, request, response, error } of calls) {
        const arn = Object.values((request ?? {}) as object).find((value) => String(value).startsWith("arn:"));
        if (!operation.startsWith("Describe") || arn === undefined || error !== undefined) {
            continue;
        }
        for (const described of Object.values((response ?? {}) as Record<string, Record<string, unknown> | null>)) {
            note(String(arn), described?.status);
            for (const [member, inner] of Object.entries(described ?? {})) {
                note(`${arn} ${member}`, (inner as { status?: unknown } | null)?.status);
            }
        }
    }
    return states;
}

function typeOf(value: unknown): string {
    return value === null ? "null" : Array.isArray(value) ? "list" : typeof value;
}
