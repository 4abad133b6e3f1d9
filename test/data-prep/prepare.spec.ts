import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zipSync } from "fflate";
import { readTables } from "../../app/serving/table-answers.ts";
import { type PrepareOptions, prepare, UnfitDataError } from "../../data-prep/prepare.ts";
import { formatSummary } from "../../data-prep/summary.ts";
import { createCsvParser } from "../../packages/local-personalize/importing/csv.ts";
import { type Rating, ratingsFile, syntheticRatings } from "../../packages/local-personalize/test/interactions.ts";
import { readInteractions } from "../../packages/local-personalize/test/read-interactions.ts";

const CLI = new URL("../../data-prep/cli.ts", import.meta.url).pathname;
const ITEM_FILE = Buffer.from(
    "1|Mis\u00e9rables, Les (1995)|01-Jan-1995||http://x|0|0|0|0|0|0|0|0|1|0|0|0|1|0|0|0|0|0|0\n",
    "latin1",
);

describe("prepare", () => {
    let folder: string;
    let log: string[];
    const at = (name: string) => join(folder, name);
    const run = (options: PrepareOptions) =>
        prepare({ output: at("out/data.csv"), log: (line) => log.push(line), ...options });
    const put = (name: string, bytes: Uint8Array) => {
        writeFileSync(at(name), bytes);
        return at(name);
    };

    beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), "data-prep-"));
        log = [];
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    it("writes a CSV that reads back as the ratings it was given, and sums it up", async () => {
        const ratings = syntheticRatings();
        const { outputPath, summary } = await run({
            input: put("u.data", ratingsFile(ratings)),
            report: at("report.json"),
        });
        const { userIds, itemIds, users, items, timestamps } = await readInteractions(outputPath);
        const back = [...timestamps].map(
            (time, row) => `${userIds[users[row] ?? -1]} ${itemIds[items[row] ?? -1]} ${time}`,
        );
        const given = ratings.map(({ user, item, timestamp }) => `${user} ${item} ${timestamp}`);
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
        const { quality, ...report } = JSON.parse(readFileSync(at("report.json"), "utf8"));
        assert.deepEqual(report, summary);
        assert.equal(quality.figures.items, summary.items);
    });

    for (const top of ["ml-100k", "archive/ml-100k"]) {
        it(`reads a zip with its files in ${top}/, titles in Latin-1`, async () => {
            const zip = zipSync({ [`${top}/u.data`]: ratingsFile(syntheticRatings()), [`${top}/u.item`]: ITEM_FILE });
            const { catalogue, cataloguePath, summary } = await run({ input: put("ml.zip", zip) });
            const expected = [{ itemId: "1", title: "Misérables, Les", year: 1995, genres: ["Drama", "Musical"] }];
            assert.deepEqual(catalogue, expected);
            assert.deepEqual(JSON.parse(readFileSync(cataloguePath, "utf8")), expected);
            assert.equal(summary.interactions, syntheticRatings().length);
        });
    }

    it("uses the item file beside a u.data, and reports a missing one", async () => {
        const input = put("u.data", ratingsFile(syntheticRatings()));
        assert.deepEqual((await run({ input })).catalogue, []);
        assert.match(log.join("\n"), /shown by their ids/);
        put("u.item", ITEM_FILE);
        assert.equal((await run({ input })).catalogue.length, 1);
    });

    it("writes the items, with their schema, as the service reads them", async () => {
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
        const records: string[][] = [];
        const parser = createCsvParser((fields) => records.push(fields));
        parser.write(csv);
        parser.end();
        assert.deepEqual(records.at(-1), ['a"b\\c', "Drama", "1996"]);
    });

    it("writes the fallback tables of what it wrote, with its hash, and sums them up", async () => {
        put("u.item", ITEM_FILE);
        const input = put("u.data", ratingsFile(syntheticRatings()));
        const { summary, tablesPath, outputPath } = await run({ input });
        assert.equal(tablesPath, at("out/fallback-tables.json"));
        const text = readFileSync(tablesPath, "utf8");
        const tables = readTables(text);
        assert.equal(tables.interactionsSha256, createHash("sha256").update(readFileSync(outputPath)).digest("hex"));
        assert.equal(tables.film("1")?.title, "Misérables, Les");
        assert.equal(tables.popular({ count: 500 }).length, summary.items);
        assert.equal(tables.similar(["1"]).from, "similar");

        const { filmsWithSimilar, filmsWithoutSimilar, filmsTrending, windowSeconds, films, bytes } = summary.tables;
        assert.equal(filmsWithSimilar + filmsWithoutSimilar, summary.items);
        assert.ok(filmsWithSimilar > 50 && films >= summary.items);
        assert.equal(bytes, Buffer.byteLength(text));
        const lines = formatSummary(summary);
        assert.match(
            lines,
            new RegExp(`^similar +${filmsWithSimilar} items; ${filmsWithoutSimilar} with too few viewers`, "m"),
        );
        const days = Math.round(windowSeconds / 86_400);
        assert.match(lines, new RegExp(`^trending +${filmsTrending} items, over the last ${days} days$`, "m"));
    });

    it("writes no items where no item file came along, and leaves those that are there", async () => {
        const input = put("u.data", ratingsFile(syntheticRatings()));
        assert.equal((await run({ input })).itemsPath, undefined);
        assert.deepEqual(readdirSync(at("out")).sort(), [
            "catalogue.json",
            "data.csv",
            "fallback-tables.json",
            "manifest.json",
        ]);
        writeFileSync(at("out/items.csv"), "mine");
        await run({ input });
        assert.equal(readFileSync(at("out/items.csv"), "utf8"), "mine");
    });

    it("names file, line and reason of the first 20 bad rows and their count, and leaves no file", async () => {
        const broken = Array.from({ length: 25 }, () => "1\t2\tx\n").join("");
        const input = put("u.data", Buffer.concat([ratingsFile(syntheticRatings()), Buffer.from(broken)]));
        const first = syntheticRatings().length + 1;
        await assert.rejects(run({ input }), (error: unknown) => {
            assert.ok(error instanceof UnfitDataError);
            assert.match(error.message, new RegExp(`^25 rows of ${input} cannot be used`));
            assert.ok(error.message.includes(`${input}:${first}: 3 tab-separated fields`));
            assert.ok(error.message.includes(`${input}:${first + 19}: `));
            assert.ok(!error.message.includes(`${input}:${first + 20}: `));
            assert.match(error.message, /and 5 more/);
            assert.ok(error.message.endsWith(`npm run data-prep -- ${input} --bad-rows skip`));
            return true;
        });
        assert.deepEqual(readdirSync(at("out")), []);
        const { summary } = await run({ input, badRows: "skip" });
        assert.equal(summary.rowsSkipped, 25);
        assert.equal(summary.skipped.length, 20);
    });

    it("leaves an older output as it was when it fails, even in the middle", async () => {
        const { outputPath } = await run({ input: put("u.data", ratingsFile(syntheticRatings())) });
        const before = readFileSync(outputPath);
        const turnsToNoise = Buffer.concat([Buffer.alloc(3_000_000, "1\t2\t3\t4\n"), Buffer.alloc(40_000_000, 1)]);
        await assert.rejects(
            run({ input: put("u.data", turnsToNoise) }),
            /u\.data, line 375001: a row is longer than 32 MiB/,
        );
        await assert.rejects(run({ input: put("u.data", turnsToNoise), signal: AbortSignal.abort() }), {
            name: "AbortError",
        });
        assert.deepEqual(readFileSync(outputPath), before);
        assert.deepEqual(readdirSync(at("out")).sort(), [
            "catalogue.json",
            "data.csv",
            "fallback-tables.json",
            "manifest.json",
        ]);
    });

    it("refuses to write over its own input", async () => {
        const ratings = ratingsFile(syntheticRatings());
        const input = put("u.data", ratings);
        await assert.rejects(run({ input, output: input }), /is the input and the output: name another file/);
        assert.deepEqual(readFileSync(input), ratings);
    });

    it("refuses to write the interactions where other files go", async () => {
        const input = put("u.data", ratingsFile(syntheticRatings()));
        await assert.rejects(run({ input, output: at("items.csv") }), /items\.csv is where the items go/);
        await assert.rejects(run({ input, output: at("catalogue.json") }), /is where the catalogue goes/);
        await assert.rejects(run({ input, output: at("fallback-tables.json") }), /is where the fallback tables go/);
    });

    it("refuses what Personalize would refuse to train on", async () => {
        const rows = (count: number, users: number): Rating[] =>
            Array.from({ length: count }, (_, n) => ({ user: n % users, item: n, rating: 1, timestamp: n }));
        await assert.rejects(
            run({ input: put("u.data", ratingsFile(rows(999, 30))) }),
            /999 interactions are too few.*1,000/,
        );
        await assert.rejects(
            run({ input: put("u.data", ratingsFile(rows(1000, 24))) }),
            /24 users with at least 2.*25/,
        );
        assert.equal((await run({ input: put("u.data", ratingsFile(rows(1000, 25))) })).summary.usersWithTwo, 25);
    });

    it("reports a missing input, or a wrong zip", async () => {
        await assert.rejects(run({ input: at("none.data") }), { message: `There is no file ${at("none.data")}.` });
        await assert.rejects(
            run({ input: put("a.zip", zipSync({ "a.txt": Buffer.of(1) })) }),
            /a\.zip:a\.txt is not a table with users, items and times/,
        );
        await assert.rejects(
            run({ input: put("b.zip", Buffer.from("PK\u0003\u0004junk")) }),
            /b\.zip is a damaged zip/,
        );
    });

    it("keeps stdout for the one document of --json, and exits 1 for bad data, 2 for wrong usage", function () {
        this.timeout(20_000);
        const cli = (...args: string[]) =>
            spawnSync(process.execPath, [CLI, ...args], { encoding: "utf8", cwd: folder });
        const good = cli("--input", put("u.data", ratingsFile(syntheticRatings())), "--output", at("c.csv"), "--json");
        assert.equal(good.status, 0, good.stderr);
        assert.equal(JSON.parse(good.stdout).schemaVersion, 1);
        assert.match(good.stderr, /shown by their ids/);

        const bad = cli("--input", put("bad.data", Buffer.from("1 2 3 4\n")), "--output", at("d.csv"));
        assert.deepEqual([bad.status, bad.stdout], [1, ""]);
        const wrong = cli("--inptu", "x");
        assert.equal(wrong.status, 2);
        assert.match(wrong.stderr, /Did you mean --input\?/);
        assert.equal(cli("--bad-rows", "ignore").status, 2);

        const chosen = cli("u.data", "--columns", "user=1,item=2,time=4,GRADE=3", "--dry-run");
        assert.equal(chosen.status, 0, chosen.stderr);
        assert.match(chosen.stderr, /--columns user=1,item=2,time=4,GRADE=3 /);
        const unknown = cli("u.data", "--columns", "user=1,grade=3");
        assert.equal(unknown.status, 2);
        assert.match(unknown.stderr, /"grade=3" is not one of user=NAME/);
    });

    it("writes unusable rows to a file, up to a share, and takes paths relative to npm's caller", function () {
        this.timeout(20_000);
        const rows = syntheticRatings().map(({ user, item, timestamp }) => `${user};${item};${timestamp}000`);
        put("events.csv", Buffer.from(`visitor_id;sku;ts\n${rows.join("\n")}\n,;x\u0007;1\n1;2\n`));
        const cli = (...args: string[]) =>
            spawnSync(process.execPath, [CLI, ...args], {
                encoding: "utf8",
                env: { ...process.env, INIT_CWD: folder, npm_lifecycle_event: "data-prep" },
            });
        const args = ["events.csv", "--output", "out/", "--bad-rows", "quarantine", "bad.csv"];
        const refused = cli(...args, "--max-bad", "0.01%");
        assert.equal(refused.status, 1);
        assert.match(refused.stderr, /% of the rows, more than --max-bad 0\.01%/);
        const { status, stderr, stdout } = cli(...args);
        assert.equal(status, 0, stderr);
        assert.match(stderr, /semicolons, utf-8; user = visitor_id, item = sku, time = ts; times in milliseconds/);
        assert.match(stderr, /--columns user=visitor_id,item=sku,time=ts --time ms --event Watch/);
        assert.match(stdout, /^rows skipped +2$/m);
        const line = rows.length + 2;
        const file = at("events.csv");
        assert.equal(
            readFileSync(at("bad.csv"), "utf8"),
            "FILE,LINE,COLUMN,REASON,TEXT\n" +
                `"${file}","${line}","sku","item id has a control character",",;x\\x07;1"\n` +
                `"${file}","${line + 1}","","2 semicolon-separated fields instead of 3 (visitor_id, sku, ts)","1;2"\n`,
        );
        assert.deepEqual(readdirSync(at("out")).sort(), [
            "catalogue.json",
            "fallback-tables.json",
            "manifest.json",
            "personalize_interactions_fixed.csv",
        ]);
    });

    it("takes titles from MovieLens' own file beside ratings.csv, or from --items", async () => {
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
        const items = put("products.tsv", Buffer.from("product_id\tname\tcategory\nA\tCaf\u00e9\tShoes\n"));
        assert.deepEqual((await run({ input, items })).catalogue, [
            { itemId: "A", title: "Caf\u00e9", year: null, genres: ["Shoes"] },
        ]);
    });
});
