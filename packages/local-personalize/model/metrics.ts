import { createHash } from "node:crypto";
import { type CatalogueItem, collectRewards } from "./catalogue.ts";
import { type Case, type FittedGain, fitGain, MOST_CASES } from "./gain.ts";
import { countEvents, groupPlaces, type Interactions } from "./histories.ts";
import { rowsWhere } from "./hyperparameters.ts";
import { relatedScores } from "./related.ts";
import { affinities, isPersonal, rankUser, topItems } from "./score.ts";
import { fitModel, type TrainingSettings } from "./train.ts";

const CUTOFFS = [5, 10, 25];
const LIST_LENGTH = 25;
const relatedRecipes = ["aws-sims", "aws-similar-items"];

/** One test user: the list from the user's older events, and the items of the newer events. */
export interface Trial {
    recommended: readonly string[];
    truth: ReadonlySet<string>;
    /** Reward of each item of the truth; present only with event weights. */
    rewards?: ReadonlyMap<string, number>;
}

/** Metrics over some test users. All figures are rounded to 4 decimals. */
export interface Measurement {
    /** The metrics of GetSolutionMetrics, under the service's names. */
    readonly metrics: Record<string, number>;
    /** Half the width of each metric's 95 % confidence interval; 1 for a single test user. */
    readonly margins: Record<string, number>;
    readonly testUsers: number;
    /** The fitted gain (gain.ts); absent for recipes without personalization. */
    readonly fitted?: FittedGain;
}

/**
 * Computes GetSolutionMetrics of a training, by the service's method. A model is trained on 90 % of the users. For each
 * other user, the oldest 90 % of the events are the input and the newest 10 % (at least one) the truth. The list omits
 * the items of the input. `seed` (the solution's ARN) chooses the test users; equal seeds give equal figures. The gain
 * is fitted to the first item in the truth of each test user.
 */
export function solutionMetrics(
    interactions: Interactions,
    recipeName: string,
    seed: string,
    catalogue: readonly CatalogueItem[] = [],
    settings: TrainingSettings = {},
): Measurement {
    const isTest = testUsers(interactions, seed);
    const training = rowsWhere(interactions, (row) => !isTest[interactions.users[row] ?? 0]);
    const model = fitModel(training, recipeName, catalogue, settings);
    const modelIndex = new Map(model.itemIds.map((itemId, index) => [itemId, index]));
    const isRelated = relatedRecipes.includes(recipeName);
    const cases: Case[] = [];
    const trials = eventsByUser(interactions, isTest).flatMap((events) => {
        if (events.length === 0) return [];
        const truths = Math.max(1, Math.floor(events.length / 10));
        const ids = events.map(({ item }) => interactions.itemIds[item] ?? "");
        const input = ids.slice(0, -truths).flatMap((itemId) => modelIndex.get(itemId) ?? []);
        // For recipes of related items, request items related to the last item of the input.
        const scores = isRelated ? relatedScores(model, input.at(-1)) : rankUser(model, input);
        const next = modelIndex.get(ids.at(-truths) ?? "");
        if (isPersonal(model, input) && next !== undefined && cases.length < MOST_CASES) {
            cases.push({ scores: model.boost ? affinities(model, input) : scores, next });
        }
        const list = topItems(scores, LIST_LENGTH, new Set(input));
        const recommended = list.map((item) => model.itemIds[item] ?? "");
        const truth = new Set(ids.slice(-truths));
        return [{ recommended, truth, ...(interactions.weights && { rewards: eventRewards(ids, events, truths) }) }];
    });
    const measured = computeMetrics(
        trials,
        interactions.itemIds.length,
        settings.objective && collectRewards(catalogue),
    );
    return isRelated || model.weights.length === 0 ? measured : { ...measured, fitted: fitGain(cases) };
}

/**
 * Returns the share of a user's rewards that the list contains: the rewards of the truth's items in the list, divided
 * by the rewards of all items of the truth. Source: Developer Guide, "Evaluating a solution version"
 * (average_rewards_at_k).
 */
function earnedShare({ recommended, truth }: Trial, rewards: ReadonlyMap<string, number>): number {
    const sum = (items: readonly string[]) => items.reduce((total, item) => total + (rewards.get(item) ?? 0), 0);
    const possible = sum([...truth]);
    return possible > 0 ? sum(recommended.slice(0, LIST_LENGTH).filter((item) => truth.has(item))) / possible : 0;
}

/** Returns the largest event weight of each item in the last `truths` (a number) events of a user. */
function eventRewards(ids: readonly string[], events: readonly UserEvent[], truths: number): Map<string, number> {
    const rewards = new Map<string, number>();
    for (let at = ids.length - truths; at < ids.length; at++) {
        const id = ids[at] ?? "";
        rewards.set(id, Math.max(rewards.get(id) ?? 0, events[at]?.weight ?? 1));
    }
    return rewards;
}

/**
 * Returns the metrics of some trials. `catalogueSize` is the number of distinct items in the data; `rewards` are the
 * items' values of the solution's objective.
 */
export function computeMetrics(
    trials: readonly Trial[],
    catalogueSize: number,
    rewards?: ReadonlyMap<string, number>,
): Measurement {
    const hits = trials.map(({ recommended, truth }) => recommended.map((itemId) => truth.has(itemId)));
    const perUser: Record<string, number[]> = {
        coverage: coverageShares(trials, catalogueSize),
        mean_reciprocal_rank_at_25: hits.map((list) => reciprocalRank(list.slice(0, LIST_LENGTH))),
        ...(rewards && { average_rewards_at_k: trials.map((trial) => earnedShare(trial, rewards)) }),
    };
    for (const k of CUTOFFS) {
        perUser[`normalized_discounted_cumulative_gain_at_${k}`] = hits.map((list) =>
            computeNdcg(list.slice(0, k).map(Number)),
        );
        if (trials.some(({ rewards }) => rewards)) {
            perUser[`normalized_discounted_cumulative_gain_with_event_weights_at_${k}`] = trials.map(
                ({ recommended, rewards }) =>
                    computeNdcg(recommended.slice(0, k).map((itemId) => rewards?.get(itemId) ?? 0)),
            );
        }
        perUser[`precision_at_${k}`] = hits.map((list) => list.slice(0, k).filter(Boolean).length / k);
    }
    const covered = new Set(trials.flatMap(({ recommended }) => recommended)).size / catalogueSize;
    const means = Object.entries(perUser).map(([key, values]) => [key, rounded(mean(values))] as const);
    return {
        metrics: { ...Object.fromEntries(means), coverage: rounded(covered) },
        margins: Object.fromEntries(Object.entries(perUser).map(([key, values]) => [key, rounded(marginOf(values))])),
        testUsers: trials.length,
    };
}

/**
 * Returns a share of coverage for each user, by the jackknife method, for the confidence interval of coverage. A user's
 * share is the number of items that only this user's list contains, times the number of the other users.
 */
function coverageShares(trials: readonly Trial[], catalogueSize: number): number[] {
    const lists = new Map<string, number>();
    for (const itemId of trials.flatMap(({ recommended }) => recommended)) {
        lists.set(itemId, (lists.get(itemId) ?? 0) + 1);
    }
    const others = trials.length - 1;
    return trials.map(
        ({ recommended }) => (others * recommended.filter((itemId) => lists.get(itemId) === 1).length) / catalogueSize,
    );
}

/** Returns half the width of the 95 % confidence interval of a mean, by the normal distribution. */
function marginOf(values: readonly number[]): number {
    if (values.length < 2) return 1;
    const center = mean(values);
    const variance = values.reduce((sum, value) => sum + (value - center) ** 2, 0) / (values.length - 1);
    return 1.96 * Math.sqrt(variance / values.length);
}

/** Rounds to 4 decimals, as the service does. */
export const rounded = (value: number) => Math.round(value * 1e4) / 1e4;

/** Returns NDCG. The ideal list of the service consists of the list's own rewards in descending order. */
function computeNdcg(rewards: readonly number[]): number {
    const gain = (list: readonly number[]) => list.reduce((sum, reward, rank) => sum + reward / Math.log(rank + 2), 0);
    const ideal = gain(rewards.toSorted((a, b) => b - a));
    return ideal > 0 ? gain(rewards) / ideal : 0;
}

function reciprocalRank(hits: readonly boolean[]): number {
    const first = hits.indexOf(true);
    return first < 0 ? 0 : 1 / (first + 1);
}

function mean(values: readonly number[]): number {
    return values.length > 0 ? values.reduce((sum, value) => sum + value, 0) / values.length : 0;
}

/** Returns a tenth of the users with two events or more: those with the lowest hash of id and seed; at least one. */
function testUsers(interactions: Interactions, seed: string): boolean[] {
    const counts = countEvents(interactions);
    const eligible = [...counts.keys()].filter((user) => (counts[user] as number) >= 2);
    const rank = (user: number) => createHash("sha256").update(`${seed}\n${interactions.userIds[user]}`).digest("hex");
    const drawn = eligible.map((user) => ({ user, rank: rank(user) })).sort((a, b) => (a.rank < b.rank ? -1 : 1));
    const isTest = interactions.userIds.map(() => false);
    for (const { user } of drawn.slice(0, Math.max(1, Math.round(eligible.length / 10)))) isTest[user] = true;
    return isTest;
}

/** An event of a user: the item's number and the event's weight. */
interface UserEvent {
    item: number;
    weight: number;
}

/** Returns the events of the chosen users, or of all users, oldest first. */
export function eventsByUser(
    { userIds, users, items, weights }: Interactions,
    chosen?: readonly boolean[],
): UserEvent[][] {
    const rowsOf = groupPlaces(users, userIds.length);
    return userIds.map((_, user) => {
        const rows = chosen?.[user] === false ? [] : rowsOf(user);
        return Array.from(rows, (row) => ({ item: items[row] ?? 0, weight: weights?.[row] ?? 1 }));
    });
}
