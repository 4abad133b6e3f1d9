import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, gzipSync, zstdCompressSync } from "node:zlib";
import { timeReader } from "access-doctor/times";
import { zipSync } from "fflate";
import { snappyUncompress } from "hyparquet";
import { describeBadRows } from "../../data-prep/bad-rows.ts";
import { type Choices, describeLayout as described, readLayout } from "../../data-prep/layout.ts";
import { createCompressors, toTexts } from "../../data-prep/reading/rows-as-bytes.ts";
import { diagnose } from "../../packages/access-doctor/diagnose.ts";
import { createFixture, fixtureSnapshot } from "../../packages/access-doctor/test/support.ts";
import { itemAt } from "../support/item-at.ts";
import { converting } from "./converting.ts";
import { folderForEach } from "./folder.ts";
import { lines, publicTables, repeat } from "./public-tables.ts";
import { csvOfValues, publicValues } from "./public-values.ts";
import { shapes, shapeText } from "./shapes.ts";
import { traps } from "./traps.ts";
import { unseen } from "./unseen.ts";

const now = Date.UTC(2026, 10, 27) / 1000;

describe("Parquet, JSON and compressed input files, and other column names", () => {
    const { at, put } = folderForEach();
    const csvOf = async (path: string, choices: Choices = {}) => {
        const plans = await readLayout(path, choices, now);
        const { csv, ...result } = await converting(plans, { latest: now });
        return { ...result, rows: csv.trimEnd().split("\n"), plans };
    };

    for (const { name, file, text, choices, first } of publicTables) {
        it(`\`data-prep\` reads ${name}`, async () => {
            const { rows, badRows } = await csvOf(put(file, text), choices);
            assert.deepEqual(badRows, { count: 0, first: [] });
            assert.equal(rows[1], first);
        });
    }

    for (const shape of shapes) {
        it(`\`data-prep\` finds the columns of ${shape.of} without an option`, async () => {
            const file = shape.header === undefined ? "export.jsonl" : "export.csv";
            const [plan] = await readLayout(put(file, shapeText(shape)), {}, now);
            assert.ok(plan);
            const found = Object.entries(plan.roles).map(([role, at]) => `${role} = ${plan.table.names[at as number]}`);
            assert.deepEqual(found.toSorted(), shape.roles.split(", ").toSorted());
        });
    }

    for (const shape of unseen) {
        it(`\`data-prep\` asks about the columns of ${shape.of}, and guesses user, item and time`, async () => {
            const file = put(shape.header === undefined ? "export.jsonl" : "export.csv", shapeText(shape));
            await assert.rejects(readLayout(file, {}, now), /no column is clearly|has several readings/);
            const [plan] = await readLayout(file, { yes: true }, now);
            const right = shape.roles.split(", ").filter((each) => !each.startsWith("event"));
            const found = (["user", "item", "time"] as const).map((role) => [role, plan?.roles[role] ?? -1] as const);
            assert.deepEqual(
                found.map(([role, at]) => `${role} = ${plan?.table.names[at]}`),
                right,
            );
        });
    }

    for (const [header, rows, right] of traps) {
        it(`\`data-prep\` finds ${right} in ${header}, or asks`, async () => {
            const path = put("export.csv", lines(header, ...repeat(rows.split(";"), 7)));
            if (!right.includes("=")) {
                await assert.rejects(readLayout(path, {}, now), new RegExp(`no column is clearly the ${right}\\. `));
                return;
            }
            const [plan] = await readLayout(path, {}, now);
            const found = Object.entries(plan?.roles ?? {}).map(
                ([role, at]) => `${role} = ${plan?.table.names[at as number]}`,
            );
            assert.equal(found.toSorted().join(", "), right);
        });
    }

    /** Returns the values of a column in the prepared CSV. Throws the question that data-prep asks. */
    const valuesOf = async (text: string, column: string, choices: Choices = {}) => {
        const { rows, badRows } = await csvOf(put("export.csv", text), choices);
        if (badRows.count > 0) throw new Error(describeBadRows("export.csv", badRows, "…"));
        const [header = [], ...records] = rows.map((row) => row.split(",").map((cell) => cell.replaceAll('"', "")));
        return records.map((record) => record[header.indexOf(column)]);
    };
    const schema = ["USER_ID", "ITEM_ID", "EVENT_TYPE", "EVENT_VALUE", "TIMESTAMP"].map((name) => ({
        name,
        type: name === "EVENT_VALUE" ? "float" : name === "TIMESTAMP" ? "long" : "string",
    }));
    /**
     * Returns the options for the reading of a file in the command that the diagnosis of an import prints. `value` is
     * the value of `column` in the first row.
     */
    const diagnosed = (text: string, column: string, value: string): Choices => {
        const start = new Uint8Array(Buffer.from(text));
        const { fixes, findings } = diagnose({
            ...fixtureSnapshot(createFixture()),
            objects: [{ is: { key: "movies/interactions.csv", size: start.length, start } }],
            schema: { is: { datasetType: "INTERACTIONS", text: JSON.stringify({ fields: schema }), arn: "arn" } },
        });
        const sentences = findings.map(({ sentence }) => sentence).join("\n");
        // Personalize imports whole seconds, and plain numbers, so they are no faults of the file.
        const isFault = { TIMESTAMP: !/^\d{1,11}$/.test(value), EVENT_VALUE: value.includes(",") }[column];
        if (isFault)
            assert.ok(sentences.includes(`Line 2 of movies/interactions.csv has "${value}" for ${column}`), sentences);
        const [{ program, ask }] = [itemAt(fixes, 0)];
        // A question with one command is about rows that it leaves out, not about the reading.
        const [command = "", ...others] = `${program} ${ask}`.match(/data-prep -- .*?--output/g) ?? [];
        if (command === "" || others.length > 0) throw new Error(ask);
        const optionIn = (name: string) =>
            new RegExp(`--${name} (?:'([^']+)'|(\\S+))`).exec(command)?.slice(1).find(Boolean);
        return { columns: optionIn("columns"), time: optionIn("time") };
    };

    for (const { name, source, becomes, ...of } of publicValues) {
        for (const reader of ["data-prep", "the command of the diagnosis"]) {
            const does = Array.isArray(becomes) ? "converts" : "asks about";
            it(`${reader} ${does} ${name} (${source})`, async () => {
                const text = csvOfValues(of);
                const values = async () =>
                    valuesOf(
                        text,
                        of.column,
                        reader === "data-prep" ? {} : diagnosed(text, of.column, itemAt(of.values, 0)),
                    );
                // The diagnosis asks about times itself, and its command about ids and numbers.
                const asks =
                    reader === "data-prep"
                        ? becomes
                        : /^Error: the owner of the data: .*(--time|write all times)|differ only|--decimal/s;
                if (becomes instanceof RegExp) await assert.rejects(values, asks as RegExp);
                else assert.deepEqual((await values()).slice(0, becomes.length), becomes);
            });
        }
    }

    it("without a header, `data-prep` asks which column is the user, unless ids of items show it", async () => {
        // Columns of Amazon's ratings (https://nijianmo.github.io/amazon/index.html), without the rating.
        const ratings = put(
            "ratings_Books.csv",
            lines(...repeat(["0001713353,A1C6M8LCIX4M6M,1123804800", "0001713353,A1REUF3A1YCPHM,1112140800"])),
        );
        await assert.rejects(
            csvOf(ratings),
            /clearly the user or the item.*user +2 \(A1C6M8LCIX4M6M, A1REUF3A1YCPHM\)\n.*item +1 \(0001713353\)\n.*--columns user=2,item=1,time=3$/s,
        );
        const withItems = (...ids: string[]) => readLayout(ratings, { itemIds: new Set(ids) }, now);
        const [plan] = await withItems("0001713353", "B000");
        assert.deepEqual(plan?.roles, { item: 0, user: 1, time: 2 });
        const asking = withItems("0001713353", "A1C6M8LCIX4M6M", "A1REUF3A1YCPHM");
        await assert.rejects(asking, /--columns user=2,item=1,time=3$/, "both columns have ids of items");
    });

    it("`data-prep` reads Parquet files with four compressions, timestamps and nulls", async () => {
        const path = join(import.meta.dirname, "fixtures", "events.parquet");
        const { rows, badRows, plans } = await csvOf(path, {
            columns: "user=visitor_id,item=sku,time=event_time,event=event_type,value=price",
        });
        assert.deepEqual(badRows.first, []);
        assert.deepEqual(rows, [
            "USER_ID,ITEM_ID,EVENT_TYPE,EVENT_VALUE,TIMESTAMP",
            '"Zo\u00eb","A-1","view",1.5,1714557600',
            '"Zo\u00eb","A-2","purchase",,1714557660',
            '"\u00fc-2","A-1","view",3,1714557720',
            '"a\\"b","A-3","view",2.25,1714557780',
            '"\u00fc-2","A-2","purchase",9,1714557840',
        ]);
        assert.match(described(itemAt(plans, 0)), /: Parquet, utf-8;/);
    });

    it("`toTexts` writes 64-bit integers inside lists with all digits", () => {
        assert.deepEqual(toTexts({ list: [1n, 2n ** 60n] }, ["list"]), ['[1,"1152921504606846976"]']);
    });

    it("`timeReader` rejects years before 1970", () => {
        const read = timeReader("iso");
        assert.deepEqual(["0070-01-02", "1969-12-31", "1970-01-02"].map(read), [undefined, undefined, 86_400]);
    });

    const ratings = lines("userId,movieId,rating,timestamp", "1,2,3.5,1112486027");
    const expected = '"1","2","Watch",1112486027';

    it("`data-prep` reads interactions in gzip, zstd and zip files and in folders", async () => {
        const tags = lines("userId,movieId,tag,timestamp", "1,2,fun,1112486027");
        const gzip = await csvOf(put("ratings.csv.gz", gzipSync(ratings)));
        const zstd = await csvOf(put("ratings.csv.zst", zstdCompressSync(ratings)));
        const files = {
            "ml-25m/ratings.csv": Buffer.from(ratings),
            "ml-25m/tags.csv": Buffer.from(tags),
            "__MACOSX/ratings.csv": Buffer.of(1),
        };
        const zip = await csvOf(put("ml-25m.zip", zipSync(files)));
        rmSync(at("ratings.csv.gz"));
        rmSync(at("ratings.csv.zst"));
        put("ratings.csv", ratings);
        put("tags.csv", tags);
        const all = await csvOf(at(""));
        for (const { rows } of [gzip, zstd, zip, all]) assert.deepEqual(rows.slice(1), [expected]);
    });

    it("`data-prep` rejects a truncated gzip file and a gzip bomb", async () => {
        const whole = gzipSync(
            Array.from({ length: 5000 }, (_, row) => `${row}\t${row * 7}\t3\t88125${row}\n`).join(""),
        );
        await assert.rejects(
            csvOf(put("cut.gz", whole.subarray(0, whole.length / 2))),
            /cut\.gz is damaged or cut \(unexpected end of file\)/,
        );
        const bomb = gzipSync(Buffer.alloc(100_000_000, "1\t2\t3\t881250949\n"), { level: 9 });
        await assert.rejects(csvOf(put("bomb.gz", bomb)), /bomb\.gz expands more than 300 times/);
    });

    it("`createCompressors` returns codecs that decompress a Parquet page to the size in its header, and to 256 MiB at most", () => {
        const compressors = createCompressors({ snappyUncompress });
        const bytes = Buffer.alloc(1_000_000);
        const packed = { GZIP: gzipSync(bytes), BROTLI: brotliCompressSync(bytes), ZSTD: zstdCompressSync(bytes) };
        for (const [codec, page] of Object.entries(packed)) {
            const decompress = compressors[codec as keyof typeof packed] ?? assert.fail(codec);
            assert.equal(decompress(page, bytes.length).length, bytes.length);
            assert.throws(() => decompress(page, 1000), /damaged/, codec);
        }
        for (const decompress of Object.values(compressors)) {
            assert.throws(() => decompress(Buffer.of(0), 300 * 1024 * 1024), /300 MiB/);
        }
    });

    it("`data-prep` rejects JSON lines with more columns than a table can have", async () => {
        const row = (line: number) =>
            JSON.stringify(Object.fromEntries(Array.from({ length: 500 }, (_, key) => [`k${line}-${key}`, 1])));
        const path = put("keys.jsonl", lines(...Array.from({ length: 200 }, (_, line) => row(line))));
        await assert.rejects(csvOf(path), /keys\.jsonl has more than 1,000 columns/);
    });

    it("`data-prep` writes one row for each element of a list, and counts objects without elements", async () => {
        const event = (user: string, ...items: object[]) =>
            JSON.stringify({ user_id: user, timestamp: 881250949, images: [{ url: "a" }, { url: "b" }], items });
        const text = lines(
            event("u1", { item_id: "i1" }, { item_id: "i2" }),
            ...[event("u2"), '{"user_id":"u3","timestamp":881250949}', ""],
            event("u4", { item_id: "i1" }, { price: 3 }, { item_id: "i3" }),
            event("u5", { item_id: "i4" }),
        );
        const { rows, badRows, withoutElements } = await csvOf(put("events.jsonl", text), {
            columns: "item=items[].item_id",
        });
        assert.deepEqual(
            rows.slice(1).map((row) => row.split(",", 2).join()),
            ['"u1","i1"', '"u1","i2"', '"u4","i1"', '"u4","i3"', '"u5","i4"'],
        );
        assert.equal(withoutElements, 2);
        assert.deepEqual(
            badRows.first.map(({ line, column, reason }) => [line, column, reason]),
            [[5, "items[].item_id", "item id is empty"]],
        );
        await assert.rejects(
            csvOf(put("events.jsonl", text), { columns: "item=items[].item_id,IMAGE=images[].url" }),
            /in the lists items and images.*--columns 'user=NAME,item=items\[\]\.NAME,time=NAME'$/s,
        );
    });

    it("`data-prep` reports the line of an invalid JSON object", async () => {
        const good = '{"user":"1","item":"2","timestamp":881250949}';
        const { badRows } = await csvOf(put("a.jsonl", lines(good, '{"user":', good)));
        assert.deepEqual(
            badRows.first.map(({ line, reason }) => [line, reason]),
            [[2, "not a JSON object"]],
        );
    });

    it("`data-prep` recognizes the column `Member No` of a library's loans as user ID", async () => {
        const loans = lines("Member No;ISBN;Borrowed on", "M1;9783000039595;22.07.2025 20:00");
        const { plans } = await csvOf(put("loans.csv", loans));
        const [plan] = plans;
        assert.ok(plan);
        assert.match(described(plan), /user = Member No, item = ISBN, time = Borrowed on; times in %d\.%m\.%Y %H:%M/);
    });

    it("`data-prep` explains missing times, ambiguous dates and a wrong `--time`, and suggests commands", async () => {
        const goodbooks = put("goodbooks.csv", lines("user_id,book_id,rating", "1,258,5", "2,4081,4"));
        await assert.rejects(
            csvOf(goodbooks),
            /no column is clearly the time\..*time +none found\n.*user_id, book_id, rating\nComplete this command: .*--columns user=user_id,item=book_id,time=NAME$/s,
        );
        const dates = put("dates.csv", lines("user_id,item_id,date", "1,2,03/04/2021", "1,3,05/06/2021"));
        await assert.rejects(
            csvOf(dates),
            /row 1, column date: "03\/04\/2021" has several readings.*2021-04-03.*--time %d\/%m\/%Y\n.*2021-03-04.*--time %m\/%d\/%Y$/s,
        );
        const events = put("ms.csv", lines("user_id,item_id,timestamp", ...repeat(["1,2,1433221332117"], 40)));
        await assert.rejects(
            csvOf(events, { time: "s" }),
            /40 of the first 40 times do not fit --time s: .*another reading.*2015-06-02.*--time ms$/s,
        );
        await assert.rejects(
            csvOf(events, { columns: "user=nobody" }),
            /no column "nobody"; the columns are user_id, item_id, timestamp/,
        );
        await assert.rejects(
            csvOf(put("text.txt", "hello\nworld\n")),
            /text\.txt is not a table with users, items and times/,
        );
    });
});
