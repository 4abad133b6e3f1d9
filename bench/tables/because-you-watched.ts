import { openTables } from "../../app/serving/table-answers.ts";
import { groupViews } from "../../data-prep/by-user.ts";
import type { CatalogueItem } from "../../data-prep/catalogue.ts";
import type { TablesDocument } from "../../data-prep/tables/document.ts";
import { makeTables, neighboursPerFilm } from "../../data-prep/tables/make.ts";
import { popularity, ranked } from "../../data-prep/tables/popular.ts";
import { type Likeness, similarItems, timeAwareCosine, toHistories } from "../../data-prep/tables/similar.ts";
import { computeMeans, type Fold, type Found, find, type Trial } from "./trials.ts";

/** A function that recommends items from the films that a test user watched. */
type Lister = (trial: Trial) => Iterable<number>;

/**
 * Equal weights: every user counts the same, and so does every pair of items in a user's history, even if the user
 * watched many items between the two.
 */
const plain = { userWeight: () => 1, kernel: Array.from({ length: 501 }, () => 1) };

const cosine = (shrinkage: number): Likeness => ({
    ...plain,
    score: (both, one, other) => both / (Math.sqrt(one * other) + shrinkage),
});
const jaccard = (shrinkage: number): Likeness => ({
    ...plain,
    score: (both, one, other) => both / (one + other - both + shrinkage),
});

/**
 * Returns a similarity by Dunning's G² among this number of users. It is negative for two items that share fewer users
 * than by chance.
 */
function logLikelihood(users: number): Likeness {
    const xLogX = (x: number) => (x > 0 ? x * Math.log(x) : 0);
    const score = (both: number, one: number, other: number) => {
        const [onlyOne, onlyOther, neither] = [one - both, other - both, users - one - other + both];
        const g =
            2 * (xLogX(both) + xLogX(onlyOne) + xLogX(onlyOther) + xLogX(neither) + xLogX(users)) -
            2 * (xLogX(one) + xLogX(users - one) + xLogX(other) + xLogX(users - other));
        return both * users < one * other ? -g : g;
    };
    return { ...plain, score };
}

/**
 * Returns the similarity that the fallback tables use, followed by alternatives. Shrinkage is a constant that lowers
 * the similarity of items with few common users; each alternative has the best of the tried constants.
 */
const likenesses = (users: number): Readonly<Record<string, Likeness>> => ({
    "time-aware cosine": timeAwareCosine,
    "cosine, shrinkage 20": cosine(20),
    "cosine, none": cosine(0),
    "Jaccard, shrinkage 20": jaccard(20),
    "log-likelihood": logLikelihood(users),
});

/**
 * Measures, for each similarity, how well the items most similar to a user's last known film predict the user's later
 * films.
 */
export function byLikeness(folds: readonly Fold[], users: number): Map<string, Found> {
    const of = (likeness: Likeness) =>
        tryOut(folds, ({ train }) => {
            const everything = Array.from({ length: train.itemCount }, (_, item) => item);
            const histories = toHistories(train, groupViews(train));
            const rows = [...similarItems(histories, likeness, everything, neighboursPerFilm)];
            return ({ knownItems }) => rows[knownItems.at(-1) ?? -1]?.items ?? [];
        });
    return new Map(Object.entries(likenesses(users)).map(([name, likeness]) => [name, of(likeness)]));
}

/**
 * Measures how well the answers of the fallback tables predict a user's later films: the films similar to the last
 * known film, similar to the last ten, similar by genre only, and the popular films.
 */
export function byTables(folds: readonly Fold[], catalogue: readonly CatalogueItem[]): Map<string, Found> {
    const documents = new Map(folds.map(({ train }) => [train, makeTables(train, catalogue, "")]));
    const from = (films: number, change: (document: TablesDocument) => TablesDocument = (same) => same) =>
        tryOut(folds, ({ train }) => {
            const tables = openTables(change(documents.get(train) as TablesDocument));
            const numberOf = new Map(train.itemIds.map((itemId, item) => [itemId, item]));
            const idOf = (item: number) => train.itemIds[item] as string;
            return ({ knownItems }) => {
                const newest = knownItems.slice(-films).reverse().map(idOf);
                const answer = tables.similar(newest, { without: new Set(knownItems.map(idOf)) });
                return answer.films.flatMap(({ itemId }) => numberOf.get(itemId) ?? []);
            };
        });
    const withoutNeighbours = (document: TablesDocument) => ({ ...document, similar: document.similar.map(() => []) });
    return new Map([
        ["tables, from the last film", from(1)],
        ["tables, from the last ten", from(10)],
        ["tables, by genres alone", from(1, withoutNeighbours)],
        [
            "popular",
            tryOut(folds, ({ train }) => {
                const list = ranked(popularity(train, groupViews(train)));
                return () => list;
            }),
        ],
    ]);
}

const tryOut = (folds: readonly Fold[], listerOf: (fold: Fold) => Lister): Found =>
    computeMeans(
        folds.flatMap((fold) => {
            const lister = listerOf(fold);
            return fold.trials.map((trial) => find(lister(trial), new Set(trial.knownItems), trial.truth));
        }),
    );
