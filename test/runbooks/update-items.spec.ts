import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openTables } from "../../app/serving/table-answers.ts";
import type { StackConfig } from "../../core/config/config.ts";
import { importedHash } from "../../core/operations/state-flags.ts";
import { toProperties } from "../../data-prep/attributes/rows.ts";
import { filesBeside, hashFile } from "../../data-prep/files.ts";
import { readManifest } from "../../data-prep/manifest.ts";
import { prepare } from "../../data-prep/prepare.ts";
import { parseTables } from "../../data-prep/tables/document.ts";
import { ratingsFile, syntheticRatings } from "../../packages/local-personalize/test/interactions.ts";
import { sentRows, toRecords, writeChanges } from "../../runbooks/lib/update/apply.ts";
import { findChanges } from "../../runbooks/lib/update/changes.ts";
import { fake } from "../support/fake.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

type Product = readonly [
    id: number,
    title: string,
    kind: string,
    price: string,
    size: string,
    stock: string,
    until: string,
];
const header = "sku,title,category,price,size,stock,available_until,image";
const csv = (rows: readonly Product[]) =>
    `${header}\n${rows.map((row) => `${row.map((value) => `"${String(value).replaceAll('"', '""')}"`).join(",")},https://cdn.shop.example/${row[0]}.jpg`).join("\n")}\n`;

/** Products of the ratings' items, with texts that a CSV must escape. */
const products: readonly Product[] = Array.from({ length: 200 }, (_, at) => [
    at + 1,
    `Pan, 12" \\ no. ${at}`,
    at % 2 ? "pans" : "pots",
    `${at}.5`,
    `${at % 5}" wide, "flat" \\`,
    String(at % 7),
    at % 3 ? "" : "2027-01-31",
]);
const changed: readonly Product[] = [
    [7, "Renamed", "lids", "9.99", 'new "size"', "0", "2027-02-28"],
    [9, `Pan, 12" \\ no. 8`, "pots", "8.5", "", "9", ""],
    [901, "Fresh, 1", "lids", "1", "x", "5", ""],
    [902, "Fresh 2", "woks", "2.5", "", "1", "2027-03-01"],
];

describe("`update-items`", () => {
    const folder = temporaryFolder();
    const at = (name: string) => join(folder, name);

    /** Prepares the products into a folder of its own, and returns the path of its interactions. */
    async function prepared(name: string, rows: readonly Product[]) {
        await writeFile(at("u.data"), ratingsFile(syntheticRatings()));
        await writeFile(at("products.csv"), csv(rows));
        const output = at(`${name}/interactions.csv`);
        await prepare({ input: at("u.data"), items: at("products.csv"), output, log: () => {} });
        return output;
    }
    const configOf = (interactionsFile: string) => fake<StackConfig>({ interactionsFile, metadataFiles: {} });
    const find = async (interactionsFile: string, text: string) => {
        await writeFile(at("changes.csv"), text);
        return findChanges(configOf(interactionsFile), { items: at("changes.csv") });
    };
    /** Returns what API and Personalize know of each item, by ID. */
    async function known(interactionsFile: string) {
        const { tables, items } = filesBeside(interactionsFile);
        const document = parseTables(await readFile(tables, "utf8"));
        const { item, columns, attributes } = openTables(document);
        const described = document.films.ids.map((id) => [
            item(id),
            columns.map(({ name }) => [name, attributes(id).get(name)]),
        ]);
        const rows = (await readFile(items, "utf8")).trimEnd().split("\n");
        return { described: described.map((each) => JSON.stringify(each)).sort(), rows: rows.sort() };
    }
    const contents = (path: string) => readdirSync(path).map((name) => [name, readFileSync(join(path, name), "utf8")]);

    it("`update-items` leaves the files that data-prep makes of the whole changed table", async () => {
        const before = await prepared("stack", products);
        const whole = new Map([...products, ...changed].map((row) => [row[0], row]));
        const expected = await known(await prepared("judge", [...whole.values()]));
        const changes = await find(before, csv([...changed, ...products.slice(20, 40)]));
        assert.deepEqual(changes.items?.changed.toSorted(), ["7", "9", "901", "902"]);
        assert.deepEqual(changes.items?.added, ["901", "902"]);
        await writeChanges(before, changes);
        assert.deepEqual(await known(before), expected);
        const document = parseTables(await readFile(filesBeside(before).tables, "utf8"));
        const latest = [...openTables(document).latest()].map(({ itemId }) => itemId);
        assert.deepEqual(latest, ["902", "901"]);
        const manifest = await readManifest(before);
        assert.equal(manifest?.items?.rows, 202);
        assert.equal(manifest?.files["items.csv"], await hashFile(filesBeside(before).items));
        const again = await find(before, csv(changed));
        assert.deepEqual([again.items?.changed, again.items?.dataset?.changed], [[], []]);
    });

    it("a column that the file lacks keeps its values, and a column that the dataset lacks is named", async () => {
        const before = await prepared("partial", products);
        const changes = await find(before, "sku,price,color\n3,77.25,red\n4,3.5,red\n");
        assert.deepEqual([changes.items?.changed, changes.items?.dataset?.unknown], [["3"], ["COLOR"]]);
        const [record] = toRecords(changes.items?.dataset ?? assert.fail());
        const properties = { genres: "pots", price: 77.25, size: '2" wide, "flat" \\', stock: 2 };
        const { availableUntil, ...others } = JSON.parse(record?.properties ?? "");
        assert.deepEqual([record?.id, others], ["3", properties]);
        const item = changes.items?.given.find(({ itemId }) => itemId === "3");
        assert.deepEqual([item?.title, item?.price, item?.stock], [`Pan, 12" \\ no. 2`, 77.25, 2]);
    });

    it("`update-items` refuses rows that do not fit, and changes nothing", async () => {
        const before = await prepared("refused", products);
        const files = contents(join(before, ".."));
        const refused = async (text: string, reason: RegExp) => assert.rejects(find(before, text), reason);
        await refused("sku,stock,price\n3,many,1\n", /3 has the value "many" in column STOCK, whose type .* is int/);
        await refused("sku,price\n,1\n", /1 row of .* cannot be used.*\n.*:2: no id/);
        await refused("name,price\nx,1\n", /no column of item ids among name, price/);
        await writeFile(at("users.csv"), "user_id,tier\n1,gold\n");
        await assert.rejects(
            findChanges(configOf(before), { users: at("users.csv") }),
            /There is no .*users\.csv: the stack has no Users dataset.*data-prep -- FILE --users/,
        );
        await assert.rejects(find(at("nothing/interactions.csv"), csv(changed)), /Prepare the data: npm run data-prep/);
        assert.deepEqual(contents(join(before, "..")), files);
    });

    it("`toProperties` keeps all digits of an integer, and leaves out missing values", () => {
        const fields = [
            { name: "CREATION_TIMESTAMP", type: "long" },
            { name: "EAN_13", type: ["null", "long"] },
            { name: "PRICE", type: ["null", "double"] },
            { name: "NOTE", type: ["null", "string"] },
        ] as const;
        assert.equal(
            toProperties(fields, ["1", "9007199254740993", "+.50", ""]),
            '{"creationTimestamp":1,"ean13":9007199254740993,"price":0.5}',
        );
    });

    it("the state flag keeps the hash of the import through two updates, and not after new data", async () => {
        const before = await prepared("flag", products);
        const { items } = filesBeside(before);
        const imported = await hashFile(items);
        const update = async (sent: Parameters<typeof sentRows>[1], price: number) => {
            const changes = await find(before, `sku,price\n3,${price}\n`);
            const rows = await sentRows("items", sent, changes.items?.dataset ?? assert.fail(), imported);
            return { changes, sent: { reason: "r", since: "s", ...(rows && { items: rows }) } };
        };
        const first = await update(undefined, 70);
        assert.equal(importedHash(first.sent.items, await hashFile(items)), imported, "before the file is written");
        await writeChanges(before, first.changes);
        const second = await update(first.sent, 80);
        await writeChanges(before, second.changes);
        assert.equal(importedHash(second.sent.items, await hashFile(items)), imported);
        await prepared("flag", products.slice(0, 150));
        const third = await update(second.sent, 90);
        await writeChanges(before, third.changes);
        assert.notEqual(importedHash(third.sent.items, await hashFile(items)), imported, "`up` imports the new data");
    });
});
