import type { ExperimentCell } from "../../../app/functions/recommendation-api/experiment-records.ts";
import type { Experiment } from "../../../app/serving/experiment.ts";
import type { GuardState } from "../../../core/cost/guard-state.ts";
import { monthSpendUsd } from "../../../core/cost/spend.ts";
import { day, parseMonthStart } from "../../../core/cost/time.ts";
import { compare, daysNeeded, type Effect, isDecided, plus, type Sample, sampleRatioP } from "./statistics.ts";

/** The result of an experiment at the beginning of a day (UTC, counted from 1970), over all outcomes that are final. */
export interface DailyResult {
    readonly day: number;
    readonly control: Sample;
    readonly campaign: Sample;
    /** Undefined with too few viewers. */
    readonly effect: Effect | undefined;
}

/** US dollars for each additional watch. `highest` is null if the interval of the difference contains 0. */
interface UsdPerWatch {
    readonly estimate: number;
    readonly lowest: number;
    readonly highest: number | null;
}

/** The result of an experiment for the viewers with a token (`proven`), or for the others. */
export interface ExperimentResult {
    readonly proven: boolean;
    readonly days: readonly DailyResult[];
    /** Watches that viewers chose from a list, of those that count. */
    readonly chosen: { readonly control: number; readonly campaign: number };
    /** Viewers whose outcomes can still change. They do not count yet. */
    readonly open: number;
    readonly viewersPerDay: number;
    /** The first day on which the interval of the difference did not contain 0; null before. */
    readonly decidedOn: number | null;
    /** Days until then, if nothing changes; null if they are unknown. */
    readonly daysNeeded: number | null;
    readonly sampleRatioP: number;
    /** Null without a difference above 0, or if the cost guard's sum is unknown. */
    readonly usdPerWatch: UsdPerWatch | null;
}

const nobody: Sample = { viewers: 0, watches: 0, squares: 0 };

/** Returns the campaign's cost of a day in US dollars: the average of this month, as the cost guard counted it. */
export function campaignUsdPerDay({ spend, campaign }: Pick<GuardState, "spend" | "campaign">): number | null {
    const from = Math.max(parseMonthStart(spend.month), campaign?.createdAt ?? 0);
    return spend.until > from ? monthSpendUsd(spend, undefined) / ((spend.until - from) / day) : null;
}

/**
 * Returns the results by group of viewers, those with a token first. A day's outcomes count from the next midnight (UTC)
 * on, so that the result of a day never changes.
 *
 * @param now epoch milliseconds
 * @param usdPerDay what the campaign costs in a day
 */
export function experimentResults(
    { share, cells }: Pick<Experiment, "share"> & { readonly cells: readonly ExperimentCell[] },
    now: number,
    usdPerDay: number | null,
): readonly ExperimentResult[] {
    return [true, false].flatMap((proven) => {
        const own = cells.filter((cell) => cell.proven === proven);
        return own.length === 0 ? [] : [{ proven, ...resultOf(own, share, Math.floor(now / day), usdPerDay) }];
    });
}

function resultOf(
    cells: readonly ExperimentCell[],
    share: number,
    today: number,
    usdPerDay: number | null,
): Omit<ExperimentResult, "proven"> {
    const isFinal = (cell: ExperimentCell) => cell.day <= today;
    const sum = (of: readonly ExperimentCell[], isControl: boolean) =>
        of.filter((cell) => cell.isControl === isControl).reduce<Sample>(plus, nobody);
    const chosen = (isControl: boolean) =>
        cells.reduce((all, cell) => all + (isFinal(cell) && cell.isControl === isControl ? cell.chosen : 0), 0);
    const dayNumbers = cells.map((cell) => cell.day);
    const [first, last] = [Math.min(...dayNumbers), Math.max(...dayNumbers)];
    const added = Array.from({ length: last - first + 1 }, (_, index) => {
        const its = cells.filter((cell) => cell.day === first + index);
        return { day: first + index, control: sum(its, true), campaign: sum(its, false) };
    });
    let [control, campaign] = [nobody, nobody];
    const days = added
        .filter((one) => one.day <= today)
        .map((one): DailyResult => {
            [control, campaign] = [plus(control, one.control), plus(campaign, one.campaign)];
            return { day: one.day, control, campaign, effect: compare(control, campaign) };
        });
    const viewers = sum(cells, true).viewers + sum(cells, false).viewers;
    const counted = control.viewers + campaign.viewers;
    const viewersPerDay = viewers / added.length;
    const difference = days.at(-1)?.effect?.difference;
    const usd = (watches: number) => (usdPerDay ?? 0) / (watches * viewersPerDay);
    return {
        days,
        chosen: { control: chosen(true), campaign: chosen(false) },
        open: viewers - counted,
        viewersPerDay,
        decidedOn: days.find(({ effect }) => effect && isDecided(effect.difference))?.day ?? null,
        daysNeeded: (difference && daysNeeded(difference, counted, viewersPerDay)) ?? null,
        sampleRatioP: sampleRatioP(
            added.map((one) => ({ control: one.control.viewers, campaign: one.campaign.viewers })),
            share / 100,
        ),
        usdPerWatch:
            difference === undefined || difference.estimate <= 0 || usdPerDay === null
                ? null
                : {
                      estimate: usd(difference.estimate),
                      lowest: usd(difference.upper),
                      highest: difference.lower > 0 ? usd(difference.lower) : null,
                  },
    };
}
