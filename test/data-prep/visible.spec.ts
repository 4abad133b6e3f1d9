import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { styleText } from "node:util";
import { visible, visibleLines } from "terminal-text";
import { temporaryFolder } from "../support/temporary-folder.ts";

const root = join(import.meta.dirname, "../..");

describe("Terminal output", () => {
    const attacks = {
        "a window's title": "\x1b]0;pwned\x07",
        "a cleared screen": "\x1b[2J\x1b[1;1H",
        "concealed text": "\x1b[8m",
        "an erased line": "\x1b[2K\r",
        "an 8-bit sequence": "\x9b2J",
        "text from right to left": "\u202egpj.exe",
        "an invisible character": "\u200b",
        "half a character": "\ud83d",
        "a line separator": "\u2028",
    };
    for (const [what, text] of Object.entries(attacks)) {
        it(`the function \`visible\` escapes ${what}, also in a coloured line`, () => {
            const line = `${styleText("red", `it is ${text}`, { validateStream: false })}\n`;
            assert.doesNotMatch(visible(text), /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}]/u);
            assert.equal(visibleLines(line), `\x1b[31mit is ${visible(text)}\x1b[39m\n`);
        });
    }

    it("`visibleLines` does not change the values of a JSON document", () => {
        const value = { name: "\x1b[2J\u202e", line: "a\nb" };
        assert.deepEqual(JSON.parse(visibleLines(`${JSON.stringify(value)}\n`)), value);
    });

    it("`data-prep` and runbooks escape control characters in printed names", async () => {
        const folder = temporaryFolder();
        const file = join(folder, "evil.csv");
        await writeFile(file, 'user_id,"it\x1b]0;pwned\x07\nfake: all is well",timestamp\n1,2,881250949\n');
        for (const args of [
            ["data-prep/cli.ts", file, "--output", join(folder, "out.csv")],
            ["data-prep/cli.ts", file, "--columns", "item=\x1b[2J"],
            ["runbooks/versions.ts", "--\x1b[2J"],
        ]) {
            const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8", cwd: root });
            assert.match(stdout + stderr, /\\u001b/, args.join(" "));
            assert.doesNotMatch(stdout + stderr, /[^\P{Cc}\n]/u);
            assert.doesNotMatch(stdout + stderr, /^fake/m);
        }
    });
});
