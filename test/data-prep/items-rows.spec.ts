import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { prepareForEach } from "./preparing.ts";
import { lines } from "./public-tables.ts";

describe("Rows of items", () => {
    const { at, put, run, logged } = prepareForEach();
    const events = (header: string, row: (at: number) => readonly (string | number)[]) =>
        put("events.csv", lines(header, ...Array.from({ length: 1200 }, (_, n) => row(n).join(","))));
    const putEvents = () => events("user,sku,ts", (n) => [`u${n % 60}`, `s${n % 97}`, 1_760_000_000 + 60 * n]);

    it("`--bad-rows` refuses, skips or quarantines bad rows of items and users as those of events", async () => {
        const input = putEvents();
        const items = put("items.csv", lines("sku,title,category", 's1,"Big\nmug",A', "s2,Cup", ",Pot,B", "s3,Pan,B"));
        const users = put("users.csv", lines("user,age", "u1,30", ",31"));
        const reasons = [
            `  ${items}:4: 2 fields, where the header has 3:  s2,Cup`,
            `  ${items}:5: no id of 1 to 256 characters:  ,Pot,B`,
        ];
        await assert.rejects(run({ input, items, users }), (error: Error) => {
            assert.match(error.message, /^2 rows of .*items\.csv cannot be used.* --bad-rows skip$/s);
            assert.deepEqual(error.message.split("\n").slice(1, 3), reasons);
            return true;
        });
        await assert.rejects(
            run({ input, items, badRows: "skip", maxBad: 0.4 }),
            /^UnfitDataError: 50\.0 % of the rows, more than/,
        );
        await assert.rejects(run({ input, users }), /^UnfitDataError: 1 row of .*users\.csv cannot be used/);
        const { itemsPath } = await run({ input, items, users, badRows: "quarantine", quarantine: at("bad.csv") });
        assert.equal(readFileSync(itemsPath ?? "", "utf8"), lines("ITEM_ID,GENRES", '"s1","A"', '"s3","B"'));
        assert.deepEqual(
            readFileSync(at("bad.csv"), "utf8").match(/"(4|5|3)",/g),
            ['"4",', '"5",', '"3",'],
            "rows of items, then of users",
        );
        assert.ok(logged().includes("Skipped 2 rows of the items."));
    });

    it("a row of Shopify's products that has only an image is neither an item nor a bad row", async () => {
        // https://help.shopify.com/en/manual/products/import-export/using-csv
        const header = "Handle,Title,Vendor,Type,Variant SKU,Variant Price,Image Src,Image Position,Image Alt Text";
        const items = put(
            "products.csv",
            lines(
                header,
                "mug,Mug,Acme,Kitchen,s1,9.50,https://cdn.example/1.jpg,1,Front",
                "mug,,,,,,https://cdn.example/2.jpg,2,Back",
                "pot,Pot,Acme,Kitchen,,9.50,,,",
                "pan,Pan,Acme,Kitchen,s2,19.50,,,",
            ),
        );
        const input = putEvents();
        await assert.rejects(
            run({ input, items }),
            /1 row of .*products\.csv:4: no id of 1 to 256 characters: {2}pot,Pot/s,
        );
        const { catalogue } = await run({ input, items, badRows: "skip" });
        assert.deepEqual(
            catalogue.map(({ itemId, title }) => [itemId, title]),
            [
                ["s1", "Mug"],
                ["s2", "Pan"],
            ],
        );
        const byHandle = await run({
            input: events("user,handle,ts", (n) => [`u${n % 60}`, n % 2 ? "mug" : "pan", 1_760_000_000 + n]),
            items,
            itemColumns: "id=Handle",
            columns: "item=handle",
        });
        assert.deepEqual(
            byHandle.catalogue.map(({ title }) => title),
            ["Mug", "Pot", "Pan"],
        );
    });

    it("without a file of items, columns of the events describe the items by their newest values", async () => {
        const row = (n: number) => [
            ...[`u${n % 60}`, `s${n % 97}`, 1_760_000_000 + 60 * (1200 - n)],
            ...[n < 97 ? "" : `Mug ${n % 97}`, `kind ${n % 5}`, `${n}.50`, `nice ${n}`],
        ];
        const input = events("user,sku,ts,product_name,category,price,review", row);
        const { catalogue, itemsPath } = await run({ input });
        assert.equal(catalogue.length, 97);
        // Rows have descending times, so the newest title is in the second row of an item, and the newest price in the first.
        assert.deepEqual(catalogue[3], { itemId: "s3", title: "Mug 3", year: null, genres: [], price: 3.5 });
        assert.deepEqual(
            readFileSync(itemsPath ?? "", "utf8")
                .split("\n")
                .slice(0, 2),
            ["ITEM_ID,PRICE", '"s0",0.50'],
        );
        assert.ok(
            logged().includes(
                "The items come from columns of the events, each with its newest value: title = product_name, price = price",
            ),
            logged().join("\n"),
        );
        assert.match(logged().join("\n"), /; not used: category, review$/m);
        const other = put("own.csv", lines("sku,title", "s1,Own"));
        assert.deepEqual((await run({ input, items: other })).catalogue, [
            { itemId: "s1", title: "Own", year: null, genres: [] },
        ]);
    });

    it("a price of the events with two readings is left out, and the rest of the item stays", async () => {
        const input = events("user,sku,ts,title,price", (n) => [
            `u${n % 60}`,
            `s${n % 97}`,
            1_760_000_000 + n,
            `Mug ${n % 97}`,
            '"1,299"',
        ]);
        const { catalogue } = await run({ input });
        assert.deepEqual(catalogue[1], { itemId: "s1", title: "Mug 1", year: null, genres: [] });
        assert.ok(logged().some((line) => line.includes("price (--decimal names its decimal sign)")));
        assert.equal((await run({ input, decimal: "point" })).catalogue[1]?.price, 1299);
    });
});
