import { deflateRawSync, inflateRawSync } from "node:zlib";
import { campaignUsdPerHour, isV2 } from "../config/prices.ts";
import type { GuardConfig } from "./guard-config.ts";
import type { GuardNotification, NotificationKind } from "./notifications.ts";
import { isLeaving, type ObservedCampaign, type ParkingCause } from "./observations.ts";
import type { JobsSpend, ServingSpend } from "./serving-spend.ts";
import { freshSpend, type RequestWindows, type SpendState, usedTPS } from "./spend.ts";
import { hour, stamp, toMonth } from "./time.ts";

/**
 * The guard's state between runs, stored in one SSM parameter. The guard stores pending work before it does the work,
 * and removes it afterwards, so that the next run continues after a crash. Moments are milliseconds since 1970.
 */
export interface GuardState {
    readonly schemaVersion: 1;
    readonly spend: SpendState;
    /** The campaign as the guard last observed it; absent if there was none. */
    readonly campaign?: RememberedCampaign;
    /** The version of the stored state from which this run started. Two parallel runs have the same version. */
    readonly basedOn?: number;
    /** The last time that the guard enforced a limit. */
    readonly enforced?: { readonly month: string; readonly limitUsd: number; readonly at: number };
    /**
     * The pending decision to park: its reason, cause and time. Present until Personalize deletes the campaign. A
     * decision of an earlier release has no cause.
     */
    readonly parking?: { readonly reason: string; readonly cause?: ParkingCause; readonly at: number };
    /** What the API and the page have cost this month; absent before the first count. */
    readonly serving?: ServingSpend;
    /** The last known spend of batch inference jobs in a month, in US dollars. */
    readonly jobs?: JobsSpend;
    /** The pending decision to close the API and the page: its reason and time. Present until they are closed. */
    readonly closing?: { readonly reason: string; readonly at: number };
    /** The last time that the guard closed the API and the page, and when an operator opened them again. */
    readonly closed?: { readonly at: number; readonly openedAt?: number };
    /** Time of the last known request of a viewer or other client, or of the last change of the campaign. */
    readonly lastUse?: number;
    /** The newest request that the guard itself sent, to prove that CloudWatch counts requests. */
    readonly probe?: Probe;
    /** Times of the guard's earlier requests since the last use. They do not count as use. */
    readonly own: readonly number[];
    /**
     * The announcement that the campaign is idle: start of idleness, time of the notification, and time of parking.
     * Absent while the campaign is not announced as idle.
     */
    readonly idle?: { readonly since: number; readonly at: number; readonly parkAt?: number };
    /** Existing solutions, by name. */
    readonly solutions: Readonly<Record<string, SolutionState>>;
    /** The key of the last notification of each kind, so that the guard sends each one once. */
    readonly announced: Readonly<Partial<Record<NotificationKind, string>>>;
    /** Notifications to send. */
    readonly unsent: readonly GuardNotification[];
}

export interface RememberedCampaign {
    readonly createdAt: number;
    readonly minProvisionedTPS: number;
    /** Whether AWS bills the campaign by the rules for v2 recipes (`isV2`). */
    readonly v2: boolean;
    /** Whether the campaign is being deleted. AWS may bill it until it is gone. */
    readonly leaving: boolean;
}

interface Probe {
    /**
     * Times of the probe request and of its repetitions after crashes. After a crash, the guard does not know whether
     * it sent the request.
     */
    readonly tries: readonly number[];
    readonly sent: boolean;
    /** Whether CloudWatch showed the probe request. */
    readonly seen: boolean;
}

export interface SolutionState {
    /** Time when the guard last saw a campaign of the solution. */
    readonly used?: number;
    /** Time when the guard listed the solution as unused. */
    readonly listed?: number;
    /** Announced time of the solution's deletion. */
    readonly deleteFrom?: number;
    /** Time when the guard decided to delete the solution. */
    readonly deleting?: number;
}

/** Maximum number of solutions in the state: an SSM parameter has 4 KB. */
export const maxSolutions = 8;
/** Maximum number of waiting notifications. If more are due, a later run of the guard adds them. */
const maxWaitingNotifications = 6;

/** Returns the state before the first run. */
export function freshState(now: number, campaign: ObservedCampaign | undefined): GuardState {
    return {
        schemaVersion: 1,
        spend: freshSpend(now, campaign?.createdAt),
        own: [],
        solutions: {},
        announced: {},
        unsent: [],
    };
}

/** Returns the part of an observed campaign that the state stores. */
export const remembered = (observed: ObservedCampaign, recipe: string | undefined): RememberedCampaign => ({
    createdAt: observed.createdAt,
    minProvisionedTPS: observed.minProvisionedTPS,
    v2: isV2(recipe),
    leaving: isLeaving(observed),
});

/** Returns the campaign's US dollars per hour: by the minimum TPS, or by the requests if they are known and more. */
export function hourlyUsd(
    { campaign }: GuardState,
    { recipe }: Pick<GuardConfig, "recipe">,
    now: number,
    requests?: RequestWindows,
): number {
    return campaign === undefined
        ? 0
        : campaignUsdPerHour(recipe, Math.max(campaign.minProvisionedTPS, usedTPS(now, requests)));
}

/**
 * Adds a notification, unless the last one of its kind has an equal key: month, kind, and what it is `about`, by default
 * the time `at`. Returns undefined if too many notifications are waiting. In this case, the guard must not do what the
 * notification would announce.
 */
export function addNotification(
    state: GuardState,
    at: number,
    kind: NotificationKind,
    facts: GuardNotification["facts"],
    { month = toMonth(at), about = stamp(at) }: { readonly month?: string; readonly about?: string } = {},
): GuardState | undefined {
    const key = [month, kind, ...(about === "" ? [] : [about])].join("/");
    if (state.announced[kind] === key) return state;
    return state.unsent.length >= maxWaitingNotifications
        ? undefined
        : {
              ...state,
              announced: { ...state.announced, [kind]: key },
              unsent: [...state.unsent, { kind, at, facts, key }],
          };
}

/** Returns the state without some fields, because JSON has no undefined. */
export function without(state: GuardState, ...keys: readonly OptionalField[]): GuardState {
    const rest: { -readonly [Field in keyof GuardState]: GuardState[Field] } = { ...state };
    for (const key of keys) delete rest[key];
    return rest;
}
type OptionalField = {
    [Field in keyof GuardState]-?: object extends Pick<GuardState, Field> ? Field : never;
}[keyof GuardState];

/** Maximum length of the state in characters: a standard SSM parameter has 4 KB. */
const longestText = 4000;
/** Prefix of a compressed state. */
const compressed = "deflate:";

/** Returns the text to store: JSON, compressed if it is longer than an SSM parameter can be. */
export function stateText(state: GuardState): string {
    const text = JSON.stringify(state);
    return Buffer.byteLength(text) <= longestText
        ? text
        : compressed + deflateRawSync(text, { level: 9 }).toString("base64");
}

/** Names of fields that contain a past time. */
const moments = new Set("at createdAt deleting from lastUse listed openedAt since to until used".split(" "));
/** Maximum difference between the clocks of two runs. */
const skewMs = hour;

const isObject = (value: unknown) => typeof value === "object" && value !== null;

/** Returns the newest time in a parsed state. */
function findNewestTime(part: object): number {
    let newest = 0;
    for (const [key, value] of Object.entries(part)) {
        const time =
            typeof value === "number" ? (moments.has(key) ? value : 0) : isObject(value) ? findNewestTime(value) : 0;
        newest = Math.max(newest, time);
    }
    return newest;
}

/**
 * Parses a stored state. A state with times after `now` is unusable. `problem` is the reason if the state is unusable.
 */
export function parseState(text: string, now: number): { readonly state: GuardState } | { readonly problem: string } {
    let parsed: Partial<GuardState> | null;
    try {
        const json = text.startsWith(compressed)
            ? inflateRawSync(Buffer.from(text.slice(compressed.length), "base64"), {
                  maxOutputLength: 1 << 20,
              }).toString()
            : text;
        parsed = JSON.parse(json);
    } catch {
        return { problem: "is not JSON" };
    }
    if (!isObject(parsed)) return { problem: "is not a JSON object" };
    if (typeof parsed.schemaVersion === "number" && parsed.schemaVersion > 1) {
        return {
            problem: `was written by a newer cost guard (schemaVersion ${parsed.schemaVersion}; this version supports 1)`,
        };
    }
    const { spend } = parsed;
    const isComplete =
        parsed.schemaVersion === 1 &&
        /^\d{4}-\d{2}$/.test(spend?.month ?? "") &&
        [spend?.until, spend?.settled?.tpsHours, spend?.settled?.tpsHoursV2].every(
            (value) => typeof value === "number" && value >= 0,
        ) &&
        (parsed.jobs === undefined || parsed.jobs.usd >= 0) &&
        [spend?.open, parsed.own, parsed.unsent].every(Array.isArray) &&
        [parsed.solutions, parsed.announced, ...Object.values(parsed.solutions ?? {})].every(isObject) &&
        parsed.unsent?.every((notice) => typeof notice?.key === "string");
    if (!isComplete) return { problem: "is incomplete" };
    const latest = Math.max(findNewestTime(parsed), ...(parsed.own ?? []), ...(parsed.probe?.tries ?? []));
    return latest > now + skewMs
        ? { problem: `contains a time in the future (${latest})` }
        : { state: parsed as GuardState };
}
