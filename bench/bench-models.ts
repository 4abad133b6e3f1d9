import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parse } from "csv-parse/sync";
import { readColumns } from "../data-prep/columns.ts";
import { DEFAULT_OUTPUT, filesBeside } from "../data-prep/places.ts";
import { coldFigures } from "../packages/local-personalize/bench/models/cold.ts";
import { computeFigures, type Figures } from "../packages/local-personalize/bench/models/figures.ts";
import { ownLists } from "../packages/local-personalize/bench/models/own.ts";
import { peerLists } from "../packages/local-personalize/bench/models/peers.ts";
import { REAL_HRNN, REAL_LISTS, readLikedRatings } from "../packages/local-personalize/bench/models/real.ts";
import { createTrials, type Trials } from "../packages/local-personalize/bench/models/trials.ts";
import type { CatalogueItem } from "../packages/local-personalize/model/catalogue.ts";
import { trainModel } from "../packages/local-personalize/model/train.ts";
import { recommend } from "../packages/local-personalize/serving/recommend.ts";
import { benchCommand, existing } from "./lib/command.ts";
import { log, printGoals, showLine, showTable } from "./lib/goals.ts";
import { byTime } from "./lib/interactions.ts";
import { benchPython } from "./lib/python.ts";

/**
 * Compares the recommendations of the local Personalize's model with those of well-known models, for users that were
 * not in the training. The settings of all models were chosen on folds 0 to 4 of the users, and the figures come from
 * folds 5 to 9.
 */

const { data } = benchCommand(
    "bench:models",
    "How good are the local Personalize's recommendations, beside peers in Python and the real service?",
    ["", "--data data/personalize_interactions_fixed.csv"],
)
    .option(
        "--data <file>",
        "the interactions of MovieLens 100k, with its u.data in the folder ml-100k",
        DEFAULT_OUTPUT,
    )
    .parse()
    .opts<{ data: string }>();

existing(data);
const interactions = byTime(await readColumns(data));
const trials = createTrials(interactions, (events) => Math.max(1, Math.floor(events / 10)));
const deciding = trials.folds.slice(5);

const lists = ownLists(trials, deciding, log);
const own = computeFigures(trials, deciding, lists.masked);
const unmasked = computeFigures(trials, deciding, lists.unmasked);
const peers = (await peerLists(await benchPython("packages/local-personalize/bench/models"), trials)).map((peer) => ({
    ...peer,
    figures: computeFigures(trials, deciding, peer.lists),
}));

const head = ["model", "NDCG@5", "@10", "@25", "MRR@25", "P@10", "coverage", "settings"];
const row = (name: string, figures: Figures, settings: string) => [
    name,
    ...(["ndcg5", "ndcg10", "ndcg25", "mrr25", "precision10"] as const).map((key) => figures[key].toFixed(4)),
    figures.coverage.toFixed(3),
    settings,
];
showLine(
    `MovieLens 100k: predictions of the newest 10 % of the items of ${deciding.flat().length} users, who are in no model's training data:`,
);
showTable(head, [
    ...peers.map(({ name, figures, settings }) => row(name, figures, settings)),
    row("this repository", own, `standard error of @10: ${own.error.toFixed(4)}`),
    row("this repository, watched items not masked", unmasked, ""),
    // The figures of SASRec and GRU4Rec come from an earlier run with the same test users. The bench does not repeat
    // it, because their training takes minutes.
    ["SASRec (quoted)", "0.1352", "0.1469", "0.1859", "0.2569", "0.1000", "0.314", "full softmax, 25 epochs"],
    ["GRU4Rec (quoted, folds 5 and 6)", "0.1753", "0.1830", "0.2190", "0.3333", "", "0.385", "50 epochs"],
]);

const hrnn = await besideHrnn(join(dirname(data), "ml-100k", "u.data"));
showColdItems();
showRealLists();

const best = Math.max(...peers.map(({ figures }) => figures.ndcg10));
process.exitCode = printGoals([
    { name: "models-ndcg10", figure: own.ndcg10, bound: ">=", limit: 0.205 },
    { name: "models-vs-best-peer", figure: own.ndcg10 / best, bound: ">=", limit: 1.05 },
    { name: "models-mrr25", figure: own.mrr25, bound: ">=", limit: 0.36 },
    { name: "models-coverage", figure: own.coverage, bound: ">=", limit: 0.3 },
    { name: "models-vs-real-hrnn", figure: hrnn, bound: ">=", limit: 1.5 },
]);

/**
 * Evaluates the model as AWS's notebook evaluated the real service's aws-hrnn in 2018. Returns the model's NDCG@10
 * divided by that of the real service; 0 if the ratings of MovieLens are missing.
 */
async function besideHrnn(file: string): Promise<number> {
    const liked = await readLikedRatings(file);
    if (!liked) {
        log(`There is no file ${file}, so the comparison with the real service's aws-hrnn is skipped.`);
        return 0;
    }
    const last: Trials = createTrials(liked, () => 1);
    const { masked, unmasked } = ownLists(last, last.folds, log);
    const measured = [computeFigures(last, last.folds, masked), computeFigures(last, last.folds, unmasked)] as const;
    showLine(`\nRatings above 3.6: predictions of the last item of ${last.folds.flat().length} users:`);
    const names = ["this repository", "this repository, watched items not masked"];
    const real = ["aws-hrnn of the real service, 2018", REAL_HRNN.ndcg10, REAL_HRNN.mrr25, REAL_HRNN.coverage];
    const rows = measured.map(({ ndcg10, mrr25, coverage }, at) => [
        names[at] ?? "",
        ...[ndcg10, mrr25, coverage].map((value) => value.toFixed(4)),
    ]);
    showTable(["model", "NDCG@10", "MRR@25", "coverage"], [real, ...rows]);
    return measured[0].ndcg10 / REAL_HRNN.ndcg10;
}

/** Prints how well the model ranks new items, which have genres but no interactions. */
function showColdItems() {
    const file = filesBeside(data).items;
    if (!existsSync(file)) return log(`There is no file ${file}, so the test with new items is skipped.`);
    const { recall, random, users, coldItems } = coldFigures(trials, deciding, readItems(file));
    showLine(
        `\nLists of 25 items for ${users} users, chosen from ${coldItems} new items of which the models know only the genres:`,
    );
    const rows = [
        ["this repository", recall.toFixed(4)],
        ["random order (expected)", random.toFixed(4)],
    ];
    showTable(["model", "recall@25"], rows);
}

/** Prints the lists of three users next to the lists that a real campaign returned for them. Marks watched items. */
function showRealLists() {
    const model = trainModel(interactions, "aws-user-personalization");
    const rows = Object.entries(REAL_LISTS).map(([userId, real]) => {
        const history = model.histories.get(userId) ?? [];
        const watched = new Set(Array.from(history, (item) => model.itemIds[item]));
        const shown = (itemId: string, score?: number) =>
            `${itemId}${watched.has(itemId) ? "*" : ""}${score === undefined ? "" : ` ${score.toFixed(4)}`}`;
        const list = recommend(model, { history }, 6);
        return [
            userId,
            real.map(([itemId, score]) => shown(itemId, score)).join(", "),
            list.map(({ itemId, score }) => shown(itemId, score)).join(", "),
        ];
    });
    showLine("\nThe first recommended items and their scores (*: already watched):");
    showTable(["user", "a real campaign", "this repository"], rows);
}

/** Returns the films and their genres from data-prep's items.csv. */
function readItems(file: string): CatalogueItem[] {
    const rows: { ITEM_ID: string; GENRES: string }[] = parse(readFileSync(file), { columns: true });
    return rows.map(({ ITEM_ID, GENRES }) => ({
        itemId: ITEM_ID,
        words: GENRES.split("|").flatMap((genre) => (genre === "" ? [] : `GENRES=${genre}`)),
    }));
}
