import type { Call } from "./recording.ts";

/** The types that each member has in the answers that are no errors; paths such as `campaigns[].campaignArn`. */
export function membersOf(calls: readonly Call[]): Map<string, Set<string>> {
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
 * The states through which each described resource went, without repetitions. Keys are its ARN, with the member's name
 * for a state beside its own (`latestCampaignUpdate`).
 */
export function statesOf(calls: readonly Call[]): Map<string, string[]> {
    const states = new Map<string, string[]>();
    const note = (key: string, state: unknown) => {
        const seen = states.get(key) ?? [];
        if (typeof state === "string" && seen.at(-1) !== state) {
            states.set(key, [...seen, state]);
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
