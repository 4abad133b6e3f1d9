import { openTables } from "../../../app/serving/table-answers.ts";
import type { CatalogueItem } from "../../../data-prep/catalogue.ts";
import type { TablesDocument } from "../../../data-prep/tables/document.ts";
import { makeTables } from "../../../data-prep/tables/make.ts";
import { syntheticRatings } from "../../../packages/local-personalize/test/interactions.ts";
import { columnsFrom } from "../../support/columns.ts";
import { itemAt } from "../../support/item-at.ts";
import { tableLists } from "../serving/table-lists.ts";

const genreSets: readonly string[][] = [
    ["Drama"],
    ["Comedy"],
    ["Sci-Fi", "Thriller"],
    ["Film-Noir", "Mystery"],
    ["Adventure", "Children's"],
    ["Western"],
    ["Romance", "Drama"],
    ["Horror"],
    ["War", "Action", "Documentary", "Children's", "Romance"],
    ["Musical"],
    ["Fantasy"],
    ["Documentary"],
    ["Crime"],
    [],
];
const first = [
    "The Long",
    "A Silent",
    "Last",
    "Northern",
    "Paper",
    "Seven",
    "The Glass",
    "Beyond the",
    "Small",
    "Midnight",
];
const second = [
    "Harbour",
    "Witness",
    "Orchard",
    "Signal",
    "Letters",
    "Frontier",
    "Carousel",
    "Winter",
    "Arcade",
    "Parade",
];

/** Titles that are difficult to typeset or to escape. */
export const oddTitles = [
    "Usual Witnesses, The",
    "M",
    `<b>"Tom" & 'Jerry's'</b>`,
    "Dr. Strangeways or: How I Learned to Stop Worrying and Love the Harbour",
    "Misérables de l'été, Les",
    "七人の侍",
    "Supercalifragilisticexpialidocious",
];

/** 150 fictitious films with catalog data. */
export const catalogue: readonly CatalogueItem[] = Array.from({ length: 150 }, (_, at) => ({
    itemId: String(at + 1),
    title:
        at >= 20 && at < 20 + oddTitles.length
            ? itemAt(oddTitles, at - 20)
            : `${first[at % 10]} ${second[(at * 7 + Math.floor(at / 10)) % 10]}`,
    year: at === 30 ? null : 1931 + ((at * 13) % 68),
    genres: itemAt(genreSets, at % genreSets.length),
}));

const ratings = syntheticRatings();

/** Watched films of each viewer, newest first. */
export const histories: ReadonlyMap<string, readonly string[]> = new Map(
    [...Map.groupBy(ratings, ({ user }) => String(user))].map(([user, rows]) => [
        user,
        rows.toSorted((a, b) => b.timestamp - a.timestamp).map(({ item }) => String(item)),
    ]),
);

/** The viewer with the longest history. */
export const [keenViewer = ""] = [...histories].toSorted(([, a], [, b]) => b.length - a.length)[0] ?? [];

/** The viewers with a history in the tables. */
const listedViewers = ["6", "15", keenViewer, "13", "22"];

/** Fallback tables from the films that 60 people watched. */
export const tablesDocument: TablesDocument = makeTables({
    columns: columnsFrom(ratings.map(({ user, item, timestamp }) => [String(user), String(item), timestamp])),
    catalogue,
    sha256: "5ba".repeat(21),
    viewers: listedViewers,
});

export const tables = tableLists(openTables(tablesDocument));
