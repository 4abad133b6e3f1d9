import assert from "node:assert/strict";
import { listedById } from "../../../app/serving/item-answers.ts";
import { openTables, readTables } from "../../../app/serving/table-answers.ts";
import type { CatalogueItem } from "../../../data-prep/catalogue.ts";
import { parseTables, type TablesDocument, TablesFormatError } from "../../../data-prep/tables/document.ts";
import {
    leastViewers,
    longestListedHistory,
    makeTables,
    maxWithNeighbours,
    neighboursPerFilm,
} from "../../../data-prep/tables/make.ts";
import { interactionsCsv, syntheticRatings } from "../../../packages/local-personalize/test/interactions.ts";
import { columnsFrom, readCsvText } from "../../support/columns.ts";
import { tableLists } from "./table-lists.ts";

/** Films by popularity: a, b, c, d. No user watched e. Films c and d have no similar films. */
const document: TablesDocument = {
    schemaVersion: 1,
    hasCatalogue: false,
    interactions: { sha256: "5ba", rows: 30, firstTimestamp: 1, lastTimestamp: 9 },
    films: {
        ids: ["a", "b", "c", "d", "e"],
        titles: ["Alien", "Brazil", null, "Dune", "Eden"],
        years: [1979, 1985, null, 1984, null],
        genres: [1, 2, 0, 1, 2],
        viewers: [9, 8, 3, 2, 0],
    },
    genreSets: [[], ["Sci-Fi"], ["Drama", "Sci-Fi"]],
    trending: { windowSeconds: 5, films: [3, 0] },
    similar: [[1, 2], [3, 0, 2], [], []],
};
const ids = (films: readonly { itemId: string }[]) => films.map(({ itemId }) => itemId).join("");

describe("Answers from the fallback tables", () => {
    const tables = tableLists(openTables(document));

    it("`item` returns a film's title, year and genres, or only the film's ID", () => {
        assert.deepEqual(tables.item("b"), {
            itemId: "b",
            title: "Brazil",
            year: 1985,
            genres: ["Drama", "Sci-Fi"],
            viewers: 8,
        });
        assert.deepEqual(tables.item("c"), { itemId: "c", title: "c", year: null, genres: [], viewers: 3 });
        assert.equal(tables.item("zz"), undefined);
        assert.equal(tables.interactionsSha256, "5ba");
        assert.deepEqual(tables.genres, ["Drama", "Sci-Fi"]);
    });

    it("`popular` returns the most watched films of one or all genres, without excluded films", () => {
        assert.equal(ids(tables.popular()), "abcd");
        assert.equal(ids(tables.popular({ count: 2 })), "ab");
        assert.equal(ids(tables.popular({ count: 2, without: new Set(["a", "zz"]) })), "bc");
        assert.equal(ids(tables.popular({ genre: "Sci-Fi" })), "abd");
        assert.equal(ids(tables.popular({ genre: "dRAMA" })), "b");
        assert.equal(ids(tables.popular({ genre: "Opera" })), "");
        assert.equal(ids(tables.popular({ count: 0 })), "");
    });

    it("`search` finds films by title, or by ID if untitled, most watched first", () => {
        assert.equal(ids(tables.search("BRA")), "b");
        assert.equal(ids(tables.search("e")), "ead", "eden begins with it; alien is more popular than dune");
        assert.equal(ids(tables.search("e", 2)), "ea");
        assert.equal(ids(tables.search("c")), "c");
        assert.equal(ids(tables.search("b")), "b", "an id is not searched beside a title");
        assert.equal(ids(tables.search("nothing")), "");
    });

    it("`trending` returns the trending films of the tables, then popular ones, without excluded films", () => {
        assert.equal(ids(tables.trending()), "dabc");
        assert.equal(ids(tables.trending({ without: new Set(["d"]) })), "abc");
    });

    describe("with stock", () => {
        /** Returns the tables with the stock of each film; `undefined`: not known. */
        const stocked = (...stock: readonly (number | undefined)[]) => {
            const details = stock.map((pieces) => (pieces === undefined ? null : { stock: pieces }));
            return tableLists(openTables({ ...document, films: { ...document.films, details } }));
        };
        const shop = stocked(undefined, 0, 1, -2, 3);

        it("lists leave out sold-out films, and films of which the stock is not known remain", () => {
            assert.equal(ids(shop.popular()), "ac");
            assert.equal(ids(shop.popular({ genre: "Sci-Fi" })), "a");
            assert.equal(ids(shop.trending()), "ac");
            assert.equal(ids(shop.similar(["b"]).items), "ac", "the most similar film, d, is sold out");
            assert.deepEqual(
                ["a", "b", "c", "d", "e"].filter((itemId) => shop.shows(itemId)),
                ["a", "c", "e"],
            );
        });

        it("`search` and `item` return sold-out films with their stock", () => {
            assert.deepEqual([shop.item("d")?.stock, shop.search("bra")[0]?.stock], [-2, 0]);
            assert.ok(shop.has("d"));
        });

        it("lists contain sold-out films if no film is in stock, because that is an error in the data", () => {
            assert.equal(ids(stocked(0, 0, 0, 0, 0).popular()), "abcd");
        });
    });

    it("`similar` returns the films that are similar to one film, without excluded films", () => {
        const { from, items } = tables.similar(["b"]);
        assert.deepEqual([from, ids(items)], ["similar", "dac"]);
        assert.equal(ids(tables.similar(["b"], { count: 1, without: new Set(["d"]) }).items), "a");
    });

    it("`similar` merges the lists of several given films, and omits the given films", () => {
        // The score of film c is the sum of 1/11, for its similarity to film a, and 2^(-1/3)/12, for its similarity to
        // film b. The score of film d is 2^(-1/3)/10, for its similarity to film b.
        assert.equal(ids(tables.similar(["a", "b"]).items), "cd");
        assert.equal(ids(tables.similar(["a", "b", "a", "b"]).items), "cd", "once more changes nothing");
        assert.equal(ids(tables.similar(["zz", "b", "d"]).items), "ac");
    });

    it("`similar` uses the ten most recently watched films, and gives later films more weight", () => {
        const films = Array.from({ length: 24 }, (_, film) => `f${film}`);
        const blank = films.map(() => null);
        // Each of the first twelve films is similar to one of the other twelve.
        const pairs = tableLists(
            openTables({
                ...document,
                films: {
                    ids: films,
                    titles: blank,
                    years: blank,
                    genres: films.map(() => 0),
                    viewers: films.map(() => 5),
                },
                similar: films.map((_, film) => (film < 12 ? [film + 12] : [])),
            }),
        );
        assert.equal(ids(pairs.similar(["f1", "f0"]).items), "f13f12");
        assert.equal(ids(pairs.similar(["f0", "f1"]).items), "f12f13");
        const newestFirst = films.slice(0, 12).reverse();
        assert.equal(ids(pairs.similar(newestFirst).items), "f23f22f21f20f19f18f17f16f15f14");
    });

    it("`similar` returns films of the same genres if too few users watched the film", () => {
        const ofD = tables.similar(["d"]);
        assert.deepEqual([ofD.from, ids(ofD.items)], ["genres", "ab"]);
        // A film's score is the root of its share of common genres, multiplied by its viewers. Film b has both genres
        // of film e and 8 viewers (1 · 8); film a has one of them and 9 viewers (√½ · 9), so b comes first.
        const ofE = tables.similar(["e"]);
        assert.deepEqual([ofE.from, ids(ofE.items)], ["genres", "bad"]);
    });

    it("`similar` returns popular films if a film has no similar films and no genres", () => {
        const unknown = tables.similar(["zz"], { count: 2 });
        assert.deepEqual([unknown.from, ids(unknown.items)], ["popular", "ab"]);
        assert.deepEqual([tables.similar([]).from, ids(tables.similar([]).items)], ["popular", "abcd"]);
        const noGenre = tables.similar(["c"]);
        assert.deepEqual([noGenre.from, ids(noGenre.items)], ["popular", "abd"]);
        const allKnown = tables.similar(["b"], { without: new Set(["a", "c", "d"]) });
        assert.deepEqual([allKnown.from, ids(allKnown.items)], ["popular", ""]);
    });

    it("`readTables` rejects an invalid document, and the error contains `npm run data-prep`", () => {
        const again = /npm run data-prep$/;
        for (const [text, reason] of [
            ["{", /not JSON/],
            ["null", /no schemaVersion/],
            ["[]", /no schemaVersion/],
            ['{"schemaVersion":2}', /version 2, but this program reads version 1/],
        ] as const) {
            assert.throws(
                () => readTables(text),
                (error: unknown) => {
                    assert.ok(error instanceof TablesFormatError);
                    assert.match(error.message, reason);
                    assert.match(error.message, again);
                    return true;
                },
            );
        }
        assert.deepEqual(parseTables(JSON.stringify(document)), document);
    });
});

describe("`makeTables`", () => {
    it("`makeTables` stores each item's price, brand, stock and image, and API responses contain them", () => {
        const film = (itemId: string, more: object) => ({ itemId, title: itemId, year: null, genres: [], ...more });
        const make = (...films: CatalogueItem[]) => {
            const rows = [["u", "1", 7] as const, ["u", "2", 8] as const];
            return makeTables({ columns: columnsFrom(rows), catalogue: films, sha256: "abc" });
        };
        const details = { price: 12.5, brand: "Ferm", stock: 0, image: "https://cdn.shop.example/1.jpg" };
        const document = make(film("1", details), film("2", {}));
        const answers = ["1", "2"].map((itemId) => listedById(openTables(document), itemId));
        assert.deepEqual(answers, [film("1", details), film("2", {})]);
        assert.equal("details" in make(film("1", {})).films, false, "no shop, no column");
    });

    const catalogue = Array.from({ length: 160 }, (_, at) => ({
        itemId: String(at + 1),
        title: `Film ${at + 1}`,
        year: 1900 + at,
        genres: [["Drama"], ["Comedy", "Drama"], []][at % 3] ?? [],
    }));

    it("`makeTables` returns equal bytes for equal interactions, and lists each film once", async () => {
        const make = async (csv = interactionsCsv(syntheticRatings())) =>
            JSON.stringify(makeTables({ columns: await readCsvText(csv), catalogue, sha256: "abc" }));
        const text = await make();
        assert.equal(await make(), text);
        const { films, genreSets, interactions, similar } = parseTables(text);
        assert.equal(new Set(films.ids).size, films.ids.length);
        assert.deepEqual(new Set(films.ids), new Set(catalogue.map(({ itemId }) => itemId)));
        assert.equal(films.viewers.filter((viewers) => viewers > 0).length, similar.length);
        assert.equal(genreSets.length, 3);
        assert.equal(interactions.sha256, "abc");
        assert.equal(interactions.rows, syntheticRatings().length);
    });

    it("`makeTables` stores each history's newest 500 films, with the time of the newest event", () => {
        const long = Array.from({ length: 600 }, (_, at) => ["long", `film ${at}`, 1000 + at] as const);
        const columns = columnsFrom([["a", "x", 10], ["a", "y", 20], ["a", "x", 30], ["b", "x", 40], ...long]);
        const tablesDocument = makeTables({ columns, sha256: "", viewers: ["a", "long", "unknown"] });
        const tables = tableLists(readTables(JSON.stringify(tablesDocument)));
        assert.deepEqual(tables.history("a"), [
            { itemId: "x", at: 30_000 },
            { itemId: "y", at: 20_000 },
        ]);
        const newest = tables.history("long") ?? [];
        assert.deepEqual(
            [newest.length, newest[0]?.itemId, newest.at(-1)?.itemId],
            [longestListedHistory, "film 599", "film 100"],
        );
        assert.deepEqual([tables.history("b"), tables.history("unknown")], [undefined, undefined]);
        const { histories: _, ...earlier } = tablesDocument;
        assert.equal(openTables(earlier).history("a"), undefined);
    });

    it("`makeTables` omits the films that are missing in the catalog from lists and histories", () => {
        const [start, hundredDays] = [1_000_000, 8_640_000];
        const rows = ["gone", "one", "two", "gone too"].flatMap((item, at) =>
            Array.from({ length: 9 - at }, (_, user): [string, string, number] => {
                return [`${user}`, item, start + hundredDays - at * 100 - user];
            }),
        );
        const before: [string, string, number][] = [["early", "one", start]];
        const columns = () => columnsFrom([...before, ...rows]);
        const catalogue = ["two", "one", "unwatched"].map((itemId) => ({
            itemId,
            title: itemId,
            year: null,
            genres: [],
        }));
        const given = { sha256: "", viewers: ["0"] };
        const tables = tableLists(openTables(makeTables({ columns: columns(), catalogue, ...given })));
        const [one, two] = [tables.item("one")?.itemId, tables.item("two")?.itemId];
        assert.deepEqual([one, two, tables.itemCount], ["one", "two", 3]);
        assert.deepEqual(["gone", "gone too", "one"].map(tables.shows), [false, false, true]);
        assert.equal(ids(tables.popular()), "onetwo");
        assert.deepEqual(tables.similar(["one"]), { from: "similar", items: tables.popular().slice(1) });
        assert.equal(ids(tables.history("0") ?? []), "onetwo");
        assert.ok(tables.trending().every(({ itemId }) => tables.shows(itemId)));
        const all = tableLists(openTables(makeTables({ columns: columns(), ...given })));
        assert.equal(ids(all.popular({ count: 1 })), "gone");
        assert.ok(all.shows("anything"));
    });

    it("`makeTables` stores at most 50 similar films for films with at least five viewers", () => {
        const friends = Array.from({ length: leastViewers }, (_, user) => [`u${user}`, "known", 10 + user] as const);
        const others = friends.flatMap(([user], at) =>
            Array.from({ length: 20 }, (_, film) => [user, `film ${at} ${film}`, 20 + film] as const),
        );
        const tablesDocument = makeTables({ columns: columnsFrom([...friends, ...others]), sha256: "" });
        const tables = tableLists(openTables(tablesDocument));
        const knownIndex = tablesDocument.films.ids.indexOf("known");
        assert.equal(tablesDocument.similar[knownIndex]?.length, neighboursPerFilm);
        assert.equal(tablesDocument.similar.filter((row) => row.length > 0).length, 1);
        assert.equal(tables.similar(["known"]).from, "similar");
        assert.equal(tables.similar(["film 1 1"]).from, "popular", "no catalog, so no genres");
    });

    it("`makeTables` stores similar films only for the 20,000 most popular films", () => {
        const films = maxWithNeighbours + 10;
        const rows = Array.from({ length: films * leastViewers }, (_, row) => row);
        const tablesDocument = makeTables({
            columns: {
                userCount: films,
                itemCount: films,
                userIds: rows.slice(0, films).map(String),
                itemIds: rows.slice(0, films).map(String),
                // Each user watched five films that follow each other, so five users watched each film.
                users: Int32Array.from(rows, (row) => Math.floor(row / leastViewers)),
                items: Int32Array.from(rows, (row) => (Math.floor(row / leastViewers) + (row % leastViewers)) % films),
                timestamps: Uint32Array.from(rows, (row) => row),
            },
            sha256: "",
        });
        assert.equal(tablesDocument.similar.filter((row) => row.length > 0).length, maxWithNeighbours);
        assert.ok(tablesDocument.similar.slice(0, maxWithNeighbours).every((row) => row.length > 0));
        assert.equal(tablesDocument.similar.length, films);
    });

    it("lists of similar films contain 30 % more of the films that users watch next than lists of popular films", async () => {
        const ratings = syntheticRatings({ users: 300, seed: 3 });
        const byUser = [...Map.groupBy(ratings, ({ user }) => user).values()];
        const rows = await readCsvText(interactionsCsv(byUser.slice(0, 250).flat()));
        const tables = tableLists(openTables(makeTables({ columns: rows, sha256: "" })));
        let [similar, popular] = [0, 0];
        for (const events of byUser.slice(250)) {
            const inTime = events.toSorted((a, b) => a.timestamp - b.timestamp).map(({ item }) => String(item));
            const [knownIds, truth] = [inTime.slice(0, -5), inTime.slice(-5)];
            const ask = { count: 10, without: new Set(knownIds) };
            const hits = (films: readonly { itemId: string }[]) =>
                films.filter(({ itemId }) => truth.includes(itemId)).length;
            similar += hits(tables.similar(knownIds.toReversed(), ask).items);
            popular += hits(tables.popular(ask));
        }
        assert.ok(similar > 1.3 * popular, `${similar} against ${popular}`);
    });
});
