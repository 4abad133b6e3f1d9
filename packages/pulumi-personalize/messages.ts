import type { Advice } from "./advice.ts";
import type { Handler } from "./lifecycle.ts";

/** Wraps a handler so that its errors and its failures of `check` contain commands that the caller can run. */
export function withCallersCommands(handler: Handler, { asCalled }: Advice): Handler {
    const call = async <T>(work: Promise<T>): Promise<T> => {
        try {
            return await work;
        } catch (error) {
            throw translated(error, asCalled);
        }
    };
    return {
        async check(olds, news) {
            const { inputs, failures } = await call(handler.check(olds, news));
            return { inputs, failures: failures.map((problem) => ({ ...problem, reason: asCalled(problem.reason) })) };
        },
        diff: (...args) => call(handler.diff(...args)),
        create: (...args) => call(handler.create(...args)),
        read: (...args) => call(handler.read(...args)),
        update: (...args) => call(handler.update(...args)),
        delete: (...args) => call(handler.delete(...args)),
    };
}

/**
 * Replaces the commands in an error's messages. Changes the error itself and not a copy, because the engine checks the
 * error's class and reads the properties of an incomplete creation.
 */
function translated(error: unknown, asCalled: Advice["asCalled"]): unknown {
    if (!(error instanceof Error)) return error;
    error.message = asCalled(error.message);
    return "reasons" in error && Array.isArray(error.reasons)
        ? Object.assign(error, { reasons: error.reasons.map((reason) => asCalled(String(reason))) })
        : error;
}
