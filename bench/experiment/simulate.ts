import { compare, plus, type Sample, sampleRatioP } from "../../runbooks/lib/experiment/statistics.ts";

/** Normal quantiles for the level 5 % (two-sided) and the power 80 %. */
const quantiles = { level: 1.959964, power: 0.841621 };

/**
 * Returns twice the viewers of both groups that a z-test with a fixed size needs for a power of 80 % at the level 5 %.
 * The variance of a viewer's watches is twice their mean.
 */
export function twiceFixed(mean: number, lift: number): number {
    const variances = 2 * mean + 2 * mean * (1 + lift);
    const perGroup = Math.ceil(((quantiles.level + quantiles.power) ** 2 * variances) / (mean * lift) ** 2);
    return 4 * perGroup;
}

/**
 * Returns a function that draws from the negative binomial distribution with this mean, and twice the mean as its
 * variance.
 */
function watchesOf(mean: number, random: () => number): () => number {
    const sums: number[] = [];
    let [probability, sum] = [2 ** -mean, 0];
    for (let count = 0; sum < 1 - 1e-12; count++) {
        sum += probability;
        sums.push(sum);
        probability *= (mean + count) / (count + 1) / 2;
    }
    return () => {
        const drawn = random();
        const count = sums.findIndex((each) => drawn < each);
        return count < 0 ? sums.length : count;
    };
}

export interface SimulatedRun {
    /** Mean watches of a viewer of the control group. */
    readonly mean: number;
    /** 0.1 for 10 % more watches with the campaign's lists. */
    readonly lift: number;
    /** Viewers of both groups. */
    readonly viewers: number;
    readonly days: number;
    readonly random: () => number;
}

/**
 * Simulates an experiment with equal groups. Returns a row for each day with an interval: the day, viewers, sum and sum
 * of squares of both groups so far, the intervals of difference and lift, and on the last day `sampleRatioP`.
 */
export function simulateRun({ mean, lift, viewers, days, random }: SimulatedRun): readonly (number | string)[][] {
    const draws = [watchesOf(mean, random), watchesOf(mean * (1 + lift), random)] as const;
    const nobody: Sample = { viewers: 0, watches: 0, squares: 0 };
    const groups: [Sample, Sample] = [nobody, nobody];
    const added: { readonly control: number; readonly campaign: number }[] = [];
    const rows: (number | string)[][] = [];
    for (let day = 1; day <= days; day++) {
        const before = groups.map((group) => group.viewers);
        const until = Math.round((viewers * day) / days);
        for (let viewer = Math.round((viewers * (day - 1)) / days); viewer < until; viewer++) {
            const group = random() < 0.5 ? 0 : 1;
            const watches = draws[group]();
            groups[group] = plus(groups[group], { viewers: 1, watches, squares: watches ** 2 });
        }
        const [control, campaign] = groups;
        added.push({ control: control.viewers - (before[0] ?? 0), campaign: campaign.viewers - (before[1] ?? 0) });
        const effect = compare(control, campaign);
        const sums = groups.flatMap((group) => [group.viewers, group.watches, group.squares]);
        const { difference, lift: ratio } = effect ?? {};
        rows.push([
            ...[day, ...sums, difference?.lower ?? "", difference?.upper ?? "", ratio?.lower ?? "", ratio?.upper ?? ""],
            day === days ? sampleRatioP(added, 0.5) : "",
        ]);
    }
    return rows;
}
