import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Machine, type Outcome } from "./machine.ts";

describe("bootstrap.mjs on a machine without tools", () => {
    let machine: Machine;
    afterEach(() => machine.remove());

    function refused({ code, stderr }: Outcome): string[] {
        assert.equal(code, 2, stderr);
        assert.deepEqual(
            machine.work().filter((call) => !call.startsWith("fetch")),
            [],
            "no work was started",
        );
        assert.ok(!existsSync(join(machine.root, ".tools")));
        return stderr.trimEnd().split("\n");
    }

    it("bootstrap.mjs lists each missing tool in one sentence and exits with 2", async () => {
        machine = new Machine([]);
        const [npm, engine, python, ...more] = refused(await machine.run(["test"], { CI: "true" }));
        assert.match(npm ?? "", /^npm is not on the PATH: install Node\.js 20 or newer/);
        assert.match(
            engine ?? "",
            /^There is no Pulumi CLI 3\.230\.0 or newer and no Go 1\.26\.\d+ or newer on the PATH, and no Python 3\.10 or newer that can download Go: install/,
        );
        assert.match(python ?? "", /^Python 3\.10 or newer is not on the PATH: install Python with venv/);
        assert.deepEqual(more, []);
    });

    it("the level `packages` of bootstrap.mjs needs only npm", async () => {
        machine = new Machine(["npm"]);
        assert.equal((await machine.run(["packages"])).code, 0);
    });

    it("bootstrap.mjs lists tools whose version is too old", async () => {
        machine = new Machine(["npm", "go", "python3", "pulumi", "pulumi-language-nodejs"]);
        const old = {
            STUB_GO: "go1.19.4",
            STUB_GOTOOLCHAIN: "",
            STUB_PULUMI: "3.99.0",
            STUB_PYTHON: "3.9.18",
            CI: "true",
        };
        const [engine, python] = refused(await machine.run(["local"], old));
        assert.match(engine ?? "", /\(only Pulumi 3\.99\.0 and Go 1\.19\.4\), and no Python/);
        assert.match(python ?? "", /^python3 is 3\.9\.18, older than 3\.10: install/);
    });

    it("bootstrap.mjs reports a Python without the venv module", async () => {
        machine = new Machine(["npm", "go", "python3"]);
        const lines = refused(await machine.run(["local"], { STUB_NO_VENV: "1" }));
        assert.deepEqual(lines.length, 1);
        assert.match(lines[0] ?? "", /^python3 \(3\.12\.4\) lacks its venv module: .*apt install python3-venv/);
    });

    it("an older Go is accepted only if GOTOOLCHAIN lets this Go download a newer one", async () => {
        machine = new Machine(["npm", "go"]);
        const older = { STUB_GO: "go1.24.0", CI: "true" };
        const [line] = refused(await machine.run(["engine"], { ...older, STUB_GOTOOLCHAIN: "local" }));
        assert.match(line ?? "", /only Go 1\.24\.0/);
        assert.equal((await machine.run(["engine"], { ...older, STUB_GOTOOLCHAIN: "auto" })).code, 0);
    });

    it("Go is neither needed nor downloaded if the official archive can be fetched", async () => {
        machine = new Machine(["npm", "python3"]);
        assert.equal((await machine.run(["engine"], { STUB_ARCHIVE: machine.archive() })).code, 0);
        assert.equal(machine.engine().source, "official archive");
        assert.deepEqual(
            machine.work().filter((call) => /^(go|python)/.test(call)),
            [],
        );
    });

    it("a clone with a finished installation needs no tools on PATH, starts no process and prints nothing", async () => {
        machine = new Machine();
        await machine.run(["test"]);
        machine.forget();
        const { code, stderr } = await machine.run(["test"], { PATH: "" });
        assert.deepEqual([code, stderr, machine.calls()], [0, "", []]);
    });
});
