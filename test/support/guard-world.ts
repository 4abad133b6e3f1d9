import type { GuardPorts } from "../../app/functions/cost-guard/guard-ports.ts";
import { runGuard } from "../../app/functions/cost-guard/run-guard.ts";
import type { Gauges } from "../../cost/decide.ts";
import type { GuardConfig } from "../../cost/guard-config.ts";
import type { SentNotification } from "../../cost/notifications.ts";
import type { ObservedCampaign, ObservedSolution } from "../../cost/observations.ts";
import { hour, minute, window, windowOf } from "../../cost/time.ts";
import { plus, type Usage } from "../../cost/usage.ts";

export const guardConfig: GuardConfig = {
    project: "movie-recommender",
    stack: "dev",
    recipe: "aws-user-personalization",
    monthlyLimitUsd: 1000,
    idleHours: 24,
    idleGraceHours: 24,
    idleAction: "park",
    prefetches: false,
    unusedDays: 14,
    unusedAction: "list",
};

export const solutionArn = (name: string) => `arn:aws:personalize:eu-central-1:000000000000:solution/${name}`;

/** A fault in one call of the guard; undefined for a call without a fault. */
export type CallFault = "dies before" | "dies after" | "refused" | "answer lost" | undefined;

/** A number of requests at a time in epoch milliseconds. */
interface Asked {
    readonly at: number;
    readonly count: number;
}

/** Minutes that Personalize needs to delete a campaign. */
const deletionMinutes = 17;

/**
 * Simulates a stack in AWS with its own clock, and the ports through which the cost guard uses AWS. Times are in epoch
 * milliseconds. Unit tests of the guard and drill:money use it.
 */
export function guardWorld(start: string, settings: Partial<GuardConfig> = {}) {
    /** Requests for recommendations and for rankings, both in time order. */
    const lists: Asked[] = [];
    const orders: Asked[] = [];
    /** Prefetch requests of the stack, which are also in `lists`. */
    const prefetched: Asked[] = [];
    const world = {
        now: Date.parse(start),
        config: { ...guardConfig, ...settings },
        campaign: undefined as ObservedCampaign | undefined,
        /** The ranking campaign, and whether the configuration has one. */
        ranking: undefined as ObservedCampaign | undefined,
        ranks: false,
        /** Minutes until a new campaign is ACTIVE. */
        creationMinutes: 0,
        activeAt: 0,
        goneAt: 0,
        kept: false,
        parkedReason: undefined as string | undefined,
        parkedAt: 0,
        /** Whether the stack has an API and a storefront, and their usage in time order. */
        serves: false,
        used: [] as { readonly at: number; readonly usage: Partial<Usage> }[],
        closedReason: undefined as string | undefined,
        /** Metrics of API and storefront for which CloudWatch has incomplete data. */
        missingMetrics: [] as readonly string[],
        /** Times at which the guard closed the API. */
        closings: [] as { readonly at: number; readonly reason: string }[],
        solutions: [] as ObservedSolution[],
        foreignStatements: [] as readonly string[],
        state: undefined as string | undefined,
        version: 0,
        /** Every delivered notification, including duplicates, with its time. */
        arrived: [] as SentNotification[],
        arrivedAt: [] as number[],
        /** How many times SNS delivers a notification. */
        deliveries: 1,
        /** Kinds of notifications that the storefront shows. */
        shown: [] as string[],
        /** The month's spend that the storefront shows, US dollars. */
        shownUsd: undefined as number | undefined,
        /** Times at which the guard parked the campaign. */
        parks: [] as { readonly at: number; readonly reason: string }[],
        deletions: 0,
        rankingDeletions: 0,
        deleted: [] as string[],
        deletedAt: [] as number[],
        probes: 0,
        published: [] as Gauges[],
        /** Whether CloudWatch answers, has no data, or fails. */
        metrics: "fine" as "fine" | "empty" | "broken",
        /** Minutes until CloudWatch shows a request. */
        metricsDelay: 3,
        /** The number of the call before or after which the process of the guard is killed. */
        dieAt: undefined as { readonly call: number; readonly after: boolean } | undefined,
        /** The number of calls in all runs. */
        calls: 0,
        /** Ports whose calls the service rejects. */
        refused: new Set<string>(),
        /** Milliseconds by which the guard's clock is ahead. */
        skew: 0,
        /** Replaces `dieAt` and `refused`. `call` is the number of the call in the current run. */
        faultAt: undefined as ((port: string, call: number) => CallFault) | undefined,
        /**
         * The number of microtasks that a call waits while several copies of a run are active, so that they proceed in
         * any order.
         */
        turns: () => 0,
    };

    function settle(): void {
        const settled = (campaign: ObservedCampaign | undefined) => {
            if (campaign?.status.startsWith("DELETE") && world.now >= world.goneAt) return undefined;
            const isReady = campaign?.status.startsWith("CREATE") && world.now >= world.activeAt;
            return campaign && isReady ? { ...campaign, status: "ACTIVE" } : campaign;
        };
        world.campaign = settled(world.campaign);
        world.ranking = settled(world.ranking);
    }
    function created(minProvisionedTPS: number): ObservedCampaign {
        world.activeAt = world.now + world.creationMinutes * minute;
        const status = world.creationMinutes > 0 ? "CREATE IN_PROGRESS" : "ACTIVE";
        return { status, createdAt: world.now, updatedAt: world.now, minProvisionedTPS };
    }
    function makeRanking(): void {
        world.ranks = true;
        world.ranking = created(1);
    }
    function makeCampaign(minProvisionedTPS = 1): void {
        world.campaign = created(minProvisionedTPS);
        world.parkedReason = undefined;
    }
    /** Parks the campaigns as the park runbook does. Returns which campaigns were deleted. */
    function park(reason: string): { readonly campaign: boolean; readonly ranking: boolean } {
        settle();
        if (world.parkedReason === undefined) world.parkedAt = world.now;
        world.parkedReason ??= reason;
        const isThere = (one: ObservedCampaign | undefined) => one !== undefined && !one.status.startsWith("DELETE");
        const deletes = { campaign: isThere(world.campaign), ranking: isThere(world.ranking) };
        if (deletes.campaign || deletes.ranking) world.goneAt = world.now + deletionMinutes * minute;
        for (const which of ["campaign", "ranking"] as const) {
            const one = world[which];
            if (one && deletes[which]) world[which] = { ...one, status: "DELETE PENDING" };
        }
        return deletes;
    }
    function isServing(): boolean {
        settle();
        return world.campaign?.status === "ACTIVE";
    }

    // The ports (interfaces to AWS) that the cost guard uses.
    let dead = false;
    let running = 0;
    let callOfRun = 0;
    function faultOf(name: string): CallFault {
        if (world.faultAt) return world.faultAt(name, callOfRun);
        const dies = world.dieAt?.call === world.calls ? world.dieAt : undefined;
        if (dies && !dies.after) return "dies before";
        return world.refused.has(name) ? "refused" : dies && "dies after";
    }
    function port<A extends unknown[], R>(name: string, work: (...args: A) => R) {
        return async (...args: A): Promise<R> => {
            for (let turn = running > 1 ? world.turns() : 0; turn > 1; turn -= 1) await undefined;
            world.calls += 1;
            callOfRun += 1;
            const fault = faultOf(name);
            if (dead || fault === "dies before") {
                dead = true;
                throw new Error(`the process died before ${name}`);
            }
            if (fault === "refused") throw new Error(`${name} was throttled`);
            const result = work(...args);
            if (fault === "dies after") {
                dead = true;
                throw new Error(`the process died after ${name}`);
            }
            if (fault === "answer lost") throw new Error(`${name} timed out`);
            return result;
        };
    }
    /** Returns requests by window, as CloudWatch shows them. */
    function shown(asked: readonly Asked[], since: number, delay = world.metricsDelay): Map<number, number> {
        if (world.metrics === "broken") throw new Error("CloudWatch was throttled");
        const windows = new Map<number, number>();
        for (let index = world.metrics === "empty" ? -1 : asked.length - 1; index >= 0; index -= 1) {
            const { at, count } = asked[index] as Asked;
            if (at < since) break;
            if (at + delay * minute > world.now) continue;
            windows.set(windowOf(at), (windows.get(windowOf(at)) ?? 0) + count);
        }
        return windows;
    }
    /** Returns the usage of API and storefront by window, as CloudWatch shows it. */
    function usedSince(since: number): Map<number, Usage> {
        if (world.metrics === "broken") throw new Error("CloudWatch was throttled");
        const windows = new Map<number, Usage>();
        for (const { at, usage } of world.used) {
            if (at < since || at + world.metricsDelay * minute > world.now) continue;
            windows.set(windowOf(at), plus(windows.get(windowOf(at)) ?? {}, usage));
        }
        return windows;
    }
    const seen = (which: "campaign" | "ranking") => () => {
        settle();
        return world[which];
    };
    const portsOf = (late: number): GuardPorts => ({
        now: () => world.now + world.skew + late,
        log: () => {},
        campaign: port("campaign", seen("campaign")),
        kept: port("kept", () => world.kept),
        requests: port("requests", (since) => shown(lists, since)),
        // CloudWatch derives this metric from log lines, so it appears later than the others.
        prefetched: port("prefetched", (since) => shown(prefetched, since, world.metricsDelay + 2)),
        ranking: world.ranks
            ? {
                  campaign: port("ranking", seen("ranking")),
                  requests: port("rankingRequests", (since) => shown(orders, since)),
              }
            : undefined,
        serving: world.serves
            ? {
                  usage: port("usage", (since: number) => ({
                      windows: usedSince(since),
                      missing: world.missingMetrics,
                  })),
                  isClosed: port("isClosed", () => world.closedReason !== undefined),
                  close: port("close", (reason: string) => {
                      if (world.closedReason === undefined) world.closings.push({ at: world.now, reason });
                      world.closedReason ??= reason;
                  }),
              }
            : undefined,
        parked: port("parked", () =>
            world.parkedReason === undefined
                ? undefined
                : { since: world.parkedAt, solutions: ["films", "ranking"].map(solutionArn) },
        ),
        solutions: port("solutions", () => world.solutions),
        foreignStatements: port("foreignStatements", () => world.foreignStatements),
        readState: port("readState", () => ({
            text: world.state,
            version: world.version,
            name: "/movie-recommender/dev/guard",
        })),
        writeState: port("writeState", (text) => {
            if (Buffer.byteLength(text) > 4096) throw new Error(`state of ${Buffer.byteLength(text)} bytes`);
            world.state = text;
            world.version += 1;
            return world.version;
        }),
        probe: port("probe", () => {
            if (!isServing()) throw new Error("the campaign is not ACTIVE");
            world.probes += 1;
            lists.push({ at: world.now, count: 1 });
        }),
        park: port("park", (reason) => {
            const deletes = park(reason);
            if (deletes.campaign) world.parks.push({ at: world.now, reason });
            world.deletions += deletes.campaign ? 1 : 0;
            world.rankingDeletions += deletes.ranking ? 1 : 0;
        }),
        deleteSolution: port("deleteSolution", (name) => {
            world.deleted.push(name);
            world.deletedAt.push(world.now);
            world.solutions = world.solutions.filter(({ arn }) => arn !== solutionArn(name));
        }),
        show: port("show", ({ kind }) => {
            world.shown.push(kind);
        }),
        showSpend: port("showSpend", ({ usd }) => {
            world.shownUsd = usd;
        }),
        notify: port("notify", (notice) => {
            for (let copy = 0; copy < world.deliveries; copy += 1) {
                world.arrived.push(notice);
                world.arrivedAt.push(world.now + 7 * copy * minute);
            }
        }),
        publish: port("publish", (gauges) => {
            world.published.push(gauges);
        }),
    });

    return Object.assign(world, {
        prefetch(count: number): void {
            lists.push({ at: world.now, count });
            prefetched.push({ at: world.now, count });
        },
        ask: (count = 1) => void lists.push({ at: world.now, count }),
        rank: (count = 1) => void orders.push({ at: world.now, count }),
        makeCampaign,
        makeRanking,
        park,
        isServing,
        settle,
        /**
         * Runs a guard once. Returns its error, if any. `late` is the number of milliseconds by which its clock is
         * behind.
         */
        async run(guard: typeof runGuard = runGuard, late = 0): Promise<Error | undefined> {
            if (running === 0) [dead, callOfRun] = [false, 0];
            running += 1;
            settle();
            try {
                await guard(portsOf(late), world.config);
                return undefined;
            } catch (error) {
                return error as Error;
            } finally {
                running -= 1;
            }
        },
        /**
         * Runs the guard on its schedule for some hours. `first` runs before each run and may change the simulated
         * stack.
         */
        async hours(count: number, first: () => void = () => {}): Promise<void> {
            const end = world.now + count * hour;
            while (world.now < end) {
                first();
                await this.run();
                world.now += 3 * window;
            }
        },
        kinds: () => [...new Set(world.arrived.map(({ id }) => id))].map((id) => id.split("/")[2]),
        ids: () => [...new Set(world.arrived.map(({ id }) => id))],
        lastOf: (kind: string) => world.arrived.findLast((notice) => notice.kind === kind),
        spend: () => world.published.at(-1)?.monthSpendUsd ?? Number.NaN,
        hourly: () => world.published.at(-1)?.hourlyUsd ?? Number.NaN,
    });
}
