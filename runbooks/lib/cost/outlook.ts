import { hoursPerMonth } from "../../../config/prices.ts";
import type { Estimate } from "../../../cost/estimate.ts";
import { day, hour } from "../../../cost/time.ts";
import type { BilledLine } from "./billed.ts";

import { usageKind } from "./usage-kind.ts";

/** What a month will have cost at its end, US dollars. */
export interface Outlook {
    readonly monthUsd: number;
    /** Of that, from today on. */
    readonly remainingUsd: number;
    /** `straight line`: AWS has too little data for a forecast of its own. */
    readonly by: "AWS" | "straight line";
}

/** Days back on which the straight line rests. */
const looksBack = 7;

/** The month's outlook from AWS's forecast of the time from `today`, a midnight, to `end`, or without it a straight line. */
export function outlookOf(
    lines: readonly BilledLine[],
    forecast: number | undefined,
    time: { readonly today: number; readonly end: number; readonly bornAt: number },
    estimate: Estimate,
): Outlook {
    const remainingUsd = forecast ?? (dailyRate(lines, time, estimate) * (time.end - time.today)) / day;
    const before = lines.filter((line) => line.day < time.today).reduce((sum, { usd }) => sum + usd, 0);
    return { monthUsd: before + remainingUsd, remainingUsd, by: forecast === undefined ? "straight line" : "AWS" };
}

/**
 * What goes on costing, US dollars a day: the mean of the last whole days, without imports and trainings, which end; where
 * there is no whole day yet, what the estimate says.
 */
function dailyRate(
    lines: readonly BilledLine[],
    { today, bornAt }: { readonly today: number; readonly bornAt: number },
    { monthly }: Estimate,
): number {
    const from = Math.max(today - looksBack * day, Math.ceil(bornAt / day) * day, ...firstDay(lines));
    const days = (today - from) / day;
    if (days < 1) {
        return (monthly.reduce((sum, { expected }) => sum + expected.high, 0) / hoursPerMonth) * (day / hour);
    }
    const goesOn = lines.filter(({ usageType, ...line }) => {
        const kind = usageKind(usageType);
        return line.day >= from && line.day < today && kind !== "training" && kind !== "import";
    });
    return goesOn.reduce((sum, { usd }) => sum + usd, 0) / days;
}

/** The first day that the lines are of, if there is one: a report may begin later than the stack. */
const firstDay = (lines: readonly BilledLine[]) =>
    lines.length === 0 ? [] : [Math.min(...lines.map((line) => line.day))];
