import { billedService } from "../../../config/prices.ts";
import { type Standing, standingUsdPerHour } from "../../../cost/estimate.ts";
import { day, hour } from "../../../cost/time.ts";
import type { ParkedFlag } from "../../../personalize/operations/state-flags.ts";
import type { BilledLine } from "./billed.ts";
import { type Compared, within } from "./compare.ts";
import { midnightOf } from "./report-period.ts";
import { usageKind } from "./usage-kind.ts";

/** Hours in which no campaign billed, and what they would have cost, US dollars. */
export interface Saved {
    readonly hours: number;
    readonly usd: number;
}

/** What parking has saved up to `now` since the start of a period, by the note of who parked it; undefined unless it is parked. */
export function savedByNote(
    parked: ParkedFlag | undefined,
    of: Pick<Standing, "recipe" | "rankingCampaign">,
    { start, end, now }: { readonly start: number; readonly end: number; readonly now: number },
): (Saved & { readonly since: string }) | undefined {
    if (!parked?.campaign) {
        return undefined;
    }
    const hours = Math.max(0, Math.min(end, now) - Math.max(start, Date.parse(parked.since))) / hour;
    return {
        since: parked.since,
        hours,
        usd: hours * standingUsdPerHour({ ...of, minProvisionedTPS: parked.campaign.minProvisionedTPS }),
    };
}

/**
 * What was not billed of campaigns that had never stopped, by the bill: it shows every parking, also one whose note is
 * gone since it was resumed, and also what was destroyed. Of the first day on which it billed nobody knows when it began,
 * so that one does not count. Undefined where no campaign billed in the time.
 */
export function savedByBill(
    lines: readonly BilledLine[],
    time: Compared,
    of: Standing,
): (Saved & Compared) | undefined {
    const campaign = within(lines, time).filter(
        ({ service, usageType, usd }) => service === billedService && usageKind(usageType) === "campaign" && usd > 0,
    );
    const first = Math.min(...campaign.map((line) => line.day));
    const from = first + day;
    if (!(from < time.to)) {
        return undefined;
    }
    const usdPerHour = standingUsdPerHour(of);
    let usd = 0;
    for (let at = midnightOf(from); at < time.to; at += day) {
        const billed = campaign.filter((line) => line.day === at).reduce((sum, line) => sum + line.usd, 0);
        const whole = (Math.min(time.to - at, day) / hour) * usdPerHour;
        // A busy day bills more than the minimum: nothing was saved then.
        usd += Math.max(0, whole - billed);
    }
    return { from, to: time.to, usd, hours: usd / usdPerHour };
}
