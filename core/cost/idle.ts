import type { GuardConfig } from "./guard-config.ts";
import { addNotification, type GuardState, hourlyUsd, without } from "./guard-state.ts";
import type { Observations } from "./observations.ts";
import { type RequestWindows, sumWindows } from "./spend.ts";
import { day, hour, minute, readable, stamp, toMonth, window, windowStart } from "./time.ts";

/** Milliseconds after which the guard reports that CloudWatch does not show the request that the guard sent. */
const metricDelayMs = hour;
/**
 * Milliseconds after the end of a window in which CloudWatch may not show all requests of the prefetch function yet.
 * The value allows for clocks that differ by ten minutes.
 */
const prefetchDelayMs = 15 * minute;
/** Maximum number of the guard's own requests in its state: the guard sends one a day while CloudWatch shows none. */
const maxOwn = 10;

/**
 * Finds a campaign without requests, announces it, and parks it later if configured and if an address has confirmed the
 * notifications. Missing data never counts as idleness: without requests a metric has no datapoints, but it also has
 * none when it fails. Therefore the guard first sends a request itself, and waits until CloudWatch shows it. It repeats
 * this before it parks the campaign.
 */
export function idle(
    previousState: GuardState,
    now: number,
    config: GuardConfig,
    observations: Observations,
): GuardState {
    const { campaign } = previousState;
    if (campaign === undefined || campaign.leaving) {
        const state = { ...without(previousState, "idle", "probe", "lastUse"), own: [] };
        // A run that could neither store its state nor notify leaves only the parked flag.
        const cause = observations.parked?.flag?.cause;
        return cause?.by === "idle" && cause.since <= now ? (idleParked(state, now, cause.since) ?? state) : state;
    }
    const observedCampaign = observations.campaign?.found;
    const { requests, prefetched, isAddressConfirmed } = observations;
    if (
        previousState.parking !== undefined ||
        observedCampaign === undefined ||
        requests === undefined ||
        prefetched === undefined
    ) {
        return previousState;
    }
    const own = ownRequests(previousState, prefetched);
    const { settled, open } = foreignUse(foreignRequests(requests, own), now, config.prefetches);
    const state = noteUse(
        previousState,
        now,
        settled,
        Math.max(observedCampaign.createdAt, observedCampaign.updatedAt),
    );
    const { lastUse } = state;
    if (state.idle !== undefined && (lastUse > state.idle.since || observations.kept)) {
        const because = observations.kept
            ? "it now has the tag keep"
            : `its last request or change was at about ${readable(lastUse)}`;
        const of = { month: toMonth(state.idle.at), about: stamp(state.idle.at) };
        const notified = addNotification(state, now, "idle-withdrawn", { because }, of);
        return notified === undefined ? state : without(notified, "idle");
    }
    // `open` contains recent requests whose sender is not known yet: they may come from the stack's own prefetch
    // function, whose metric arrives late. Let a later run of the guard decide whether they are use of the campaign.
    const isUndecided = open.size > 0 || observations.kept !== false || observedCampaign.status !== "ACTIVE";
    if (isUndecided || isAddressConfirmed === undefined || now - lastUse < config.idleHours * hour) return state;
    // Never park a campaign whose owner may not know of it: an unconfirmed address receives no notification.
    const parks = config.idleAction === "park" && isAddressConfirmed;
    const parkAt = parks ? state.idle?.parkAt : undefined;
    if (state.idle !== undefined && parkAt === undefined && !parks) return state;
    if (parkAt !== undefined && now < parkAt) return state;
    // Before the guard announces that a campaign is unused, it sends a probe request, and checks that CloudWatch counts
    // it. Accept only a probe of the last day: after a user removed the tag `keep`, the last use and the last probe may
    // be weeks old.
    const proved = prove(state, now, requests, parkAt ?? Math.max(lastUse, now - day));
    if (!proved.probe?.seen) return proved;
    return parkAt === undefined ? announce(proved, now, config, lastUse, parks) : park(proved, now, lastUse);
}

/** Returns the times of the requests that the guard itself sent since the last use of the campaign. */
const probesOf = ({ own, probe }: GuardState) => [...own, ...(probe?.tries ?? [])];

/** Returns the requests of the cost guard and the prefetch function, by window. They do not count as use. */
function ownRequests(state: GuardState, prefetched: RequestWindows): RequestWindows {
    return sumWindows([...prefetched, ...probesOf(state).map((at) => [windowStart(at), 1] as const)]);
}

/**
 * Splits requests into older ones (`settled`) and recent ones (`open`). `foreign` are the requests that are not known
 * to be the stack's own. A recent one may still turn out to be a request of the stack's prefetch function, because
 * CloudWatch extracts the count of that function's requests from a log, and may show this count later than the
 * requests.
 */
function foreignUse(foreign: RequestWindows, now: number, prefetches: boolean) {
    const isSettled = (start: number) => !prefetches || start + window + prefetchDelayMs <= now;
    const select = (settled: boolean) => new Map([...foreign].filter(([start]) => isSettled(start) === settled));
    return { settled: select(true), open: select(false) };
}

/** Returns the state with the time of the newest use: a request of another client, or a change of the campaign. */
function noteUse(
    state: GuardState,
    now: number,
    foreign: RequestWindows,
    changedAt: number,
): GuardState & { readonly lastUse: number } {
    const ends = [...foreign.keys()].map((start) => Math.min(start + window, now));
    const lastUse = Math.max(state.lastUse ?? 0, changedAt, ...ends);
    const since = (tries: readonly number[]) => tries.filter((at) => at >= windowStart(lastUse));
    const used = lastUse > (state.lastUse ?? 0);
    return used ? { ...without(state, "probe"), own: since(probesOf(state)), lastUse } : { ...state, lastUse };
}

/**
 * Plans a probe request if the guard has sent none since `after`; otherwise records whether CloudWatch shows the
 * request. Adds a notification if CloudWatch does not show it within an hour.
 */
function prove(state: GuardState, now: number, requests: RequestWindows, after: number): GuardState {
    const { probe } = state;
    const at = probe?.tries.at(-1) ?? 0;
    if (probe === undefined || at < after || (probe.sent && !probe.seen && now - at >= day)) {
        const own = [...state.own, ...(probe?.tries ?? [])].slice(-maxOwn);
        return { ...state, own, probe: { tries: [now], sent: false, seen: false } };
    }
    if (!probe.sent) return { ...state, probe: { ...probe, tries: [...probe.tries, now].slice(-maxOwn) } };
    if (probe.seen || shows(requests, at, state.own)) return { ...state, probe: { ...probe, seen: true } };
    if (now - at < metricDelayMs) return state;
    return addNotification(state, now, "metrics-missing", { since: at }, { month: toMonth(at), about: "" }) ?? state;
}

function announce(state: GuardState, now: number, config: GuardConfig, since: number, parks: boolean): GuardState {
    const parkAt = now + config.idleGraceHours * hour;
    const facts = {
        since,
        perDay: 24 * hourlyUsd(state, config, now),
        ...(parks ? { parkAt } : config.idleAction === "park" && { unconfirmed: 1 }),
    };
    const notified = addNotification(state, now, "idle", facts);
    return notified === undefined ? state : { ...notified, idle: { since, at: now, ...(parks && { parkAt }) } };
}

function park(state: GuardState, now: number, since: number): GuardState {
    const notified = idleParked(state, now, since);
    const reason = `cost guard: no requests since ${readable(since)}`;
    return notified === undefined ? state : { ...notified, parking: { reason, cause: { by: "idle", since }, at: now } };
}

/** Adds the notification of parking. Its ID and text depend only on the minute `since`, which the flag has too. */
const idleParked = (state: GuardState, now: number, since: number): GuardState | undefined =>
    addNotification(state, now, "idle-parked", { since }, { month: toMonth(since), about: readable(since) });

/**
 * Possible difference between clocks in milliseconds: CloudWatch may count a request of the guard this much earlier or
 * later.
 */
const clockTolerance = 2 * window;

/**
 * Returns the windows with requests of other clients. `requests` are all requests, and `own` the requests of the stack
 * itself.
 */
export function foreignRequests(requests: RequestWindows, own: RequestWindows): RequestWindows {
    const foreign = new Map(requests);
    const left = new Map(own);
    // Subtract the stack's own requests from the same window first, and then from neighbouring windows. Otherwise, a
    // request of the stack could be subtracted from a neighbouring window, where it would cancel a request of another
    // client.
    for (const distance of [0, window, -window, clockTolerance, -clockTolerance]) {
        for (const [start, count] of left) {
            const counted = foreign.get(start + distance) ?? 0;
            const taken = Math.min(counted, count);
            foreign.set(start + distance, counted - taken);
            left.set(start, count - taken);
        }
    }
    return new Map([...foreign].filter(([, count]) => count >= 1));
}

/**
 * Checks whether CloudWatch shows the request that the guard sent at the time `at`, in addition to the guard's earlier
 * requests.
 */
function shows(requests: RequestWindows, at: number, earlier: readonly number[]): boolean {
    const since = windowStart(at) - clockTolerance;
    const shownCount = [...requests].filter(([start]) => start >= since).reduce((sum, [, count]) => sum + count, 0);
    // Include one more window, because the clock of an earlier run may have been behind.
    return shownCount > earlier.filter((one) => one >= since - clockTolerance).length;
}
