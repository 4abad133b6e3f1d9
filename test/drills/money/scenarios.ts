import type { GuardConfig } from "../../../cost/guard-config.ts";
import { guardConfig } from "../../support/guard-simulation.ts";
import type { MonthSimulation, StackMonth } from "./simulation.ts";

/** What happens in a simulated month. */
export interface Scenario extends StackMonth {
    readonly name: string;
    /** Performs what users do to the stack in a minute, before the requests of the minute. */
    script(stack: MonthSimulation, minute: number): void;
    /** Returns the number of viewers' requests for lists in a minute, if a campaign serves. */
    rate(minute: number): number;
}

const hour = 60;
const day = 24 * hour;

const config: GuardConfig = { ...guardConfig, idleAction: "announce" };

function scenario(
    name: string,
    changes: Partial<Omit<Scenario, "config">> & { config?: Partial<GuardConfig> },
): Scenario {
    const { config: settings, ...others } = changes;
    return {
        name,
        start: "2026-11-02T00:00:00Z",
        v2: settings?.recipe?.endsWith("-v2") ?? false,
        script: (stack, minute) => minute === 0 && stack.makeCampaign(),
        rate: steady,
        ...others,
        config: { ...config, ...settings },
    };
}

/** Returns the requests in a minute for a nearly constant rate of about 11,000 requests per day. */
const steady = (minute: number) => 6 + (minute % 5);
const nobody = () => 0;
/**
 * Returns the requests in a minute if there are requests only from Monday to Friday, 8:00 to 18:00. The simulated month
 * begins on a Monday.
 */
const officeHours = (minute: number) =>
    Math.floor(minute / day) % 7 < 5 && minute % day >= 8 * hour && minute % day < 18 * hour ? 4 : 0;
/**
 * Returns the requests in a minute if from the minute `from` on there are 40 requests per second, forty times the
 * minimum of 1 TPS.
 */
const runaway = (from: number) => (minute: number) => (minute >= from ? 2400 : steady(minute));

/** The simulated months. The campaign serves the solution `films`. */
export const scenarios: readonly Scenario[] = [
    scenario("steady traffic", { config: { monthlyLimitUsd: 200, idleAction: "park" } }),
    scenario("idle demo", {
        config: { idleAction: "park" },
        rate: (minute) => (minute >= 20 && minute < 80 ? 1 : 0),
    }),
    scenario("idle, only announced, used again", {
        rate: (minute) =>
            minute < 90 || (minute >= 5 * day + 7 && minute < 6 * day) || minute === 20 * day + 3 ? 1 : 0,
    }),
    scenario("runaway", { config: { monthlyLimitUsd: 120 }, rate: runaway(9 * day + 433) }),
    scenario("runaway, v2", {
        config: { monthlyLimitUsd: 400, recipe: "aws-user-personalization-v2" },
        rate: runaway(12 * day + 127),
    }),
    scenario("forgotten weekends", {
        config: { idleHours: 16, idleGraceHours: 16, idleAction: "park" },
        rate: officeHours,
        script(stack, minute) {
            const monday = minute % (7 * day) === 7 * hour;
            if (minute === 0 || (monday && stack.campaign === undefined)) stack.makeCampaign();
        },
    }),
    scenario("month change", {
        start: "2026-11-20T00:00:00Z",
        config: { monthlyLimitUsd: 120 },
        script(stack, minute) {
            if (minute === 0 || minute === 11 * day + 9 * hour) stack.makeCampaign(3);
        },
    }),
    scenario("resumed after the limit", {
        config: { monthlyLimitUsd: 40 },
        script(stack, minute) {
            if (minute === 20 * day) stack.park("for the night");
            if (minute === 0 || minute === 10 * day || minute === 21 * day) stack.makeCampaign();
        },
    }),
    scenario("limit raised", {
        config: { monthlyLimitUsd: 40 },
        script(stack, minute) {
            if (minute === 10 * day) stack.config = { ...stack.config, monthlyLimitUsd: 80 };
            if (minute === 0 || minute === 10 * day + 5) stack.makeCampaign();
        },
    }),
    scenario("tag keep", {
        config: { idleAction: "park" },
        rate: nobody,
        script(stack, minute) {
            if (minute === 0) stack.makeCampaign();
            if (minute === 12 * hour || minute === 10 * day + 5 * hour) stack.kept = true;
            if (minute === 10 * day || minute === 20 * day) stack.kept = false;
        },
    }),
    scenario("unused solutions", {
        config: { unusedDays: 5, unusedAction: "delete", monthlyLimitUsd: 60 },
        script(stack, minute) {
            if (minute === 0) {
                stack.makeCampaign();
                stack.train("films");
                stack.train("old");
            }
            if (minute === 2 * day) stack.train("older");
            if (minute === 3 * day) stack.train("kept", true);
            if (minute === 11 * day) stack.train("newest");
        },
    }),
    scenario("idle demo with prefetch", {
        config: { idleAction: "park", prefetches: true },
        rate: (minute) => (minute >= 20 && minute < 80 ? 1 : 0),
    }),
    scenario("rarely used, with prefetch, and again after it was announced", {
        config: { idleHours: 30, prefetches: true },
        rate: (minute) => (minute % (29 * hour) === 17 && (minute < 9 * day || minute > 12 * day) ? 1 : 0),
    }),
];
