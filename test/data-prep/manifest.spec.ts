import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { itemInteractionsSchema } from "../../data-prep/avro.ts";
import {
    chooseInteractionsSchema,
    readManifest,
    readMatchingManifest,
    withMetadataFiles,
} from "../../data-prep/manifest.ts";
import type { PrepareOptions } from "../../data-prep/prepare.ts";
import { chooseNoun, consumedTypes, filterText } from "../../data-prep/words.ts";
import { readAvroSchema } from "../../packages/local-personalize/control/avro.ts";
import { ratingsFile, syntheticRatings } from "../../packages/local-personalize/test/interactions.ts";
import { shop } from "../support/shop.ts";
import { prepareForEach } from "./preparing.ts";

describe("Manifest of prepared data", () => {
    const { at, put, run: prepared, logged } = prepareForEach();
    const output = () => at("out/data.csv");
    const run = async (options: PrepareOptions) => {
        await prepared(options);
        return (await readManifest(output())) ?? assert.fail();
    };
    const shopFiles = () => {
        const { events, products, customers } = shop();
        return {
            input: put("events.csv", events),
            items: put("products.csv", products),
            users: put("customers.csv", customers),
        };
    };
    const hashOf = (path: string) => createHash("sha256").update(readFileSync(path)).digest("hex");

    it('the manifest of shop data contains sources, options, hashes, counts, event types and the word for an item ("product")', async () => {
        const files = shopFiles();
        const manifest = await run(files);
        assert.deepEqual(
            manifest.sources,
            (["input", "items", "users"] as const).map((given, index) => ({
                dataset: ["interactions", "items", "users"][index],
                file: files[given],
                sha256: hashOf(files[given]),
            })),
        );
        assert.equal(manifest.interactions.sha256, hashOf(output()));
        assert.equal(manifest.interactions.rows, readFileSync(output(), "utf8").trimEnd().split("\n").length - 1);
        assert.deepEqual(
            manifest.eventTypes.map(({ name }) => name),
            ["view", "purchase"],
        );
        assert.deepEqual(manifest.consumedTypes, ["purchase"]);
        assert.deepEqual(manifest.noun, { one: "product", many: "products" });
        assert.equal(chooseInteractionsSchema(manifest), itemInteractionsSchema);
        for (const [table, isDataset] of [
            ["items", true],
            ["users", true],
        ] as const) {
            assert.equal(manifest[table]?.isDataset, isDataset);
            const schema = readAvroSchema(readFileSync(at(`out/${table}.schema.json`), "utf8"));
            assert.deepEqual(
                schema.fields.map(({ name }) => name),
                manifest[table]?.fields.map(({ name }) => name),
            );
        }
        assert.equal(manifest.viewers.length, 6);
        const command = logged().find((line) => line.startsWith("As a command:")) ?? "";
        assert.ok(manifest.options.includes(/--columns (\S+)/.exec(command)?.[1] ?? "none"));
        assert.ok(manifest.options.includes("--users"));
        for (const [name, sha256] of Object.entries(manifest.files))
            assert.equal(sha256, hashOf(at(`out/${name}`)), name);
        assert.deepEqual(
            [...Object.keys(manifest.files), "data.csv", "manifest.json"].sort(),
            readdirSync(at("out")).sort(),
        );
    });

    it('the manifest of MovieLens data contains the default schema, "Watch", "film" and example viewers', async () => {
        const manifest = await run({ input: put("u.data", ratingsFile(syntheticRatings({ users: 130 }))) });
        assert.equal(chooseInteractionsSchema(manifest), itemInteractionsSchema);
        assert.deepEqual(manifest.consumedTypes, ["Watch"]);
        assert.deepEqual(manifest.noun, { one: "film", many: "films" });
        assert.deepEqual(manifest.viewers.slice(0, 4), ["22", "6", "122", "13"]);
        assert.equal(manifest.users, undefined);
    });

    it("the interactions schema contains EVENT_VALUE and additional columns in the CSV file's order", async () => {
        const rows = syntheticRatings().map(
            ({ user, item, timestamp }, row) =>
                `${user},${item},view,${row / 4},${row % 3 ? "Yes" : "No"},${row},${timestamp}`,
        );
        const header = "USER_ID,ITEM_ID,EVENT_TYPE,EVENT_VALUE,DISCOUNT,POSITION,TIMESTAMP";
        const manifest = await run({ input: put("a.csv", `${header}\n${rows.join("\n")}\n`) });
        const { fields } = JSON.parse(chooseInteractionsSchema(manifest));
        assert.deepEqual(fields.slice(3), [
            { name: "EVENT_VALUE", type: ["null", "float"] },
            { name: "TIMESTAMP", type: "long" },
            { name: "DISCOUNT", type: ["null", "string"], categorical: true },
            { name: "POSITION", type: ["null", "int"] },
        ]);
        assert.equal(
            readFileSync(output(), "utf8").split("\n")[0],
            fields.map(({ name }: { name: string }) => name).join(","),
        );
    });

    it("`readMatchingManifest` returns undefined for a CSV file that the manifest does not describe", async () => {
        await run({ input: put("u.data", ratingsFile(syntheticRatings())) });
        const sha256 = hashOf(output());
        assert.ok(await readMatchingManifest(output(), async () => sha256));
        assert.equal(await readMatchingManifest(output(), async () => sha256.replace(/./, "x")), undefined);
        assert.equal(await readMatchingManifest(at("elsewhere/data.csv"), async () => sha256), undefined);
        writeFileSync(at("out/manifest.json"), '{"schemaVersion":9}');
        await assert.rejects(readManifest(output()), /manifest\.json has schemaVersion 9.*npm run data-prep/);
    });

    it("`withMetadataFiles` adds prepared items and users files, and avoids needless hashes of interactions", async () => {
        const named = { items: "own.csv", users: "others.csv" };
        const of = (metadataFiles: { items: string | undefined; users: string | undefined }) => {
            let hashed = 0;
            const config = withMetadataFiles({ interactionsFile: output(), metadataFiles }, async () => {
                hashed += 1;
                return hashOf(output());
            });
            return config.then((resolvedConfig) => [resolvedConfig.metadataFiles, hashed]);
        };
        const none = { items: undefined, users: undefined };
        await run({ input: put("u.data", ratingsFile(syntheticRatings())) });
        assert.deepEqual(await of(none), [none, 0]);
        await run(shopFiles());
        assert.deepEqual(await of(none), [{ items: at("out/items.csv"), users: at("out/users.csv") }, 1]);
        assert.deepEqual(await of(named), [named, 0]);
        writeFileSync(output(), "USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP\n");
        assert.deepEqual(await of(none), [none, 1]);
    });

    it("a data-prep run removes earlier output, except changed files and files of other programs", async () => {
        await run(shopFiles());
        writeFileSync(at("out/users.csv"), 'USER_ID,AGE\n"1",7\n');
        writeFileSync(at("out/mine.csv"), "mine");
        logged().length = 0;
        await run({ input: put("u.data", ratingsFile(syntheticRatings())) });
        assert.deepEqual(readdirSync(at("out")).sort(), [
            ...["catalogue.json", "data.csv", "fallback-tables.json", "manifest.json", "mine.csv", "users.csv"],
        ]);
        assert.match(
            logged().join("\n"),
            /^Removed items\.schema\.json, items\.csv, users\.schema\.json, which data-prep made of other data\.$/m,
        );
    });

    it("a data-prep run that rejects the data changes no earlier output", async () => {
        await run(shopFiles());
        const before = readFileSync(at("out/manifest.json"), "utf8");
        const many = Array.from(
            { length: 2000 },
            (_, row) => `${row % 50},${row % 90},t${row % 11},${1_700_000_000 + row}`,
        );
        const input = put("b.csv", `user,item,event,time\n${many.join("\n")}\n`);
        await assert.rejects(run({ input }), /11 event types.*The service allows 10 together/);
        assert.equal(readFileSync(at("out/manifest.json"), "utf8"), before);
        assert.ok(existsSync(at("out/items.csv")));
    });
});

describe("Event types of a data set, and the word for an item", () => {
    it("`chooseNoun` derives the word for an item (film, book) from column or file names", () => {
        const noun = (file: string, column: string) => chooseNoun(file, column).one;
        assert.equal(noun("events.csv", "product_id"), "product");
        assert.equal(noun("ratings.csv", "movieId"), "film");
        assert.equal(noun("ml-100k.zip:ml-100k/u.data", "item"), "film");
        assert.equal(noun("reviews.json", "parent_asin"), "product");
        assert.equal(noun("books.csv", "ISBN"), "book");
        assert.equal(noun("export.csv", "Artikelnummer"), "product");
        assert.equal(noun("export.csv", "id_produit"), "product");
        assert.equal(noun("userid.tsv", "3"), "item");
        assert.deepEqual(chooseNoun("review.json", "business_id"), { one: "business", many: "businesses" });
    });

    it("`consumedTypes` returns the event types for purchases, but no views", () => {
        assert.deepEqual(consumedTypes(["view", "addtocart", "transaction"]), ["transaction"]);
        assert.deepEqual(consumedTypes(["pv", "cart", "fav", "buy"]), ["buy"]);
        assert.deepEqual(consumedTypes(["Ansicht", "Warenkorb", "Kauf"]), ["Kauf"]);
        assert.deepEqual(consumedTypes(["vue", "panier", "acheté"]), ["acheté"]);
        assert.deepEqual(consumedTypes(["vista", "carrito", "compra"]), ["compra"]);
        assert.deepEqual(consumedTypes(["visualizzazione", "carrello", "acquisto"]), ["acquisto"]);
        assert.deepEqual(consumedTypes(["Watch", "Like"]), ["Watch", "Like"]);
        assert.deepEqual(consumedTypes(["click", "hover"]), ["click"]);
    });

    it("`filterText` names the event types that remove items from lists, and says if it does not know a purchase type", () => {
        assert.equal(filterText(["Ansicht", "Kauf"]), "removes the items of a user's Kauf events from lists");
        assert.match(
            filterText(["click", "hover"]),
            /a user's click events from lists, because no event type is known/,
        );
    });
});
