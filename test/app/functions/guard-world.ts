import { type GuardPorts, runGuard } from "../../../app/functions/cost-guard/run-guard.ts";
import type { GuardConfig } from "../../../cost/guard-config.ts";
import type { SentNotification } from "../../../cost/notifications.ts";
import type { ObservedCampaign, ObservedSolution } from "../../../cost/observations.ts";
import { hour, minute, window, windowOf } from "../../../cost/time.ts";

export const guardConfig: GuardConfig = {
    project: "movie-recommender",
    stack: "dev",
    recipe: "aws-user-personalization",
    monthlyLimitUsd: 1000,
    idleHours: 24,
    idleGraceHours: 24,
    idleAction: "park",
    unusedDays: 14,
    unusedAction: "list",
};

export const solutionArn = (name: string) => `arn:aws:personalize:eu-central-1:000000000000:solution/${name}`;

/** Interruptions of a run: its process ends, or the service rejects the call. */
export class Died extends Error {}

/** A stack in a simulated AWS, with a clock of its own, on which the guard runs. */
export function guardWorld(start: string, settings: Partial<GuardConfig> = {}) {
    const requests = new Map<number, number>();
    const rankingRequests = new Map<number, number>();
    const world = {
        now: Date.parse(start),
        config: { ...guardConfig, ...settings },
        campaign: undefined as ObservedCampaign | undefined,
        /** The campaign that orders given films; whether the config has one. */
        ranking: undefined as ObservedCampaign | undefined,
        ranks: false,
        goneAt: 0,
        kept: false,
        parkedReason: undefined as string | undefined,
        solutions: [] as ObservedSolution[],
        state: undefined as string | undefined,
        version: 0,
        /** Every notification that arrived, including duplicates. */
        arrived: [] as SentNotification[],
        /** Kinds of what the page shows. */
        shown: [] as string[],
        deletions: 0,
        rankingDeletions: 0,
        deleted: [] as string[],
        probes: 0,
        published: [] as unknown[],
        /** How CloudWatch is: it knows all, nothing, or does not answer. */
        metrics: "fine" as "fine" | "empty" | "broken",
        /** Minutes until CloudWatch shows a request. */
        metricsDelay: 3,
        /** The number of the call at which the process dies, before it or after it. */
        dieAt: undefined as { readonly call: number; readonly after: boolean } | undefined,
        calls: 0,
        /** Calls that the service refuses. */
        refused: new Set<string>(),
        /** How far the guard's clock is ahead. */
        skew: 0,
    };

    function settle(): void {
        if (world.campaign?.status.startsWith("DELETE") && world.now >= world.goneAt) {
            world.campaign = undefined;
        }
        if (world.ranking?.status.startsWith("DELETE") && world.now >= world.goneAt) {
            world.ranking = undefined;
        }
    }
    function ask(count = 1, at = world.now): void {
        requests.set(at, (requests.get(at) ?? 0) + count);
    }
    function rank(count = 1): void {
        rankingRequests.set(world.now, (rankingRequests.get(world.now) ?? 0) + count);
    }
    function makeRanking(): void {
        world.ranks = true;
        world.ranking = { status: "ACTIVE", createdAt: world.now, updatedAt: world.now, minProvisionedTPS: 1 };
    }
    function makeCampaign(minProvisionedTPS = 1): void {
        world.campaign = { status: "ACTIVE", createdAt: world.now, updatedAt: world.now, minProvisionedTPS };
        world.parkedReason = undefined;
    }

    let dead = false;
    function port<A extends unknown[], R>(name: string, work: (...args: A) => R) {
        return async (...args: A): Promise<R> => {
            world.calls += 1;
            const dies = world.dieAt?.call === world.calls ? world.dieAt : undefined;
            if (dead || (dies && !dies.after)) {
                dead = true;
                throw new Died(name);
            }
            if (world.refused.has(name)) {
                throw new Error(`${name} was throttled`);
            }
            const result = work(...args);
            if (dies) {
                dead = true;
                throw new Died(name);
            }
            return result;
        };
    }
    /** Requests as CloudWatch shows them. */
    function shown(asked: ReadonlyMap<number, number>, since: number): Map<number, number> {
        if (world.metrics === "broken") throw new Error("CloudWatch was throttled");
        const windows = new Map<number, number>();
        for (const [at, count] of world.metrics === "empty" ? [] : asked) {
            if (at >= since && at + world.metricsDelay * minute <= world.now) {
                windows.set(windowOf(at), (windows.get(windowOf(at)) ?? 0) + count);
            }
        }
        return windows;
    }
    const portsOfNow = (): GuardPorts => ({
        now: () => world.now + world.skew,
        log: () => {},
        campaign: port("campaign", () => {
            settle();
            return world.campaign;
        }),
        kept: port("kept", () => world.kept),
        requests: port("requests", (since) => shown(requests, since)),
        ranking: world.ranks
            ? {
                  campaign: port("ranking", () => {
                      settle();
                      return world.ranking;
                  }),
                  requests: port("rankingRequests", (since) => shown(rankingRequests, since)),
              }
            : undefined,
        parked: port("parked", () =>
            world.parkedReason === undefined ? undefined : { solutions: ["films", "ranking"].map(solutionArn) },
        ),
        solutions: port("solutions", () => world.solutions),
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
            world.probes += 1;
            ask();
        }),
        park: port("park", (reason) => {
            settle();
            world.parkedReason ??= reason;
            if (world.campaign && !world.campaign.status.startsWith("DELETE")) {
                world.deletions += 1;
                world.campaign = { ...world.campaign, status: "DELETE PENDING" };
                world.goneAt = world.now + 17 * minute;
            }
            if (world.ranking && !world.ranking.status.startsWith("DELETE")) {
                world.rankingDeletions += 1;
                world.ranking = { ...world.ranking, status: "DELETE PENDING" };
                world.goneAt = world.now + 17 * minute;
            }
        }),
        deleteSolution: port("deleteSolution", (name) => {
            world.deleted.push(name);
            world.solutions = world.solutions.filter(({ arn }) => arn !== solutionArn(name));
        }),
        show: port("show", ({ kind }) => {
            world.shown.push(kind);
        }),
        notify: port("notify", (notice) => {
            world.arrived.push(notice);
        }),
        publish: port("publish", (gauges) => {
            world.published.push(gauges);
        }),
    });

    return Object.assign(world, {
        requests,
        ask,
        rank,
        makeCampaign,
        makeRanking,
        /** One run of the guard; answers what it threw, if it did. */
        async run(): Promise<Error | undefined> {
            dead = false;
            settle();
            try {
                await runGuard(portsOfNow(), world.config);
                return undefined;
            } catch (error) {
                return error as Error;
            }
        },
        /** The schedule for a number of hours: before each run `first` may change the world. */
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
        spend: () => (world.published.at(-1) as { monthSpendUsd: number }).monthSpendUsd,
        hourly: () => (world.published.at(-1) as { hourlyUsd: number }).hourlyUsd,
    });
}
