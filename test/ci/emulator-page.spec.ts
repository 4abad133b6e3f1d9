import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const page = readFileSync(join(import.meta.dirname, "..", "..", "docs", "emulator.md"), "utf8");

/** Cells of each row in the table of behaviours, without the headings, which are in bold. */
const rows = (page.split("\n## Behaviour by behaviour\n")[1]?.split("\n## ")[0] ?? "")
    .split("\n")
    .filter((line) => /^\| (?!behaviour|-|\*\*)/.test(line))
    .map((line) =>
        line
            .split(/(?<!\\)\|/)
            .slice(1, -1)
            .map((cell) => cell.trim()),
    );

describe("Table of behaviours in docs/emulator.md", () => {
    it("docs/emulator.md states how many behaviours in the page's table are guesses", () => {
        const guesses = rows.filter(([, , guess]) => guess !== "").length;
        const counted = /^For (\d+) of (\d+) behaviours of Personalize and of services around it,/m.exec(page);
        assert.deepEqual(counted?.slice(1).map(Number), [guesses, rows.length]);
        assert.ok(guesses > 0 && guesses < rows.length);
    });

    it("each emulator behaviour in docs/emulator.md has a source or is marked as guess", () => {
        for (const [behaviour = "", source, guess] of rows) {
            assert.ok(source !== "–" || guess !== "", behaviour);
            assert.match(behaviour, /\w/);
        }
    });
});
