import assert from "node:assert/strict";
import { itemsAt } from "../../data-prep/attributes/items-table.ts";
import { readUsers } from "../../data-prep/attributes/users.ts";
import type { AvroField } from "../../data-prep/avro.ts";
import { itemColumns, itemsCsv, itemsSchemaOf } from "../../data-prep/items.ts";
import { readAvroSchema } from "../../packages/local-personalize/control/avro.ts";
import { readCsv } from "../../packages/local-personalize/importing/read-csv.ts";
import { folderForEach } from "./folder.ts";
import { publicItems, publicUsers } from "./public-attributes.ts";
import { lines } from "./public-tables.ts";

/** `PRICE float?`, `GENRES string? |` for categorical, `TEXT string? free` for textual. */
const shown = (fields: readonly AvroField[]) =>
    fields.slice(1).map(({ name, type, categorical, textual }) => {
        const own = typeof type === "string" ? type : `${type[1]}?`;
        return `${name} ${own}${categorical ? " |" : ""}${textual ? " free" : ""}`;
    });

describe("tables of items and users of others", () => {
    const { put } = folderForEach();
    /** The local Personalize takes schema and CSV. */
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
        it(`reads the items of ${name}`, async () => {
            const { catalogue, columns } = await itemsAt(put(file, text));
            const all = itemColumns(catalogue, columns);
            const [csv, schema] = [itemsCsv(catalogue, all), itemsSchemaOf(all)];
            assert.deepEqual(shown(schema.fields), fields);
            assert.equal(csv.split("\n")[1], first);
            assert.equal(catalogue[0]?.title, title);
            assert.equal((await imported(schema, csv)).length, catalogue.length);
        });
    }

    for (const { name, file, text, fields, first } of publicUsers) {
        it(`reads the users of ${name}`, async () => {
            const { schema, csv, ids } = await readUsers(put(file, text));
            assert.deepEqual(shown(schema.fields), fields);
            assert.equal(csv.split("\n")[1], first);
            assert.equal((await imported(schema, csv)).length, ids.length);
        });
    }

    it("has no column for items of which only id, title and pictures are known, as Last.fm's artists", async () => {
        const path = put(
            "artists.dat",
            lines("id\tname\turl\tpictureURL", "1\tMALICE MIZER\thttp://a.example/1\thttp://a.example/1.jpg"),
        );
        const { catalogue, columns, leftOut } = await itemsAt(path);
        assert.deepEqual(itemColumns(catalogue, columns), []);
        assert.deepEqual(leftOut, ["url (addresses of the web)", "pictureURL (addresses of the web)"]);
    });

    it("refuses one property a row, as RetailRocket has them, and users without ids or columns", async () => {
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
            /no column for a dataset of users beside user_id/,
        );
    });

    it("keeps the last of several rows with one id, and counts the others", async () => {
        const { csv, repeated } = await readUsers(put("a.csv", lines("user_id,age", "1,20", "2,30", "1,21")));
        assert.equal(csv, 'USER_ID,AGE\n"1",21\n"2",30\n');
        assert.equal(repeated, 1);
    });

    it("refuses more columns than the service allows, and names its limit", async () => {
        const columns = Array.from({ length: 26 }, (_, number) => `c${number}`);
        const path = put("a.csv", lines(["user_id", ...columns].join(","), ["1", ...columns].join(",")));
        await assert.rejects(readUsers(path), /26 columns for the dataset Users, and the service allows 25/);
    });
});
