import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "../../../../test/support/until.ts";
import { Machine, type Run } from "./machine.ts";

describe("bootstrap.mjs, installing tools", () => {
    let machine: Machine;
    beforeEach(() => {
        machine = new Machine();
    });
    afterEach(() => machine.remove());

    it("bootstrap.mjs with the level `test` installs all tools and leaves no temporary files", async () => {
        const { code, stdout, stderr } = await machine.run(["test"]);
        assert.equal(code, 0, stderr);
        assert.equal(stdout, "");
        for (const part of ["Pulumi engine", "packages", "Python environment", "Python test packages"]) {
            assert.match(stderr, new RegExp(`${part}: done in \\d+ s`));
        }
        const { root } = machine;
        assert.equal(readFileSync(join(root, "node_modules", "made-from"), "utf8"), `{"lockfileVersion":3}`);
        assert.ok(existsSync(join(root, ".tools", "python", "bin", "python")));
        assert.ok(existsSync(join(root, ".tools", "python-test")));
        assert.deepEqual(machine.leftovers(), []);
    });

    it("each level of bootstrap.mjs (packages, engine, local, test) installs only what earlier levels have not installed", async () => {
        await machine.run(["packages"]);
        assert.deepEqual(machine.calls(), ["npm ci --include=dev --ignore-scripts=false --loglevel=notice"]);
        await machine.run(["local"]);
        machine.forget();
        await machine.run(["test"]);
        const [install, trial, ...others] = machine.calls();
        assert.match(install ?? "", /^python -m pip install --require-hashes .*--target .*requirements-test\.txt$/);
        assert.equal(trial, "python -c import boto3, pandas");
        assert.deepEqual(others, []);
    });

    it("a changed package-lock.json causes an installation of the npm packages only", async () => {
        await machine.run(["test"]);
        machine.forget();
        writeFileSync(join(machine.root, "package-lock.json"), "changed");
        assert.equal((await machine.run(["test"])).code, 0);
        assert.deepEqual(machine.calls(), ["npm ci --include=dev --ignore-scripts=false --loglevel=notice"]);
        assert.equal(readFileSync(join(machine.root, "node_modules", "made-from"), "utf8"), "changed");
    });

    it("a new Python environment causes an installation of the Python test packages", async () => {
        await machine.run(["test"]);
        machine.forget();
        rmSync(join(machine.root, ".tools", "python", "bin", "python"));
        assert.equal((await machine.run(["test"])).code, 0);
        assert.equal(machine.work().filter((call) => call.includes("-m venv")).length, 1);
        assert.equal(machine.work().filter((call) => call.includes("--target")).length, 1);
    });

    it("a failed installation prints the end of its log and keeps the old packages", async () => {
        await machine.run(["packages"]);
        writeFileSync(join(machine.root, "package-lock.json"), "changed");
        const { code, stderr } = await machine.run(["packages", "report.mjs"], { STUB_NPM_FAILS: "disk full" });
        assert.equal(code, 1);
        assert.match(
            stderr,
            /npm ci .*ended with exit code 1\. The end of \.tools\/logs\/packages\.log:\n +npm error: disk full/,
        );
        assert.equal(readFileSync(join(machine.root, "node_modules", "made-from"), "utf8"), `{"lockfileVersion":3}`);
        assert.deepEqual(machine.leftovers(), []);
        assert.equal((await machine.run(["packages"])).code, 0);
    });

    it("bootstrap.mjs fails if npm skipped the project's Node.js, for example because of a wrong hash", async () => {
        const { code, stderr } = await machine.run(["packages", "report.mjs"], { STUB_NO_NODE: "1" });
        assert.equal(code, 1);
        const platform = `node-${process.platform}-${process.arch}`;
        assert.ok(
            stderr.includes(`npm ci installed no Node.js: package-lock.json does not contain ${platform}, or`),
            stderr,
        );
        assert.ok(!existsSync(join(machine.root, "node_modules")));
    });

    it("the next run repairs an installation that was interrupted by kill -9", async () => {
        const killed = machine.start(["local"], { STUB_NPM_MS: "3000" });
        await until(
            "Python and the engine are in place",
            async () =>
                existsSync(join(machine.root, ".tools", "python")) && existsSync(join(machine.root, ".tools", "bin")),
        );
        await until("npm runs", async () => machine.calls().some((call) => call.startsWith("npm")));
        killed.kill("SIGKILL");
        await killed.outcome;
        assert.ok(!existsSync(join(machine.root, "node_modules")), "nothing half-installed is in place");
        assert.deepEqual(machine.leftovers(), [`build-${killed.pid}`, "lock"]);
        machine.forget();

        const { code, stderr } = await machine.run(["local", "report.mjs"]);
        assert.equal(code, 5, stderr);
        assert.deepEqual(machine.leftovers(), []);
        assert.ok(!machine.calls().some((call) => call.includes("venv")), "what was finished is not done again");
    });

    it("bootstrap.mjs removes temporary folders of killed runs and keeps those of running ones", async () => {
        await machine.run(["packages"]);
        const killed = machine.start(["packages"]);
        await killed.outcome;
        for (const pid of [killed.pid, process.pid]) {
            mkdirSync(join(machine.root, ".tools", `build-${pid}`, "packages"), { recursive: true });
        }
        await machine.run(["packages"]);
        assert.deepEqual(machine.leftovers(), [`build-${process.pid}`]);
    });

    it("two simultaneous runs of bootstrap.mjs install once, and both run their command", async () => {
        const runs = [0, 1].map(() => machine.start(["local", "report.mjs"], { STUB_NPM_MS: "800" }));
        const outcomes = await Promise.all(runs.map((run) => run.outcome));
        for (const { code, stdout } of outcomes) {
            assert.equal(code, 5);
            assert.equal(JSON.parse(stdout).python, join(machine.root, ".tools", "python", "bin", "python"));
        }
        assert.equal(machine.work().filter((call) => call.startsWith("npm ci")).length, 1);
        assert.equal(machine.work().filter((call) => call.includes("-m venv")).length, 1);
        assert.equal(
            outcomes.filter(({ stderr }) => /Process \d+ is setting up this clone; waiting/.test(stderr)).length,
            1,
        );
        assert.deepEqual(machine.leftovers(), []);
    });

    it("SIGTERM ends the installers and releases the lock", async () => {
        const run = machine.start(["packages"], { STUB_NPM_MS: "20000" });
        await until("npm runs", async () => machine.calls().length === 1);
        run.kill("SIGTERM");
        const { code, stderr } = await run.outcome;
        assert.equal(code, 143);
        assert.match(stderr, /interrupted\. Run the same command again/);
        assert.ok(!machine.leftovers().includes("lock"));
        assert.equal((await machine.run(["packages"])).code, 0);
        assert.deepEqual(machine.leftovers(), []);
    });

    it("bootstrap.mjs with an unknown level exits with 2, and the error lists all levels", async () => {
        const { code, stderr } = await machine.run(["everything"]);
        assert.equal(code, 2);
        assert.match(stderr, /There is no level "everything"[\s\S]*packages[\s\S]*engine[\s\S]*local[\s\S]*test/);
        assert.deepEqual(machine.calls(), []);
    });
});

describe("bootstrap.mjs, running a command", () => {
    let machine: Machine;
    before(async () => {
        machine = new Machine();
        await machine.run(["local"]);
    });
    after(() => machine.remove());

    it("bootstrap.mjs runs a command with the project's Node and PATH, and with unchanged arguments", async () => {
        const { code, stdout, stderr } = await machine.run(["local", "report.mjs", "--json", "a b"]);
        const report = JSON.parse(stdout);
        assert.deepEqual([code, stderr], [5, ""]);
        assert.deepEqual(report.args, ["--json", "a b"]);
        assert.equal(report.node, join(machine.root, "node_modules", ".bin", "node"));
        const own = [join(machine.root, "node_modules", ".bin"), join(machine.root, ".tools", "bin")];
        assert.equal(report.path, [...own, machine.path].join(":"));
    });

    it("Node's compile cache is in the clone or in NODE_COMPILE_CACHE", async () => {
        const kept = async (env?: Record<string, string>) =>
            JSON.parse((await machine.run(["local", "report.mjs"], env)).stdout).compiled;
        assert.equal(await kept(), join(machine.root, ".tools", "compile-cache"));
        const NODE_COMPILE_CACHE = join(machine.folder, "elsewhere");
        assert.equal(await kept({ NODE_COMPILE_CACHE }), NODE_COMPILE_CACHE);
    });

    it("bootstrap.mjs runs any program on PATH, and exits with 127 if the program is missing", async () => {
        const { code, stdout } = await machine.run(["engine", "pulumi", "version"]);
        assert.deepEqual([code, stdout], [0, "3.274.1\n"]);
        const missing = await machine.run(["engine", "no-such-thing"]);
        assert.equal(missing.code, 127);
        assert.match(missing.stderr, /no-such-thing cannot be run: there is no such command/);
    });

    for (const signal of ["SIGINT", "SIGTERM"] as const) {
        it(`bootstrap.mjs passes ${signal} on and returns the command's exit code`, async () => {
            const run: Run = machine.start(["local", "stay.mjs"]);
            await until("the command runs", async () => run.stdout().includes("here"));
            run.kill(signal);
            const { code, stdout } = await run.outcome;
            assert.deepEqual([code, stdout], [7, `here\ngot ${signal}\ncleaned up\n`]);
        });
    }

    it("bootstrap.mjs ends by the same signal that ended the command", async () => {
        writeFileSync(
            join(machine.root, "fall.mjs"),
            `process.kill(process.pid, "SIGTERM"); setInterval(() => {}, 1000);`,
        );
        assert.equal((await machine.run(["local", "fall.mjs"])).signal, "SIGTERM");
    });
});
