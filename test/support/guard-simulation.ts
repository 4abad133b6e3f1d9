import { toError } from "terminal-text";
import type { GuardPorts } from "../../app/functions/cost-guard/guard-ports.ts";
import { runGuard } from "../../app/functions/cost-guard/run-guard.ts";
import type { ShownNotification } from "../../app/serving/ports.ts";
import type { Gauges } from "../../core/cost/decide.ts";
import { type GuardConfig, pickGuardValues } from "../../core/cost/guard-config.ts";
import type { SentNotification } from "../../core/cost/notifications.ts";
import type { ObservedCampaign, ObservedSolution, ParkingCause } from "../../core/cost/observations.ts";
import { hour, minute, window, windowStart } from "../../core/cost/time.ts";
import { plus, type Usage } from "../../core/cost/usage.ts";
import { good } from "../core/config/parsed.ts";
import { itemAt } from "./item-at.ts";

export const guardConfig: GuardConfig = {
    ...pickGuardValues(good({ idle: '{"hours":24}' })),
    idleAction: "park",
    monthlyLimitUsd: 1000,
    prefetches: false,
};

export const solutionArn = (name: string) => `arn:aws:personalize:eu-central-1:000000000000:solution/${name}`;

/** A number of requests at one time, in epoch milliseconds. */
interface Asked {
    readonly at: number;
    readonly count: number;
}

/** Minutes that Personalize needs to delete a campaign. */
const deletionMinutes = 17;

/** Minutes until CloudWatch shows a request. */
const metricsDelay = 3;

/**
 * Simulates a stack in AWS with its own clock, for unit tests of the cost guard. Implements `GuardPorts`, the
 * functions with which the guard calls AWS. Times are in epoch milliseconds.
 */
export function simulateStack(start: string, settings: Partial<GuardConfig> = {}) {
    /** Requests to the campaign, oldest first. */
    const lists: Asked[] = [];
    /** Requests of the prefetch function, which are also in `lists`. */
    const prefetched: Asked[] = [];
    class Simulation {
        now = Date.parse(start);
        config = { ...guardConfig, ...settings };
        campaign: ObservedCampaign | undefined;
        goneAt = 0;
        kept = false;
        /** Whether a mail address or a chat has confirmed the notifications. */
        isAddressConfirmed = true;
        parkedReason: string | undefined;
        /** Cause in the parked flag; undefined in a flag without one. */
        parkedCause: ParkingCause | undefined;
        parkedAt = 0;
        /** Whether the stack has an API and a storefront. `used` is their usage, oldest first. */
        serves = false;
        used: { readonly at: number; readonly usage: Partial<Usage> }[] = [];
        closedReason: string | undefined;
        /** Names of metrics of API and storefront whose data in CloudWatch is incomplete. */
        missingMetrics: readonly string[] = [];
        /** Times at which the guard closed the API, with its reasons. */
        closings: { readonly at: number; readonly reason: string }[] = [];
        solutions: ObservedSolution[] = [];
        state: string | undefined;
        version = 0;
        /** Every delivered notification, including duplicates. */
        arrived: SentNotification[] = [];
        /** Notifications that the guard stored for the storefront. */
        shown: ShownNotification[] = [];
        /** The month's cost in US dollars that the guard stored for the API. */
        shownUsd: number | undefined;
        /** Times at which the guard parked the campaign, with its reasons. */
        parks: { readonly at: number; readonly reason: string }[] = [];
        deletions = 0;
        deleted: string[] = [];
        probes = 0;
        published: Gauges[] = [];
        /** Whether CloudWatch works (`fine`), returns no data, or fails. */
        metrics: "fine" | "empty" | "broken" = "fine";
        /** The number of the call, over all runs, before or after which the guard's process is killed. */
        dieAt: { readonly call: number; readonly after: boolean } | undefined;
        /** Number of calls to AWS in all runs. */
        calls = 0;
        /** Names of the `GuardPorts` methods whose calls the service rejects. */
        refused = new Set<string>();
        /** Milliseconds by which the guard's clock is ahead. */
        skew = 0;
    }
    const simulation = new Simulation();

    function settle(): void {
        const { campaign, now } = simulation;
        if (campaign?.status.startsWith("DELETE") && now >= simulation.goneAt) simulation.campaign = undefined;
    }
    function makeCampaign(minProvisionedTPS = 1): void {
        const { now } = simulation;
        simulation.campaign = { status: "ACTIVE", createdAt: now, updatedAt: now, minProvisionedTPS };
        simulation.parkedReason = undefined;
    }
    /** Parks the campaign. Returns whether the campaign was deleted. */
    function park(reason: string, cause: ParkingCause | undefined): boolean {
        settle();
        if (simulation.parkedReason === undefined) {
            Object.assign(simulation, { parkedReason: reason, parkedCause: cause, parkedAt: simulation.now });
        }
        const { campaign } = simulation;
        if (campaign === undefined || campaign.status.startsWith("DELETE")) return false;
        simulation.goneAt = simulation.now + deletionMinutes * minute;
        simulation.campaign = { ...campaign, status: "DELETE PENDING" };
        return true;
    }
    function isServing(): boolean {
        settle();
        return simulation.campaign?.status === "ACTIVE";
    }

    // The variables and functions below implement the cost guard's ports (interfaces to AWS).
    let dead = false;
    let running = 0;
    function port<A extends unknown[], R>(name: string, work: (...args: A) => R) {
        return async (...args: A): Promise<R> => {
            simulation.calls += 1;
            const dies = simulation.dieAt?.call === simulation.calls ? simulation.dieAt : undefined;
            if (dead || (dies && !dies.after)) {
                dead = true;
                throw new Error(`the guard's process was killed before ${name}`);
            }
            if (simulation.refused.has(name)) throw new Error(`${name} was throttled`);
            const result = work(...args);
            if (dies) {
                dead = true;
                throw new Error(`the guard's process was killed after ${name}`);
            }
            return result;
        };
    }
    /** Returns the number of requests in each window since a time, as far as CloudWatch shows them already. */
    function shown(sent: readonly Asked[], since: number, delay = metricsDelay): Map<number, number> {
        if (simulation.metrics === "broken") throw new Error("CloudWatch was throttled");
        const windows = new Map<number, number>();
        for (let index = simulation.metrics === "empty" ? -1 : sent.length - 1; index >= 0; index -= 1) {
            const { at, count } = itemAt(sent, index);
            if (at < since) break;
            if (at + delay * minute > simulation.now) continue;
            windows.set(windowStart(at), (windows.get(windowStart(at)) ?? 0) + count);
        }
        return windows;
    }
    /** Returns the usage of API and storefront in each window since a time, as far as CloudWatch shows it already. */
    function usedSince(since: number): Map<number, Usage> {
        if (simulation.metrics === "broken") throw new Error("CloudWatch was throttled");
        const windows = new Map<number, Usage>();
        for (const { at, usage } of simulation.used) {
            if (at < since || at + metricsDelay * minute > simulation.now) continue;
            windows.set(windowStart(at), plus(windows.get(windowStart(at)) ?? {}, usage));
        }
        return windows;
    }
    const createPorts = (): GuardPorts => ({
        now: () => simulation.now + simulation.skew,
        log: () => {},
        campaign: port("campaign", () => {
            settle();
            return simulation.campaign;
        }),
        kept: port("kept", () => simulation.kept),
        isAddressConfirmed: port("isAddressConfirmed", () => simulation.isAddressConfirmed),
        requests: port("requests", (since) => shown(lists, since)),
        // CloudWatch derives the metric of prefetched requests from log lines, so this metric appears two minutes later
        // than the others.
        prefetched: port("prefetched", (since) => shown(prefetched, since, metricsDelay + 2)),
        serving: simulation.serves
            ? {
                  usage: port("usage", (since: number) => ({
                      windows: usedSince(since),
                      missing: simulation.missingMetrics,
                  })),
                  jobs: port("jobs", () => undefined),
                  isClosed: port("isClosed", () => simulation.closedReason !== undefined),
                  close: port("close", (reason: string) => {
                      if (simulation.closedReason === undefined)
                          simulation.closings.push({ at: simulation.now, reason });
                      simulation.closedReason ??= reason;
                  }),
              }
            : undefined,
        parked: port("parked", () =>
            simulation.parkedReason === undefined
                ? undefined
                : {
                      since: simulation.parkedAt,
                      cause: simulation.parkedCause ?? { by: "operator" },
                      solution: solutionArn("films"),
                  },
        ),
        solutions: port("solutions", () => simulation.solutions),
        readState: port("readState", () => ({
            text: simulation.state,
            version: simulation.version,
            name: "/movie-recommender/dev/guard",
        })),
        writeState: port("writeState", (text) => {
            if (Buffer.byteLength(text) > 4096)
                throw new Error(`the guard's state has ${Buffer.byteLength(text)} bytes, more than a parameter's 4096`);
            simulation.state = text;
            simulation.version += 1;
            return simulation.version;
        }),
        probe: port("probe", () => {
            if (!isServing()) throw new Error("the campaign is not ACTIVE");
            simulation.probes += 1;
            lists.push({ at: simulation.now, count: 1 });
        }),
        park: port("park", ({ reason, cause }) => {
            if (!park(reason, cause)) return;
            simulation.parks.push({ at: simulation.now, reason });
            simulation.deletions += 1;
        }),
        deleteSolution: port("deleteSolution", (name) => {
            simulation.deleted.push(name);
            simulation.solutions = simulation.solutions.filter(({ arn }) => arn !== solutionArn(name));
        }),
        show: port("show", (notification) => {
            simulation.shown.push(notification);
        }),
        showSpend: port("showSpend", ({ usd }) => {
            simulation.shownUsd = usd;
        }),
        notify: port("notify", (notice) => {
            simulation.arrived.push(notice);
        }),
        publish: port("publish", (gauges) => {
            simulation.published.push(gauges);
        }),
    });

    return Object.assign(simulation, {
        prefetch(count: number): void {
            lists.push({ at: simulation.now, count });
            prefetched.push({ at: simulation.now, count });
        },
        ask: (count = 1) => void lists.push({ at: simulation.now, count }),
        makeCampaign,
        /** Parks the campaign as the park runbook does. */
        park: (reason: string) => park(reason, { by: "operator" }),
        /** Runs the guard once and returns its error, if any. */
        async run(): Promise<Error | undefined> {
            if (running === 0) dead = false;
            running += 1;
            settle();
            try {
                await runGuard(createPorts(), simulation.config);
                return undefined;
            } catch (error) {
                return toError(error);
            } finally {
                running -= 1;
            }
        },
        /**
         * Runs the guard every 15 minutes for this number of simulated hours. Calls `first` before each run, which may
         * change the simulated stack.
         */
        async hours(count: number, first: () => void = () => {}): Promise<void> {
            const end = simulation.now + count * hour;
            while (simulation.now < end) {
                first();
                await this.run();
                simulation.now += 3 * window;
            }
        },
        kinds: () => [...new Set(simulation.arrived.map(({ id }) => id))].map((id) => id.split("/")[2]),
        ids: () => [...new Set(simulation.arrived.map(({ id }) => id))],
        lastOf: (kind: string) => simulation.arrived.findLast((notice) => notice.kind === kind),
        spend: () => simulation.published.at(-1)?.monthSpendUsd ?? Number.NaN,
        hourly: () => simulation.published.at(-1)?.hourlyUsd ?? Number.NaN,
    });
}
