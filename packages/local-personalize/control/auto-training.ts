import type { Speed } from "../contract.ts";
import { ServiceError } from "../errors.ts";
import { findDataset } from "./datasets.ts";
import { type Call, computePhase, create, isUnderWay } from "./resources.ts";
import { trainingDays } from "./solution-config.ts";
import { currentTraining, type Solution, type SolutionProperties } from "./solution-updates.ts";
import { describeVersion, type VersionProperties } from "./solution-versions.ts";
import { creationEnd, updateEnd } from "./states.ts";
import type { Store } from "./store.ts";
import { isRunningStatus, isUpdating } from "./updates.ts";

const second = 1000;
const hour = 3600 * second;

/**
 * Length, in milliseconds, of a day of the training schedule (`day`), and of the hour before the first training
 * (`first`).
 */
export const clocks: Record<Speed, { day: number; first: number }> = {
    instant: { day: 2 * second, first: 100 },
    demo: { day: 20 * second, first: 2 * second },
    samples: { day: 24 * hour, first: hour },
    real: { day: 24 * hour, first: hour },
};

/**
 * Returns when the next automatic training is due: first at the end of the hour after `since`, then every `days` days.
 * Times that passed while the process was down count as one. All times are epoch milliseconds.
 */
export function nextDue(since: number, days: number, lastDueAt: number | undefined, speed: Speed): number {
    const { day, first } = clocks[speed];
    const start = since + first;
    if (lastDueAt === undefined || lastDueAt < start) return start;
    const period = days * day;
    return start + (Math.floor((lastDueAt - start) / period) + 1) * period;
}

/** Returns when the next automatic training of a solution is due; Infinity if none is due in its current state. */
function computeNextTraining(call: Call, solution: Solution): number {
    if (computePhase(call, solution).status !== "ACTIVE") return Number.POSITIVE_INFINITY;
    const { configuration, scheduledSince } = currentTraining(call, solution);
    if (!configuration.performAutoTraining) return Number.POSITIVE_INFINITY;
    return nextDue(scheduledSince, trainingDays(configuration), solution.properties.lastDueAt, call.options.speed);
}

/** Returns when to check a solution again: when its training is due, or when its creation or update ends. */
function nextLook(call: Call, solution: Solution): number {
    if (isRunningStatus(computePhase(call, solution).status)) return creationEnd(solution, call.options.speed);
    const { update } = solution.properties;
    return Math.min(
        computeNextTraining(call, solution),
        update && isUpdating(call, solution)
            ? updateEnd(solution.kind, update.createdAt, call.options.speed)
            : Number.POSITIVE_INFINITY,
    );
}

/** Returns why a training that is due is skipped; undefined if the solution trains. */
function reasonToSkip(call: Call, solution: Solution): string | undefined {
    const versions = call.store.list<VersionProperties>("solution-version", call.region, solution.arn);
    if (versions.some((version) => isUnderWay(call, version))) return "a version is being trained";
    const { scheduledSince } = currentTraining(call, solution);
    const isFirst = (solution.properties.lastDueAt ?? 0) < scheduledSince + clocks[call.options.speed].first;
    const byHand = versions.some(
        ({ createdAt, properties }) => createdAt >= scheduledSince && properties.trainingType !== "AUTOMATIC",
    );
    if (isFirst && byHand) return "a version was created manually within the hour";
    const dataset = findDataset(call.store, call.region, solution.parent ?? "", "INTERACTIONS");
    const isEmpty = !dataset || (dataset.properties.rows === 0 && call.lastEvent(dataset.id) === 0);
    if (isEmpty || computePhase(call, dataset).status !== "ACTIVE") return "there are no interactions";
    const last = versions.findLast((version) => computePhase(call, version).status === "ACTIVE");
    if (!last) return undefined;
    const imported = call.store
        .list("dataset-import-job", call.region, dataset.arn)
        .filter((job) => computePhase(call, job).status === "ACTIVE")
        .some(({ finishedAt }) => (finishedAt ?? 0) > last.createdAt);
    const streamed = call.lastEvent(dataset.id) > (last.properties.lastEvent ?? 0);
    return imported || streamed ? undefined : "there are no new interactions since the last training";
}

/** Longest wait of the timer: one day, in milliseconds. */
const longest = 24 * 3_600_000;

/** Milliseconds after which the schedules are checked again after an unexpected error. */
const afterFailure = 60_000;

/**
 * Trains solutions with performAutoTraining, by their schedules. The schedules depend only on stored data, so they
 * continue after a restart.
 */
export function createAutoTraining(store: Store, callIn: (region: string) => Call, log: (message: string) => void) {
    let timer: NodeJS.Timeout | undefined;

    const wait = (milliseconds: number) => {
        clearTimeout(timer);
        timer = setTimeout(look, Math.min(Math.max(0, milliseconds), longest)).unref();
    };

    const plan = () => {
        const solutions = store.everywhere<SolutionProperties>("solution");
        const next = Math.min(...solutions.map((solution) => nextLook(callIn(solution.region), solution)));
        if (next === Number.POSITIVE_INFINITY) clearTimeout(timer);
        else wait(next - store.clock.now());
    };

    const look = () => {
        try {
            for (const solution of store.everywhere<SolutionProperties>("solution")) {
                const call = callIn(solution.region);
                if (computeNextTraining(call, solution) <= call.now) train(call, solution);
            }
            plan();
        } catch (error) {
            log(`Automatic training failed: ${error instanceof Error ? error.stack : error}`);
            wait(afterFailure);
        }
    };

    const train = (call: Call, solution: Solution) => {
        const skip = reasonToSkip(call, solution);
        const due = { ...solution, properties: { ...solution.properties, lastDueAt: call.now } };
        store.transaction(() => {
            store.save(due);
            if (skip) return log(`${solution.arn}: automatic training is skipped: ${skip}.`);
            try {
                const version = describeVersion(call, due, { trainingMode: "FULL", trainingType: "AUTOMATIC" });
                const { arn } = create(call, { kind: "solution-version", name: "", parent: due.arn, ...version });
                log(`${arn}: started automatically, because performAutoTraining is on.`);
            } catch (error) {
                if (!(error instanceof ServiceError)) throw error;
                log(`${solution.arn}: automatic training is skipped: ${error.message}`);
            }
        });
    };

    return {
        /** Sets the timer to the next training that is due. Call this when a solution may have changed. */
        plan,
        close: () => clearTimeout(timer),
    };
}
