import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { root } from "../packages/local-aws/instance.ts";
import { groups, helpText } from "../packages/local-aws/toolchain/help.mjs";
import { runbooks } from "../runbooks/runbooks.mjs";

describe("`npm run help`", () => {
    const { scripts, version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

    it("`npm run help` lists each script once, in lines of at most 120 columns", () => {
        const listed = Object.values(groups).flatMap((group) => Object.keys(group));
        assert.deepEqual(listed.toSorted(), Object.keys(scripts).toSorted());
        for (const line of helpText().split("\n")) assert.ok(line.length <= 120, line);
    });

    it("each runbook has a file, an entry in runbooks.mjs, and an npm script", () => {
        const files = readdirSync(join(root, "runbooks")).filter((file) => file.endsWith(".ts"));
        assert.deepEqual(
            Object.keys(runbooks).toSorted(),
            files.map((file) => file.replace(".ts", "")),
        );
        const start = "node packages/local-aws/toolchain/bootstrap.mjs packages";
        for (const name of Object.keys(runbooks)) assert.equal(scripts[name], `${start} runbooks/${name}.ts`);
    });

    it("`--version` prints the version in package.json", async () => {
        const runbook = await promisify(execFile)(process.execPath, ["runbooks/park.ts", "--version"], { cwd: root });
        assert.equal(runbook.stdout, `${version}\n`);
    });
});
