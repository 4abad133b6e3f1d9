import type { Choices } from "../../data-prep/layout.ts";

/** Returns a text file that consists of the given lines. */
export const lines = (...rows: string[]) => `${rows.join("\n")}\n`;
/** Repeats rows, because a sample of one row is too short to detect the columns. */
export const repeat = (rows: string[], times = 12) => Array.from({ length: times }, () => rows).flat();

interface Case {
    readonly name: string;
    readonly file: string;
    readonly text: string | Uint8Array;
    readonly choices?: Choices;
    /** The expected second line of the prepared CSV, which is its first data row. */
    readonly first: string;
}

/** Formats of public data sets, as their documentation and programs show them. The rows are invented. */
export const publicTables: readonly Case[] = [
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
        choices: { columns: "user=1,item=3" },
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
        choices: { columns: "user=1,item=2" },
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
        choices: { columns: "user=1,item=3" },
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
        name: "German names of columns, Excel's line of the delimiter, and decimal commas",
        file: "Bestellungen.csv",
        text: Buffer.from(
            lines(
                "sep=;",
                "Kundennummer;Artikel;Bestelldatum;Menge",
                ...repeat(["K 1;A-7;24.12.2025 18:30;1,5", "K\u00f6 2;A-8;25.12.2025 9:05;1.000,25"]),
            ),
            "latin1",
        ),
        choices: { columns: "value=Menge" },
        first: '"K 1","A-7","Watch",1.5,1766601000',
    },
    {
        name: "French names of columns",
        file: "commandes.csv",
        text: lines("client,produit,\u00e9v\u00e9nement,horodatage", "c1,p1,achat,2025-12-24T18:30:00Z"),
        first: '"c1","p1","achat",1766601000',
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
