import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { converted } from "../../data-prep/reading/rows-as-bytes.ts";
import type { Plan } from "../../data-prep/row-writer.ts";
import { ratingsFile, syntheticRatings } from "../../packages/local-personalize/test/interactions.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { converting, parse } from "./converting.ts";

async function* pieces(bytes: Uint8Array, size: number) {
    for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}

/** The latest time in epoch seconds that a source can contain. It has ten digits. */
const latest = 2 ** 32 - 1;

function ratingsPlan(bytes: AsyncIterable<Uint8Array>): Plan {
    const table = {
        name: "u.data",
        kind: "text" as const,
        encoding: "utf-8" as const,
        dialect: { delimiter: "\t", quotes: false, escape: '"' as const },
        hasHeader: false,
        names: ["user", "item", "rating", "timestamp"],
        sample: [],
        addedLines: 0,
        sha256: async () => "",
        bytes,
        stop: async () => undefined,
    };
    return { table, roles: { user: 0, item: 1, time: 3 }, extras: [], time: "s", event: "Watch", decimals: new Map() };
}

async function transform(bytes: Uint8Array, pieceSize = 1 << 16, change: (plan: Plan) => Plan = (plan) => plan) {
    const plan = change(ratingsPlan(pieces(bytes, pieceSize)));
    const { csv, ...result } = await converting([plan], { latest });
    return { ...result, interactions: result.columns.users.length, csv };
}

/** The conversion of the Python tutorials for Personalize, step by step as in pandas. */
const PANDAS_RECIPE = `
import csv, sys, pandas
data = pandas.read_csv(sys.argv[1], sep="\\t", names=["USER_ID", "ITEM_ID", "RATING", "TIMESTAMP"])
data = data[["USER_ID", "ITEM_ID", "TIMESTAMP"]].astype({"USER_ID": str, "ITEM_ID": str})
data["EVENT_TYPE"] = "Watch"
data = data[["USER_ID", "ITEM_ID", "EVENT_TYPE", "TIMESTAMP"]]
data.to_csv(sys.argv[2], index=False, quoting=csv.QUOTE_NONNUMERIC)
`;

describe("`convert`", () => {
    it("`convert` writes the same records as a program with pandas", async () => {
        const python = process.env.MOVIE_RECOMMENDER_PYTHON;
        assert.ok(python, "MOVIE_RECOMMENDER_PYTHON must name a Python with pandas; `npm test` sets it");
        const folder = temporaryFolder();
        const ratings = join(folder, "u.data");
        const expected = join(folder, "pandas.csv");
        writeFileSync(ratings, ratingsFile(syntheticRatings()));
        execFileSync(python, ["-c", PANDAS_RECIPE, ratings, expected]);
        const ours = parse((await transform(readFileSync(ratings))).csv);
        const theirs = parse(readFileSync(expected, "utf8"));
        assert.ok(theirs.length > 2000);
        assert.deepEqual(ours, theirs);
    });

    it("`convert` keeps IDs and timestamps unchanged, wherever the input is divided into chunks", async () => {
        const id = fc
            .string({ minLength: 1, maxLength: 40, unit: "grapheme" })
            .filter((text) => text.trim() === text && !/\p{Cc}|^\.\.?$/u.test(text));
        const row = fc.record({ user: id, item: id, timestamp: fc.integer({ min: 0, max: latest }) });
        const property = fc.asyncProperty(
            fc.array(row, { minLength: 1, maxLength: 30 }),
            fc.integer({ min: 1, max: 50 }),
            fc.constantFrom("\n", "\r\n"),
            fc.boolean(),
            async (rows, pieceSize, lineEnd, lastLineEnds) => {
                const lines = rows.map(({ user, item, timestamp }) => `${user}\t${item}\t5\t${timestamp}`);
                const text = lines.join(lineEnd) + (lastLineEnds ? lineEnd : "");
                const result = await transform(Buffer.from(text), pieceSize);
                const events = rows.map(({ user, item, timestamp }) => [user, item, "Watch", String(timestamp)]);
                const once = [...new Map(events.map((event) => [JSON.stringify(event), event])).values()];
                assert.deepEqual(parse(result.csv).slice(1), once);
                assert.equal(result.repeated, rows.length - once.length);
                const { columns } = result;
                assert.equal(columns.users.length, once.length);
                assert.deepEqual(columns.userIds, [...new Set(rows.map(({ user }) => user))]);
                assert.deepEqual(columns.itemIds, [...new Set(rows.map(({ item }) => item))]);
                assert.equal(Math.max(...columns.timestamps), Math.max(...rows.map(({ timestamp }) => timestamp)));
            },
        );
        await fc.assert(property, { numRuns: 200 });
    });

    it("`convert` removes duplicate events, but keeps events that differ in at least one value", async () => {
        const rows = [
            "1\t2\tview\t3\t5",
            "1\t2\tview\t3\t5",
            "1\t2\tbuy\t3\t5",
            "1\t2\tview\t4\t5",
            "1\t2\tview\t3\t6",
        ];
        const many = Array.from({ length: 3 }, () => rows).flat();
        const { csv, repeated, eventTypes } = await transform(Buffer.from(`${many.join("\n")}\n`), 7, (plan) => ({
            ...plan,
            table: { ...plan.table, names: ["user", "item", "event", "price", "time"] },
            roles: { user: 0, item: 1, event: 2, value: 3, time: 4 },
            event: undefined,
        }));
        assert.deepEqual(
            parse(csv)
                .slice(1)
                .map((row) => row.slice(2).join(" ")),
            ["view 3 5", "buy 3 5", "view 4 5", "view 3 6"],
        );
        assert.equal(repeated, 11);
        assert.deepEqual(eventTypes, { view: 3, buy: 1 });
    });

    it("`convert` skips invalid rows and reports each row's line, column and reason", async () => {
        const bad = [
            "1\t2\t3",
            "1\t2\t3\t4\t5",
            "\t2\t3\t881250949",
            "1\t2\u0000\t3\t881250949",
            "1\t2\t3\t881250949,5",
            "1\t2\t3\t881250949000",
            "1\t2\t3\t8812509490001",
            `${"x".repeat(257)}\t2\t3\t881250949`,
            "1\t..\t3\t881250949",
        ];
        const { csv, badRows, interactions } = await transform(
            Buffer.from(`7\t8\t1\t5\n${bad.join("\n")}\n\n9\t8\t1\t6\n`),
        );
        assert.equal(interactions, 2);
        assert.deepEqual(parse(csv).slice(1), [
            ["7", "8", "Watch", "5"],
            ["9", "8", "Watch", "6"],
        ]);
        assert.equal(badRows.count, 9);
        const listed = badRows.first.map(({ line, column, reason }) => [line, column, reason]);
        assert.deepEqual(
            listed,
            [
                [undefined, "3 tab-separated fields instead of 4 (user, item, rating, timestamp)"],
                [undefined, "5 tab-separated fields instead of 4 (user, item, rating, timestamp)"],
                ["user", "user id is empty"],
                ["item", "item id has a control character"],
                ["timestamp", 'timestamp "881250949,5" is not a whole number of epoch seconds'],
                ["timestamp", 'timestamp "881250949000" is not a whole number of epoch seconds'],
                [
                    "timestamp",
                    'timestamp "8812509490001" is not a whole number of epoch seconds; it looks like milliseconds',
                ],
                ["user", "user id has 257 characters; Personalize takes 256"],
                ["item", "item id is . or .., which an address of the API cannot contain"],
            ].map(([column, reason], index) => [index + 2, column, reason]),
        );
        assert.equal(badRows.first[3]?.text, "1\\t2\\u0000\\t3\\t881250949");
        assert.ok(badRows.first.every(({ text }) => text.length <= 121 * 6));
    });

    it("`convert` rejects rows that are not UTF-8", async () => {
        const { badRows } = await transform(Buffer.from("1\tcaf\u00e9\t3\t881250949\n", "latin1"));
        assert.deepEqual(
            badRows.first.map(({ file, line, column, reason }) => [file, line, column, reason]),
            [["u.data", 1, "item", "item id is not UTF-8"]],
        );
    });

    it("`convert` rejects timestamps in the future or with an exponent or sign", async () => {
        const times = ["9223372036854775808", "8e8", "-5", "+5", "0x10", "abc", " 5", ""];
        const { badRows, interactions } = await transform(
            Buffer.from(times.map((time) => `1\t2\t3\t${time}\n`).join("")),
        );
        // data-prep accepts spaces around a timestamp.
        assert.deepEqual([badRows.count, interactions], [7, 1]);
        const result = await converting([ratingsPlan(pieces(Buffer.from("1\t2\t3\t2000000001\n"), 9))], {
            latest: 2_000_000_000,
        });
        const afterLast = [ratingsPlan(pieces(Buffer.from(`1\t2\t3\t${latest + 1}\n`), 9))];
        assert.equal((await converting(afterLast, { latest: 2 * latest })).badRows.count, 1, "more than 32 bits");
        assert.match(result.badRows.first[0]?.reason ?? "", /2000000001 is in the future \(2033-05-18T03:33:21/);
    });

    it("`convert` reports line numbers, not record numbers, after quoted line breaks", async () => {
        const text = '1,"a\nb",5\n2,"c""d, e",6\n3,x,y\n4,"open"x,7\n5,f,8\n';
        const { csv, badRows } = await transform(Buffer.from(text), 3, (plan) => ({
            ...plan,
            roles: { user: 0, item: 1, time: 2 },
            table: {
                ...plan.table,
                names: ["user", "item", "time"],
                dialect: { delimiter: ",", quotes: true, escape: '"' },
            },
        }));
        assert.deepEqual(parse(csv).slice(1), [
            ["2", 'c"d, e', "Watch", "6"],
            ["5", "f", "Watch", "8"],
        ]);
        assert.deepEqual(
            badRows.first.map(({ line, reason }) => [line, reason]),
            [
                [1, "item id has a control character"],
                [4, 'timestamp "y" is not a whole number of epoch seconds'],
                [5, "text follows a closing quote"],
            ],
        );
    });

    it("`convert` accepts a row of 10 MB, and stops at rows over 32 MiB", async () => {
        const long = Buffer.concat([
            Buffer.from("1\t2\t"),
            Buffer.alloc(10_000_000, "x"),
            Buffer.from("\t5\n1\t2\t3\t6\n"),
        ]);
        assert.equal((await transform(long, 1 << 20)).interactions, 2);
        await assert.rejects(
            transform(Buffer.alloc((1 << 25) + (1 << 21), 1), 1 << 20),
            /u\.data, line 1: a row is longer than 32 MiB/,
        );
    });

    it("`convert` reports the line of an unclosed quote", async () => {
        const open = (plan: Plan): Plan => ({
            ...plan,
            table: { ...plan.table, dialect: { ...converted, delimiter: "\t", quotes: true } },
        });
        await assert.rejects(
            transform(Buffer.from('1\t2\t3\t4\n1\t"2\t3\t4\n'), 7, open),
            /line 2: a row has no end: a quote opens/,
        );
    });
});
