import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { writeFix } from "../fixes/write-fix.ts";
import { brokenBy, diagnoseFixture } from "./support.ts";

const run = promisify(execFile);
/**
 * A stub of the AWS CLI: prints only the ID of a new policy version, as the CLI does with the option --query, and fails
 * if the file `refuse` exists.
 */
const fakeCli = `#!/bin/sh
if test "$2" = get-caller-identity; then echo "$ACCOUNT"; exit; fi
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
        await writeFix(join(folder, "fix"), diagnoseFixture(brokenBy("boundary", "bucket-get-missing")).fixes, {
            accountId: "000000000000",
            region: "eu-central-1",
        });
    });
    afterEach(() => rm(folder, { recursive: true }));

    const script = (name: "apply" | "undo", more: Readonly<Record<string, string>> = {}) =>
        run("sh", [join(folder, "fix", `${name}.sh`)], {
            env: { PATH: `${folder}:${process.env.PATH}`, LOG: log, ACCOUNT: "000000000000", ...more },
        });
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

    for (const name of ["apply", "undo"] as const) {
        it(`${name}.sh runs no command if the AWS CLI uses another account`, async () => {
            await assert.rejects(
                script(name, { ACCOUNT: "111122223333" }),
                /This fix is for account 000000000000, but the AWS CLI uses account 111122223333/,
            );
            await assert.rejects(readFile(log), /ENOENT/);
        });
    }

    it("undo.sh does not revert a command that apply.sh did not run", async () => {
        await writeFile(`${log}.refuse`, "");
        await assert.rejects(
            script("apply"),
            /A command failed\. To undo the commands before it, run: sh \/.*\/fix\/undo\.sh/,
        );
        await rm(`${log}.refuse`);
        const operationsBefore = await operations();
        await script("undo");
        assert.deepEqual(await operations(), operationsBefore);
    });
});
