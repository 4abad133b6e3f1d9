import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { root } from "../packages/local-aws/instance.ts";
import { commands, helpText, programs } from "../run.mjs";
import { runbooks } from "../runbooks/runbooks.mjs";

describe("`npm run help`", () => {
    const { scripts, version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

    it("`npm run help -- --all` lists each script, in lines of at most 120 columns, and each script starts its program", () => {
        assert.deepEqual(Object.keys(commands).toSorted(), Object.keys(scripts).toSorted());
        for (const name of ["help", ...Object.keys(programs)]) assert.equal(scripts[name], `node run.mjs ${name}`);
        for (const name of Object.keys(commands)) assert.ok(helpText(true).includes(`\n  ${name} `), name);
        for (const line of helpText(true).split("\n")) assert.ok(line.length <= 120, line);
    });

    it("`npm run help` fits into 40 lines, and lists each runbook", () => {
        assert.ok(helpText().split("\n").length <= 40, helpText());
        for (const name of Object.keys(runbooks)) assert.ok(helpText().includes(`\n  ${name} `), name);
    });

    it("each runbook has a file and an entry in runbooks.mjs", () => {
        const files = readdirSync(join(root, "runbooks")).filter((file) => file.endsWith(".ts"));
        assert.deepEqual(
            Object.keys(runbooks).toSorted(),
            files.map((file) => file.replace(".ts", "")),
        );
    });

    it("`--version` prints the version in package.json", async () => {
        const runbook = await promisify(execFile)(process.execPath, ["runbooks/park.ts", "--version"], { cwd: root });
        assert.equal(runbook.stdout, `${version}\n`);
    });
});
