import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { zipSync } from "fflate";
import { textsOf } from "../../data-prep/reading/rows-as-bytes.ts";
import { timeReader } from "../../data-prep/reading/times.ts";
import { type Choices, describe as described, understand } from "../../data-prep/understanding.ts";
import { converting } from "../support/converting.ts";

/**
 * Formats of public data sets, as their documentation and programs that read them show them; the rows are invented.
 * The reader before this one took 1 of the first 23: MovieLens 100k. Of the 3 with further columns it took 1, AWS's films.
 */
const now = Date.UTC(2026, 10, 27) / 1000;
const repeat = (rows: string[], times = 12) => Array.from({ length: times }, () => rows).flat();
const lines = (...rows: string[]) => `${rows.join("\n")}\n`;

interface Case {
    readonly name: string;
    readonly file: string;
    readonly text: string | Uint8Array;
    readonly choices?: Choices;
    /** The second row of the CSV. */
    readonly first: string;
}

const cases: readonly Case[] = [
    {
        name: "MovieLens 100k",
        file: "u.data",
        text: lines("196\t242\t3\t881250949", "186\t302\t3\t891717742"),
        first: '"196","242","Watch",881250949',
    },
    {
        name: "MovieLens 1M",
        file: "ratings.dat",
        text: lines("1::1193::5::978300760", "1::661::3::978302109"),
        first: '"1","1193","Watch",978300760',
    },
    {
        name: "MovieLens 10M",
        file: "ratings.dat",
        text: lines("1::122::5::838985046", "1::185::4.5::838983525"),
        first: '"1","122","Watch",838985046',
    },
    {
        name: "MovieLens 20M to 32M, latest",
        file: "ratings.csv",
        text: lines("userId,movieId,rating,timestamp", "1,2,3.5,1112486027"),
        first: '"1","2","Watch",1112486027',
    },
    {
        name: "RecBole",
        file: "ml-100k.inter",
        text: lines("user_id:token\titem_id:token\trating:float\ttimestamp:float", "196\t242\t3\t881250949"),
        first: '"196","242","Watch",881250949',
    },
    {
        name: "RetailRocket",
        file: "events.csv",
        text: lines(
            "timestamp,visitorid,event,itemid,transactionid",
            "1433221332117,257597,view,355908,",
            "1433222276276,599528,transaction,356475,4000",
        ),
        first: '"257597","355908","view",1433221332',
    },
    {
        name: "Yoochoose",
        file: "yoochoose-clicks.dat",
        text: lines(...repeat(["1,2014-04-07T10:51:09.277Z,214536502,0", "1,2014-04-07T10:54:09.868Z,214536500,S"])),
        first: '"1","214536502","Watch",1396867869',
    },
    {
        name: "Amazon reviews 2014, JSON lines",
        file: "reviews.json",
        text: lines(
            '{"reviewerID": "A2SU", "asin": "0000013714", "helpful": [0, 0], "overall": 5.0, "unixReviewTime": 1252800000, "reviewTime": "09 13, 2009"}',
        ),
        first: '"A2SU","0000013714","Watch",1252800000',
    },
    {
        name: "Amazon reviews 2023, JSON lines",
        file: "All_Beauty.jsonl",
        text: lines(
            '{"rating": 5.0, "title": "Such a lovely scent", "parent_asin": "B00YQ6X8EO", "user_id": "AGKH", "timestamp": 1588687728923, "verified_purchase": true}',
        ),
        first: '"AGKH","B00YQ6X8EO","Watch",1588687728',
    },
    {
        name: "Google Analytics 4, flattened: microseconds, and ids of 64 bits as numbers",
        file: "ga4.jsonl",
        text: lines(
            '{"user_id": 9007199254740993, "item_id": "SKU 1", "event_timestamp": 1606953600123456}',
            '{"user_id": 9007199254740992, "item_id": "SKU 1", "event_timestamp": 1606953600123456}',
        ),
        first: '"9007199254740993","SKU 1","Watch",1606953600',
    },
    {
        name: "Amazon reviews 2018, item first",
        file: "ratings_Books.csv",
        text: lines(
            ...repeat(["0001713353,A1C6M8LCIX4M6M,5.0,1123804800", "0001713353,A1REUF3A1YCPHM,5.0,1112140800"]),
        ),
        choices: { columns: "user=2,item=1" },
        first: '"A1C6M8LCIX4M6M","0001713353","Watch",1123804800',
    },
    {
        name: "Personalize's guide",
        file: "interactions.csv",
        text: lines("USER_ID,ITEM_ID,EVENT_TYPE,EVENT_VALUE,TIMESTAMP", "196,242,click,15,881250949"),
        first: '"196","242","click",15,881250949',
    },
    {
        name: "Personalize, escaped quotes",
        file: "interactions.csv",
        text: lines("USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP", '"1","a\\"b\\\\","Watch",881250949'),
        first: '"1","a\\"b\\\\","Watch",881250949',
    },
    {
        name: "AWS's Retail Demo Store, with a further column",
        file: "interactions.csv",
        text: lines("ITEM_ID,USER_ID,EVENT_TYPE,TIMESTAMP,DISCOUNT", "26bb732f,3156,View,1591803788,Yes"),
        first: '"3156","26bb732f","View",1591803788,"Yes"',
    },
    {
        name: "AWS's sample of films",
        file: "interactions.csv",
        text: lines("USER_ID,ITEM_ID,EVENT_VALUE,EVENT_TYPE,TIMESTAMP", "1,1,4.0,Watch,964982703"),
        first: '"1","1","Watch",4.0,964982703',
    },
    {
        name: "further columns that are chosen",
        file: "events.csv",
        text: lines("user_id,item_id,ts,device,price", "7,8,881250949,phone,2.50"),
        choices: { columns: "user=user_id,item=item_id,time=ts,DEVICE=device,PRICE=5" },
        first: '"7","8","Watch",881250949,"phone",2.50',
    },
    {
        name: "REES46",
        file: "2019-Oct.csv",
        text: lines(
            "event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session",
            "2019-10-01 00:00:00 UTC,view,44600062,2103807459595387724,,shiseido,35.79,541312140,72d76fde",
        ),
        first: '"541312140","44600062","view",1569888000',
    },
    {
        name: "Taobao UserBehavior",
        file: "UserBehavior.csv",
        text: lines(...repeat(["1,2268318,2520377,pv,1511544070", "1,2333346,2520771,buy,1511561733"])),
        first: '"1","2268318","pv",1511544070',
    },
    {
        name: "H&M",
        file: "transactions_train.csv",
        text: lines("t_dat,customer_id,article_id,price,sales_channel_id", "2018-09-20,000058a1,0663713001,0.0508,2"),
        first: '"000058a1","0663713001","Watch",1537401600',
    },
    {
        name: "Last.fm 1K",
        file: "userid-timestamp-artid.tsv",
        text: lines(
            "user_000001\t2009-05-04T23:08:57Z\tf1b1cf71\tDeep Dish\t\tA title",
            'user_000001\t2009-05-04T13:54:10Z\ta7f7df4a\t"Quote\t\tComposition',
        ),
        first: '"user_000001","f1b1cf71","Watch",1241478537',
    },
    {
        name: "Yelp",
        file: "review.json",
        text: lines(
            '{"review_id":"KU_O5udG6zpxOg","user_id":"mh_-eMZ6K5RLWhZyISBhwA","business_id":"XQfwVwDr-v0ZS3_CbbE5Xw","stars":3.0,"date":"2018-07-07 22:09:11"}',
        ),
        first: '"mh_-eMZ6K5RLWhZyISBhwA","XQfwVwDr-v0ZS3_CbbE5Xw","Watch",1531001351',
    },
    {
        name: "Goodreads",
        file: "goodreads_interactions.json",
        text: lines(
            '{"user_id": "8842", "book_id": "24375664", "rating": 5, "date_added": "Fri Aug 25 13:55:02 -0700 2017"}',
        ),
        first: '"8842","24375664","Watch",1503694502',
    },
    {
        name: "Online Retail, British dates",
        file: "online.csv",
        text: lines(
            "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country",
            '536365,85123A,"HEART, WHITE",6,13/12/2010 08:26,2.55,17850,UK',
        ),
        first: '"17850","85123A","Watch",1292228760',
    },
    {
        name: "semicolons, Latin-1",
        file: "export.csv",
        text: Buffer.from(lines("client_id;sku;date", "1;caf\u00e9;2024-05-01 10:00"), "latin1"),
        first: '"1","caf\u00e9","Watch",1714557600',
    },
    {
        name: "UTF-16 of a spreadsheet",
        file: "export.csv",
        text: Buffer.from(
            `\ufeff${lines("user_id\titem_id\ttime", "1\t\u00fc\t2024-05-01T10:00:00+02:00")}`,
            "utf16le",
        ),
        first: '"1","\u00fc","Watch",1714550400',
    },
    {
        name: "a byte order mark, and carriage returns alone",
        file: "export.csv",
        text: "\ufeffuser_id,item_id,timestamp\r7,8,881250949\r",
        first: '"7","8","Watch",881250949',
    },
    {
        name: "a rule of ratings",
        file: "u.data",
        text: lines("196\t242\t5\t881250949", "186\t302\t3\t891717742"),
        choices: { event: "rating >= 4 → Like, else Watch" },
        first: '"196","242","Like",881250949',
    },
];

describe("data of others", () => {
    let folder: string;
    beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), "outside-"));
    });
    afterEach(() => rmSync(folder, { recursive: true }));
    const put = (name: string, bytes: string | Uint8Array) => {
        writeFileSync(join(folder, name), bytes);
        return join(folder, name);
    };
    const csvOf = async (path: string, choices: Choices = {}) => {
        const plans = await understand(path, choices, now);
        const { csv, ...result } = await converting(plans, { latest: now });
        return { ...result, rows: csv.trimEnd().split("\n"), plans };
    };

    for (const { name, file, text, choices, first } of cases) {
        it(`reads ${name}`, async () => {
            const { rows, badRows } = await csvOf(put(file, text), choices);
            assert.deepEqual(badRows, { count: 0, first: [] });
            assert.equal(rows[1], first);
        });
    }

    it("reads Parquet, with its own times, nulls and row groups", async () => {
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
        assert.match(described(plans[0] as (typeof plans)[0]), /: Parquet, utf-8;/);
    });

    it("writes lists with 64-bit integers as JSON, with all their digits", () => {
        assert.deepEqual(textsOf({ list: [1n, 2n ** 60n] }, ["list"]), ['[1,"1152921504606846976"]']);
    });

    it("takes no year before 1970 for a later one", () => {
        const read = timeReader("iso");
        assert.deepEqual(["0070-01-02", "1969-12-31", "1970-01-02"].map(read), [undefined, undefined, 86_400]);
    });

    it("refuses more further columns than the service allows", async () => {
        const columns = "ABCDEF"
            .split("")
            .map((name) => `${name}=${name.toLowerCase()}`)
            .join(",");
        const path = put("events.csv", lines("user,item,time,a,b,c,d,e,f", "1,2,881250949,1,2,3,4,5,6"));
        await assert.rejects(
            csvOf(path, { columns: `user=user,item=item,time=time,${columns}` }),
            /6 further columns \(A, B, C, D, E, F\), and the service allows 5/,
        );
    });

    const ratings = lines("userId,movieId,rating,timestamp", "1,2,3.5,1112486027");
    const expected = '"1","2","Watch",1112486027';

    it("reads gzip, zstd, a zip and a folder, and only the interactions in them", async () => {
        const tags = lines("userId,movieId,tag,timestamp", "1,2,fun,1112486027");
        const gzip = await csvOf(put("ratings.csv.gz", gzipSync(ratings)));
        const zstd = await csvOf(put("ratings.csv.zst", zstdCompressSync(ratings)));
        const files = {
            "ml-25m/ratings.csv": Buffer.from(ratings),
            "ml-25m/tags.csv": Buffer.from(tags),
            "__MACOSX/ratings.csv": Buffer.of(1),
        };
        const zip = await csvOf(put("ml-25m.zip", zipSync(files)));
        rmSync(join(folder, "ratings.csv.gz"));
        rmSync(join(folder, "ratings.csv.zst"));
        put("ratings.csv", ratings);
        put("tags.csv", tags);
        const all = await csvOf(folder);
        for (const { rows } of [gzip, zstd, zip, all]) assert.deepEqual(rows.slice(1), [expected]);
    });

    it("refuses a gzip that was cut, and one that expands as a bomb does", async () => {
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

    it("names the line of a JSON object that is damaged", async () => {
        const good = '{"user":"1","item":"2","timestamp":881250949}';
        const { badRows } = await csvOf(put("a.jsonl", lines(good, '{"user":', good)));
        assert.deepEqual(
            badRows.first.map(({ line, reason }) => [line, reason]),
            [[2, "not a JSON object"]],
        );
    });

    it("states the understanding, with encoding and delimiter", async () => {
        const { plans } = await csvOf(
            put("export.csv", Buffer.from(lines("client_id;sku;date", "1;caf\u00e9;2024-05-01"), "latin1")),
        );
        const [plan] = plans;
        assert.ok(plan);
        assert.match(
            described(plan),
            /semicolons, windows-1252; user = client_id, item = sku, time = date; times in ISO 8601; every event is Watch$/,
        );
    });

    it("finds the readers of a library by their number", async () => {
        const loans = lines("Member No;ISBN;Borrowed on", "M1;9783000039595;22.07.2025 20:00");
        const { plans } = await csvOf(put("loans.csv", loans));
        const [plan] = plans;
        assert.ok(plan);
        assert.match(described(plan), /user = Member No, item = ISBN, time = Borrowed on; times in %d\.%m\.%Y %H:%M/);
    });

    it("explains a missing time, dates in either order, and a wrong --time, each with a command", async () => {
        const goodbooks = put("goodbooks.csv", lines("user_id,book_id,rating", "1,258,5", "2,4081,4"));
        await assert.rejects(
            csvOf(goodbooks),
            /no column of the time was found.*user_id, book_id, rating.*--columns time=NAME/s,
        );
        const dates = put("dates.csv", lines("user_id,item_id,date", "1,2,03/04/2021", "1,3,05/06/2021"));
        await assert.rejects(csvOf(dates), /either order.*--time '%d\/%m\/%Y'\n.*--time '%m\/%d\/%Y'/s);
        const events = put("ms.csv", lines("user_id,item_id,timestamp", ...repeat(["1,2,1433221332117"], 40)));
        await assert.rejects(
            csvOf(events, { time: "s" }),
            /40 of the first 40 times.*look like milliseconds:.*--time ms/s,
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
