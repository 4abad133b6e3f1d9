import type { runGuard } from "../../../app/functions/cost-guard/run-guard.ts";
import type { Disturbance } from "./faults.ts";
import { createOracle, type Expected } from "./oracle.ts";
import type { Scenario } from "./scenarios.ts";
import { type MonthSimulation, simulateMonth } from "./simulation.ts";

export type GuardRun = typeof runGuard;

export interface MonthResult {
    /** Missing and unexpected notifications, as sentences. Copies with the same id count once. */
    readonly notificationsWrong: readonly string[];
    /** Missing or unexpected parks and deletions. */
    readonly actsWrong: readonly string[];
    readonly notifications: number;
    /**
     * One entry for each time that the costs reached the limit. `all` is the minutes until the guard parked the
     * campaign; `counted` leaves out the minutes in which an injected fault kept the guard from parking it.
     */
    readonly enforcements: readonly { readonly counted: number; readonly all: number }[];
    /** Difference in US dollars between the guard's last estimate of the month's cost and the actual cost. */
    readonly estimateOff: number;
    readonly runs: number;
    readonly failedRuns: number;
    /** Minutes of the runs in which the guard acted. */
    readonly moments: readonly number[];
}

const days = 30;
const minutes = days * 24 * 60;
const everyMinutes = 15;
/** Minutes after which Lambda retries a failed run once. */
const retryAfter = 1;

/**
 * Runs a guard every 15 minutes in a simulated month, and returns what it did wrong. The first run is `phase` minutes
 * after the beginning of the month.
 */
export async function month(
    scenario: Scenario,
    disturbance: Disturbance,
    guard: GuardRun,
    phase: number,
): Promise<MonthResult> {
    const stack = simulateMonth(scenario, disturbance);
    const oracle = createOracle(stack, disturbance, minutes);
    const moments: number[] = [];
    let retryAt: number | undefined;
    const acts = () => stack.arrived.length + stack.parks.length + stack.deleted.length;
    const run = async (late = 0) => {
        const [before, noted] = [acts(), stack.state];
        const fine = await stack.invoke(guard, late);
        if (acts() > before || isOfNote(noted, stack.state)) moments.push(stack.minute);
        return fine;
    };
    for (; stack.minute < minutes; stack.tick()) {
        scenario.script(stack, stack.minute);
        stack.pass(stack.isServing() ? scenario.rate(stack.minute) : 0);
        oracle.minute();
        if (stack.minute === retryAt) {
            retryAt = undefined;
            await run();
        }
        if (stack.minute % everyMinutes === phase) {
            const copies = disturbance.invocations(stack.minute);
            const outcomes = await Promise.all(Array.from({ length: copies }, (_, copy) => run(copy * 1700)));
            if (outcomes.includes(false)) retryAt = stack.minute + retryAfter;
        }
    }
    const read = readOnce(stack);
    const parked = stack.parks.map(({ at, reason }) => ({ what: "park", minute: stack.minuteOf(at), text: reason }));
    const gone = stack.deleted.map((name, index) => ({
        what: "deletion",
        minute: stack.minuteOf(stack.deletedAt[index] ?? 0),
        text: name,
    }));
    const expected = oracle.expected();
    const deletions = expected
        .filter(({ what }) => what === "unused-deleted")
        .map((one) => ({ ...one, what: "deletion", to: one.to + everyMinutes }));
    return {
        notificationsWrong: [
            ...read.wrong,
            ...matched(
                expected.filter(({ what }) => what !== "park"),
                read.notifications,
            ),
        ],
        actsWrong: [
            ...matched(
                expected.filter(({ what }) => what === "park"),
                parked,
            ),
            ...matched(deletions, gone),
        ],
        notifications: read.notifications.length,
        enforcements: oracle.enforcements(),
        estimateOff: Math.abs((stack.published.at(-1)?.monthSpendUsd ?? 0) - stack.usd),
        runs: stack.runs,
        failedRuns: stack.failedRuns,
        moments: [...new Set(moments)],
    };
}

/**
 * Checks whether a run changed `probe` in the guard's state. The probe is a request with which the guard checks whether
 * CloudWatch shows requests to the campaign. Sending it counts as an action of the guard.
 */
const isOfNote = (before: string | undefined, after: string | undefined) => {
    const probeIn = (text: string | undefined) => JSON.stringify(JSON.parse(text ?? "{}").probe ?? null);
    return before !== after && probeIn(before) !== probeIn(after);
};

interface Happened {
    readonly what: string;
    readonly minute: number;
    readonly text: string;
}

/**
 * Returns the notifications as readers see them, without further copies of the same id. A copy with another text is
 * wrong.
 */
function readOnce(stack: MonthSimulation) {
    const first = new Map<string, string>();
    const wrong: string[] = [];
    const notifications: Happened[] = [];
    for (const [index, { id, kind, text }] of stack.arrived.entries()) {
        const minute = stack.minuteOf(stack.arrivedAt[index] ?? 0);
        const before = first.get(id);
        if (before === undefined) notifications.push({ what: kind, minute, text });
        else if (before !== kind + text) wrong.push(`${id} came with two texts`);
        first.set(id, before ?? kind + text);
    }
    return { notifications, wrong };
}

/** Compares events with the expected ones. Returns a sentence for each missing and each unexpected event. */
function matched(expected: readonly Expected[], happened: readonly Happened[]): string[] {
    const open = [...expected].sort((a, b) => a.to - b.to);
    const uncalledFor = happened.filter(({ what, minute, text }) => {
        const fits = (one: Expected) =>
            one.what === what &&
            minute >= one.from &&
            minute <= one.to &&
            (one.names ?? []).every((name) => text.includes(name));
        // If several expected events fit the message, choose a required one before an optional one.
        const match = open.find((one) => fits(one) && !one.optional) ?? open.find(fits);
        if (match !== undefined) open.splice(open.indexOf(match), 1);
        return match === undefined;
    });
    return [
        ...uncalledFor.map(({ what, minute }) => `${what} ${clock(minute)}, which was not to come`),
        ...open
            .filter(({ optional }) => !optional)
            .map(({ what, from, to }) => `no ${what} from ${clock(from)} to ${clock(to)}`),
    ];
}

const clock = (minute: number) =>
    `day ${Math.floor(minute / 1440)} ${String(Math.floor(minute / 60) % 24).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
