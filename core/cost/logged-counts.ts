import type { RequestWindows } from "./spend.ts";
import { window } from "./time.ts";

/**
 * A count that CloudWatch extracts from a function's log. Any function of the account can write such a log line for
 * another stack. Therefore, the code never uses more than a maximum that it derives from metrics that only AWS can
 * write.
 */
export interface LoggedCount {
    readonly sum: number;
    /** The smallest datapoint. A negative one is forged, and hides other datapoints in the sum. */
    readonly minimum: number;
}

/**
 * Returns a logged count, limited to `most`. Returns `most` for a forged count, so that no forged datapoint hides use.
 */
export const loggedCount = ({ sum, minimum }: LoggedCount, most: number): number =>
    Math.min(sum, minimum) < 0 || sum > most ? most : sum;

/**
 * Number of windows before and after an invocation in which CloudWatch may count its requests: an invocation runs five
 * minutes, and clocks differ.
 */
const reach = { before: 1, after: 2 };

/**
 * Returns the logged requests of the prefetch function by windows, at most as many as its invocations can have sent.
 * The rest counts as use by other clients. A window with a negative datapoint is left out, so all its requests count as
 * use, because a used campaign must never look idle.
 */
export function prefetchCounts({
    sums,
    minimums,
    invocations,
    viewers,
}: {
    readonly sums: RequestWindows;
    readonly minimums: RequestWindows;
    readonly invocations: RequestWindows;
    /** Maximum number of requests that one invocation of the prefetch function sends. */
    readonly viewers: number;
}): RequestWindows {
    const left = new Map([...invocations].map(([start, count]) => [start, Math.max(0, count) * viewers]));
    const counts = new Map<number, number>();
    for (const [start, sum] of [...sums].sort(([one], [other]) => one - other)) {
        if (Math.min(sum, minimums.get(start) ?? 0) < 0) continue;
        let wanted = sum;
        for (let at = start - reach.after * window; at <= start + reach.before * window && wanted > 0; at += window) {
            const taken = Math.min(wanted, left.get(at) ?? 0);
            left.set(at, (left.get(at) ?? 0) - taken);
            wanted -= taken;
        }
        if (sum > wanted) counts.set(start, sum - wanted);
    }
    return counts;
}
