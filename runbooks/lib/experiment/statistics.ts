/** Error probability of a confidence sequence: 95 % of all sequences contain the true value on every day. */
const alpha = 0.05;

/**
 * Number of viewers at which the intervals are tightest, relative to those of a test at a fixed size. Intervals stay
 * valid for any other number.
 */
export const tunedViewers = 5000;
/** The solution of c = ln((1 + c) / alpha²), at which `mixtureFactor` is smallest. */
export const tuning = 8.2117;
/** Minimum number of viewers of each group: the sequences rely on the central limit theorem. */
export const fewestViewers = 100;

/** Sums over the viewers of a group. */
export interface Sample {
    readonly viewers: number;
    readonly watches: number;
    /** Sum of the squares of the viewers' watches. */
    readonly squares: number;
}

export interface Interval {
    readonly estimate: number;
    readonly lower: number;
    readonly upper: number;
}

export const mean = ({ viewers, watches }: Sample): number => watches / viewers;
const variance = (sample: Sample): number => {
    const { viewers, watches, squares } = sample;
    return (squares - watches * mean(sample)) / (viewers - 1);
};

/** Adds the sums of two groups of viewers. */
export const plus = (one: Sample, other: Sample): Sample => ({
    viewers: one.viewers + other.viewers,
    watches: one.watches + other.watches,
    squares: one.squares + other.squares,
});

/**
 * Returns by how many standard errors an interval of a confidence sequence reaches from the estimate, at this number of
 * viewers. The boundary is that of a normal mixture, whose variance is `tuning` / `tunedViewers` of the variance that the
 * estimate has with one viewer.
 *
 * @see Howard, Ramdas, McAuliffe, Sekhon, "Time-uniform, nonparametric, nonasymptotic confidence sequences", Annals of
 * Statistics 49(2), 2021, proposition 5 (two-sided normal mixture)
 */
export function mixtureFactor(viewers: number): number {
    const information = (tuning * viewers) / tunedViewers;
    return Math.sqrt((1 + 1 / information) * Math.log((1 + information) / alpha ** 2));
}

/** The difference and the ratio of two groups' watches a viewer. */
export interface Effect {
    /** Watches a viewer with the campaign's lists, minus those of the control group. */
    readonly difference: Interval;
    /** The same as a share of the control group's watches: 0.1 for 10 % more. */
    readonly lift: Interval;
}

/**
 * Compares the groups. Each interval belongs to a sequence that contains the true value on all days with a probability
 * of 95 %, so that an experiment may end at any time. The variances are estimated, and the interval of the lift is that
 * of the logarithm of the ratio, by the delta method.
 *
 * @returns undefined for fewer than `fewestViewers` viewers in a group, or a group without watches
 * @see Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas, "Time-uniform central limit theory and asymptotic confidence
 * sequences", Annals of Statistics 52(6), 2024
 */
export function compare(control: Sample, campaign: Sample): Effect | undefined {
    const fewest = Math.min(control.viewers, campaign.viewers);
    if (fewest < fewestViewers || control.watches === 0 || campaign.watches === 0) return undefined;
    const factor = mixtureFactor(control.viewers + campaign.viewers);
    const around = (estimate: number, scale: (sample: Sample) => number) => {
        const error = Math.sqrt(
            [control, campaign].reduce((sum, one) => sum + (variance(one) / one.viewers) * scale(one), 0),
        );
        return { estimate, lower: estimate - factor * error, upper: estimate + factor * error };
    };
    const ratio = around(Math.log(mean(campaign) / mean(control)), (sample) => mean(sample) ** -2);
    return {
        difference: around(mean(campaign) - mean(control), () => 1),
        lift: {
            estimate: Math.expm1(ratio.estimate),
            lower: Math.expm1(ratio.lower),
            upper: Math.expm1(ratio.upper),
        },
    };
}

/** Checks whether an interval shows which group has more. */
export const isDecided = ({ lower, upper }: Interval): boolean => lower > 0 || upper < 0;

/** Longest time in days for which `daysNeeded` looks ahead. */
const furthest = 3650;

/**
 * Returns the days until the interval of the difference no longer contains 0, if the estimate and the viewers a day stay
 * as they are; 0 if it already does not contain 0, and undefined for more than ten years.
 */
export function daysNeeded({ estimate, upper }: Interval, viewers: number, viewersPerDay: number): number | undefined {
    const error = (upper - estimate) / mixtureFactor(viewers);
    for (let days = 0; days <= furthest; days++) {
        const later = viewers + days * viewersPerDay;
        if (Math.abs(estimate) > error * Math.sqrt(viewers / later) * mixtureFactor(later)) return days;
    }
    return undefined;
}

/** Weight of the configured share in `sampleRatioP`, in viewers. The check notices a deviation by some percent soonest. */
const priorViewers = 1000;

/**
 * Returns the probability of sizes of the groups like these, or less likely ones, on any day, if the share of the control
 * group is the configured one (above 0, below 1). A small value means that the records miss viewers of one group.
 *
 * @param days the viewers of both groups that each day added
 * @see Lindon, Malek, "Anytime-valid inference for multinomial count data", NeurIPS 2022
 */
export function sampleRatioP(days: readonly { readonly control: number; readonly campaign: number }[], share: number) {
    const expected = { control: share, campaign: 1 - share };
    const counted = { control: 0, campaign: 0 };
    let [evidence, most] = [0, 0];
    for (const day of days) {
        for (const group of ["control", "campaign"] as const) {
            for (let left = day[group]; left > 0; left--) {
                const all = priorViewers + counted.control + counted.campaign;
                const predicted = (priorViewers * expected[group] + counted[group]) / all;
                evidence += Math.log(predicted / expected[group]);
                counted[group] += 1;
            }
        }
        most = Math.max(most, evidence);
    }
    return Math.exp(-most);
}
