import type { GuardPorts } from "../../../app/functions/cost-guard/run-guard.ts";
import type { GuardConfig } from "../../../cost/guard-config.ts";
import type { Disturbance } from "./faults.ts";
import { meterOf } from "./meter.ts";

/** All of the drill's times are whole minutes of the virtual month, or epoch milliseconds where AWS has those. */
const minuteMs = 60_000;

/** What a run meets that is cut off: its process is gone. */
class Died extends Error {}

export interface Delivered {
    /** Minutes since the month's start. */
    readonly minute: number;
    readonly body: { readonly id: string; readonly kind: string; readonly text: string };
}

interface Counted {
    readonly minute: number;
    readonly count: number;
}

interface Campaign {
    readonly createdAt: number;
    updatedAt: number;
    activeAt: number;
    minimum: number;
    leaving: boolean;
    goneAt: number;
}

interface Solution {
    readonly name: string;
    changedAt: number;
    kept: boolean;
    used: boolean;
}

/** A stack, and the month in which it lives: 30 days from `start` on. */
export interface StackMonth {
    readonly start: string;
    readonly v2: boolean;
    /** Whether a second campaign, which orders given films, is made and deleted with the first. */
    readonly ranks: boolean;
    /** Name of the solution whose version the campaign serves. */
    readonly served: string;
    readonly config: GuardConfig;
}

/** Minutes that the service takes: to make a campaign, to delete it; that CloudWatch takes to show a request. */
const service = { creation: 10, deletion: 17, metric: 3 };

/**
 * One stack in a simulated AWS, with the truth of what was asked and what it is billed, minute by minute; and the ports
 * by which a guard meets it, through what a disturbance makes of them.
 */
export function moneyWorld(scenario: StackMonth, disturbance: Disturbance) {
    const start = Date.parse(scenario.start);
    const { v2, ranks } = scenario;
    const asked = new Map<number, number>();
    /** Of everybody, in the order of time: for lists, and for their order. */
    const counted: Counted[] = [];
    const ranked: Counted[] = [];
    const [bill, rankingBill] = [meterOf(v2), meterOf(false)];
    const bills = [bill, rankingBill];
    const world = {
        minute: 0,
        config: { ...scenario.config },
        campaign: undefined as Campaign | undefined,
        kept: false,
        mark: undefined as { readonly reason: string } | undefined,
        solutions: [] as Solution[],
        state: undefined as string | undefined,
        version: 0,
        queue: [] as Delivered[],
        /** When the guard's park was taken, and why. */
        parks: [] as { readonly minute: number; readonly reason: string }[],
        deleted: [] as { readonly minute: number; readonly name: string }[],
        /** The true bill of the month so far, US dollars. */
        usd: 0,
        /** Whether some window of the month had more requests than the minimum bills. */
        busy: false,
        runs: 0,
        failedRuns: 0,
        published: undefined as number | undefined,
    };
    const at = (minute: number) => start + minute * minuteMs;
    const month = () => new Date(at(world.minute)).toISOString().slice(0, 7);
    let billedMonth = month();

    /** The person or program that makes the campaign, and makes it again. */
    function makeCampaign(minimum = 1): void {
        const activeAt = world.minute + service.creation;
        const made = at(world.minute);
        const times = { createdAt: made, updatedAt: made, activeAt, goneAt: Number.POSITIVE_INFINITY };
        world.campaign = { ...times, minimum, leaving: false };
        world.mark = undefined;
    }
    function park(reason: string, byGuard: boolean): void {
        world.mark ??= { reason };
        if (world.campaign === undefined || world.campaign.leaving) return;
        Object.assign(world.campaign, { leaving: true, goneAt: world.minute + service.deletion });
        if (byGuard) world.parks.push({ minute: world.minute, reason });
        for (const one of bills) one.close();
    }
    const isServing = () =>
        world.campaign !== undefined && !world.campaign.leaving && world.minute >= world.campaign.activeAt;

    /** Lets a minute pass in which so many ask for a list, and so many for an order. */
    function pass(requests: number, rankings: number): void {
        const { minute } = world;
        if (world.campaign && minute >= world.campaign.goneAt) world.campaign = undefined;
        if (month() !== billedMonth) {
            billedMonth = month();
            for (const one of bills) one.beginMonth();
        }
        for (const one of bills) one.beginMinute(minute);
        if (isServing()) {
            if (requests + rankings > 0) asked.set(minute, requests + rankings);
            if (requests > 0) counted.push({ minute, count: requests });
            if (rankings > 0) ranked.push({ minute, count: rankings });
            bill.pass(requests, world.campaign?.minimum ?? 1);
            if (ranks) rankingBill.pass(rankings, 1);
        }
        world.usd = bill.usd + rankingBill.usd;
        world.busy = bill.busy || rankingBill.busy;
    }

    // What is below is the guard's side.
    let call = 0;
    let dead = false;
    const copies = { running: 0 };
    function port<A extends unknown[], R>(name: string, work: (...args: A) => R) {
        return async (...args: A): Promise<R> => {
            // Two copies of a run that go on at once do so in any order.
            for (let turn = copies.running > 1 ? disturbance.random() * 6 : 0; turn > 1; turn -= 1) await undefined;
            call += 1;
            const died = () => {
                dead = true;
                throw new Died(name);
            };
            const met = disturbance.call(world.minute, name, call);
            if (dead || met === "dies before") died();
            if (met === "refused") throw new Error(`${name} was throttled`);
            const result = work(...args);
            if (met === "dies after") died();
            if (met === "answer lost") throw new Error(`${name} timed out`);
            return result;
        };
    }
    const seenIn = (requests: readonly Counted[]) => (since: number) => {
        const seen = new Map<number, number>();
        const delay = disturbance.metricDelay(world.minute);
        for (let index = requests.length - 1; index >= 0; index -= 1) {
            const { minute, count } = requests[index] ?? { minute: 0, count: 0 };
            if (at(minute) < since) break;
            const five = at(minute) - (at(minute) % (5 * minuteMs));
            if (minute < world.minute - delay) seen.set(five, (seen.get(five) ?? 0) + count);
        }
        return seen;
    };
    function seenCampaign(minimum: number | undefined) {
        const { campaign } = world;
        if (campaign === undefined || world.minute >= campaign.goneAt) return undefined;
        const { createdAt, updatedAt } = campaign;
        const status = campaign.leaving ? "DELETE IN_PROGRESS" : isServing() ? "ACTIVE" : "CREATE IN_PROGRESS";
        return { status, createdAt, updatedAt, minProvisionedTPS: minimum ?? campaign.minimum };
    }
    const arnOf = (name: string) => `arn:aws:personalize:eu-central-1:000000000000:solution/${name}`;
    const portsOf = (late: number): GuardPorts => ({
        now: () => at(world.minute) + late + disturbance.skew(world.minute) * minuteMs,
        log: () => {},
        campaign: port("campaign", () => seenCampaign(undefined)),
        // What keeps the guard from the one keeps it from the other.
        ranking: ranks
            ? { campaign: port("campaign", () => seenCampaign(1)), requests: port("requests", seenIn(ranked)) }
            : undefined,
        kept: port("kept", () => world.kept),
        requests: port("requests", seenIn(counted)),
        parked: port("parked", () => world.mark && { solutions: [arnOf(scenario.served)] }),
        solutions: port("solutions", () =>
            world.solutions.map(({ name, changedAt, kept, used }) => ({
                ...{ status: "ACTIVE", arn: arnOf(name), changedAt: at(changedAt), kept },
                hasCampaign: used && world.campaign !== undefined,
            })),
        ),
        readState: port("readState", () => ({
            ...{ text: world.state, version: world.version },
            name: "/movie-recommender/dev/guard",
        })),
        writeState: port("writeState", (text) => {
            if (Buffer.byteLength(text) > 4096) throw new Error(`a mark of ${Buffer.byteLength(text)} bytes`);
            world.state = text;
            world.version += 1;
            return world.version;
        }),
        probe: port("probe", () => {
            if (!isServing()) throw new Error("the campaign is not ACTIVE");
            counted.push({ minute: world.minute, count: 1 });
            bill.ask();
        }),
        park: port("park", (reason) => park(reason, true)),
        deleteSolution: port("deleteSolution", (name) => {
            world.deleted.push({ minute: world.minute, name });
            world.solutions = world.solutions.filter((one) => one.name !== name);
        }),
        // What a page shows is judged by the storefront's tests.
        show: port("show", () => {}),
        notify: port("notify", ({ id, kind, text }) => {
            const copiesOf = disturbance.deliveries(world.minute);
            for (let copy = 0; copy < copiesOf; copy += 1) {
                world.queue.push({ minute: world.minute + 7 * copy, body: { id, kind, text } });
            }
        }),
        publish: port("publish", ({ monthSpendUsd }) => {
            world.published = monthSpendUsd;
        }),
    });

    return Object.assign(world, {
        v2,
        ranks,
        month,
        at,
        isServing,
        /** Requests of others in a minute. */
        askedAt: (minute: number) => asked.get(minute) ?? 0,
        makeCampaign,
        /** A person parks. */
        park: (reason: string) => park(reason, false),
        pass,
        /** Runs what is given on ports of its own; true when it ended well. `late`: how far its clock is behind, ms. */
        async invoke(guard: (ports: GuardPorts) => Promise<void>, late = 0): Promise<boolean> {
            if (copies.running === 0) [call, dead] = [0, false];
            copies.running += 1;
            world.runs += 1;
            try {
                await guard(portsOf(late));
                return true;
            } catch {
                world.failedRuns += 1;
                return false;
            } finally {
                copies.running -= 1;
            }
        },
    });
}

export type MoneyWorld = ReturnType<typeof moneyWorld>;
