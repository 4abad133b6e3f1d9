import {
    BrokenCircuitError,
    CircuitState,
    ConsecutiveBreaker,
    circuitBreaker,
    handleAll,
    handleWhen,
    TimeoutStrategy,
    timeout,
    wrap,
} from "cockatiel";
import type { Limits } from "./limits.ts";

/** Calls to a remote service that can be slow or unavailable. */
export interface Resilience {
    /**
     * Returns the result of the work, within the timeout.
     *
     * @throws TaskCancelledError after the timeout, BrokenCircuitError during a pause after too many failures, or the
     * work's error
     */
    ask<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T>;
    /**
     * Runs background work, with a much longer timeout and without an effect on the circuit breaker. The timeout is
     * longer because the time in which Lambda freezes the process counts too.
     */
    later<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T>;
    /** Checks whether calls are paused after too many failures. */
    resting(): boolean;
}

/**
 * Creates calls with a timeout of `milliseconds`, and with a pause after too many consecutive failures. `counts`
 * selects the errors that count.
 */
export function resilience(
    milliseconds: number,
    { failuresInRow, resting, background }: Pick<Limits, "failuresInRow" | "resting" | "background">,
    counts?: (error: unknown) => boolean,
): Resilience {
    const breaker = circuitBreaker(counts ? handleWhen(counts) : handleAll, {
        halfOpenAfter: resting,
        breaker: new ConsecutiveBreaker(failuresInRow),
    });
    let brokeAt = 0;
    breaker.onBreak(() => {
        brokeAt = Date.now();
    });
    // The circuit breaker leaves the state Open only when the next request arrives.
    const rests = () => breaker.state === CircuitState.Open && Date.now() - brokeAt < resting;
    const policy = wrap(breaker, timeout(milliseconds, TimeoutStrategy.Aggressive));
    return {
        ask: (work) => policy.execute(({ signal }) => work(signal)),
        async later(work) {
            if (rests()) throw new BrokenCircuitError();
            return withTimeout(background, work);
        },
        resting: rests,
    };
}

/** Returns the result of the work, within the timeout. Throws TaskCancelledError after it, or the work's error. */
export function withTimeout<T>(milliseconds: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return timeout(milliseconds, TimeoutStrategy.Aggressive).execute(({ signal }) => work(signal));
}

/** Waits at most this many milliseconds for work that may continue later. */
export async function settled(work: readonly Promise<unknown>[], milliseconds: number): Promise<void> {
    if (work.length === 0) return;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, milliseconds);
    });
    await Promise.race([Promise.allSettled(work), late]);
    clearTimeout(timer);
}
