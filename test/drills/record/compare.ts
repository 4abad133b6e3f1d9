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

/** Texts of one part of an operation's calls, by the name of what they describe. */
type Texts = ReadonlyMap<string, string>;

/**
 * Returns the differences between two recordings: operations, members of responses and their types, the order of a
 * resource's states, error codes and messages, and observations. Does not compare other values. A state that lasted
 * only seconds may be missing because no poll saw it.
 */
export function compare(one: readonly Call[], other: readonly Call[]): Difference[] {
    const [ours, theirs] = [one, other].map((calls) =>
        Map.groupBy(calls, ({ service, operation }) => `${service} ${operation}`),
    ) as [Map<string, Call[]>, Map<string, Call[]>];
    const operations = [...new Set([...ours.keys(), ...theirs.keys()])].sort();
    return operations.flatMap((operation) => {
        const [a, b] = [ours.get(operation), theirs.get(operation)];
        const differing = (what: Difference["what"], textsOf: (calls: readonly Call[]) => Texts) =>
            differences(what, `${operation}: `, textsOf(a ?? []), textsOf(b ?? []));
        if (operation.startsWith("observed ")) return differences("observed", "", observed(a), observed(b));
        if (a === undefined || b === undefined)
            return differences("call", "", counts(operation, a), counts(operation, b));
        // Report a missing structure once, without its members.
        const members = differing("member", membersOf).filter(
            ({ where }, _, all) => !all.some((parent) => isMissing(parent) && isWithin(where, parent.where)),
        );
        return [
            ...members.map((each) => ({ ...each, what: isMissing(each) ? each.what : ("type" as const) })),
            ...differing("states", statesOf),
            ...differing("error", errorsOf),
        ];
    });
}

function differences(what: Difference["what"], where: string, ours: Texts, theirs: Texts): Difference[] {
    const keys = [...new Set([...ours.keys(), ...theirs.keys()])].sort();
    return keys.flatMap((key) => {
        const [one, other] = [ours.get(key) ?? nothing, theirs.get(key) ?? nothing];
        return one === other ? [] : [{ what, where: `${where}${key}`, one, other }];
    });
}

const isMissing = ({ one, other }: Difference) => one === nothing || other === nothing;

const isWithin = (path: string, parent: string) => path.startsWith(`${parent}.`) || path.startsWith(`${parent}[`);

const counts = (operation: string, calls: readonly Call[] | undefined): Texts =>
    new Map(calls && [[operation, `${calls.length} times`]]);

/** Returns the values of an observation. */
function observed(calls: readonly Call[] = []): Texts {
    const byName = Map.groupBy(calls, ({ operation }) => operation);
    return mapped(byName, (all) => all.map(({ response }) => (response as { value: string }).value).join(", "));
}

const mapped = <T>(values: ReadonlyMap<string, T>, textOf: (value: T) => string): Texts =>
    new Map([...values].map(([key, value]) => [key, textOf(value)]));

/** Returns the messages of each error code. */
function errorsOf(calls: readonly Call[]): Texts {
    const failed = calls.filter(({ error }) => error !== undefined);
    const messageOf = ({ response }: Call) => {
        const { message, Message } = (response ?? {}) as { message?: string; Message?: string };
        return message ?? Message ?? "no text";
    };
    const byCode = Map.groupBy(failed, ({ error = "" }) => error);
    return mapped(byCode, (all) => [...new Set(all.map(messageOf))].sort().join(" | "));
}

/** Returns the types of each member in successful responses, with paths such as `campaigns[].campaignArn`. */
function membersOf(calls: readonly Call[]): Texts {
    const members = new Map<string, Set<string>>();
    const note = (value: unknown, path: string) => {
        if (path !== "") members.set(path, (members.get(path) ?? new Set()).add(typeOf(value)));
        if (Array.isArray(value)) {
            for (const one of value) note(one, `${path}[]`);
        } else if (value !== null && typeof value === "object") {
            for (const [name, inner] of Object.entries(value)) note(inner, path === "" ? name : `${path}.${name}`);
        }
    };
    for (const { error, response } of calls) {
        if (error === undefined) note(response, "");
    }
    return mapped(members, (types) => [...types].sort().join(" or "));
}

/**
 * Returns each resource's states in order, without repetitions. A key is the ARN, plus the member's name for a nested
 * state (`latestCampaignUpdate`).
 */
function statesOf(calls: readonly Call[]): Texts {
    const states = new Map<string, string[]>();
    const note = (key: string, state: unknown) => {
        const recorded = states.get(key) ?? [];
        if (typeof state === "string" && recorded.at(-1) !== state) states.set(key, [...recorded, state]);
    };
    for (const { operation, request, response, error } of calls) {
        const arn = Object.values((request ?? {}) as object).find((value) => String(value).startsWith("arn:"));
        if (!operation.startsWith("Describe") || arn === undefined || error !== undefined) continue;
        for (const described of Object.values((response ?? {}) as Record<string, Record<string, unknown> | null>)) {
            note(String(arn), described?.status);
            for (const [member, inner] of Object.entries(described ?? {})) {
                note(`${arn} ${member}`, (inner as { status?: unknown } | null)?.status);
            }
        }
    }
    return mapped(states, (all) => all.join(" → "));
}

function typeOf(value: unknown): string {
    return value === null ? "null" : Array.isArray(value) ? "list" : typeof value;
}
