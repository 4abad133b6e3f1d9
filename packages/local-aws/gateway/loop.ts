import { setTimeout as sleep } from "node:timers/promises";

/**
 * Does a work again and again, with so many milliseconds between its end and its next beginning, until it is stopped.
 * A work that fails is told once, and again when it fails for another reason, and goes on.
 */
export function every(milliseconds: number, work: () => Promise<void>, failed: (error: Error) => void) {
    const abort = new AbortController();
    const run = async () => {
        let told = "";
        while (!abort.signal.aborted) {
            try {
                await work();
                told = "";
            } catch (thrown) {
                const error = thrown instanceof Error ? thrown : new Error(String(thrown));
                if (error.message !== told && !abort.signal.aborted) failed(error);
                told = error.message;
            }
            await sleep(milliseconds, undefined, { ref: false, signal: abort.signal }).catch(() => {});
        }
    };
    const ended = run();
    return {
        /** Waits until the work that is being done has ended. */
        async stop(): Promise<void> {
            abort.abort();
            await ended;
        },
    };
}
