import { positive } from "./score.ts";

/**
 * The gain of a model, which is fitted to its data. Probabilities are score^gain, divided by their sum, so a larger
 * gain makes them sharper. A gain is good if the actual next items of the test users have high probabilities. The log
 * likelihood of these items has only one maximum.
 */

/** The gain that fits MovieLens 100k best. Models with too few test users use it. */
export const DEFAULT_GAIN = 1.3;
const FEWEST_CASES = 30;
/** Maximum number of cases. More cases take more time and hardly change the gain. */
export const MOST_CASES = 200;
const [LEAST_GAIN, LARGEST_GAIN] = [0.4, 2.5];
const PRECISION = 0.01;

/** The scores of all items for a user, before they become probabilities, and the item that the user chose next. */
export interface Case {
    scores: Float64Array;
    next: number;
}

export interface FittedGain {
    gain: number;
    /** Number of test users on which the gain is based. */
    users: number;
    /**
     * Perplexity: the next item is as hard to guess as one of this many equally likely items. Absent with too few
     * users.
     */
    perplexity?: number;
    /** Perplexity with DEFAULT_GAIN. */
    defaultPerplexity?: number;
}

/**
 * Returns the gain with the smallest perplexity over the cases, with 2 decimals; DEFAULT_GAIN for fewer than 30 cases.
 */
export function fitGain(cases: readonly Case[]): FittedGain {
    if (cases.length < FEWEST_CASES) return { gain: DEFAULT_GAIN, users: cases.length };
    const logs = cases.map(({ scores, next }) => ({
        logs: Float32Array.from(scores, (score) => Math.log(positive(score))),
        next,
    }));
    const surprise = (gain: number) => meanSurprise(logs, gain);
    const searched = Number(findMinimum(surprise).toFixed(2));
    const [best, ofDefault] = [surprise(searched), surprise(DEFAULT_GAIN)];
    return {
        gain: best < ofDefault ? searched : DEFAULT_GAIN,
        users: logs.length,
        perplexity: Math.exp(Math.min(best, ofDefault)),
        defaultPerplexity: Math.exp(ofDefault),
    };
}

/** Returns the mean of -log(probability) of the next items. */
function meanSurprise(cases: readonly { logs: Float32Array; next: number }[], gain: number): number {
    let sum = 0;
    for (const { logs, next } of cases) {
        let total = 0;
        for (let item = 0; item < logs.length; item++) total += Math.exp(gain * (logs[item] as number));
        sum += Math.log(total) - gain * (logs[next] as number);
    }
    return sum / cases.length;
}

/** Returns the minimum of a function that falls and then rises, by golden-section search. */
function findMinimum(value: (gain: number) => number): number {
    const ratio = (Math.sqrt(5) - 1) / 2;
    let [low, high] = [LEAST_GAIN, LARGEST_GAIN];
    let [left, right] = [high - ratio * (high - low), low + ratio * (high - low)];
    let [atLeft, atRight] = [value(left), value(right)];
    while (high - low > PRECISION) {
        if (atLeft < atRight) {
            [high, right, atRight] = [right, left, atLeft];
            left = high - ratio * (high - low);
            atLeft = value(left);
        } else {
            [low, left, atLeft] = [left, right, atRight];
            right = low + ratio * (high - low);
            atRight = value(right);
        }
    }
    return (low + high) / 2;
}
