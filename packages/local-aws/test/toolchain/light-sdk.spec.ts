import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { defaultInstance, environment, root } from "../../instance.ts";

/** Prints what a process at the place of the SDK's own commands has loaded. It runs as a CommonJS file of its own. */
function probe() {
    const used = process.argv[2] === "use" && new (require("@npmcli/arborist").Arborist)({ path: "." });
    const real = Object.values(require.cache).filter(
        (file) => file?.id.includes("arborist") && file.children.length > 0,
    );
    const typescript = process.env.PULUMI_NODEJS_TYPESCRIPT;
    console.log(JSON.stringify({ used: typeof used.loadActual, loaded: real.length, typescript }));
}

describe("Pulumi's Node processes of local runs", () => {
    let folder: string;
    before(async () => {
        folder = await realpath(await mkdtemp(join(tmpdir(), "light sdk ")));
        const command = join(folder, "node_modules", "@pulumi", "pulumi", "cmd");
        await mkdir(command, { recursive: true });
        await symlink(join(root, "node_modules", "@npmcli"), join(folder, "node_modules", "@npmcli"));
        for (const file of [join(command, "probe.cjs"), join(folder, "other.cjs")])
            await writeFile(file, `(${probe})();\n`);
    });
    after(() => rm(folder, { recursive: true, force: true }));

    async function ask(file: string, ...args: string[]) {
        const env = { ...environment(defaultInstance({})), PULUMI_NODEJS_TYPESCRIPT: "true" };
        const { stdout } = await promisify(execFile)(process.execPath, [join(folder, file), ...args], { env });
        return JSON.parse(stdout);
    }
    const command = join("node_modules", "@pulumi", "pulumi", "cmd", "probe.cjs");

    it("start without TypeScript's compiler and npm's dependency tree", async () => {
        assert.deepEqual(await ask(command), { used: "undefined", loaded: 0, typescript: "false" });
    });

    it("load npm's dependency tree when it is used", async () => {
        const { used, loaded } = await ask(command, "use");
        assert.equal(used, "function");
        assert.ok(loaded > 0);
    });

    it("leave every other process as it is", async () => {
        assert.deepEqual(await ask("other.cjs"), { used: "undefined", loaded: 0, typescript: "true" });
    });
});
