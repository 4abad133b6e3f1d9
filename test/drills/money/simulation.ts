import type { runGuard } from "../../../app/functions/cost-guard/run-guard.ts";
import type { GuardConfig } from "../../../cost/guard-config.ts";
import { simulateStack, solutionArn } from "../../support/guard-simulation.ts";
import { createMeter } from "./bill-table.ts";
import type { Disturbance } from "./faults.ts";

const minuteMs = 60_000;

/** The stack of a simulated month, which has 30 days from `start` on. */
export interface StackMonth {
    readonly start: string;
    readonly v2: boolean;
    readonly config: GuardConfig;
}

/** The solution whose version the campaign serves. */
export const servedSolution = "films";

/** Number of lists that the prefetch function requests per hour if there were viewers in the last 24 hours. */
const prefetchedLists = 7;

/** Minutes that Personalize needs to create a campaign. */
const creationMinutes = 10;

/**
 * Simulates a stack in AWS minute by minute, with the actual requests and the actual cost of the month. `disturbance`
 * decides which calls fail.
 */
export function simulateMonth({ start, v2, config }: StackMonth, disturbance: Disturbance) {
    const stack = simulateStack(start, config);
    const begin = stack.now;
    /** Number of viewers' requests by minute, without those of the guard and the prefetch function. */
    const requestsByMinute = new Map<number, number>();
    const bill = createMeter(v2);
    const truth = {
        /** The current minute of the month. */
        minute: 0,
        /** The actual cost of the month so far, in US dollars. */
        usd: 0,
        /** Whether any window of the month had more requests than the minimum TPS allows. */
        busy: false,
        runs: 0,
        failedRuns: 0,
    };
    const at = (minute: number) => begin + minute * minuteMs;
    const minuteOf = (time: number) => (time - begin) / minuteMs;
    const month = () => new Date(stack.now).toISOString().slice(0, 7);
    let billedMonth = month();
    // Each of these ports gets the same faults as the port on its right, because AWS serves both with the same API.
    const sharedPort: Readonly<Record<string, string>> = {
        prefetched: "requests",
    };
    Object.assign(stack, {
        creationMinutes,
        faultAt: (port: string, call: number) => disturbance.call(drilled.minute, sharedPort[port] ?? port, call),
        turns: () => disturbance.random() * 6,
    });
    let askedAt = Number.NEGATIVE_INFINITY;
    /**
     * Simulates the requests of the prefetch function, which it sends once an hour if there were viewers in the last 24
     * hours.
     */
    function prefetchInHour(minute: number): void {
        if (requestsByMinute.has(minute)) askedAt = minute;
        if (!stack.config.prefetches || minute % 60 !== 26 || minute - askedAt > 24 * 60) return;
        stack.prefetch(prefetchedLists);
        for (let list = 0; list < prefetchedLists; list += 1) bill.ask();
    }
    const { park, run } = stack;
    let [probes, parks] = [0, 0];

    const drilled = Object.assign(stack, truth, {
        v2,
        month,
        at,
        minuteOf,
        /** Returns the number of viewers' requests in a minute. */
        askedAt: (minute: number) => requestsByMinute.get(minute) ?? 0,
        park(reason: string) {
            const deletes = park(reason);
            if (deletes) bill.close();
            return deletes;
        },
        train(name: string, kept = false): void {
            const hasCampaign = name === servedSolution;
            stack.solutions.push({ arn: solutionArn(name), status: "ACTIVE", changedAt: stack.now, kept, hasCampaign });
        },
        /** Simulates the current minute with the given number of requests for lists. */
        pass(requests: number): void {
            const { minute } = drilled;
            const isServing = stack.isServing();
            if (month() !== billedMonth) {
                billedMonth = month();
                bill.beginMonth();
            }
            bill.beginMinute(minute);
            stack.solutions = stack.solutions.map((one) => ({
                ...one,
                hasCampaign: one.arn === solutionArn(servedSolution) && stack.campaign !== undefined,
            }));
            if (isServing) {
                if (requests > 0) {
                    requestsByMinute.set(minute, requests);
                    stack.ask(requests);
                }
                prefetchInHour(minute);
                bill.pass(requests, stack.campaign?.minProvisionedTPS ?? 1);
            }
            drilled.usd = bill.usd;
            drilled.busy = bill.busy;
        },
        /** Advances to the next minute. */
        tick(): void {
            drilled.minute += 1;
            stack.now = at(drilled.minute);
        },
        /**
         * Runs a guard and returns whether it succeeded. `late` is the number of milliseconds by which it starts later
         * than other copies of the run.
         */
        async invoke(guard: typeof runGuard, late = 0): Promise<boolean> {
            const { minute } = drilled;
            stack.skew = disturbance.skew(minute) * minuteMs;
            stack.metricsDelay = disturbance.metricDelay(minute) + 1;
            stack.deliveries = disturbance.deliveries(minute);
            drilled.runs += 1;
            const error = await run(guard, late);
            for (; probes < stack.probes; probes += 1) bill.ask();
            if (stack.parks.length > parks) bill.close();
            parks = stack.parks.length;
            if (error) drilled.failedRuns += 1;
            return error === undefined;
        },
    });
    return drilled;
}

export type MonthSimulation = ReturnType<typeof simulateMonth>;
