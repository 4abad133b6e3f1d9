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

/** The result of a call of the guard, where it is not the usual one. */
export type CallFault = "dies before" | "dies after" | "refused" | "answer lost" | undefined;

/** Requests at one moment, epoch milliseconds. */
interface Asked {
    readonly at: number;
    readonly count: number;
}

/** Minutes that Personalize takes to delete a campaign. */
const deletionMinutes = 17;

/**
 * A stack in a simulated AWS with its own clock, and the ports through which the cost guard uses it. Times are epoch
 * milliseconds. The guard's unit tests and the money drill share it.
 */
export function guardWorld(start: string, settings: Partial<GuardConfig> = {}) {
    /** Requests for lists, and for the order of given films; both in time order. */
    const lists: Asked[] = [];
    const orders: Asked[] = [];
    /** Requests of the stack's own prefetch; they are also in `lists`. */
    const prefetched: Asked[] = [];
    const world = {
        now: Date.parse(start),
        config: { ...guardConfig, ...settings },
        campaign: undefined as ObservedCampaign | undefined,
        /** The campaign that orders given films, and whether the config has one. */
        ranking: undefined as ObservedCampaign | undefined,
        ranks: false,
        /** Minutes until a new campaign is ACTIVE. */
        creationMinutes: 0,
        activeAt: 0,
        goneAt: 0,
        kept: false,
        parkedReason: undefined as string | undefined,
        /** Whether the stack has API and page, and the use of them, in time order. */
        serves: false,
        used: [] as { readonly at: number; readonly usage: Partial<Usage> }[],
        closedReason: undefined as string | undefined,
        /** Metrics of API and page for which CloudWatch has no complete data. */
        missingMetrics: [] as readonly string[],
        /** Closings by the guard. */
        closings: [] as { readonly at: number; readonly reason: string }[],
        solutions: [] as ObservedSolution[],
        foreignStatements: [] as readonly string[],
        state: undefined as string | undefined,
        version: 0,
        /** Every notification that arrived, including duplicates, and the time of each. */
        arrived: [] as SentNotification[],
        arrivedAt: [] as number[],
        /** How often a sent notification arrives. */
        deliveries: 1,
        /** Kinds of the notifications that the page shows. */
        shown: [] as string[],
        /** The month's spend that the page shows, US dollars. */
        shownUsd: undefined as number | undefined,
        /** Parks by the guard. */
        parks: [] as { readonly at: number; readonly reason: string }[],
        deletions: 0,
        rankingDeletions: 0,
        deleted: [] as string[],
        deletedAt: [] as number[],
        probes: 0,
        published: [] as Gauges[],
        /** CloudWatch answers, has no data, or refuses. */
        metrics: "fine" as "fine" | "empty" | "broken",
        /** Minutes until CloudWatch shows a request. */
        metricsDelay: 3,
        /** The number of the call at which the process dies, before it or after it. */
        dieAt: undefined as { readonly call: number; readonly after: boolean } | undefined,
        /** Calls of all runs. */
        calls: 0,
        /** Ports that the service refuses. */
        refused: new Set<string>(),
        /** Milliseconds that the guard's clock is ahead. */
        skew: 0,
        /** Replaces `dieAt` and `refused`; `call` counts the calls of the current run. */
        faultAt: undefined as ((port: string, call: number) => CallFault) | undefined,
        /** Microtasks that a call waits for while several copies of a run are active: they proceed in any order. */
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
    /** Parks as a person does; answers which campaigns it deletes. */
    function park(reason: string): { readonly campaign: boolean; readonly ranking: boolean } {
        settle();
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

    // The guard's side.
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
    /** Requests as CloudWatch shows them, by windows. */
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
    /** The use of API and page as CloudWatch shows it, by windows. */
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
        // CloudWatch extracts this metric from a log, and shows it later.
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
            world.parkedReason === undefined ? undefined : { solutions: ["films", "ranking"].map(solutionArn) },
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
        /** One run of a guard; returns the error that it threw. `late`: milliseconds that its clock is behind. */
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
        /** Runs the guard on its schedule for some hours; before each run `first` may change the world. */
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
