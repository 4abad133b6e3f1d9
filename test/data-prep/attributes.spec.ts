import assert from "node:assert/strict";
import { createItemsSchema, itemColumns, itemsCsv } from "../../data-prep/attributes/columns.ts";
import { itemsAt } from "../../data-prep/attributes/items-table.ts";
import { readUsers } from "../../data-prep/attributes/users.ts";
import type { AvroField } from "../../data-prep/avro.ts";
import { possibleDecimals } from "../../data-prep/numbers.ts";
import { readAvroSchema } from "../../packages/local-personalize/control/avro.ts";
import { readCsv } from "../../packages/local-personalize/importing/read-csv.ts";
import { folderForEach } from "./folder.ts";
import { publicItems, publicUsers } from "./public-attributes.ts";
import { lines } from "./public-tables.ts";

/** Describes a schema in short: `PRICE float?`, `GENRES string? |` for categorical, `TEXT string? free` for textual. */
const shown = (fields: readonly AvroField[]) =>
    fields
        .slice(1)
        .map(({ name, type, categorical, textual }) => {
            const own = typeof type === "string" ? type : `${type[1]}?`;
            return `${name} ${own}${categorical ? " |" : ""}${textual ? " free" : ""}`;
        })
        .join(", ");

describe("Tables of items and users", () => {
    const { put } = folderForEach();
    /** Imports schema and CSV into the local Personalize. */
    const imported = async (schema: object, csv: string) => {
        const { fields } = readAvroSchema(JSON.stringify(schema));
        const rows: string[][] = [];
        await readCsv(
            (async function* () {
                yield Buffer.from(csv);
            })(),
            fields,
            (values) => void rows.push(values),
        );
        return rows;
    };

    for (const { name, file, text, fields, first, title } of publicItems) {
        it(`\`itemsAt\` reads the items in ${name}`, async () => {
            const { catalogue, columns } = await itemsAt(put(file, text));
            const all = itemColumns(catalogue, columns);
            const [csv, schema] = [itemsCsv(catalogue, all), createItemsSchema(all)];
            assert.equal(shown(schema.fields), fields);
            assert.equal(csv.split("\n")[1], first);
            assert.equal(catalogue[0]?.title, title);
            assert.equal((await imported(schema, csv)).length, catalogue.length);
        });
    }

    for (const { name, file, text, fields, first } of publicUsers) {
        it(`\`readUsers\` reads the users in ${name}`, async () => {
            const { schema, csv, ids } = await readUsers(put(file, text));
            assert.equal(shown(schema.fields), fields);
            assert.equal(csv.split("\n")[1], first);
            assert.equal((await imported(schema, csv)).length, ids.length);
        });
    }

    it("`itemColumns` omits titles, URLs and pictures, and the catalog keeps pictures", async () => {
        const path = put(
            "artists.dat",
            lines("id\tname\turl\tpictureURL", "1\tMALICE MIZER\thttp://a.example/1\thttp://a.example/1.jpg"),
        );
        const { catalogue, columns, leftOut } = await itemsAt(path);
        assert.deepEqual(itemColumns(catalogue, columns), []);
        assert.deepEqual(leftOut, ["url (addresses of the web)"]);
        assert.equal(catalogue[0]?.image, "http://a.example/1.jpg");
    });

    it("`itemsAt` leaves out and counts image addresses whose host contains characters that change the page's policy", async () => {
        const path = put(
            "items.csv",
            lines("id,title,image", "1,A,https://x;connect-src/a.png", "2,B,https://a.example:8443/b.png", "3,C,"),
        );
        const { catalogue, leftOut } = await itemsAt(path);
        assert.deepEqual(
            catalogue.map(({ image }) => image),
            [undefined, "https://a.example:8443/b.png", undefined],
        );
        assert.deepEqual(leftOut, ["image (1 address with an invalid host)"]);
    });

    it("`itemsAt` returns the same catalog for RecBole's item file of MovieLens as for u.item", async () => {
        const path = put(
            "ml-100k.item",
            lines(
                "item_id:token\tmovie_title:token_seq\trelease_year:token\tclass:token_seq",
                "543\tMis\u00e9rables, Les\t1995\tDrama Musical",
                "267\tunknown\tunknown\tunknown",
            ),
        );
        const { catalogue, columns } = await itemsAt(path);
        assert.deepEqual(catalogue, [
            { itemId: "543", title: "Mis\u00e9rables, Les", year: 1995, genres: ["Drama", "Musical"] },
            { itemId: "267", title: "unknown", year: null, genres: [] },
        ]);
        assert.deepEqual(columns, []);
    });

    const products = lines(
        "sep=;",
        "Artikel;Bezeichnung;Warengruppe;Preis;Marke;Lagerbestand;Bild",
        "A-1;Gie\u00dfkanne;Garten|Balkon;1.299,50;Gr\u00fcn;7;https://a.example/1.jpg",
        "A-2;Spaten;Garten;4,5;;0;",
    );
    const garden = [
        {
            itemId: "A-1",
            title: "Gie\u00dfkanne",
            year: null,
            genres: ["Garten", "Balkon"],
            price: 1299.5,
            brand: "Gr\u00fcn",
            stock: 7,
            image: "https://a.example/1.jpg",
        },
        { itemId: "A-2", title: "Spaten", year: null, genres: ["Garten"], price: 4.5, stock: 0 },
    ];
    const csv =
        'ITEM_ID,GENRES,PRICE,BRAND,STOCK\n"A-1","Garten|Balkon",1299.50,"Gr\u00fcn",7\n"A-2","Garten",4.5,,0\n';

    it("`itemsAt` recognizes German column names and decimal commas in windows-1252", async () => {
        const itemTable = await itemsAt(put("Produkte.csv", Buffer.from(products, "latin1")));
        assert.deepEqual(itemTable.catalogue, garden);
        assert.equal(itemsCsv(itemTable.catalogue, itemColumns(itemTable.catalogue, itemTable.columns)), csv);
    });

    it("`--item-columns` maps columns of the file to columns of the items dataset", async () => {
        const odd = products.replace(/Artikel;.*/, "A;B;C;D;E;F;G");
        const choices = "id=A,title=B,category=3,price=D,brand=E,STOCK=F,image=G";
        const { catalogue, columns, understood } = await itemsAt(put("odd.csv", odd), choices);
        assert.deepEqual(catalogue, garden);
        assert.equal(itemsCsv(catalogue, itemColumns(catalogue, columns)), csv);
        assert.equal(understood, "odd.csv: id = A, title = B, category = C, price = D, brand = E, image = G");
        await assert.rejects(
            itemsAt(put("odd.csv", odd), "id=Z"),
            /no column "Z"; the columns are A, B, C, D, E, F, G/,
        );
    });

    it("`--user-columns` names the ID column, and the error for a missing column suggests `--user-columns`", async () => {
        const path = put("a.csv", lines("Konto,Vorname,Stra\u00dfe,Alter", "k1,Ada,Weg 1,36"));
        await assert.rejects(
            readUsers(path),
            /no column of user ids among Konto, .*Name it: {2}--user-columns id=NAME/,
        );
        const { csv, leftOut } = await readUsers(path, "id=Konto,AGE=Alter");
        assert.equal(csv, 'USER_ID,AGE\n"k1",36\n');
        assert.deepEqual(leftOut, ["Vorname (personal)", "Stra\u00dfe (personal)"]);
    });

    for (const { values, signs } of [
        { values: ["4,50", "12", "1.299,00", ""], signs: ["comma"] },
        { values: ["0,125", "1,500"], signs: ["comma"] },
        { values: ["1,500", "2,750"], signs: ["comma", "point"] },
        { values: ["1,500", "1,000,000"], signs: ["point"] },
        { values: ["1,500.5", "2,750"], signs: ["point"] },
        { values: ["4,50", "1,2,3"], signs: [] },
        { values: ["4.50", "4,50"], signs: [] },
        { values: ["12", "7"], signs: [] },
    ]) {
        it(`\`possibleDecimals\` returns ${signs.length === 0 ? "none" : signs.join(" and ")} for ${values.join("; ")}`, () =>
            assert.deepEqual(possibleDecimals(values), signs));
    }

    it("`itemsAt` asks for the decimal sign of prices that have two readings, and `--decimal` decides", async () => {
        const path = put("a.csv", lines("sku;price", "a;12", "b;1,100"));
        await assert.rejects(
            itemsAt(path),
            /a\.csv, row 2, column price: "1,100" has several readings.* 1\.100: .*--decimal comma\n.* 1100: .*--decimal point$/s,
        );
        for (const [decimal, price] of [
            ["comma", 1.1],
            ["point", 1100],
        ] as const) {
            const { catalogue } = await itemsAt(path, undefined, { decimal });
            assert.equal(catalogue[1]?.price, price);
        }
    });

    it("`itemsAt` and `readUsers` reject a table with one property in each row, without user IDs or without attributes", async () => {
        const properties = put(
            "item_properties.csv",
            lines("timestamp,itemid,property,value", "1435460400000,460429,categoryid,1338"),
        );
        await assert.rejects(itemsAt(properties), /one property in each row.*one row for each item/);
        await assert.rejects(
            readUsers(put("a.csv", lines("colour,size", "red,7"))),
            /no column of user ids among colour, size/,
        );
        await assert.rejects(
            readUsers(put("b.csv", lines("user_id,email", "1,a@b.example"))),
            /no column for a Users dataset besides user_id/,
        );
    });

    it("`itemsAt` and `readUsers` remove the spaces around IDs, and reject IDs that differ only in such spaces", async () => {
        const { ids } = await readUsers(put("a.csv", lines("user_id,age", "007 ,20", "\u00a0b,30")));
        assert.deepEqual(ids, ["007", "b"]);
        const { catalogue } = await itemsAt(put("b.csv", lines("sku,price", " A-1,2", "a-1,3")));
        assert.deepEqual(
            catalogue.map(({ itemId, title }) => [itemId, title]),
            [
                ["A-1", "A-1"],
                ["a-1", "a-1"],
            ],
        );
        const asking = readUsers(put("a.csv", lines("user_id,age", "b,20", "b\u00a0,30")));
        await assert.rejects(asking, /row 2 of .*a\.csv, column user_id: "b" and "b\[NBSP\]" differ only in spaces/);
    });

    it("`readUsers` keeps only the last row for each user ID", async () => {
        const { csv, repeated } = await readUsers(put("a.csv", lines("user_id,age", "1,20", "2,30", "1,21")));
        assert.equal(csv, 'USER_ID,AGE\n"1",21\n"2",30\n');
        assert.equal(repeated, 1);
    });

    it("`readUsers` rejects a file with more columns than Personalize allows for users", async () => {
        const columns = Array.from({ length: 26 }, (_, number) => `c${number}`);
        const path = put("a.csv", lines(["user_id", ...columns].join(","), ["1", ...columns].join(",")));
        await assert.rejects(readUsers(path), /26 columns for the dataset Users, and Personalize allows only 25/);
    });
});
