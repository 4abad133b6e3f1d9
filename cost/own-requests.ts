import type { RequestWindows } from "./spend.ts";
import { window, windowOf } from "./time.ts";

/** Clocks may differ by so much: a request of the guard's own may be counted so much before or after its time. */
const apart = 2 * window;

/** The windows in which somebody else asked. */
export function foreignRequests(requests: RequestWindows, own: readonly number[]): RequestWindows {
    const left = new Map(requests);
    for (const at of own) {
        const start = windowOf(at);
        const counted = [0, window, -window, apart, -apart]
            .map((distance) => start + distance)
            .find((candidate) => (left.get(candidate) ?? 0) >= 1);
        if (counted !== undefined) {
            left.set(counted, (left.get(counted) ?? 0) - 1);
        }
    }
    return new Map([...left].filter(([, count]) => count >= 1));
}

/** Whether a request of the guard's own is known, besides earlier ones of its own. */
export function shows(requests: RequestWindows, at: number, earlier: readonly number[]): boolean {
    const since = windowOf(at) - apart;
    const known = [...requests].filter(([start]) => start >= since).reduce((sum, [, asked]) => sum + asked, 0);
    // The clock of an earlier one may have been off the other way.
    return known > earlier.filter((one) => one >= since - apart).length;
}
