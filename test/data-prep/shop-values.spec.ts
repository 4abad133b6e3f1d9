import assert from "node:assert/strict";
import { itemsAt } from "../../data-prep/attributes/items-table.ts";
import { folderForEach } from "./folder.ts";
import { lines } from "./public-tables.ts";

/** Values in the forms of feeds and exports, with the price, the currency and the stock that each row means. */
const feeds: readonly {
    readonly of: string;
    readonly header: string;
    readonly rows: readonly string[];
    readonly items: readonly (readonly [price: number | undefined, currency?: string | undefined, stock?: number])[];
    readonly leftOut?: readonly string[];
    readonly notes?: readonly string[];
}[] = [
    {
        of: "Google Merchant Center (product data specification: price, availability)",
        header: "id\ttitle\tprice\tavailability",
        rows: ["1\tA\t15.00 USD\tin_stock", "2\tB\t1299.00 USD\tout_of_stock", "3\tC\t7.50 USD\tpreorder"],
        items: [
            [15, "USD"],
            [1299, "USD", 0],
            [7.5, "USD"],
        ],
    },
    {
        of: "a Meta catalog (product fields)",
        header: "id,title,price,availability",
        rows: ['1,A,"9.99 USD",in stock', '2,B,"1,009.99 USD",out of stock', "3,C,5.00 USD,available for order"],
        items: [
            [9.99, "USD"],
            [1009.99, "USD", 0],
            [5, "USD"],
        ],
    },
    {
        of: "a WooCommerce export",
        header: "ID,Name,In stock?,Regular price",
        rows: ["1,A,1,20", "2,B,0,12.5", "3,C,1,1000"],
        items: [[20], [12.5, undefined, 0], [1000]],
    },
    {
        of: "a Shopify export",
        header: "Variant SKU,Title,Variant Price,Variant Inventory Qty",
        rows: ["a-1,A,19.99,3", "b-2,B,5.00,0"],
        items: [
            [19.99, undefined, 3],
            [5, undefined, 0],
        ],
    },
    {
        of: "schema.org (ItemAvailability)",
        header: "sku;name;price;availability",
        rows: ["1;A;10;https://schema.org/InStock", "2;B;11;https://schema.org/OutOfStock"],
        items: [[10], [11, undefined, 0]],
        leftOut: ["availability (addresses of the web)"],
    },
    {
        of: "an Italian shop",
        header: "codice;nome;prezzo;disponibilità",
        rows: ["1;A;560,12 €;disponibile", "2;B;€ 1.627,13;esaurito", "3;C;€ 3,00;Non disponibile"],
        items: [
            [560.12, "€"],
            [1627.13, "€", 0],
            [3, "€", 0],
        ],
    },
    {
        of: "shops in Switzerland and Poland",
        header: "sku;name;preis;lager",
        rows: ["1;A;CHF 1'299.00;12", "2;B;CHF 5.00;ausverkauft", "3;C;CHF 7.50;4"],
        items: [
            [1299, "CHF", 12],
            [5, "CHF", 0],
            [7.5, "CHF", 4],
        ],
    },
    {
        of: "groups of thousands by no-break spaces",
        header: "sku;name;price",
        rows: ["1;A;1\u00a0299,00 zł", "2;B;2\u202f450,50 zł", "3;C;9,99 zł"],
        items: [
            [1299, "zł"],
            [2450.5, "zł"],
            [9.99, "zł"],
        ],
    },
    {
        of: "a table with values that are no price",
        header: "sku,name,price,stock",
        rows: ["1,A,$5.00,7", "2,B,on request,many", "3,C,$6.50,1", "4,D,€9.00,2"],
        items: [[5, "$", 7], [undefined], [6.5, "$", 1], [9, "€", 2]],
        notes: [
            'price (1 of 4 values not understood, such as "on request")',
            'stock (1 of 4 values not understood, such as "many")',
            "price (several currencies: $ 2, none 1, € 1)",
        ],
    },
    {
        of: "a table with both decimal signs, a negative price and a column of currencies",
        header: "sku,name,price,currency,qty,stock_status",
        rows: ['1,A,"12,99",EUR,0,1', "2,B,12.99,JPY,5,1", "3,C,-3.50,EUR,7 pcs,1"],
        items: [
            [12.99, "EUR", 0],
            [12.99, "JPY", 5],
            [undefined, undefined, 7],
        ],
        notes: ['price (1 of 3 values not understood, such as "-3.50")', "price (several currencies: EUR 2, JPY 1)"],
    },
    {
        of: "WooCommerce's products, of which some are on sale",
        header: "ID,Name,Regular price,Sale price",
        rows: ["1,A,12.99,9.99", "2,B,13.99,", '3,C,"899,-",'],
        items: [[12.99], [13.99], [899]],
    },
];

describe("Prices and stock in a table of items", () => {
    const { put } = folderForEach();

    for (const { of, header, rows, items, leftOut = [], notes = [] } of feeds) {
        it(`\`itemsAt\` reads price, currency and stock in the form of ${of}`, async () => {
            const { catalogue, columns, ...table } = await itemsAt(put("items.csv", lines(header, ...rows)));
            assert.deepEqual(
                catalogue.map(({ price, currency, stock }) => [price, currency, stock]),
                items.map(([price, currency, stock]) => [price, currency, stock]),
            );
            assert.deepEqual([table.leftOut, table.notUnderstood], [leftOut, notes]);
            const price = columns.find(({ field }) => field.name === "PRICE");
            assert.match(JSON.stringify(price?.field.type), /float|int/);
        });
    }

    for (const [of, values, expected] of [
        ["ISO times", ["2026-12-31T12:00:00Z", ""], [1_798_718_400]],
        ["epoch seconds", ["1798718400", ""], [1_798_718_400]],
        ["dates, with the whole last day", ["2026-12-31", ""], [1_798_761_599]],
        ["texts that are no times", ["soon", "later"], []],
    ] as const) {
        it(`\`itemsAt\` reads the end of an item's availability from ${of}`, async () => {
            const rows = values.map((value, at) => `${at},A,${value}`);
            const { catalogue } = await itemsAt(put("items.csv", lines("sku,name,available_until", ...rows)));
            assert.deepEqual(
                catalogue.flatMap(({ availableUntil }) => availableUntil ?? []),
                expected,
            );
        });
    }

    it("`itemsAt` asks for the decimal sign of prices that are 1,299 or 1.299", async () => {
        const path = put("items.csv", lines("id;title;price", "1;A;1.299 €", "2;B;899 €"));
        await assert.rejects(
            itemsAt(path),
            /column price: "1\.299" has several readings.*\n {2}1299: {2}.*\n {2}1\.299: /,
        );
        const { catalogue } = await itemsAt(path, undefined, { decimal: "comma" });
        assert.deepEqual(
            catalogue.map(({ price }) => price),
            [1299, 899],
        );
    });
});
