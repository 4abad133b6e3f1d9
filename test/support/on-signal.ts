import { constants } from "node:os";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const ends = new Set<() => Promise<void>>();
let ending = false;

async function endAll(signal: (typeof signals)[number]): Promise<void> {
    // A second signal ends the process immediately.
    if (ending) process.exit(128 + constants.signals[signal]);
    ending = true;
    // Ignore the errors of calls that fail because the signal stopped the local AWS.
    process.on("uncaughtException", () => {});
    process.stderr.write("Ending the local AWS. A second signal ends this process and leaves the local AWS running.\n");
    await Promise.allSettled([...ends].map((end) => end()));
    process.exit(128 + constants.signals[signal]);
}

/**
 * Registers `end`, which stops a local AWS, to run when a signal ends this process. Returns a function that unregisters
 * it.
 */
export function endWithProcess(end: () => Promise<void>): () => void {
    if (ends.size === 0) for (const signal of signals) process.on(signal, endAll);
    ends.add(end);
    return () => {
        ends.delete(end);
        if (ends.size === 0) for (const signal of signals) process.off(signal, endAll);
    };
}
