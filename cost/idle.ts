import { allRequests, hourlyUsd } from "./count.ts";
import type { GuardConfig } from "./guard-config.ts";
import { addNotification, type GuardState, type Probe, without } from "./guard-state.ts";
import { perDay } from "./notifications.ts";
import type { Observations } from "./observations.ts";
import { foreignRequests, shows } from "./own-requests.ts";
import { day, hour, monthOf, readable, stamp, window, windowOf } from "./time.ts";

/** So long CloudWatch may take to show a request before it is said that it does not. */
const metricDelayMs = hour;
/** Own requests that are remembered: one a day, while CloudWatch shows none. */
const mostOwn = 10;

/**
 * Tells a campaign that nobody asks, be it for a list or to order one, and parks it where that is wanted, a while after it
 * was announced. Missing data is never idleness: a metric has no datapoints when nobody asks, and none when it does not work. So before the guard says
 * anything it asks the campaign itself, and waits until CloudWatch shows it; and so once more before it parks.
 */
export function idle(known: GuardState, now: number, config: GuardConfig, observations: Observations): GuardState {
    const { campaign } = known;
    if (campaign === undefined || campaign.leaving) {
        return { ...without(known, "idle", "probe", "lastUse"), own: [] };
    }
    const seen = observations.campaign?.found;
    const asked = allRequests(observations);
    if (
        known.parking !== undefined ||
        seen === undefined ||
        observations.requests === undefined ||
        asked === undefined
    ) {
        return known;
    }
    const state = noteUse(known, now, asked, Math.max(seen.createdAt, seen.updatedAt));
    const { lastUse } = state;
    if (state.idle !== undefined && (lastUse > state.idle.since || observations.kept)) {
        const because = observations.kept
            ? "it carries the tag keep now"
            : `it was asked, or changed, at ${readable(lastUse)} or shortly before`;
        const about = stamp(state.idle.at);
        const month = monthOf(state.idle.at);
        const notified = addNotification(state, { kind: "idle-withdrawn", month, about, at: now, facts: { because } });
        return notified === undefined ? state : without(notified, "idle");
    }
    if (observations.kept !== false || seen.status !== "ACTIVE" || now - lastUse < config.idleHours * hour) {
        return state;
    }
    const parkAt = config.idleAction === "park" ? state.idle?.parkAt : undefined;
    if (state.idle !== undefined && parkAt === undefined && config.idleAction === "announce") {
        return state;
    }
    if (parkAt !== undefined && now < parkAt) {
        return state;
    }
    // A proof from before is none of today: a campaign that was kept may have been proved idle long ago.
    const proved = prove(state, now, observations.requests, parkAt ?? Math.max(lastUse, now - day));
    if (!proved.probe?.seen) {
        return proved;
    }
    return parkAt === undefined ? announce(proved, now, config, lastUse) : park(proved, now, lastUse);
}

/** The state with the newest use that is known; own requests are none. */
function noteUse(
    state: GuardState,
    now: number,
    requests: NonNullable<Observations["requests"]>,
    changedAt: number,
): GuardState & { readonly lastUse: number } {
    const own = [...state.own, ...(state.probe?.tries ?? [])];
    const ends = [...foreignRequests(requests, own).keys()].map((start) => Math.min(start + window, now));
    const lastUse = Math.max(state.lastUse ?? 0, changedAt, ...ends);
    const since = (tries: readonly number[]) => tries.filter((at) => at >= windowOf(lastUse));
    const used = lastUse > (state.lastUse ?? 0);
    return used ? { ...without(state, "probe"), own: since(own), lastUse } : { ...state, lastUse };
}

/** Asks for a request of the guard's own after a moment, or sees that there was one; tells when CloudWatch shows none. */
function prove(
    state: GuardState,
    now: number,
    requests: NonNullable<Observations["requests"]>,
    after: number,
): GuardState {
    const { probe } = state;
    const at = probe?.tries.at(-1) ?? 0;
    if (probe === undefined || at < after || (probe.sent && !probe.seen && now - at >= day)) {
        const own = [...state.own, ...(probe?.tries ?? [])].slice(-mostOwn);
        return { ...state, own, probe: { tries: [now], sent: false, seen: false } };
    }
    if (!probe.sent) {
        return { ...state, probe: { ...probe, tries: [...probe.tries, now].slice(-mostOwn) } };
    }
    if (probe.seen || shows(requests, at, state.own)) {
        return { ...state, probe: { ...probe, seen: true } };
    }
    const facts = { since: at };
    return now - at >= metricDelayMs
        ? (addNotification(state, { kind: "metrics-missing", month: monthOf(at), at: now, facts }) ?? state)
        : state;
}

/** What was sent, once it was. */
export const probeSent = (probe: Probe): Probe => ({ ...probe, sent: true });

function announce(state: GuardState, now: number, config: GuardConfig, since: number): GuardState {
    const parks = config.idleAction === "park";
    const parkAt = now + config.idleGraceHours * hour;
    const facts = {
        since,
        perDay: perDay(hourlyUsd(state, config, now)),
        ...(parks && { parkAt }),
    };
    const notified = addNotification(state, { kind: "idle", month: monthOf(now), about: stamp(now), at: now, facts });
    return notified === undefined ? state : { ...notified, idle: { since, at: now, ...(parks && { parkAt }) } };
}

function park(state: GuardState, now: number, since: number): GuardState {
    const facts = { since };
    const notified = addNotification(state, {
        kind: "idle-parked",
        month: monthOf(now),
        about: stamp(now),
        at: now,
        facts,
    });
    const reason = `cost guard: nobody has asked it since ${readable(since)}`;
    return notified === undefined ? state : { ...notified, parking: { reason, at: now } };
}
