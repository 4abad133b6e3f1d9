import type { RequestWindows } from "./spend.ts";
import { window, windowOf } from "./time.ts";

/**
 * The windows in which somebody else asked. A request of the guard's own may be counted in the window before or after,
 * where the clocks differ or it came at the window's edge.
 */
export function foreignRequests(requests: RequestWindows, own: readonly number[]): RequestWindows {
    const left = new Map(requests);
    for (const at of own) {
        const start = windowOf(at);
        const counted = [start, start + window, start - window].find((candidate) => (left.get(candidate) ?? 0) >= 1);
        if (counted !== undefined) {
            left.set(counted, (left.get(counted) ?? 0) - 1);
        }
    }
    return new Map([...left].filter(([, count]) => count >= 1));
}

/** Whether at least `count` requests since the window of a moment are known. */
export function showsSince(requests: RequestWindows, at: number, count: number): boolean {
    const since = [...requests].filter(([start]) => start >= windowOf(at));
    return since.reduce((sum, [, asked]) => sum + asked, 0) >= count;
}
