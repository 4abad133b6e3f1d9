import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { writeScript } from "../fixes/write-script.ts";
import { brokenBy, diagnoseFixture } from "./support.ts";

const run = promisify(execFile);
/**
 * A stub of the AWS CLI: keeps each document in a file of the folder STATE. Refuses the operation that the variable
 * REFUSED names.
 */
const fakeCli = `#!/bin/sh
for last; do :; done
case $2 in get-caller-identity) echo "$ACCOUNT"; exit ;; esac
case $2 in "$REFUSED") echo "An error occurred (AccessDenied) when calling $2" >&2; exit 254 ;; esac
cd "$STATE"
case $2 in
    get-role) cat trust ;;
    update-assume-role-policy) echo "$last" > trust ;;
    get-*) cat "\${2#get-}" 2> /dev/null || { echo "An error occurred (NoSuchBucketPolicy)" >&2; exit 254; } ;;
    put-*) echo "$last" > "\${2#put-}" ;;
    delete-*) rm "\${2#delete-}" ;;
    *) exit 2 ;;
esac
`;

describe("the script that `--write` writes", () => {
    const { fixes } = diagnoseFixture(brokenBy("trust-missing", "role-get-missing", "bucket-policy-missing"));
    const target = ["000000000000", "eu-central-1"] as const;
    const before = { trust: '{"a": "it\'s"}\n', "role-policy": "{}\n" };
    let folder: string;
    let script: string;
    beforeEach(async () => {
        folder = await mkdtemp(join(tmpdir(), "it's a $(folder)-"));
        script = join(folder, "fix.sh");
        await writeFile(join(folder, "aws"), fakeCli, { mode: 0o755 });
        await mkdir(join(folder, "state"));
        for (const [name, text] of Object.entries(before)) await writeFile(join(folder, "state", name), text);
        await writeScript(script, fixes, ...target);
    });
    afterEach(() => rm(folder, { recursive: true }));

    const runScript = (args: readonly string[] = [], more: Readonly<Record<string, string>> = {}) =>
        runShell([script, ...args], more);
    const runShell = (args: readonly string[], more: Readonly<Record<string, string>> = {}) =>
        run("sh", [...args], {
            env: {
                PATH: `${folder}:${process.env.PATH}`,
                STATE: join(folder, "state"),
                ACCOUNT: "000000000000",
                REFUSED: "none",
                ...more,
            },
        });
    async function state(): Promise<Record<string, string>> {
        const files = await readdir(join(folder, "state"));
        const texts = await Promise.all(files.map((name) => readFile(join(folder, "state", name), "utf8")));
        return Object.fromEntries(files.map((name, at) => [name, texts[at] ?? ""]));
    }
    /** Runs the restore command that a text of the script prints, as a user who copies the command. */
    const runPrinted = (text: string) => runShell(["-c", /run: (sh .* --restore .*)/.exec(text)?.[1] ?? "exit 3"]);

    it("the script contains the commands of the report, and the command that it prints restores all documents", async () => {
        const lines = (await readFile(script, "utf8")).split("\n");
        const commands = fixes.flatMap((fix) => fix.commands);
        assert.equal(commands.length, 3);
        for (const command of commands) assert.ok(lines.some((line) => line.startsWith(command)));
        const { stdout } = await runScript();
        assert.deepEqual(Object.keys(await state()).toSorted(), ["bucket-policy", "role-policy", "trust"]);
        assert.notEqual((await state()).trust, before.trust);
        await runPrinted(stdout);
        assert.deepEqual(await state(), before);
    });

    it("after a command that fails, the script prints the command that restores the documents", async () => {
        const error = await runScript([], { REFUSED: "put-bucket-policy" }).catch((thrown: Error) => thrown);
        assert.ok(error instanceof Error);
        assert.notDeepEqual(await state(), before);
        await runPrinted(error.message);
        assert.deepEqual(await state(), before);
    });

    const unchanged: readonly [what: string, args: readonly string[], env: Record<string, string>, message: RegExp][] =
        [
            [
                "if the AWS CLI uses another account",
                [],
                { ACCOUNT: "111122223333" },
                /is for account 000000000000, but .* 111122223333/,
            ],
            ["if AWS denies to read a document", [], { REFUSED: "get-bucket-policy" }, /AccessDenied/],
            [
                "to restore a folder that does not exist",
                ["--restore", "/nothing"],
                {},
                /There is no folder '\/nothing'/,
            ],
            ["with an unknown option", ["--undo"], {}, /usage: sh '.*fix\.sh' \[--restore FOLDER\]/],
        ];
    for (const [what, args, env, message] of unchanged) {
        it(`the script changes nothing ${what}`, async () => {
            await assert.rejects(runScript(args, env), message);
            assert.deepEqual(await state(), before);
        });
    }

    it("`--write` replaces no existing file, and refuses fixes without a command", async () => {
        await assert.rejects(writeScript(script, fixes, ...target), /fix\.sh exists, and is not replaced\. .*: rm '/);
        await assert.rejects(writeScript(join(folder, "b.sh"), [], ...target), /has nothing to write/);
    });
});
