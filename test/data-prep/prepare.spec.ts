import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { zipSync } from "fflate";
import { readTables } from "../../app/serving/table-answers.ts";
import { formatSummary } from "../../data-prep/summary.ts";
import { ratingsFile, syntheticRatings } from "../../packages/local-personalize/test/interactions.ts";
import { parse } from "./converting.ts";
import { prepareForEach } from "./preparing.ts";

const ITEM_FILE = Buffer.from(
    "1|Mis\u00e9rables, Les (1995)|01-Jan-1995||http://x|0|0|0|0|0|0|0|0|1|0|0|0|1|0|0|0|0|0|0\n",
    "latin1",
);

describe("`prepare`", () => {
    const { at, put, run, logged } = prepareForEach();

    it("`prepare` writes a CSV with the given ratings, and a summary", async () => {
        const ratings = syntheticRatings();
        const { outputPath, summary } = await run({
            input: put("u.data", ratingsFile(ratings)),
            report: at("report.json"),
        });
        const [, ...back] = parse(readFileSync(outputPath, "utf8"));
        const given = ratings.map(({ user, item, timestamp }) => [user, item, "Watch", timestamp].map(String));
        assert.deepEqual(back.sort(), given.sort());

        const lengths = [...Map.groupBy(ratings, ({ user }) => user).values()]
            .map((rows) => rows.length)
            .sort((a, b) => a - b);
        const middle = ((lengths[29] ?? 0) + (lengths[30] ?? 0)) / 2;
        assert.deepEqual(summary.historyLength, { min: lengths[0], median: middle, max: lengths[59] });
        assert.equal(summary.interactions, ratings.length);
        assert.equal(summary.users, 60);
        assert.equal(summary.items, new Set(ratings.map(({ item }) => item)).size);
        assert.equal(summary.firstTimestamp, Math.min(...ratings.map(({ timestamp }) => timestamp)));
        assert.equal(summary.sha256, createHash("sha256").update(readFileSync(outputPath)).digest("hex"));
        const { quality, sources, ...report } = JSON.parse(readFileSync(at("report.json"), "utf8"));
        assert.deepEqual(report, summary);
        assert.equal(quality.figures.items, summary.items);
        const [source] = sources;
        assert.deepEqual([source.used.length, source.ignored, source.rows.length], [3, ["rating"], 5]);
        const [first] = ratings;
        assert.deepEqual(source.rows[0], [first?.user, first?.item, first?.timestamp].map(String));
        assert.match(readFileSync(at("report.html"), "utf8"), /<p>Not used: rating\. The first rows:<\/p>/);
    });

    for (const top of ["ml-100k", "archive/ml-100k"]) {
        it(`\`prepare\` reads a zip with files in ${top}/ and Latin-1 titles`, async () => {
            const zip = zipSync({ [`${top}/u.data`]: ratingsFile(syntheticRatings()), [`${top}/u.item`]: ITEM_FILE });
            const { catalogue, cataloguePath, summary } = await run({ input: put("ml.zip", zip) });
            const expected = [{ itemId: "1", title: "Misérables, Les", year: 1995, genres: ["Drama", "Musical"] }];
            assert.deepEqual(catalogue, expected);
            assert.deepEqual(JSON.parse(readFileSync(cataloguePath, "utf8")), expected);
            assert.equal(summary.interactions, syntheticRatings().length);
        });
    }

    it("`prepare` reads the item file next to u.data, or logs that titles are missing", async () => {
        const input = put("u.data", ratingsFile(syntheticRatings()));
        assert.deepEqual((await run({ input })).catalogue, []);
        assert.match(logged().join("\n"), /shown by their IDs/);
        put("u.item", ITEM_FILE);
        assert.equal((await run({ input })).catalogue.length, 1);
    });

    it("`prepare` writes items.csv and a schema that Personalize accepts", async () => {
        const flags = (...genres: number[]) => Array.from({ length: 19 }, (_, at) => (genres.includes(at) ? 1 : 0));
        const line = (itemId: string, title: string, ...genres: number[]) =>
            [itemId, title, "", "", "", ...flags(...genres)].join("|");
        const films = [
            line("1", "Toy Story (1995)", 3, 4, 5),
            line("267", "unknown", 0),
            line('a"b\\c', "Odd id, The (1996)", 8),
        ];
        put("u.item", Buffer.from(`${films.join("\n")}\n`, "latin1"));
        const { itemsPath } = await run({ input: put("u.data", ratingsFile(syntheticRatings())) });
        assert.equal(itemsPath, at("out/items.csv"));
        const csv = readFileSync(at("out/items.csv"), "utf8");
        assert.equal(
            csv,
            'ITEM_ID,GENRES,YEAR\n"1","Animation|Children\'s|Comedy",1995\n"267",,\n"a\\"b\\\\c","Drama",1996\n',
        );
        const schema = JSON.parse(readFileSync(at("out/items.schema.json"), "utf8"));
        const types = schema.fields.map(({ name, type }: { name: string; type: unknown }) => [name, type]);
        assert.equal(schema.name, "Items");
        assert.deepEqual(types, [
            ["ITEM_ID", "string"],
            ["GENRES", ["null", "string"]],
            ["YEAR", ["null", "int"]],
        ]);
        assert.ok(schema.fields[1].categorical);
        assert.deepEqual(parse(csv).at(-1), ['a"b\\c', "Drama", "1996"]);
    });

    it("`prepare` writes fallback tables with the CSV file's hash, and logs a summary", async () => {
        const ratings = syntheticRatings();
        const left = 150;
        const others = [...new Set(ratings.map(({ item }) => item))].filter((item) => item > 1 && item !== left);
        const itemLines = others.map((item) => `${item}|Film ${item}|||${"|0".repeat(19)}\n`);
        put("u.item", Buffer.concat([ITEM_FILE, Buffer.from(itemLines.join(""))]));
        const input = put(
            "u.data",
            ratingsFile([...ratings, { user: 1, item: left, rating: 1, timestamp: 880_000_000 }]),
        );
        const { summary, tablesPath, outputPath } = await run({ input });
        assert.equal(tablesPath, at("out/fallback-tables.json"));
        const text = readFileSync(tablesPath, "utf8");
        const tables = readTables(text);
        assert.equal(tables.interactionsSha256, createHash("sha256").update(readFileSync(outputPath)).digest("hex"));
        assert.equal(tables.item("1")?.title, "Misérables, Les");
        assert.deepEqual(
            tables.columns.map(({ name }) => name),
            ["GENRES", "YEAR"],
        );
        assert.equal([...tables.popular()].length, summary.items - 1);
        assert.equal(tables.similar(["1"])[0]?.candidates.next().done, false);

        const { filmsWithSimilar, filmsWithoutSimilar, filmsTrending, windowSeconds, films, bytes } = summary.tables;
        assert.equal(filmsWithSimilar + filmsWithoutSimilar, summary.items - 1);
        assert.ok(filmsWithSimilar > 50 && films === summary.items - 1);
        assert.equal(bytes, Buffer.byteLength(text));
        const lines = formatSummary(summary);
        assert.match(
            lines,
            new RegExp(`^similar +${filmsWithSimilar} items; ${filmsWithoutSimilar} with too few viewers`, "m"),
        );
        assert.match(lines, /^not shown +1 item, which the table of items lacks$/m);
        const days = Math.round(windowSeconds / 86_400);
        assert.match(lines, new RegExp(`^trending +${filmsTrending} items, over the last ${days} days$`, "m"));
    });

    it("`prepare` reads titles from movies.csv next to ratings.csv, or from the `--items` file", async () => {
        const rows = syntheticRatings().map(({ user, item, timestamp }) => `${user},${item},3.5,${timestamp}`);
        const input = put("ratings.csv", Buffer.from(`userId,movieId,rating,timestamp\n${rows.join("\n")}\n`));
        put(
            "movies.csv",
            Buffer.from('movieId,title,genres\n1,"City, The (1995)",Drama|War\n2,No year,(no genres listed)\n'),
        );
        assert.deepEqual((await run({ input })).catalogue, [
            { itemId: "1", title: "City, The", year: 1995, genres: ["Drama", "War"] },
            { itemId: "2", title: "No year", year: null, genres: [] },
        ]);
        const items = put("products.tsv", Buffer.from("product_id\tname\tcategory\n7\tCaf\u00e9\tShoes\n"));
        assert.deepEqual((await run({ input, items })).catalogue, [
            { itemId: "7", title: "Caf\u00e9", year: null, genres: ["Shoes"] },
        ]);
    });

    describe("Folder with a shop's exported files", () => {
        const events = syntheticRatings().map(({ user, item, timestamp }) => `${user};P-${item};${timestamp}`);
        const exports = (ids: (id: number) => string) => {
            put("events.csv", `user_id;product_id;timestamp\n${events.join("\n")}\n`);
            const rows = Array.from({ length: 200 }, (_, id) => `${ids(id)};Thing ${id};${id},5`);
            put("products.csv", `sku;name;price\n${rows.join("\n")}\n`);
            return at("");
        };

        it("`prepare` finds products.csv in the folder and adds `--items` to the manifest's options", async () => {
            const input = exports((id) => `P-${id}`);
            const { catalogue, manifestPath } = await run({ input });
            assert.deepEqual(catalogue[7], { itemId: "P-7", title: "Thing 7", year: null, genres: [], price: 7.5 });
            const { items, options } = JSON.parse(readFileSync(manifestPath, "utf8"));
            assert.deepEqual([items.rows, items.isDataset], [200, true]);
            assert.deepEqual(options.slice(-2), ["--items", at("products.csv")]);
            assert.doesNotMatch(logged().join("\n"), /Skipped a file|Left out/);
        });

        it("`prepare` rejects items or users whose IDs match no event", async () => {
            const input = exports((id) => `X-${id}`);
            await assert.rejects(
                run({ input }),
                /products\.csv: none of its ids, such as "X-0", is an item of the events, such as "P-\d+"\. Its columns are sku, name, price\. Name the one with the ids: {2}npm run data-prep -- .* --item-columns id=NAME$/,
            );
            const users = put("customers.csv", "user_id,age\nnobody,7\n");
            await assert.rejects(
                run({ input: at("events.csv"), users }),
                /none of its ids, such as "nobody", is a user of the events.*--user-columns id=NAME/,
            );
            assert.deepEqual(
                readdirSync(at("")).filter((name) => name === "out" && readdirSync(at(name)).length > 0),
                [],
            );
        });
    });
});
