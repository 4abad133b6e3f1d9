import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { refuseOtherOptions } from "../../components/data/data-quality.ts";
import { readManifest } from "../../data-prep/manifest.ts";
import { optionsOfStack, readOptionsFile } from "../../data-prep/options-file.ts";
import { folderForEach } from "./folder.ts";

const root = join(import.meta.dirname, "..", "..");

/** Runs data-prep as npm does for a user in `folder`. */
function dataPrep(folder: string, ...args: string[]): Promise<{ code: number; text: string }> {
    const env = { ...process.env, npm_lifecycle_event: "data-prep", INIT_CWD: folder };
    return new Promise((done) => {
        execFile(process.execPath, ["data-prep/cli.ts", ...args], { cwd: root, env }, (error, stdout, stderr) =>
            done({ code: error ? Number(error.code) : 0, text: stdout + stderr }),
        );
    });
}

describe("Options file of data-prep", () => {
    const { at, put } = folderForEach();
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
        const first = await dataPrep(at(""), "--options", "shop.yaml");
        assert.equal(first.code, 0, first.text);
        assert.match(first.text, /user = who, item = what, time = at/);
        assert.match(first.text, /^warning: The case "stars >= 40" of --event matches no row/m);
        const types = (await manifest()).eventTypes.map(({ name }) => name);
        assert.deepEqual(types, ["Watch", "Like"]);
        const second = await dataPrep(at(""), "--options", "shop.yaml", "--event", "View");
        assert.equal(second.code, 0, second.text);
        assert.deepEqual(
            (await manifest()).eventTypes.map(({ name }) => name),
            ["View"],
        );
        const third = await dataPrep(at(""), "--options", "shop.yaml", "--event", "stars >= 40 -> Love, else Watch");
        assert.equal(third.code, 1, third.text);
        assert.match(third.text, /The case "stars >= 40" of --event matches no row/);
    });

    it("`data-prep` rejects an options file with an unknown key, value or path", async () => {
        const refused = async (text: string, pattern: RegExp) => {
            put("wrong.yaml", text);
            const { code, text: printed } = await dataPrep(at(""), "--options", "wrong.yaml");
            assert.equal(code, 2, printed);
            assert.match(printed, pattern);
        };
        await refused("files: events.csv\ncolum: x", /unknown option '--colum'/);
        await refused("files: events.csv\nmax-bad: many", /max-bad/);
        await refused(
            "files: events.csv\nevent: stars => 4 -> Like",
            /Write >= for =>:\n {2}stars => 4 -> Like\n {8}\^/,
        );
        await refused("- events.csv", /wrong\.yaml is not a map of options/);
        await refused("files: [events.csv", /wrong\.yaml is neither YAML nor JSON/);
        await refused("files: { a: b }", /wrong\.yaml: "files" must be a text/);
        const { code, text } = await dataPrep(at(""), "--options", "none.yaml");
        assert.equal(code, 2);
        assert.match(text, /There is no file .*none\.yaml/);
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
        await dataPrep(at(""), "--options", "shop.yaml");
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
