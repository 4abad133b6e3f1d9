import assert from "node:assert/strict";
import { globSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { itemAt } from "../support/item-at.ts";
import { madeBySpark, runSpark, type SparkCase, type SparkRun } from "./support.ts";

/** Layouts of public clickstreams, as the documentation of their tools shows them. The rows are invented. */
const rows = Array.from({ length: 1000 }, (_, n) => ({ user: n % 50, item: n % 77, time: 1_760_000_000 + 61 * n }));
const expected = (type: string) => rows.map(({ user, item, time }) => `"u${user}","i${item}","${type}",${time}`).sort();
type Row = (typeof rows)[number];
const lines = (of: (row: Row) => unknown) => rows.map((row) => `${JSON.stringify(of(row))}\n`);
const iso = ({ time }: Row) => new Date(1000 * time).toISOString();
const quotedTimes = rows.map((row) => `u${row.user},i${row.item},"${iso(row)}"\n`);

/** A run of prepare.py for some input. `$` stands for the folder of the input files, and is the default of `args`. */
interface Layout extends Partial<Omit<SparkCase, "sample">> {
    readonly name: string;
    readonly type: string;
    /** Input files by their paths in the folder. */
    readonly files?: Readonly<Record<string, string | Uint8Array>>;
    /** An SQL statement that writes the input files. */
    readonly sql?: string;
}

const values = rows.map(({ user, item, time }) => `('u${user}','i${item}',${time})`).join(",");
const asTable = `(SELECT * FROM VALUES ${values} AS t(u, i, s))`;

const created = (name: string, columns: string, partitions = "") =>
    `CREATE TABLE ${name} USING parquet ${partitions} LOCATION '$' AS SELECT ${columns} FROM ${asTable}`;

const layouts: readonly Layout[] = [
    {
        name: "Parquet that Glue writes, partitioned by type and day",
        type: "view",
        choices: ["--columns", "user=visitor,item=product,time=event_ts"],
        edit: {
            columns: { user: "visitor", item: "product", time: "event_ts", event: "event_name" },
            event: null,
        },
        sql: created(
            "glue",
            "u AS visitor, i AS product, timestamp_seconds(s) AS event_ts, 'view' AS event_name, '01' AS day",
            "PARTITIONED BY (event_name, day)",
        ),
    },
    {
        name: "Parquet with a nested record, whole numbers as doubles, and a date",
        type: "Watch",
        choices: ["--columns", "user=who.id,item=what,time=at"],
        sql: created("nested", "named_struct('id', u, 'plan', 1.0D) AS who, i AS what, CAST(s AS DOUBLE) AS at"),
    },
    {
        name: "a table of the catalog, as Iceberg is read",
        type: "Watch",
        args: ["--table", "default.shop"],
        sql: created("shop", "u AS user_id, i AS item_id, CAST(s AS BIGINT) * 1000 AS event_time"),
    },
    {
        name: "Firehose: year/month/day/hour, gzip, JSON lines",
        type: "click",
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
        choices: ["--columns", "user=user_pseudo_id,item=ecommerce.item_id,time=event_timestamp,event=event_name"],
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
        choices: ["--columns", "user=16,item=31,time=4,event=6"],
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
        choices: ["--columns", "user=userId,item=properties.product_id,time=timestamp,event=event"],
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
        name: "RetailRocket: CSV with milliseconds, with each option as one value and the options that AWS Glue adds",
        type: "view",
        args: ["--JOB_NAME", "prepare", "--TempDir", "s3://b/t", "--input", "$", "--bad-rows", "quarantine $-bad"],
        files: {
            "events.csv": `timestamp,visitorid,event,itemid,transactionid\n${rows.map(({ user, item, time }) => `${time}123,u${user},view,i${item},\n`).join("")}`,
        },
    },
    {
        name: "CSV with Excel's serial numbers, and spaces around ids",
        type: "Watch",
        files: {
            "export.csv": `user;item;time\n${rows.map(({ user, item, time }) => `u${user} ;\u00a0i${item};${String(25_569 + time / 86_400).replace(".", ",")}\n`).join("")}`,
        },
    },
    {
        name: "CSV of several files with a header each, one with quotes, in partitions",
        type: "buy",
        edit: {
            columns: { user: "user_id", item: "item_id", time: "created_at", event: "event_type" },
            event: null,
        },
        files: {
            "event_type=buy/part-0.csv": `user_id,item_id,created_at\n${quotedTimes.slice(0, 500).join("")}`,
            "event_type=buy/part-1.csv": `"user_id","item_id",created_at\n${quotedTimes.slice(500).join("")}`,
        },
    },
];

type Refusal = readonly [what: string, run: Partial<SparkCase>, codeAndMessage: RegExp];
/** `$` stands for the folder of RetailRocket's file. */
const refusals: readonly Refusal[] = [
    ["an existing output", { args: ["$", "--output", "$"] }, /^1: .*\/in exists already/],
    ["missing files", { args: ["$/nothing"] }, /^1: There is no file .*nothing\.$/m],
    ["an unknown option", { args: ["$", "--colums", "1"] }, /^2: .*unrecognized arguments: --colums/s],
    ["options of another version", { args: ["$", "--options", "$-old"] }, /^1: .*old has schemaVersion 0 and 0 tables/],
    [
        "options that hash users' ids",
        { args: ["$", "--options", "$-hashed"] },
        /^1: .*hashed hashes users' ids by --hash-users, which prepare\.py cannot\. .* --hash-users KEYFILE$/m,
    ],
    ["a missing column", { edit: { columns: { user: "nobody" } } }, /^1: There is no column "nobody"; the columns/],
    [
        "columns in a list of JSON objects",
        { edit: { kind: "JSON lines", numbers: [], columns: { user: "visitorid", item: "items[].item_id" } } },
        /^1: prepare\.py makes no rows of the elements of a list \(visitorid, items\[\]\.item_id\)\. .* -- FILES$/m,
    ],
    ["files of another format", { edit: { kind: "Parquet" } }, /^1: .*\(Parquet\) have different formats/],
    [
        "a case that matches no row",
        { choices: ["--event", "event = buy -> Buy"] },
        /^1: .*event = buy.* matches no row/s,
    ],
    [
        "ids that differ only in spaces",
        { sample: "$-spaces/events.csv", args: ["$-spaces"] },
        /^1: .*Column visitorid: "u0" and "u0 " differ only in spaces/s,
    ],
    [
        // If Spark only skipped the header, a file with another order of columns would have users as items.
        "a folder of files with different column orders",
        { sample: "$-mixed", args: ["$-mixed", "--bad-rows", "skip"] },
        /^1: .*do not have the same columns.*b\.csv: 'product_id,user_id.*a run of their own/s,
    ],
];

describe("data-prep/spark/prepare.py with the column layouts of public data sets", () => {
    let folder: string;
    let runs: readonly SparkRun[];
    const at = (index: number, name: string) => join(folder, String(index), name);
    const put = (path: string, text: string | Uint8Array) => {
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, text);
    };
    before(async () => {
        folder = mkdtempSync(join(tmpdir(), "data-prep-layouts-"));
        const retailRocket = layouts.findIndex(({ name }) => name.startsWith("RetailRocket"));
        put(at(retailRocket, "in-mixed/a.csv"), "user_id,item_id,timestamp\nu1,i1,1760000000\n");
        put(at(retailRocket, "in-mixed/b.csv"), "product_id,user_id,timestamp\ni1,u1,1760000000\n");
        const spaced = ["u0 ", ...rows.map(({ user }) => `u${user}`)].map(
            (user, n) => `${user},i${n % 77},${1_760_000_000 + n}\n`,
        );
        put(at(retailRocket, "in-spaces/events.csv"), `visitorid,itemid,timestamp\n${spaced.join("")}`);
        put(at(retailRocket, "in-hashed"), '{"schemaVersion":1,"tables":[{}],"userHash":"0a"}');
        put(at(retailRocket, "in-old"), '{"schemaVersion":0,"tables":[]}');
        for (const [index, { files = {} }] of layouts.entries()) {
            for (const [path, text] of Object.entries(files)) put(at(index, `in/${path}`), text);
        }
        const caseOf = (
            index: number,
            output: string,
            { sample = "$", choices = [], edit, args = ["$"] }: Partial<SparkCase>,
        ) => ({
            sample: sample.replace("$", at(index, "in")),
            choices,
            edit,
            args: ["--output", at(index, output), ...args.map((each) => each.replace("$", at(index, "in")))],
        });
        const sql = layouts.flatMap((layout, index) => layout.sql?.replace("$", at(index, "in")) ?? []);
        const accepted = layouts.map((layout, index) => caseOf(index, "out", layout));
        const refused = refusals.map(([, run]) => caseOf(retailRocket, "refused", run));
        ({ results: runs } = await runSpark([...accepted, ...refused], sql));
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

    for (const [index, [what, , codeAndMessage]] of refusals.entries()) {
        it(`prepare.py rejects ${what}, and writes nothing`, () => {
            const { code, stderr } = itemAt(runs, layouts.length + index);
            assert.match(`${code}: ${stderr}`, codeAndMessage);
            assert.doesNotMatch(stderr, /Traceback|at org\.apache/);
            assert.deepEqual(globSync(join(folder, "*/refused")), []);
        });
    }
});
