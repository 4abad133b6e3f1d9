import type { Experiment } from "../../../app/serving/experiment.ts";
import { day, iso, readable } from "../../../core/cost/time.ts";
import { counted } from "../../../data-prep/words.ts";
import { table } from "../cli/output.ts";
import type { DailyResult, ExperimentResult } from "./result.ts";
import { fewestViewers, type Interval, mean, tunedViewers, tuning } from "./statistics.ts";

/** Value of `sampleRatioP` below which the groups' sizes do not fit the configured share. */
const leastP = 0.01;
/** Checks whether the sizes of the groups fit the configured share. */
export const fitsShare = ({ sampleRatioP }: Pick<ExperimentResult, "sampleRatioP">): boolean => sampleRatioP >= leastP;

const formatDay = (number: number) => iso(number * day).slice(0, 10);
const percent = (share: number) => `${share < 0 ? "−" : "+"}${Math.abs(100 * share).toFixed(1)} %`;
const watches = (count: number) => `${count < 0 ? "−" : "+"}${Math.abs(count).toFixed(3)}`;
const usd = (amount: number) => `$${amount.toFixed(amount < 1 ? 4 : 2)}`;
const spelled = ({ estimate, lower, upper }: Interval, format: (value: number) => string) =>
    `${format(estimate)} (${format(lower)} to ${format(upper)})`;

/** Formats the results of an experiment for a terminal. */
export function resultText(experiment: Experiment, results: readonly ExperimentResult[]): string {
    const { name, control, share, windowHours, since } = experiment;
    const head =
        `Experiment ${name}, since ${readable(since)}: the campaign's lists against ${control} lists for ${share} % of the viewers. ` +
        `It counts each viewer's watches in the ${counted(windowHours, "hour")} after the first list, when a late event can no longer change them.`;
    return [head, ...(results.length === 0 ? ["No viewer got a list yet."] : results.map(ofViewers))].join("\n\n");
}

function ofViewers(result: ExperimentResult): string {
    const { proven, days, chosen, open, sampleRatioP } = result;
    const title = proven
        ? "Viewers with a token or the API key"
        : "Viewers without a token, whom anyone can invent (config viewerAuth)";
    const last = days.at(-1);
    if (last === undefined) return `${title}: ${counted(open, "viewer")}, of which none counts yet.`;
    const row = (group: "control" | "campaign") => [
        group,
        last[group].viewers,
        last[group].watches,
        last[group].viewers === 0 ? "–" : mean(last[group]).toFixed(3),
        chosen[group],
    ];
    const fits = fitsShare(result)
        ? "fits"
        : "does not fit. Do not trust the result: the records miss viewers of a group";
    return [
        `${title}, until ${formatDay(last.day)}:`,
        table(["group", "viewers", "watches", "per viewer", "chosen from a list"], [row("control"), row("campaign")]),
        `${counted(open, "more viewer")} will count later. The size of the control group ${fits} (p = ${sampleRatioP.toPrecision(2)}).`,
        ...effectLines(result, last),
    ].join("\n");
}

function effectLines(result: ExperimentResult, { effect }: DailyResult): string[] {
    if (effect === undefined) return [`An interval needs ${fewestViewers} viewers of each group, and watches in both.`];
    const { decidedOn, daysNeeded, viewersPerDay, usdPerWatch } = result;
    const rate = `${Math.round(viewersPerDay)} viewers a day`;
    const highest = usdPerWatch?.highest;
    return [
        `Difference: ${spelled(effect.difference, watches)} watches a viewer. Lift: ${spelled(effect.lift, percent)}.`,
        "Intervals: 95 % confidence sequences, which hold on all days together; normal mixture with the variance " +
            `${tuning.toFixed(2)} / ${tunedViewers} of a viewer's, tightest at ${tunedViewers} viewers.`,
        decidedOn !== null
            ? `The interval of the difference did not contain 0 on ${formatDay(decidedOn)}: ${effect.difference.estimate > 0 ? "the campaign brings more watches" : "the campaign brings fewer watches"}.`
            : daysNeeded === null
              ? `The groups do not differ so far. At ${rate}, a decision takes more than ten years.`
              : `Not decided. About ${counted(daysNeeded, "more day")} at ${rate}, if the difference stays.`,
        usdPerWatch === null
            ? "Dollars for each additional watch: unknown without a difference above 0 and a sum of the cost guard."
            : `Dollars for each additional watch, if all ${rate} get the campaign's lists: ≈ ${usd(usdPerWatch.estimate)} ` +
              `(${usd(usdPerWatch.lowest)} to ${highest == null ? "any amount" : usd(highest)}), by the cost guard's sum.`,
    ];
}

const size = { width: 720, height: 320, left: 64, right: 24, top: 40, bottom: 36 };

/** Draws the interval of the difference over the days as an SVG document; undefined without an interval. */
export function resultPicture({ name }: Pick<Experiment, "name">, days: readonly DailyResult[]): string | undefined {
    const points = days.flatMap(({ day, effect }) => (effect ? [{ day, ...effect.difference }] : []));
    const [first, last] = [points[0], points.at(-1)];
    if (first === undefined || last === undefined) return undefined;
    const { width, height, left, right, top, bottom } = size;
    const [least, most] = [
        Math.min(0, ...points.map(({ lower }) => lower)),
        Math.max(0, ...points.map(({ upper }) => upper)),
    ];
    const x = (at: number) =>
        (left + ((at - first.day) / Math.max(1, last.day - first.day)) * (width - left - right)).toFixed(1);
    const y = (value: number) => (top + ((most - value) / (most - least)) * (height - top - bottom)).toFixed(1);
    const path = (of: readonly (typeof points)[number][], value: "estimate" | "lower" | "upper") =>
        of.map((point) => `${x(point.day)},${y(point[value])}`).join(" ");
    const label = (value: number) =>
        `<text x="${left - 8}" y="${y(value)}" text-anchor="end" dominant-baseline="middle">${watches(value)}</text>`;
    return [
        `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="Difference in watches a viewer, ${spelled(last, watches)}" font-family="system-ui, sans-serif" font-size="12" fill="#0f172a">`,
        `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
        `<text x="${left}" y="22" font-size="14">Experiment ${name}: difference in watches a viewer, 95 % confidence sequence</text>`,
        `<polygon points="${path(points, "upper")} ${path(points.toReversed(), "lower")}" fill="#c7d2fe"/>`,
        `<polyline points="${path(points, "estimate")}" fill="none" stroke="#4338ca" stroke-width="2"/>`,
        `<line x1="${left}" x2="${width - right}" y1="${y(0)}" y2="${y(0)}" stroke="#64748b" stroke-dasharray="4 4"/>`,
        ...[...new Set([least, 0, most])].map(label),
        `<text x="${left}" y="${height - 12}">${formatDay(first.day)}</text>`,
        `<text x="${width - right}" y="${height - 12}" text-anchor="end">${formatDay(last.day)}</text>`,
        "</svg>",
    ].join("\n");
}
