import { computeNextTraining, nextLook, reasonToSkip } from "../control/auto-training.ts";
import type { Call } from "../control/resources.ts";
import type { Solution, SolutionProperties } from "../control/solution-updates.ts";
import { beginVersion } from "../control/solution-versions.ts";
import type { Store } from "../control/store.ts";
import { ServiceError } from "../errors.ts";

/** Longest wait of the timer: one day, in milliseconds. */
const longest = 24 * 3_600_000;

/** Milliseconds after which the schedules are checked again after an unexpected error. */
const afterFailure = 60_000;

/**
 * Trains solutions with performAutoTraining, by their schedules. The schedules depend only on stored data, so they
 * continue after a restart.
 */
export function createAutoTraining(options: {
    store: Store;
    callIn(region: string): Call;
    log(message: string): void;
}) {
    const { store, callIn, log } = options;
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
                const { arn } = beginVersion(call, due, { trainingMode: "FULL", trainingType: "AUTOMATIC" });
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
