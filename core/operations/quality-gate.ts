import type { StackConfig } from "../config/config.ts";
import type { Metrics } from "./solution-versions.ts";

/** The metric that the quality gate compares. */
export const judgedMetric = "normalized_discounted_cumulative_gain_at_10";

/**
 * Metrics of the new version (`fresh`), the live version and the most popular items, under Personalize's names; null if
 * unavailable.
 */
export interface Compared {
    readonly fresh: Metrics | null;
    /** Personalize measured it when it trained the live version, so on other test data than the new version's. */
    readonly live: Metrics | null;
    readonly popularity: Metrics;
    /** The number of users whose interactions the service uses to evaluate a version. */
    readonly testUsers: number;
}

/** The share of users that the service reserves for evaluation (Developer Guide, "Evaluating a solution version"). */
const testShare = 0.1;

/**
 * Returns the number of test users: 10 % of the users with two interactions or more.
 *
 * @param data `users` is the number of the user in each interaction, from 0 to `userCount` - 1
 */
export function countTestUsers(data: { readonly users: Int32Array; readonly userCount: number }): number {
    const counts = new Int32Array(data.userCount);
    for (const user of data.users) counts[user] = (counts[user] ?? 0) + 1;
    return Math.max(1, Math.round(counts.filter((count) => count >= 2).length * testShare));
}

/**
 * Returns the largest possible standard error of a mean NDCG. The service returns only the mean of values from 0 to 1.
 * With mean m, their variance is at most m (1 - m) (Bhatia and Davis, 2000).
 */
const standardError = (mean: number, testUsers: number): number =>
    Math.sqrt((Math.max(0, mean) * Math.max(0, 1 - mean)) / testUsers);

/** A threshold that a new version misses. */
interface MissedThreshold {
    readonly text: string;
    /** Difference to the threshold or the live version, as NDCG, and two standard errors of this difference. */
    readonly difference: number;
    readonly chance: number;
}

/**
 * Returns the reasons not to switch to the new version; empty if it passes. A version is refused if it is worse than a
 * threshold allows and also worse by more than two standard errors, because a smaller difference may be chance.
 */
export function refusals(compared: Compared, thresholds: StackConfig["gate"]): string[] {
    if (compared.fresh?.[judgedMetric] === undefined) {
        return ["the service has no NDCG@10 of the new version, so it cannot be judged"];
    }
    return missedThresholds(compared, thresholds)
        .filter(({ difference, chance }) => difference > chance)
        .map(({ text, chance }) => `${text}. The difference is more than ${four(chance)}, ${errorsOf(compared)}`);
}

/** Returns the thresholds that an accepted version misses by a difference that may be chance. */
export const insignificantMisses = (compared: Compared, thresholds: StackConfig["gate"]): string[] =>
    missedThresholds(compared, thresholds)
        .filter(({ difference, chance }) => difference <= chance)
        .map(
            ({ text, chance }) =>
                `${text}, but the difference is less than ${four(chance)}, ${errorsOf(compared)}, so it may be chance`,
        );

const errorsOf = ({ testUsers }: Compared) => `two standard errors with ${testUsers} test users`;

function missedThresholds(
    { fresh, live, popularity, testUsers }: Compared,
    thresholds: StackConfig["gate"],
): MissedThreshold[] {
    const reached = fresh?.[judgedMetric];
    if (reached === undefined) return [];
    const { maximumNdcgDropPercent, minimumNdcgOverPopularityPercent } = thresholds;
    const lived = live?.[judgedMetric] ?? 0;
    const popular = popularity[judgedMetric] ?? 0;
    const least = lived * (1 - maximumNdcgDropPercent / 100);
    const leastOver = popular * (1 + minimumNdcgOverPopularityPercent / 100);
    const own = standardError(reached, testUsers);
    return [
        {
            least,
            text:
                `its NDCG@10 of ${four(reached)} is below ${four(least)}, ` +
                `${maximumNdcgDropPercent} % less than the ${four(lived)} of the live version, which was measured on the test data of its own training (gate.maximumNdcgDropPercent)`,
            difference: lived - reached,
            chance: 2 * Math.hypot(own, standardError(lived, testUsers)),
        },
        {
            least: leastOver,
            text:
                `its NDCG@10 of ${four(reached)} is below ${four(leastOver)}, ${minimumNdcgOverPopularityPercent} % more than ` +
                `the ${four(popular)} of the most popular items (gate.minimumNdcgOverPopularityPercent)`,
            difference: leastOver - reached,
            // The list of popular items was evaluated with all users, so its standard error is not counted.
            chance: 2 * own,
        },
    ].filter(({ least }) => reached < least);
}

const four = (value: number) => value.toFixed(4);
