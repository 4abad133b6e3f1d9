import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../packages/local-aws/instance.ts";
import { commands, groups, helpText } from "../packages/local-aws/toolchain/help.mjs";

describe("npm run help", () => {
    const { scripts, version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

    it("has each npm script once, by purpose, on lines of 120 columns at most", () => {
        const listed = Object.values(groups).flatMap((group) => Object.keys(group));
        assert.deepEqual(listed.toSorted(), Object.keys(scripts).toSorted());
        for (const line of helpText().split("\n")) assert.ok(line.length <= 120, line);
    });

    it("leads to two examples that the command itself takes, and to its version", () => {
        const programs = Object.keys(commands).flatMap((name) => {
            const program = /\s((?:runbooks|data-prep|bench|test\/drills|packages)\/\S+\.ts)$/.exec(scripts[name])?.[1];
            return program === undefined ? [] : [[name, program] as const];
        });
        assert.ok(programs.length >= 25, `${programs.length} programs`);
        for (const [name, program] of programs) {
            const ask = (option: string) => execFileSync(process.execPath, [program, option], { cwd: root }).toString();
            const help = ask("--help");
            const examples = help.split("Examples:\n")[1]?.trimEnd().split("\n") ?? [];
            assert.ok(examples.length >= 2, `${name}: ${examples.length} examples`);
            for (const example of examples.filter((line) => line.startsWith("  "))) {
                assert.match(example, new RegExp(`^  npm run (-s )?${name}( --|$)`));
                for (const [option] of example.matchAll(/ (--[a-z-]+)/g)) {
                    assert.ok(help.includes(`  ${option.trim()}`), `${name} has no ${option}`);
                }
            }
            assert.equal(ask("--version"), `${version}\n`, name);
        }
    });
});
