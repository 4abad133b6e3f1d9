import type { GuardPorts } from "./guard-ports.ts";

/** The failed steps of a run of the cost guard. */
export interface Failures {
    readonly all: readonly Error[];
    error(): AggregateError;
    /** Runs one step. If it fails, logs and collects the error, and returns undefined. */
    of<T>(part: string, work: () => Promise<T>): Promise<T | undefined>;
}

/** Creates the collector of the failed steps of a run. */
export function collector(ports: Pick<GuardPorts, "log">): Failures {
    const all: Error[] = [];
    return {
        all,
        error: () => new AggregateError(all, all.map(({ message }) => message).join("\n")),
        async of(part, work) {
            try {
                return await work();
            } catch (cause) {
                const message = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
                const failure = new Error(`could not ${part}: ${message}`, { cause });
                all.push(failure);
                ports.log({ failed: part, error: message });
                return undefined;
            }
        },
    };
}
