import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { refuseOtherOptions } from "../../components/data/data-quality.ts";
import { readManifest } from "../../data-prep/manifest.ts";
import { optionsOfStack, readOptionsFile } from "../../data-prep/options-file.ts";
import { folderForEach } from "./folder.ts";

describe("Options file of data-prep", () => {
    const { at, put, dataPrep } = folderForEach();
    const manifest = async () => (await readManifest(at("out/data.csv"))) ?? assert.fail();

    beforeEach(() => {
        const rows = Array.from({ length: 1200 }, (_, n) => `c${n % 60},p${n % 97},${n % 7},${1_760_000_000 + 60 * n}`);
        put("events.csv", `who,what,stars,at\n${rows.join("\n")}\n`);
        put(
            "shop.yaml",
            [
                "files: events.csv",
                "columns: { user: who, item: what, time: at }",
                "time: s",
                "event: stars >= 40 -> Love, stars >= 4 -> Like, else Watch",
                "bad-rows: quarantine bad.csv",
                "max-bad: 0.1%",
                "output: out/data.csv",
            ].join("\n"),
        );
    });

    it("data-prep's command line overrides the options file", async () => {
        const first = dataPrep("--options", "shop.yaml");
        assert.equal(first.status, 0, first.stderr);
        assert.match(first.stderr, /user = who, item = what, time = at/);
        assert.match(first.stderr, /^warning: The case "stars >= 40" of --event matches no row/m);
        const types = (await manifest()).eventTypes.map(({ name }) => name);
        assert.deepEqual(types, ["Watch", "Like"]);
        const second = dataPrep("--options", "shop.yaml", "--event", "View");
        assert.equal(second.status, 0, second.stderr);
        assert.deepEqual(
            (await manifest()).eventTypes.map(({ name }) => name),
            ["View"],
        );
        const third = dataPrep("--options", "shop.yaml", "--event", "stars >= 40 -> Love, else Watch");
        assert.equal(third.status, 1, third.stderr);
        assert.match(third.stderr, /The case "stars >= 40" of --event matches no row/);
    });

    it("`data-prep` rejects an options file with an unknown key, value or path", () => {
        const refuses = (text: string, pattern: RegExp) => {
            put("wrong.yaml", text);
            const { status, stderr } = dataPrep("--options", "wrong.yaml");
            assert.equal(status, 2, stderr);
            assert.match(stderr, pattern);
        };
        refuses("files: events.csv\ncolum: x", /unknown option '--colum'/);
        refuses("files: events.csv\nmax-bad: many", /max-bad/);
        refuses("files: events.csv\nevent: stars => 4 -> Like", /Write >= for =>:\n {2}stars => 4 -> Like\n {8}\^/);
        refuses("- events.csv", /wrong\.yaml is not a map of options/);
        refuses("files: [events.csv", /wrong\.yaml is neither YAML nor JSON/);
        refuses("files: { a: b }", /wrong\.yaml: "files" must be a text/);
        const { status, stderr } = dataPrep("--options", "none.yaml");
        assert.equal(status, 2);
        assert.match(stderr, /There is no file .*none\.yaml/);
    });

    it("`optionsOfStack` reads the stack's options file, and sets `--output` to the stack's `interactionsFile`", async () => {
        put(
            "Pulumi.shop.yaml",
            "config:\n  movie-recommender:dataOptionsFile: shop.yaml\n  movie-recommender:interactionsFile: own/data.csv\n",
        );
        const choice = await optionsOfStack("shop", at(""), at(""));
        assert.deepEqual(choice.files, ["events.csv"]);
        assert.deepEqual(choice.options.slice(-2), ["--output", "own/data.csv"]);
        put("Pulumi.other.yaml", "config: {}\n");
        await assert.rejects(
            optionsOfStack("other", at(""), at("")),
            /The configuration of stack other contains no options file\. Set one:/,
        );
        await assert.rejects(optionsOfStack("none", at(""), at("")), /There is no file .*Pulumi\.none\.yaml/);
    });

    it("`preview` rejects data if the options file changed after data-prep ran", async () => {
        dataPrep("--options", "shop.yaml");
        const dataManifest = await manifest();
        const config = (file: string | undefined) => ({
            dataOptionsFile: file,
            interactionsFile: "out/data.csv",
            stack: "shop",
        });
        await refuseOtherOptions(dataManifest, config(undefined));
        await refuseOtherOptions(dataManifest, config(at("shop.yaml")));
        put("other.yaml", `${readFileSync(at("shop.yaml"), "utf8")}\n# changed\n`);
        await assert.rejects(
            refuseOtherOptions(dataManifest, config(at("other.yaml"))),
            /was prepared with other options than those that are now in .*other\.yaml\. Prepare it again: {2}npm run data-prep -- --stack shop/,
        );
        await assert.rejects(refuseOtherOptions(undefined, config(at("shop.yaml"))), /Prepare it again/);
    });

    it("`readOptionsFile` resolves paths relative to the options file, and accepts columns as YAML map", async () => {
        const { files, options } = await readOptionsFile(at("shop.yaml"), at(".."));
        put("items.yaml", "item-columns: { id: Artikel, price: Preis }\nuser-columns: id=Konto");
        const columns = await readOptionsFile(at("items.yaml"), at(""));
        assert.deepEqual(columns.options, ["--item-columns", "id=Artikel,price=Preis", "--user-columns", "id=Konto"]);
        const name = at("").split("/").at(-1);
        assert.deepEqual(files, [`${name}/events.csv`]);
        assert.deepEqual(options.slice(-6), [
            "--bad-rows",
            `quarantine:${name}/bad.csv`,
            "--max-bad",
            "0.1%",
            "--output",
            `${name}/out/data.csv`,
        ]);
    });
});
