import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import type { CatalogueItem } from "../data-prep/catalogue.ts";
import { type Columns, parseColumns, readColumns } from "../data-prep/columns.ts";
import { DEFAULT_OUTPUT, filesBeside } from "../data-prep/places.ts";
import { interactionsCsv, syntheticRatings } from "../packages/local-personalize/test/interactions.ts";
import { benchCommand, existing } from "./lib/command.ts";
import { printGoals, showLine, showTable } from "./lib/goals.ts";
import { agedLists } from "./tables/aged-lists.ts";
import { byLikeness, byTables } from "./tables/because-you-watched.ts";
import { atMoments, type Worth } from "./tables/moments.ts";
import { movedByOne } from "./tables/moved.ts";
import { createFolds, type Found } from "./tables/trials.ts";

/**
 * Measures how many of the films that users watched later are recommended by the fallback tables, and by alternative
 * tables. The tables are made without the events of these users, or only from the events before a point in time.
 */

const command = benchCommand(
    "bench:tables",
    "Measures the hits of the tables of similar, popular and trending films, beside alternative tables.",
    ["", "--synthetic"],
)
    .option("--data <file>", "the interactions, with their catalogue beside them", DEFAULT_OUTPUT)
    .option("--synthetic", "users who do not exist, instead")
    .option("--record", "write the figures of the lists of batch inference for docs/serving-modes.md")
    .parse();
const { data, synthetic, record } = command.opts<{ data: string; synthetic?: true; record?: true }>();

/** File of measured figures, with which a test compares docs/serving-modes.md. */
const measuredAges = join(import.meta.dirname, "tables/aged-lists.json");

const begun = performance.now();
const { name, columns, catalogue } = synthetic ? await invented() : await prepared(data);
showLine(`${name}: ${columns.users.length.toLocaleString("en-US")} interactions, ${columns.itemCount} films`);

const folds = createFolds(columns);
const likenesses = byLikeness(folds, Math.round(columns.userCount * 0.9));
const tables = byTables(folds, catalogue);
const moments = atMoments(columns);
const moved = movedByOne(columns);
const figure = (value: number) => value.toFixed(4);
const foundRows = (figuresByName: ReadonlyMap<string, Found>) =>
    [...figuresByName].map(([name, { recall, ndcg }]) => [name, figure(recall), figure(ndcg)]);
showTable(["because you watched", "recall@20", "NDCG@20"], [...foundRows(likenesses), ...foundRows(tables)]);
const worthRow = ([name, { comers, others, share, lift }]: [string, Worth]) => [
    name,
    figure(comers.ndcg),
    figure(others.ndcg),
    `${(100 * share).toFixed(1)} %`,
    lift.toFixed(2),
];
showTable(
    ["for the time after", "NDCG@20, new", "NDCG@20, known", "share of views", "times before"],
    [...moments].map(worthRow),
);
if (!synthetic) await showAgedLists();
showLine(`one user or event moves ${moved.toFixed(2)} % of all popularity at most`);
showLine(`${((performance.now() - begun) / 1000).toFixed(0)} seconds`);

const [own = 0, ...others] = [...likenesses.values()].map(({ recall }) => recall);
const recallOf = (name: string) => tables.get(name)?.recall ?? 0;
const [popular, allTime] = [...moments.values()] as [Worth, Worth];
process.exitCode = printGoals([
    { name: "tables-similar-to-best-other", figure: own / Math.max(...others), bound: ">=", limit: 1 },
    {
        name: "tables-ten-films-to-popular",
        figure: recallOf("tables, from the last ten") / recallOf("popular"),
        bound: ">=",
        limit: 1.5,
    },
    { name: "tables-popular-to-all-time", figure: popular.comers.ndcg / allTime.comers.ndcg, bound: ">=", limit: 1 },
    { name: "tables-moved-by-one", figure: moved, bound: "<=", limit: 1, unit: "%" },
    // Synthetic users have no trends, so the bench does not compare the list of trending items with a minimum.
    ...(synthetic
        ? []
        : [
              {
                  name: "tables-trending-lift",
                  figure: moments.get("trending")?.lift ?? 0,
                  bound: ">=" as const,
                  limit: 1.2,
              },
          ]),
]);

/**
 * Prints how well lists of batch inference predict views, by the age of the lists. Needs real data, because the events
 * of a synthetic user are all on one day.
 */
async function showAgedLists() {
    const figures = await agedLists(columns, catalogue);
    const { start, middle } = figures;
    const of = ({ visits, viewers, error }: typeof start) => `${visits} visits of ${viewers} viewers, ± ${error}`;
    showTable(
        ["NDCG@10", `when a visit begins (${of(start)})`, `in its middle (${of(middle)})`],
        Object.entries(start.ndcg).map(([name, ndcg]) => [name, figure(ndcg), figure(middle.ndcg[name] ?? 0)]),
    );
    if (record) await writeFile(measuredAges, `${JSON.stringify(figures, undefined, 4)}\n`);
}

async function prepared(file: string): Promise<{ name: string; columns: Columns; catalogue: CatalogueItem[] }> {
    existing(file);
    const catalogue = JSON.parse(await readFile(filesBeside(file).catalogue, "utf8"));
    return { name: file, columns: await readColumns(file), catalogue };
}

async function invented(): Promise<{ name: string; columns: Columns; catalogue: CatalogueItem[] }> {
    const csv = interactionsCsv(syntheticRatings({ users: 1000, items: 600, meanHistory: 60 }));
    return { name: "synthetic", columns: await parseColumns(Readable.from([csv])), catalogue: [] };
}
