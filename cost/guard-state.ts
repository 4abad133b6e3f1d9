import { isV2 } from "../config/prices.ts";
import type { GuardNotification, NotificationKind } from "./notifications.ts";
import { isLeaving, type ObservedCampaign } from "./observations.ts";
import { freshSpend, type SpendState } from "./spend.ts";

/** A campaign, and what its time has cost. */
export interface CountedCampaign {
    readonly spend: SpendState;
    /** The campaign of the last look; absent where there was none. */
    readonly campaign?: RememberedCampaign;
}

/**
 * What the guard knows from one run to the next, kept as one mark. What it means to do is written into it before it is
 * done, and taken out after, so that a run that dies in between is gone on with. Moments are milliseconds since 1970.
 */
export interface GuardState extends CountedCampaign {
    readonly schemaVersion: 1;
    /** The version of the mark that was gone on from: two runs that were started at once have the same. */
    readonly basedOn?: number;
    /** The campaign that orders given films, where the stack has or had one this month: its time bills like the first one's. */
    readonly ranking?: CountedCampaign;
    /** When the campaign was last braked, and at which limit. */
    readonly brake?: { readonly month: string; readonly limitUsd: number; readonly at: number };
    /** There from the decision to park until the campaign is on its way out. */
    readonly parking?: { readonly reason: string; readonly at: number };
    /** When somebody last asked the campaign, or changed it, as far as it is known. */
    readonly lastUse?: number;
    /** The newest request of the guard's own, by which it proves that requests are counted. */
    readonly probe?: Probe;
    /** Earlier ones since the last use: none of them is a use. */
    readonly own: readonly number[];
    /** There while the campaign is announced as idle: since when it is, when that was said, and for when its parking. */
    readonly idle?: { readonly since: number; readonly at: number; readonly parkAt?: number };
    /** By the solution's name; only those that there are. */
    readonly solutions: Readonly<Record<string, SolutionState>>;
    /** The key of what was last said, by kind, so that it is said once. */
    readonly said: Readonly<Partial<Record<NotificationKind, string>>>;
    /** What is to be said still. */
    readonly notices: readonly GuardNotification[];
}

export interface RememberedCampaign {
    readonly createdAt: number;
    readonly minProvisionedTPS: number;
    /** Whether its recipe is billed by v2's model. */
    readonly v2: boolean;
    /** Whether it is being deleted; it may be billed until it is gone. */
    readonly leaving: boolean;
}

export interface Probe {
    /** When it was asked, and asked again where a run died over it: which of them were sent is not known. */
    readonly tries: readonly number[];
    readonly sent: boolean;
    /** Whether CloudWatch showed it. */
    readonly seen: boolean;
}

export interface SolutionState {
    /** When the guard last saw a campaign on it. */
    readonly used?: number;
    /** When it was listed as unused. */
    readonly listed?: number;
    /** From when on it may be deleted, as was said. */
    readonly deleteFrom?: number;
    /** When its deletion was decided. */
    readonly deleting?: number;
}

/** Solutions of a stack that are looked after, by name: an SSM parameter has 4 KB. */
export const mostSolutions = 8;
/** Notices that wait at most; what would come on top is found again by a later run. */
const maxWaitingNotifications = 6;

/** The state of a guard that knows nothing yet. */
export function freshState(now: number, campaign: ObservedCampaign | undefined): GuardState {
    return {
        schemaVersion: 1,
        spend: freshSpend(now, campaign?.createdAt),
        own: [],
        solutions: {},
        said: {},
        notices: [],
    };
}

/** What is remembered of a campaign. */
export const remembered = (seen: ObservedCampaign, recipe: string | undefined): RememberedCampaign => ({
    createdAt: seen.createdAt,
    minProvisionedTPS: seen.minProvisionedTPS,
    v2: isV2(recipe),
    leaving: isLeaving(seen),
});

/**
 * Notes something to be said, unless it was the last of its kind that was. Undefined where too much waits already: then
 * nothing may be done that only this would have told.
 */
export function addNotification(
    state: GuardState,
    notification: Omit<GuardNotification, "key"> & { readonly month: string; readonly about?: string },
): GuardState | undefined {
    const { month, about, ...rest } = notification;
    const key = [month, notification.kind, ...(about === undefined ? [] : [about])].join("/");
    if (state.said[notification.kind] === key) {
        return state;
    }
    return state.notices.length >= maxWaitingNotifications
        ? undefined
        : {
              ...state,
              said: { ...state.said, [notification.kind]: key },
              notices: [...state.notices, { ...rest, key }],
          };
}

/** The same state without some of its parts, which JSON has no way to say but to leave them out. */
export function without<K extends keyof GuardState>(state: GuardState, ...keys: readonly K[]): GuardState {
    return Object.fromEntries(
        Object.entries(state).filter(([key]) => !keys.includes(key as K)),
    ) as unknown as GuardState;
}

/** The state in a mark's text; `problem` says why it is of no use. */
export function parseState(text: string): { readonly state: GuardState } | { readonly problem: string } {
    let found: Partial<GuardState> | null;
    try {
        found = JSON.parse(text);
    } catch {
        return { problem: "is no JSON" };
    }
    if (typeof found !== "object" || found === null) {
        return { problem: "is no JSON object" };
    }
    if (typeof found.schemaVersion === "number" && found.schemaVersion > 1) {
        return { problem: `is of a newer cost guard (schemaVersion ${found.schemaVersion}; this one knows 1)` };
    }
    const { spend } = found;
    const complete =
        found.schemaVersion === 1 &&
        /^\d{4}-\d{2}$/.test(spend?.month ?? "") &&
        [spend?.until, spend?.settled?.tpsHours, spend?.settled?.tpsHoursV2].every(Number.isFinite) &&
        [spend?.open, found.own, found.notices].every(Array.isArray) &&
        [found.solutions, found.said].every((part) => typeof part === "object" && part !== null);
    return complete ? { state: found as GuardState } : { problem: "lacks parts" };
}
