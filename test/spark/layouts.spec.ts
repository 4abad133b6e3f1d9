import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { knownNames } from "../../data-prep/reading/roles.ts";
import { madeBySpark, runSpark, type SparkRun } from "./support.ts";

/** Layouts of public clickstreams, as the documentation of their tools shows them. The rows are invented. */
const rows = Array.from({ length: 1000 }, (_, n) => ({ user: n % 50, item: n % 77, time: 1_760_000_000 + 61 * n }));
const expected = (type: string) => rows.map(({ user, item, time }) => `"u${user}","i${item}","${type}",${time}`).sort();
type Row = (typeof rows)[number];
const lines = (of: (row: Row) => unknown) => rows.map((row) => `${JSON.stringify(of(row))}\n`);
const iso = ({ time }: Row) => new Date(1000 * time).toISOString();

interface Layout {
    readonly name: string;
    readonly type: string;
    readonly args: readonly string[];
    /** Input files by their paths in the folder. */
    readonly files?: Readonly<Record<string, string | Uint8Array>>;
    /** SQL statements that write the input files; `$` stands for the folder. */
    readonly sql?: readonly string[];
    readonly table?: string;
}

const values = rows.map(({ user, item, time }) => `('u${user}','i${item}',${time})`).join(",");
const asTable = `(SELECT * FROM VALUES ${values} AS t(u, i, s))`;

const created = (name: string, columns: string, partitions = "") =>
    `CREATE TABLE ${name} USING parquet ${partitions} LOCATION '$' AS SELECT ${columns} FROM ${asTable}`;

const layouts: readonly Layout[] = [
    {
        name: "Parquet that Glue writes, partitioned by type and day",
        type: "view",
        args: ["--columns", "user=visitor,item=product,time=event_ts,event=event_name"],
        sql: [
            created(
                "glue",
                "u AS visitor, i AS product, timestamp_seconds(s) AS event_ts, 'view' AS event_name, '01' AS day",
                "PARTITIONED BY (event_name, day)",
            ),
        ],
    },
    {
        name: "Parquet with a nested record, whole numbers as doubles, and a date",
        type: "Watch",
        args: ["--columns", "user=who.id,item=what,time=at", "--event", "Watch"],
        sql: [created("nested", "named_struct('id', u, 'plan', 1.0D) AS who, i AS what, CAST(s AS DOUBLE) AS at")],
    },
    {
        name: "a table of the catalog, as Iceberg is read",
        type: "Watch",
        args: [],
        table: "default.shop",
        sql: [created("shop", "u AS user_id, i AS item_id, CAST(s AS BIGINT) * 1000 AS event_time")],
    },
    {
        name: "Firehose: year/month/day/hour, gzip, JSON lines",
        type: "click",
        args: [],
        files: {
            "2025/10/09/08/stream-1.gz": gzipSync(
                lines((row) => ({
                    userId: `u${row.user}`,
                    itemId: `i${row.item}`,
                    timestamp: iso(row),
                    event: "click",
                }))
                    .slice(0, 400)
                    .join(""),
            ),
            "2025/10/10/09/stream-2.gz": gzipSync(
                lines((row) => ({
                    event: "click",
                    itemId: `i${row.item}`,
                    userId: `u${row.user}`,
                    timestamp: iso(row),
                }))
                    .slice(400)
                    .join(""),
            ),
        },
    },
    {
        name: "GA4's export as JSON: microseconds in a text",
        type: "view_item",
        args: ["--columns", "user=user_pseudo_id,item=ecommerce.item_id,time=event_timestamp,event=event_name"],
        files: {
            "events_20251009.json": lines((row) => ({
                event_date: "20251009",
                event_timestamp: `${row.time}123456`,
                event_name: "view_item",
                user_pseudo_id: `u${row.user}`,
                ecommerce: { item_id: `i${row.item}` },
                items: [{ item_id: `i${row.item}`, price: 1.5 }],
            })).join(""),
        },
    },
    {
        name: "Snowplow's enriched events: 131 columns with tabs, without a header",
        type: "page_view",
        args: ["--columns", "user=16,item=31,time=4,event=6"],
        files: {
            "part-00000": rows
                .map((row) => {
                    const fields = Array.from({ length: 131 }, () => "");
                    [fields[15], fields[30], fields[5]] = [`u${row.user}`, `i${row.item}`, "page_view"];
                    fields[3] = iso(row).replace("T", " ").replace("Z", "");
                    fields[52] = '{"data":[{"name":"a, \\"b\\""}]}';
                    return `${fields.join("\t")}\n`;
                })
                .join(""),
        },
    },
    {
        name: "Segment's S3 destination: nested properties, gzip",
        type: "Product Viewed",
        args: ["--columns", "user=userId,item=properties.product_id,time=timestamp,event=event"],
        files: {
            "segment-logs/1760000000000/a.gz": gzipSync(
                lines((row) => ({
                    userId: `u${row.user}`,
                    event: "Product Viewed",
                    properties: { product_id: `i${row.item}`, price: 18.99 },
                    timestamp: iso(row),
                })).join(""),
            ),
        },
    },
    {
        name: "RetailRocket: CSV with milliseconds",
        type: "view",
        args: [],
        files: {
            "events.csv": `timestamp,visitorid,event,itemid,transactionid\n${rows.map(({ user, item, time }) => `${time}123,u${user},view,i${item},\n`).join("")}`,
        },
    },
    {
        name: "CSV of several files with a header each, in partitions",
        type: "buy",
        args: [],
        files: Object.fromEntries(
            [0, 500].map((from) => [
                `event_type=buy/part-${from}.csv`,
                `user_id,item_id,created_at\n${rows
                    .slice(from, from + 500)
                    .map((row) => `u${row.user},i${row.item},"${iso(row)}"\n`)
                    .join("")}`,
            ]),
        ),
    },
];

describe("data-prep/spark/prepare.py with the column layouts of public data sets", () => {
    let folder: string;
    let runs: readonly SparkRun[];
    let names: Readonly<Record<string, string>>;
    const at = (index: number, name: string) => join(folder, String(index), name);
    before(async () => {
        folder = mkdtempSync(join(tmpdir(), "data-prep-layouts-"));
        for (const [index, { files = {} }] of layouts.entries()) {
            for (const [path, text] of Object.entries(files)) {
                mkdirSync(dirname(at(index, `in/${path}`)), { recursive: true });
                writeFileSync(at(index, `in/${path}`), text);
            }
        }
        const sql = layouts.flatMap((layout, index) =>
            (layout.sql ?? []).map((each) => each.replace("$", at(index, "in"))),
        );
        // If Spark only skipped the header, a file with another order of columns would have users as items.
        const swapped = rows.slice(0, 500).map(({ user, item, time }) => `i${item},u${user},${time}\n`);
        const straight = rows.slice(500).map(({ user, item, time }) => `u${user},i${item},${time}\n`);
        mkdirSync(at(0, "mixed"), { recursive: true });
        writeFileSync(at(0, "mixed/a.csv"), `user_id,item_id,timestamp\n${straight.join("")}`);
        writeFileSync(at(0, "mixed/b.csv"), `item_id,user_id,timestamp\n${swapped.join("")}`);
        const args = layouts.map((layout, index) => [
            ...(layout.table === undefined ? [at(index, "in")] : ["--table", layout.table]),
            ...layout.args,
            ...["--output", at(index, "out")],
        ]);
        const refused = [
            [at(7, "in"), "--output", at(7, "in")],
            [at(7, "nothing"), "--output", at(0, "new")],
            [at(7, "in"), "--colums", "user=1", "--output", at(0, "new")],
            [at(7, "in"), "--columns", "user=nobody", "--output", at(0, "new")],
            [at(7, "in"), "--event", "event => 4 -> Like", "--output", at(0, "new")],
            [at(7, "in"), "--event", "event = buy -> Buy, else View", "--output", at(0, "new")],
            // AWS Glue starts a script like this: each option has one value, and Glue adds its own options.
            [
                "--JOB_NAME",
                "prepare",
                "--TempDir",
                "s3://b/t",
                "--input",
                at(7, "in"),
                "--output",
                at(0, "glue"),
                "--bad-rows",
                `quarantine ${at(0, "bad")}`,
            ],
            [at(0, "mixed"), "--bad-rows", "skip", "--output", at(0, "mixed-out")],
        ];
        ({ results: runs, names } = await runSpark([...args, ...refused], sql));
    });
    after(() => rmSync(folder, { recursive: true, force: true }));

    for (const [index, { name, type }] of layouts.entries()) {
        it(`prepare.py reads ${name}`, () => {
            assert.equal(runs[index]?.code, 0, runs[index]?.stderr);
            const output = madeBySpark(at(index, "out"), at(index, "none"));
            assert.equal(output.header, "USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP");
            assert.deepEqual(output.rows, expected(type));
        });
    }

    it("prepare.py rejects an existing output, missing files and invalid options", () => {
        const [exists, missing, option, column, rule, unmatched, glue] = runs.slice(layouts.length);
        assert.match(exists?.stderr ?? "", /\/in exists already/);
        assert.match(missing?.stderr ?? "", /There is no .*nothing/);
        assert.match(option?.stderr ?? "", /unrecognized arguments: --colums/);
        assert.match(column?.stderr ?? "", /no column "nobody"; the columns are timestamp, visitorid/);
        assert.match(rule?.stderr ?? "", /Write >= for =>:\n {2}event => 4 -> Like\n {8}\^/);
        assert.match(unmatched?.stderr ?? "", /The case "event = buy" of --event matches no row/);
        assert.deepEqual(
            [exists, missing, option, column, rule, unmatched, glue].map((run) => run?.code),
            [1, 1, 2, 1, 1, 1, 0],
        );
        assert.doesNotMatch(missing?.stderr ?? "", /Traceback|at org\.apache/);
    });

    it("prepare.py rejects a folder of files with different column orders", () => {
        const run = runs.at(-1);
        assert.equal(run?.code, 1, run?.stdout);
        assert.match(
            run?.stderr ?? "",
            /do not have the same columns.*[ab]\.csv: '(item_id,user|user_id,item).*a run of their own/s,
        );
        assert.ok(!existsSync(at(0, "mixed-out")));
    });

    it("prepare.py recognizes the same column names as data-prep", () => {
        const pythonNames = Object.fromEntries(Object.entries(names).map(([role, text]) => [role, text.split(" ")]));
        assert.deepEqual(pythonNames, knownNames);
    });
});
