import { campaignUsdPerHour } from "../pricing.ts";
import { brake } from "./brake.ts";
import type { GuardConfig } from "./guard-config.ts";
import type { Looks } from "./guard-looks.ts";
import { type GuardState, remembered, without } from "./guard-state.ts";
import { idle } from "./idle.ts";
import { countTime, monthSpendUsd, openSince, type RequestWindows, settle, usedTPS } from "./spend.ts";
import { day, hour, windowOf } from "./time.ts";
import { unused } from "./unused.ts";

/** What the guard publishes; undefined where it is not known. */
export interface Gauges {
    readonly monthSpendUsd: number;
    readonly hourlyUsd: number | undefined;
    readonly idleHours: number | undefined;
}

/** CloudWatch keeps datapoints of five minutes for 63 days. */
const longestLook = 62 * day;

/** Since when the guard needs to know the requests. */
export function requestsSince(state: GuardState, now: number): number {
    const needed = Math.min(openSince(state.spend), windowOf(state.lastUse ?? now), windowOf(now));
    return Math.max(needed, windowOf(now - longestLook));
}

/**
 * One run of the guard: from what it knew and what it sees to what it knows now, in which all that is to be done stands
 * (`parking`, `probe`, `solutions`, `notices`). A part of the world that it could not see leaves that part as it was: a
 * campaign that could not be looked at counts as before for the brake, and its time is counted again by the next run.
 */
export function decide(
    known: GuardState,
    now: number,
    config: GuardConfig,
    looks: Looks,
): { readonly state: GuardState; readonly gauges: Gauges } {
    const before = known.campaign;
    const seen = looks.campaign === undefined ? "unknown" : looks.campaign.found;
    const campaign = seen === "unknown" ? before : seen && remembered(seen, config);
    const spend = countTime(known.spend, now, before, campaign);
    const usd = monthSpendUsd(spend, looks.requests);
    const counted: GuardState = {
        ...without(known, "campaign"),
        spend: settle(spend, now, looks.requests),
        ...(campaign && { campaign }),
    };
    const steps = [
        (state: GuardState) => endParking(state),
        (state: GuardState) => brake(state, now, config, usd),
        (state: GuardState) => idle(state, now, config, looks),
        (state: GuardState) => unused(state, now, config, looks),
    ];
    const stepped = steps.reduce((so, step) => step(so), counted);
    const state = seen === "unknown" ? { ...stepped, spend: known.spend } : stepped;
    return { state, gauges: gaugesOf(state, now, config, looks.requests, usd) };
}

/** Parking is over when the campaign is on its way out, or when somebody made another one since. */
function endParking(state: GuardState): GuardState {
    const { parking, campaign } = state;
    return parking && (campaign === undefined || campaign.leaving || campaign.createdAt > parking.at)
        ? without(state, "parking")
        : state;
}

function gaugesOf(
    { campaign, lastUse }: GuardState,
    now: number,
    { recipe }: GuardConfig,
    requests: RequestWindows | undefined,
    usd: number,
): Gauges {
    const tps = Math.max(campaign?.minProvisionedTPS ?? 0, usedTPS(now, requests));
    return {
        monthSpendUsd: usd,
        hourlyUsd: campaign === undefined ? 0 : campaignUsdPerHour(recipe, tps),
        idleHours: campaign && requests && lastUse !== undefined ? Math.max(0, now - lastUse) / hour : undefined,
    };
}
