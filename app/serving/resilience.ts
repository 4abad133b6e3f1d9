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

/** Asks something remote, which may be slow or away. */
export interface Resilience {
    /**
     * What the work answers, within the time.
     *
     * @throws TaskCancelledError when it takes longer, BrokenCircuitError when it is not asked because it failed too
     * often, or what the work throws.
     */
    ask<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T>;
    /**
     * The same for work that nobody waits for: it has much longer, and says nothing of whether the remote is well, for a process
     * that was frozen meanwhile finds its time run out.
     */
    later<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T>;
    /** Failed too often, and is left alone for now. */
    resting(): boolean;
}

/** Waits at most `milliseconds`, and gives it a rest after too many failures in a row that `counts` lets count. */
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
    // The breaker itself learns only from the next request that its time is over.
    const rests = () => breaker.state === CircuitState.Open && Date.now() - brokeAt < resting;
    const policy = wrap(breaker, timeout(milliseconds, TimeoutStrategy.Aggressive));
    return {
        ask: (work) => policy.execute(({ signal }) => work(signal)),
        async later(work) {
            if (rests()) throw new BrokenCircuitError();
            return within(background, work);
        },
        resting: rests,
    };
}

/** What the work answers, within the time. Throws TaskCancelledError when it takes longer, or what the work throws. */
export function within<T>(milliseconds: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return timeout(milliseconds, TimeoutStrategy.Aggressive).execute(({ signal }) => work(signal));
}
