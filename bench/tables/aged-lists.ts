import { batchLists } from "../../app/serving/batch-list.ts";
import { fallbackLists } from "../../app/serving/fallback-list.ts";
import { packFilms } from "../../app/serving/film-scores.ts";
import { askedLength, limits, memoryBytes, recentLength } from "../../app/serving/limits.ts";
import { batchListKey } from "../../app/serving/ports.ts";
import { newTrace } from "../../app/serving/request-line.ts";
import { openTables } from "../../app/serving/table-answers.ts";
import { viewerMemory } from "../../app/serving/viewers.ts";
import { rowsByUser } from "../../data-prep/by-user.ts";
import type { CatalogueItem } from "../../data-prep/catalogue.ts";
import type { Columns } from "../../data-prep/columns.ts";
import { makeTables } from "../../data-prep/tables/make.ts";
import { counted } from "../../data-prep/words.ts";
import { fitModel } from "../../packages/local-personalize/model/train.ts";
import { itemNumbers, recommend } from "../../packages/local-personalize/serving/recommend.ts";
import { byTime } from "../lib/interactions.ts";
import { find, pick } from "./trials.ts";

const day = 86_400;
/** Ages of the compared lists in days. */
const ages = [1, 7, 30] as const;
/**
 * Minimum age in days of the version that makes the lists of a visit. All lists of a visit come from the same version,
 * the newest that is old enough. A version is trained each week.
 */
const versionAge = Math.max(...ages);
const week = 7 * day;
/** Longest time between two events of a visit, in seconds. */
const longestPause = 4 * 3600;
/** Minimum number of interactions from which a version is trained. */
const leastInteractions = 10_000;
const length = 10;

/** How well lists predict the films that viewers watch after one point in time of their visits. */
export interface MomentFigures {
    readonly visits: number;
    readonly viewers: number;
    /** Mean NDCG@10 by the list's name. */
    readonly ndcg: Readonly<Record<string, number>>;
    /** The largest standard error of the means in `ndcg`. */
    readonly error: number;
}

interface Event {
    readonly itemId: string;
    /** Epoch seconds. */
    readonly at: number;
}

/** A viewer's visit: the places `from` to `to` in the viewer's events, which are ordered by time. */
interface Visit {
    readonly user: number;
    readonly events: readonly Event[];
    readonly from: number;
    readonly to: number;
    /** Midnight before the visit, in epoch seconds. */
    readonly midnight: number;
}

/**
 * Measures lists of batch inference that are 1, 7 and 30 days old beside lists that a campaign makes at the time of the
 * request. Measures at the beginning and in the middle of a visit. Only visits of viewers whom the version knows count.
 */
export async function agedLists(
    columns: Columns,
    catalogue: readonly CatalogueItem[],
): Promise<{ readonly start: MomentFigures; readonly middle: MomentFigures }> {
    const histories = historiesOf(columns);
    const trainedBefore = ({ midnight }: Visit) => Math.floor((midnight - versionAge * day) / week) * week;
    const [start, middle] = [momentSums(), momentSums()];
    for (const [trainedAt, visits] of Map.groupBy(histories.flatMap(visitsOf), trainedBefore)) {
        const training = pick(columns, (row) => (columns.timestamps[row] ?? 0) < trainedAt);
        const knownVisits = visits.filter(({ events: [first] }) => first !== undefined && first.at < trainedAt);
        if (knownVisits.length === 0 || training.users.length < leastInteractions) continue;
        const lists = createLists(training, catalogue);
        for (const visit of knownVisits) {
            const half = Math.floor((visit.from + visit.to) / 2);
            await start.add(visit, visit.from, lists);
            if (half > visit.from) await middle.add(visit, half, lists);
        }
    }
    return { start: start.figures(), middle: middle.figures() };
}

/** Returns each viewer's events, oldest first. */
function historiesOf(columns: Columns): Event[][] {
    const { starts, rows } = rowsByUser(columns);
    return columns.userIds.map((_, user) =>
        Array.from(rows.subarray(starts[user], starts[user + 1]), (row) => ({
            itemId: columns.itemIds[columns.items[row] ?? 0] ?? "",
            at: columns.timestamps[row] ?? 0,
        })),
    );
}

function visitsOf(events: readonly Event[], user: number): Visit[] {
    const starts = events.flatMap(({ at }, place) =>
        at - (events[place - 1]?.at ?? Number.NEGATIVE_INFINITY) > longestPause ? [place] : [],
    );
    return starts.map((from, index) => {
        const at = events[from]?.at ?? 0;
        return { user, events, from, to: starts[index + 1] ?? events.length, midnight: at - (at % day) };
    });
}

type Lists = ReturnType<typeof createLists>;

/** Creates the lists of a version that was trained from these interactions. Each returns IDs of films, best first. */
function createLists(training: Columns, catalogue: readonly CatalogueItem[]) {
    const model = fitModel(byTime(training), "aws-user-personalization");
    const numbers = itemNumbers(model);
    const tables = openTables(makeTables(training, catalogue, ""));
    const recommended = (events: readonly Event[]) => {
        const history = events.flatMap(({ itemId }) => numbers.get(itemId) ?? []);
        // Leave out watched films, as the default filter does.
        const passing = new Uint8Array(model.itemIds.length).fill(1);
        for (const item of history) passing[item] = 0;
        return recommend(model, { history, passing }, askedLength);
    };
    const fallbackList = fallbackLists({ tables: () => tables, publicHistories: false });
    return {
        live: (events: readonly Event[]) => recommended(events).map(({ itemId }) => itemId),
        popular: (events: readonly Event[]) =>
            tables.popular({ without: new Set(events.map(({ itemId }) => itemId)) }).map(({ itemId }) => itemId),
        /**
         * Returns the items that the API recommends after these events, if the list comes from a batch inference job of
         * the time `madeAt` (epoch seconds).
         */
        async batch(events: readonly Event[], madeAt: number, revision: number): Promise<string[]> {
            const films = packFilms(recommended(events.filter(({ at }) => at < madeAt)));
            const list = { films, key: batchListKey(1), madeAt: madeAt * 1000, revision: 0, from: "batch" as const };
            const recent = events.slice(-recentLength).reverse();
            const memory = viewerMemory(memoryBytes);
            const answer = batchLists({
                tables: () => tables,
                memory,
                watch: {
                    state: async () => ({
                        away: true,
                        lists: { generation: 1, solutionVersionArn: "", madeAt: list.madeAt },
                    }),
                },
                readViewer: async ({ userId }) => memory.read(userId, { recent: { revision, films: recent }, list }, 0),
                fallbackList,
                leavesOutWatched: () => true,
                clock: () => 0,
                limits,
            });
            const ask = { userId: "viewer", count: length, since: 0, proven: true, values: {}, context: {} };
            return (await answer(ask, newTrace())).films.map(({ itemId }) => itemId);
        },
    };
}

/** Collects how well lists predict the rest of a visit, and calculates the means. */
function momentSums() {
    const values = new Map<string, number[]>();
    const viewers = new Set<number>();
    const rounded = (value: number) => Number(value.toFixed(4));
    return {
        /**
         * Measures the lists that are made just before event number `moment` of a visit. A good list contains the films
         * of the rest of the visit.
         */
        async add(
            { user, events, midnight, to }: Visit,
            moment: number,
            { live, popular, batch }: Lists,
        ): Promise<void> {
            viewers.add(user);
            const before = events.slice(0, moment);
            const truth = new Set(events.slice(moment, to).map(({ itemId }) => itemId));
            const score = (name: string, list: readonly string[]) =>
                values.set(name, [...(values.get(name) ?? []), find(list, new Set<string>(), truth, length).ndcg]);
            const revision = (before.at(-1)?.at ?? 0) * 1000;
            score("campaign", live(before));
            for (const age of ages) {
                const [name, madeAt] = [`batch, ${counted(age, "day")} old`, midnight - age * day];
                score(name, await batch(before, madeAt, revision));
                // With `revision` 0, the API assumes that no event occurred after the batch inference job. The API then
                // removes watched films from the list, but does not rerank it.
                score(`${name}, not reranked`, await batch(before, madeAt, 0));
            }
            score("popular films", popular(before));
        },
        figures: (): MomentFigures => ({
            visits: values.get("campaign")?.length ?? 0,
            viewers: viewers.size,
            ndcg: Object.fromEntries([...values].map(([name, some]) => [name, rounded(mean(some))])),
            error: rounded(Math.max(...[...values.values()].map(standardError))),
        }),
    };
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

function standardError(values: readonly number[]): number {
    const center = mean(values);
    return Math.sqrt(mean(values.map((value) => (value - center) ** 2)) / values.length);
}
