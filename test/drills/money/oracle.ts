import { windowUsd } from "./bill-table.ts";
import type { Disturbance, Hindered } from "./faults.ts";
import { type MonthSimulation, servedSolution } from "./simulation.ts";

/**
 * A notification or park that must happen, or may happen if `optional`, between two minutes of the month. It is derived
 * from the simulated usage and not from the guard.
 */
export interface Expected {
    /** The kind of notification, or `park`. */
    readonly what: string;
    /** Names that the notification must contain. */
    readonly names?: readonly string[];
    readonly from: number;
    readonly to: number;
    readonly optional: boolean;
}

/** The history of one limit in one month. */
interface Limit {
    readonly limit: number;
    /**
     * The first minutes in which the actual cost reached 80 % (`near`) and 100 % (`full`) of the limit, and in which a
     * guard that overestimates may see this (`nearFrom`, `fullFrom`).
     */
    nearFrom?: number;
    near?: number;
    fullFrom?: number;
    full?: number;
    /** The minute in which the guard parked because of the limit. */
    enforced?: number;
    /** Periods in which users resumed the campaign despite the limit. */
    readonly overridden: { from: number; to: number }[];
}

/** A period in which the campaign was idle for the configured hours. */
interface Idle {
    readonly from: number;
    to: number;
    ended?: "used" | "gone";
}

/**
 * Maximum minutes until the guard reacts. `notification`: two runs and CloudWatch's delay. `proved`, for an idle
 * campaign: three runs, because the guard first sends a request of its own to prove that CloudWatch shows requests.
 * `enforcement`: until the guard enforces the limit. `withdrawalWithPrefetch`: until the guard withdraws the
 * notification about an idle campaign after a viewer's request. This takes longer, because CloudWatch shows the
 * prefetch function's requests late, so that the guard recognises a viewer's request later.
 */
const allowed = { notification: 35, proved: 50, enforcement: 20, withdrawalWithPrefetch: 50 };

/** Observes a simulated stack minute by minute, and derives which notifications and parks must happen. */
export function createOracle(stack: MonthSimulation, disturbance: Disturbance, lastMinute: number) {
    const limits = new Map<string, Limit>();
    const idles: Idle[] = [];
    const unused: { from: number; readonly names: readonly string[] }[] = [];
    const endOfUse = new Map<string, number>();
    let idle: Idle | undefined;
    let lastUse = 0;
    let campaignOf: number | undefined;
    let usedBy: Limit | undefined;
    let parksSeen = 0;
    let listed = "";

    return {
        /** Observes the minute that the simulation has just completed. */
        minute(): void {
            const { minute, config, campaign, usd } = stack;
            const limit = config.monthlyLimitUsd;
            const key = `${stack.month()} ${limit}`;
            const one: Limit = limits.get(key) ?? { limit, overridden: [] };
            limits.set(key, one);
            if (usedBy !== one) {
                for (const over of usedBy?.overridden ?? []) over.to = Math.min(over.to, minute);
                usedBy = one;
            }
            const exists = campaign !== undefined && !campaign.status.startsWith("DELETE");
            if (usd >= 0.8 * limit - tooMuch(limit)) one.nearFrom ??= minute;
            if (usd >= 0.8 * limit && usd < limit) one.near ??= minute;
            if (usd >= limit - tooMuch(limit) && exists) one.fullFrom ??= minute;
            if (usd >= limit && exists) one.full ??= minute;
            for (const park of stack.parks.slice(parksSeen)) {
                const at = stack.minuteOf(park.at);
                if (one.fullFrom !== undefined && at >= one.fullFrom) one.enforced ??= at;
            }
            parksSeen = stack.parks.length;

            const createdAt = exists ? campaign.createdAt : undefined;
            if (createdAt !== campaignOf) {
                for (const over of one.overridden) over.to = Math.min(over.to, minute);
                if (createdAt !== undefined) {
                    lastUse = minute;
                    if (one.enforced !== undefined) {
                        one.overridden.push({ from: minute, to: Number.POSITIVE_INFINITY });
                    }
                }
                campaignOf = createdAt;
            }
            watchIdle(exists);
            watchSolutions(exists);
        },

        /** Returns the required and the optional events of the month. */
        expected(): Expected[] {
            return [...limitsExpected(), ...idlesExpected(), ...unusedExpected(), ...missingExpected()].map((one) => ({
                ...one,
                from: one.from - disturbance.early,
                optional: one.optional || one.to > lastMinute,
            }));
        },

        /**
         * Returns, for each reached limit, the minutes until the park: `all`, and `counted` without the time in which a
         * fault prevented it.
         */
        enforcements(): { readonly counted: number; readonly all: number }[] {
            return [...limits.values()].flatMap(({ full, enforced }) => {
                if (full === undefined) return enforced === undefined ? [] : [{ counted: 0, all: 0 }];
                const end = enforced ?? lastMinute;
                const lag = lagAt(full, enforcements());
                const counted = Math.max(0, free(full, end, enforcements()) - lag);
                // Return nothing if the month ends before the time at which the cost guard must delete the campaign.
                return enforced === undefined && counted <= allowed.enforcement
                    ? []
                    : [{ counted, all: Math.max(0, end - full) }];
            });
        },
    };

    /**
     * Returns the amount in US dollars by which a guard may overestimate: half a percent of the limit, and the cost of
     * the time that it could not observe.
     */
    function tooMuch(limit: number): number {
        const minimum = stack.campaign?.minProvisionedTPS ?? 1;
        const unseen = disturbance.hindrances.filter(({ what }) => what.includes("campaign"));
        const hours = unseen.reduce((sum, { from, to }) => sum + (to - from) / 60, 0);
        return 0.005 * limit + (hours > 0 ? windowUsd(stack.v2, { hours, minimum, requests: 0 }) : 0);
    }

    function watchIdle(exists: boolean): void {
        const { minute, config, kept } = stack;
        const isUsed = stack.askedAt(minute) > 0;
        if (isUsed) lastUse = minute + 1;
        const isIdle = exists && !isUsed && !kept && minute - lastUse >= config.idleHours * 60;
        if (idle !== undefined && !isIdle) {
            Object.assign(idle, { to: minute, ended: exists ? "used" : "gone" });
            idle = undefined;
        } else if (isIdle && idle === undefined) {
            idle = { from: minute, to: Number.POSITIVE_INFINITY };
            idles.push(idle);
        }
    }

    function watchSolutions(exists: boolean): void {
        const { minute, config, parkedReason } = stack;
        const solutions = stack.solutions.map(({ arn, changedAt, kept }) => ({
            name: arn.slice(arn.lastIndexOf("/") + 1),
            changedAt: stack.minuteOf(changedAt),
            kept,
        }));
        for (const { name, changedAt } of solutions) {
            const isInUse = name === servedSolution && (exists || parkedReason !== undefined);
            if (isInUse || !endOfUse.has(name)) endOfUse.set(name, isInUse ? minute : changedAt);
        }
        const names = solutions
            .filter(
                ({ name, kept, changedAt }) =>
                    !kept && minute - Math.max(changedAt, endOfUse.get(name) ?? 0) >= config.unusedDays * 24 * 60,
            )
            .map(({ name }) => name)
            .sort();
        const before = listed.split(" ");
        if (names.some((name) => !before.includes(name))) unused.push({ from: minute, names });
        listed = names.join(" ");
    }

    function limitsExpected(): Expected[] {
        return [...limits.values()].flatMap(({ limit, nearFrom, near, fullFrom, full, enforced, overridden }) => {
            const names = [`$${limit}`];
            const all: Expected[] = [];
            if (nearFrom !== undefined) {
                const to = later(near ?? nearFrom, allowed.notification, notifications());
                const optional = near === undefined || (full !== undefined && full <= to) || endsBefore(limit, to);
                all.push({ what: "limit-near", names, from: nearFrom, to, optional });
            }
            if (fullFrom !== undefined) {
                // The message is optional if the cost stayed just below the limit: the guard may overestimate the cost
                // by a few minutes, and therefore delete the campaign earlier.
                const optional = full === undefined && enforced === undefined;
                const from = fullFrom;
                const to = later(full ?? enforced ?? fullFrom, allowed.notification, [
                    ...notifications(),
                    ...enforcements(),
                ]);
                all.push({ what: "limit-reached", names, from, to, optional });
                all.push({ what: "park", from, to: Math.max(to, enforced ?? 0), optional });
            }
            for (const { from, to: until } of overridden) {
                const to = later(from, allowed.notification, [...notifications(), "campaign"]);
                all.push({ what: "limit-overridden", names, from, to, optional: until <= to });
            }
            return all;
        });
    }

    /** Checks whether a limit no longer applies at a minute, because the limit or the month changed before. */
    function endsBefore(limit: number, minute: number): boolean {
        const month = (at: number) => new Date(stack.at(at)).toISOString().slice(0, 7);
        return limit !== stack.config.monthlyLimitUsd ? false : month(minute) !== month(minute - allowed.notification);
    }

    function idlesExpected(): Expected[] {
        const looks: Hindered[] = ["runs", "say", "requests", "campaign"];
        const { idleAction, idleGraceHours } = stack.config;
        return idles.flatMap(({ from, to: end, ended }) => {
            const all: Expected[] = [];
            const announced = later(from, allowed.proved, looks);
            all.push({ what: "idle", from, to: announced, optional: end <= announced });
            const parkFrom = from + idleGraceHours * 60;
            const parkTo = later(announced + idleGraceHours * 60, allowed.proved, [...looks, "park"]);
            const parks = idleAction === "park";
            if (ended === "used") {
                const optional = end <= announced || (parks && end >= parkFrom - disturbance.early);
                const minutes = stack.config.prefetches ? allowed.withdrawalWithPrefetch : allowed.notification;
                all.push({ what: "idle-withdrawn", from: end, to: later(end, minutes, looks), optional });
            }
            if (parks && end > parkFrom) {
                const optional = ended === "used" && end <= parkTo;
                all.push({ what: "idle-parked", from: parkFrom, to: parkTo, optional });
                all.push({ what: "park", from: parkFrom, to: parkTo, optional });
            }
            return all;
        });
    }

    /**
     * Returns the expected notifications about periods in which CloudWatch has no data. A used campaign then looks
     * idle. A notification is required once a month if the campaign is really idle, and optional if it only looks idle.
     */
    function missingExpected(): Expected[] {
        const monthOf = (minute: number) => new Date(stack.at(minute)).toISOString().slice(0, 7);
        const blind = disturbance.hindrances.filter(({ what }) => what.includes("datapoints"));
        return [...Map.groupBy(blind, ({ from }) => monthOf(from)).values()].map((spans) => ({
            what: "metrics-missing",
            from: Math.min(...spans.map(({ from }) => from)) + 60,
            to: Math.max(...spans.map(({ to }) => to)) + 30,
            optional: !spans.some(({ from, to }) =>
                idles.some((idle) => idle.from > from && idle.from + 180 < Math.min(to, idle.to)),
            ),
        }));
    }

    function unusedExpected(): Expected[] {
        return unused.flatMap(({ from, names }) => {
            const to = later(from, allowed.notification, ["runs", "say"]);
            const listing: Expected = { what: "unused", names, from, to, optional: false };
            const deletions = names.map((name): Expected => {
                const until = later(to + 24 * 60, allowed.notification, ["runs", "say"]);
                return { what: "unused-deleted", names: [name], from: from + 24 * 60, to: until, optional: false };
            });
            return stack.config.unusedAction === "delete" ? [listing, ...deletions] : [listing];
        });
    }

    function enforcements(): Hindered[] {
        return stack.busy ? ["runs", "park", "requests"] : ["runs", "park"];
    }
    function notifications(): Hindered[] {
        return stack.busy ? ["runs", "say", "requests"] : ["runs", "say"];
    }
    function isHindered(minute: number, what: readonly Hindered[]): boolean {
        return disturbance.hindrances.some(
            (one) =>
                one.lag === undefined &&
                minute >= one.from &&
                minute < one.to &&
                one.what.some((w) => what.includes(w)),
        );
    }
    function lagAt(minute: number, what: readonly Hindered[]): number {
        const active = disturbance.hindrances.filter(
            (one) => minute >= one.from && minute < one.to && one.what.some((w) => what.includes(w)),
        );
        return Math.max(0, ...active.map(({ lag = 0 }) => lag));
    }
    /** Returns the number of minutes in a period in which no fault prevents the actions `what`. */
    function free(from: number, to: number, what: readonly Hindered[]): number {
        let minutes = 0;
        for (let minute = from; minute < to; minute += 1) minutes += isHindered(minute, what) ? 0 : 1;
        return minutes;
    }
    /**
     * Counts minutes after `from` in which no fault prevents the actions `what`. Returns the minute at which this count
     * reaches `minutes`.
     */
    function later(from: number, minutes: number, what: readonly Hindered[]): number {
        let at = from;
        for (let left = minutes + lagAt(from, what); left > 0 && at < from + 7 * 24 * 60; at += 1) {
            left -= isHindered(at, what) ? 0 : 1;
        }
        return at;
    }
}
