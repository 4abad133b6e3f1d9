import { windowMinutes, windowUsd } from "./bill-table.ts";

/** The true bill of one campaign in the month so far, minute by minute. */
export function meterOf(v2: boolean) {
    let window = { hours: 0, requests: 0, closed: 0 };
    const meter = {
        /** US dollars. */
        usd: 0,
        /** Whether some window of the month had more requests than the minimum bills. */
        busy: false,
        /** What comes from now on is billed by itself: a window is over, or the campaign is another one. */
        close(): void {
            window = { hours: 0, requests: 0, closed: meter.usd };
        },
        beginMonth(): void {
            meter.usd = 0;
            meter.close();
        },
        beginMinute(minute: number): void {
            if (minute % windowMinutes(v2) === 0) meter.close();
        },
        /** A minute in which the campaign was there, and so many asked. */
        pass(requests: number, minimum: number): void {
            window.hours += 1 / 60;
            window.requests += requests;
            meter.usd = window.closed + windowUsd(v2, { ...window, minimum });
            meter.busy ||= window.requests > minimum * windowMinutes(v2) * 60;
        },
        /** One request more in this window. */
        ask(): void {
            window.requests += 1;
        },
    };
    return meter;
}
