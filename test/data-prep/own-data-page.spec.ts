import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { seededRandom } from "../../packages/local-personalize/test/random.ts";

const root = join(import.meta.dirname, "../..");
const random = seededRandom(3);
type Row = (user: number, item: number, at: Date, index: number) => string;

/** Returns a file with 1,500 generated interactions of 60 users with 80 items; items with low numbers are popular. */
function file(head: string, row: Row, end = "\n"): string {
    let at = Date.UTC(2026, 0, 1);
    const rows = Array.from({ length: 1500 }, (_, index) => {
        at += 1000 * Math.floor(60 + random() * 840);
        return row(1 + (index % 60), 1 + Math.floor(80 * random() ** 2), new Date(at), index);
    });
    return [...(head === "" ? [] : [head]), ...rows, ""].join(end);
}
const iso = (at: Date) => at.toISOString().slice(0, 19);
const german = (amount: number) => amount.toFixed(2).replace(".", ",");
const two = (number: number) => `${number}`.padStart(2, "0");
const products = Array.from(
    { length: 80 },
    (_, index) => `A-${index + 1};Stück ${index + 1};${german(1.25 * (index + 1))};Marke ${index % 7}`,
);

/** The files that the commands on the page read. */
const files: Readonly<Record<string, Buffer>> = {
    "verkauf.csv": Buffer.from(
        file(
            "sep=;\r\nKunde;Artikel;Umsatz;Bestelldatum",
            (user, item, at) =>
                `K${user};A-${item};${german(1.25 * item)};${two(at.getUTCDate())}.01.2026 ${iso(at).slice(11, 16)}`,
            "\r\n",
        ),
        "latin1",
    ),
    "artikel.csv": Buffer.from(["Artikel;Bezeichnung;Preis;Marke", ...products, ""].join("\r\n"), "latin1"),
    "reviews.csv": Buffer.from(
        file("user,book,stars,created", (user, item, at, index) => `u${user},b${item},${1 + (index % 5)},${iso(at)}Z`),
    ),
    "events.jsonl": Buffer.from(
        file("", (user, item, at, index) =>
            JSON.stringify({
                visitor: `v${user}`,
                sku: `s${item}`,
                action: ["view", "view", "cart", "purchase"][index % 4],
                ts: at.getTime(),
            }),
        ),
    ),
    "loans.tsv": Buffer.from(
        file("who\twhat\tday", (user, item, at) => `m${user}\tisbn${item}\t${iso(at).slice(0, 10)}`),
    ),
};

describe("docs/your-own-data.md", () => {
    let [folder, page] = ["", ""];
    before(async () => {
        folder = await mkdtemp(join(tmpdir(), "own-data-"));
        page = await readFile(join(root, "docs", "your-own-data.md"), "utf8");
        for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
        await writeFile(join(folder, "shop.yaml"), /```yaml\n([^`]*)```/.exec(page)?.[1] ?? "");
        await mkdir(join(folder, "bin"));
        const npm = join(folder, "bin", "npm");
        await writeFile(
            npm,
            `#!/bin/sh\nshift 3\nexec '${process.execPath}' '${join(root, "data-prep/cli.ts")}' "$@"\n`,
        );
        await chmod(npm, 0o755);
    });
    after(() => rm(folder, { recursive: true, force: true }));

    it("docs/own-data.md shows the first rows of each file", () => {
        for (const [name, content] of Object.entries(files)) {
            const shown = new RegExp(`\`${name}\`[^\`]*\`\`\`\\n([^\`]*)\`\`\``).exec(page)?.[1] ?? "";
            const text = content.toString("latin1").replaceAll("\r\n", "\n");
            assert.ok(shown.length > 20 && text.startsWith(shown), `${name}:\n${text.slice(0, 200)}`);
        }
    });

    it("docs/own-data.md shows the output of each command in order", async () => {
        const examples = [...page.matchAll(/```sh\n(npm run data-prep [^`]*)```\n+[^`#]*```\n([^`]*)```/g)];
        assert.equal(examples.length, 6);
        const env = { ...process.env, PATH: `${join(folder, "bin")}${delimiter}${process.env.PATH}`, INIT_CWD: folder };
        for (const [, command = "", output = ""] of examples) {
            const result = await promisify(execFile)("bash", ["-c", command], { cwd: folder, env }).catch(
                (error) => error,
            );
            const lines = `${result.stderr}${result.stdout}`.split("\n");
            for (const line of output.trimEnd().split("\n")) {
                if (line === "…") continue;
                const at = lines.findIndex((each) => each.replace(/ +/g, " ") === line.replace(/ +/g, " "));
                assert.ok(at >= 0, `${command}printed no line\n${line}\nbut\n${lines.join("\n")}`);
                lines.splice(0, at + 1);
            }
        }
    });
});
