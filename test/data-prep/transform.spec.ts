import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { transformRatings } from "../../data-prep/transform.ts";
import { createCsvParser } from "../../packages/local-personalize/importing/csv.ts";
import { ratingsFile, syntheticRatings } from "../../packages/local-personalize/test/interactions.ts";

async function* pieces(bytes: Uint8Array, size: number) {
    for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}

async function transform(bytes: Uint8Array, pieceSize = 1 << 16) {
    const written: Uint8Array[] = [];
    const result = await transformRatings(pieces(bytes, pieceSize), async (part) => {
        written.push(part.slice());
    });
    return { ...result, csv: Buffer.concat(written).toString() };
}

function parse(csv: string): string[][] {
    const records: string[][] = [];
    const parser = createCsvParser((fields) => records.push(fields));
    parser.write(csv);
    parser.end();
    return records;
}

/** The recipe that the Python tutorials for Personalize use, word for word in pandas' terms. */
const PANDAS_RECIPE = `
import csv, sys, pandas
data = pandas.read_csv(sys.argv[1], sep="\\t", names=["USER_ID", "ITEM_ID", "RATING", "TIMESTAMP"])
data = data[["USER_ID", "ITEM_ID", "TIMESTAMP"]].astype({"USER_ID": str, "ITEM_ID": str})
data["EVENT_TYPE"] = "Watch"
data = data[["USER_ID", "ITEM_ID", "EVENT_TYPE", "TIMESTAMP"]]
data.to_csv(sys.argv[2], index=False, quoting=csv.QUOTE_NONNUMERIC)
`;

describe("transformRatings", () => {
    it("writes what Personalize imports, to the byte", async () => {
        const { csv } = await transform(Buffer.from("196\t242\t3\t881250949\n186\t302\t3\t891717742\n"));
        assert.equal(
            csv,
            'USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP\n"196","242","Watch",881250949\n"186","302","Watch",891717742\n',
        );
    });

    it("equals the pandas recipe once both are parsed", async function () {
        this.timeout(60_000);
        const python = process.env.MOVIE_RECOMMENDER_PYTHON;
        assert.ok(python, "MOVIE_RECOMMENDER_PYTHON must name a Python with pandas; `npm test` sets it");
        const folder = mkdtempSync(join(tmpdir(), "data-prep-"));
        try {
            const ratings = join(folder, "u.data");
            const expected = join(folder, "pandas.csv");
            writeFileSync(ratings, ratingsFile(syntheticRatings()));
            execFileSync(python, ["-c", PANDAS_RECIPE, ratings, expected]);
            const ours = parse((await transform(readFileSync(ratings))).csv);
            const theirs = parse(readFileSync(expected, "utf8"));
            assert.ok(theirs.length > 2000);
            assert.deepEqual(ours, theirs);
        } finally {
            rmSync(folder, { recursive: true });
        }
    });

    it("keeps ids and timestamps, wherever the source cuts its bytes", async () => {
        const id = fc
            .string({ minLength: 1, maxLength: 40, unit: "grapheme" })
            .filter((text) => !/["\\\p{Cc}]/u.test(text));
        const row = fc.record({ user: id, item: id, timestamp: fc.integer({ min: 0, max: 9_999_999_999 }) });
        const property = fc.asyncProperty(
            fc.array(row, { minLength: 1, maxLength: 30 }),
            fc.integer({ min: 1, max: 50 }),
            fc.constantFrom("\n", "\r\n"),
            fc.boolean(),
            async (rows, pieceSize, lineEnd, lastLineEnds) => {
                const lines = rows.map(({ user, item, timestamp }) => `${user}\t${item}\t5\t${timestamp}`);
                const text = lines.join(lineEnd) + (lastLineEnds ? lineEnd : "");
                const result = await transform(Buffer.from(text), pieceSize);
                assert.deepEqual(
                    parse(result.csv).slice(1),
                    rows.map(({ user, item, timestamp }) => [user, item, "Watch", String(timestamp)]),
                );
                assert.equal(result.interactions, rows.length);
                assert.equal(result.userCounts.length, new Set(rows.map(({ user }) => user)).size);
                assert.equal(result.itemCounts.length, new Set(rows.map(({ item }) => item)).size);
                assert.equal(result.lastTimestamp, Math.max(...rows.map(({ timestamp }) => timestamp)));
            },
        );
        await fc.assert(property, { numRuns: 200 });
    });

    it("skips bad rows, and reports them with reasons", async () => {
        const bad = [
            "1\t2\t3",
            "1\t2\t3\t4\t5",
            "\t2\t3\t881250949",
            '1\t"2"\t3\t881250949',
            "1\t2\t3\t881250949.5",
            "1\t2\t3\t881250949000",
            "1\t2\t3\t8812509490001",
            `${"x".repeat(257)}\t2\t3\t881250949`,
        ];
        const { csv, badRows, interactions } = await transform(
            Buffer.from(`7\t8\t1\t5\n${bad.join("\n")}\n\n9\t8\t1\t6\n`),
        );
        assert.equal(interactions, 2);
        assert.deepEqual(parse(csv).slice(1), [
            ["7", "8", "Watch", "5"],
            ["9", "8", "Watch", "6"],
        ]);
        assert.deepEqual(badRows, {
            count: 8,
            first: [
                "3 tab-separated fields instead of 4 (user, item, rating, timestamp)",
                "5 tab-separated fields instead of 4 (user, item, rating, timestamp)",
                "user id is empty",
                "item id has a quote, a backslash or a control character",
                'timestamp "881250949.5" is not a whole number of epoch seconds',
                'timestamp "881250949000" is not a whole number of epoch seconds',
                'timestamp "8812509490001" is not a whole number of epoch seconds; it looks like milliseconds',
                "user id has 257 characters; Personalize takes 256",
            ].map((reason, index) => ({ line: index + 2, reason })),
        });
    });

    it("refuses bytes that are not UTF-8, row by row", async () => {
        const { badRows } = await transform(Buffer.from("1\tcaf\u00e9\t3\t881250949\n", "latin1"));
        assert.deepEqual(badRows.first, [{ line: 1, reason: "item id is not UTF-8" }]);
    });

    it("stops at a file that has no lines", async () => {
        await assert.rejects(
            transform(Buffer.alloc(200_000, 1)),
            /line 1 is longer than 64 KB: this is not a u\.data file/,
        );
    });
});
