import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { writeFix } from "../fixes/write-fix.ts";
import { brokenBy, diagnosisOf } from "./support.ts";

const run = promisify(execFile);
/** A stub of the AWS CLI: prints the id of a new version as with --query, and fails if the file `refuse` exists. */
const fakeCli = `#!/bin/sh
echo "$2 $*" | sed 's/ --policy.*-document.*//' >> "$LOG"
test ! -e "$LOG.refuse" || exit 254
case "$2" in create-policy-version) echo v7 ;; esac
`;

describe("apply.sh and undo.sh of a fix", () => {
    let folder: string;
    let log: string;
    beforeEach(async () => {
        folder = await mkdtemp(join(tmpdir(), "write-fix-"));
        log = join(folder, "log");
        await writeFile(join(folder, "aws"), fakeCli);
        await chmod(join(folder, "aws"), 0o755);
        await writeFix(join(folder, "fix"), diagnosisOf(brokenBy("boundary", "bucket-get-missing")).fixes);
    });
    afterEach(() => rm(folder, { recursive: true }));

    const script = (name: "apply" | "undo") =>
        run("sh", [join(folder, "fix", `${name}.sh`)], { env: { PATH: `${folder}:${process.env.PATH}`, LOG: log } });
    const operations = async () =>
        (await readFile(log, "utf8"))
            .trim()
            .split("\n")
            .map((line) => line.split(" ")[0]);

    it("apply.sh runs each command of the fix once, and undo.sh reverts the commands in reverse order", async () => {
        await script("apply");
        const applied = await operations();
        assert.deepEqual(applied.toSorted(), ["create-policy-version", "put-bucket-policy"]);
        await script("apply");
        assert.deepEqual(await operations(), applied);
        await script("undo");
        const undone = (await operations()).slice(applied.length);
        assert.deepEqual(undone.toSorted(), [
            "delete-policy-version",
            "put-bucket-policy",
            "set-default-policy-version",
        ]);
        assert.ok(undone.indexOf("set-default-policy-version") < undone.indexOf("delete-policy-version"));
        assert.match(await readFile(log, "utf8"), /delete-policy-version .*--version-id v7\n/);
        await script("apply");
        assert.deepEqual((await operations()).slice(-applied.length), applied);
    });

    it("undo.sh reverts only commands that apply.sh ran", async () => {
        await writeFile(`${log}.refuse`, "");
        await assert.rejects(script("apply"), /a command failed: sh undo\.sh takes back what was done/);
        await rm(`${log}.refuse`);
        const tried = await operations();
        await script("undo");
        assert.deepEqual(await operations(), tried);
    });
});
