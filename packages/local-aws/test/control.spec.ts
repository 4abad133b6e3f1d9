import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, statSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { connect } from "node:net";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { itemInteractionsSchema } from "../../../data-prep/avro.ts";
import { itemAt } from "../../../test/support/item-at.ts";
import { createClients, testInstance, testPort } from "../../../test/support/local-aws.ts";
import { startedBy } from "../../../test/support/orphans.ts";
import { takeFolder } from "../../local-personalize/folder-lock.ts";
import { until } from "../../local-personalize/test/support.ts";
import { portOf } from "../../local-personalize/wire/http.ts";
import { detectState, reset, start, stop } from "../control.ts";
import { type Instance, paths } from "../instance.ts";
import { isAlive } from "../toolchain/lock.mjs";
import { discardInstance, runLocal } from "./instances.ts";

const silently = () => {};

const childrenOf = (pid: number) => startedBy(pid).map((child) => child.pid);

/** Creates a bucket and a schema, and waits until both are saved on disk. */
async function fill(instance: Instance): Promise<void> {
    const { s3, personalize } = createClients(instance);
    await s3.createBucket({ Bucket: "kept-bucket" });
    await personalize.createSchema({ name: "kept-schema", schema: itemInteractionsSchema });
    const state = join(paths(instance).awsData, "ministack", "state");
    await until(async () => {
        const names = existsSync(state) ? await readdir(state) : [];
        const texts = await Promise.all(names.map((name) => readFile(join(state, name), "utf8").catch(() => "")));
        return texts.some((text) => text.includes("kept-bucket"));
    });
}

async function namesIn(instance: Instance): Promise<string[]> {
    const { s3, personalize } = createClients(instance);
    const { Buckets = [] } = await s3.listBuckets({});
    const { schemas = [] } = await personalize.listSchemas({});
    return [...Buckets.map(({ Name }) => String(Name)), ...schemas.map(({ name }) => String(name))];
}

function connects(host: string, port: number): Promise<boolean> {
    return new Promise((resolve) => {
        const socket = connect({ host, port });
        socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
        socket.once("connect", () => socket.destroy());
    });
}

/** Starts another program on a port, by default a free one, which answers with `body`. Returns the port and a stop. */
async function occupy(body: string, port = 0) {
    const server = createServer((_, response) => response.end(body)).listen(port, "127.0.0.1");
    await once(server, "listening");
    const stop = async () => {
        server.closeAllConnections();
        await new Promise((closed) => server.close(closed));
    };
    return { port: portOf(server), stop };
}

describe("`start`, `stop` and `reset` of the local AWS", () => {
    let instance: Instance;
    before(async () => {
        instance = await testInstance();
    });
    after(() => discardInstance(instance));

    it("a second start returns the running local AWS and starts no other process", async () => {
        const first = await start(instance, silently);
        const second = await start(instance, silently);
        assert.equal(second.pid, first.pid);
        assert.deepEqual(await detectState(instance), { kind: "running", running: first });
    });

    it("the local AWS listens only on the loopback interface", async function () {
        const { miniStackPort } = await start(instance, silently);
        const outside = Object.values(networkInterfaces()).flatMap((addresses) =>
            (addresses ?? []).filter(({ internal, family }) => !internal && family === "IPv4"),
        );
        if (outside.length === 0) {
            this.skip();
        }
        for (const port of [instance.port, miniStackPort]) {
            assert.equal(await connects("127.0.0.1", port), true);
            for (const { address } of outside) {
                assert.equal(await connects(address, port), false, `${address}:${port} answers`);
            }
        }
    });

    it("the local AWS restarts MiniStack with its data after MiniStack was killed", async () => {
        const { pid } = await start(instance, silently);
        await fill(instance);
        const miniStack = itemAt(childrenOf(pid), 0);
        process.kill(miniStack, "SIGKILL");
        await until(async () => childrenOf(pid).some((child) => child !== miniStack));
        const names = await until(() => namesIn(instance).catch(() => undefined));
        assert.deepEqual(names, ["kept-bucket", "kept-schema"]);
        assert.match(await readFile(paths(instance).daemonLog, "utf8"), /MiniStack ended unexpectedly \(SIGKILL\)/);
    });

    it("a start after kill -9 prints the id of the ended process and keeps the data", async () => {
        const { pid } = await start(instance, silently);
        const miniStack = itemAt(childrenOf(pid), 0);
        process.kill(pid, "SIGKILL");
        const messages: string[] = [];
        const next = await start(instance, (message) => messages.push(message));
        await until(async () => !isAlive(miniStack));
        assert.notEqual(next.pid, pid);
        assert.deepEqual(messages, [`process ${pid} of an earlier start has ended; starting again with its data`]);
        assert.deepEqual(await namesIn(instance), ["kept-bucket", "kept-schema"]);
    });

    it("a start after kill -9 waits until the previous MiniStack has saved its state", async () => {
        const { pid } = await start(instance, silently);
        const [miniStack] = childrenOf(pid);
        const { s3 } = createClients(instance);
        await s3.createBucket({
            Bucket: "new-bucket",
            CreateBucketConfiguration: { LocationConstraint: "eu-central-1" },
        });
        // Suspend MiniStack, so that it ends late, as on a busy machine. A start that does not wait for its end returns
        // within the four seconds.
        process.kill(miniStack as number, "SIGSTOP");
        process.kill(pid, "SIGKILL");
        const next = start(instance, silently);
        await Promise.race([next, sleep(4000)]);
        process.kill(miniStack as number, "SIGCONT");
        await next;
        assert.equal((await s3.headBucket({ Bucket: "new-bucket" })).BucketRegion, "eu-central-1");
        await s3.deleteBucket({ Bucket: "new-bucket" });
        s3.destroy();
    });

    it("`detectState` returns `silent` for a suspended process", async () => {
        const { pid } = await start(instance, silently);
        process.kill(pid, "SIGSTOP");
        assert.deepEqual(await detectState(instance), { kind: "silent", pid });
        process.kill(pid, "SIGCONT");
        assert.equal((await detectState(instance)).kind, "running");
    });

    it("`stop` ends all child processes and keeps the data", async () => {
        const { pid } = await start(instance, silently);
        const children = childrenOf(pid);
        assert.equal(await stop(instance), true);
        assert.deepEqual([pid, ...children].filter(isAlive), []);
        assert.deepEqual(await detectState(instance), { kind: "stopped" });
        assert.equal(await stop(instance), false);
        await start(instance, silently);
        assert.deepEqual(await namesIn(instance), ["kept-bucket", "kept-schema"]);
    });

    it("`reset` deletes AWS resources and stacks but keeps data sets and Pulumi's logins", async () => {
        const kept = [join(instance.dir, "data", "u.data"), join(paths(instance).pulumiHome, "credentials.json")];
        const emptied = join(paths(instance).pulumiBackend, "stack.json");
        for (const file of [...kept, emptied]) {
            await mkdir(join(file, ".."), { recursive: true });
            await writeFile(file, "{}");
        }
        await reset(instance, silently);
        assert.equal((await detectState(instance)).kind, "running");
        assert.deepEqual(await namesIn(instance), []);
        assert.ok(kept.every((file) => existsSync(file)));
        assert.equal(existsSync(emptied), false);
    });

    it("`start` fails if the port belongs to another local AWS, and the error contains the other's folder", async () => {
        await start(instance, silently);
        const other = { ...(await testInstance()), port: instance.port };
        await assert.rejects(start(other, silently), {
            message:
                `Port ${other.port} is taken by the local AWS of ${instance.dir}. Stop it, or choose another port ` +
                `with the variable MOVIE_RECOMMENDER_LOCAL_PORT=${other.port + 1}.`,
        });
        assert.equal(await stop(other), false);
        assert.equal((await detectState(instance)).kind, "running");
        await rm(other.dir, { recursive: true });
    });
});

describe("Local AWS with a changed port, a used port or a used folder", () => {
    let instance: Instance;
    beforeEach(async () => {
        instance = await testInstance();
    });
    afterEach(() => discardInstance(instance));

    it("`start` moves a running local AWS to another port and keeps its data", async () => {
        const moved = { ...instance, port: await testPort() };
        const first = await start(instance, silently);
        assert.deepEqual(await detectState(moved), { kind: "elsewhere", running: first, port: instance.port });
        const messages: string[] = [];
        const second = await start(moved, (message) => messages.push(message));
        assert.deepEqual(messages, [
            `it runs on port ${instance.port}; stopping it there, and starting it with its data on port ${moved.port}`,
        ]);
        assert.deepEqual([isAlive(first.pid), isAlive(second.pid)], [false, true]);
        assert.equal(await stop(instance), true);
        assert.equal(isAlive(second.pid), false);
    });

    it("a running local AWS stays on its port if the new port is taken", async () => {
        const { pid } = await start(instance, silently);
        const other = await occupy("hello");
        const taken = { ...instance, port: other.port };
        await assert.rejects(start(taken, silently), /^Error: Port \d+ is taken by another program\./);
        assert.equal(isAlive(pid), true);
        await other.stop();
    });

    it("`stop` ends a local AWS that is still starting", async () => {
        const starting = start(instance, silently).catch((error: Error) => error);
        // The state is "starting" only for a moment, which a look can miss.
        await until(async () => (await detectState(instance)).kind !== "stopped");
        assert.equal(await stop(instance), true);
        await starting;
        assert.deepEqual(await detectState(instance), { kind: "stopped" });
    });

    it("`start` without Python prints the command that installs Python again", async () => {
        const toolless = { ...instance, root: instance.dir };
        await assert.rejects(start(toolless, silently), (error: Error) => {
            assert.match(error.message, /python cannot be run .* Install it again: rm -r \.tools\/python$/);
            assert.doesNotMatch(error.message, /\n\s+at /);
            return true;
        });
    });

    it("`start` reports another program on the port, even if that program imitates the local AWS's status", async () => {
        const { dir, port } = instance;
        const status = JSON.stringify({ product: "movie-recommender local AWS", dir, port, pid: process.pid });
        const other = await occupy(status, port);
        await assert.rejects(start(instance, silently), /^Error: Port \d+ is taken by another program\. Stop it, or/);
        await other.stop();
    });

    it("`stop` ends no process that a program on the port names, even if the program holds the folder's lock", async () => {
        const { dir, port } = instance;
        const bystander = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
        const named = { product: "movie-recommender local AWS", dir, port, pid: bystander.pid, proof: "" };
        const other = await occupy(JSON.stringify(named), port);
        const release = takeFolder(dir);
        assert.equal(await stop(instance), false);
        assert.equal(isAlive(bystander.pid ?? assert.fail()), true);
        release?.();
        bystander.kill();
        await other.stop();
    });

    it("another user can read neither the record of the local AWS nor the lock of the folder", async () => {
        await start(instance, silently);
        const modes = [paths(instance).daemonFile, join(instance.dir, "lock.sqlite")].map(
            (file) => statSync(file).mode & 0o777,
        );
        assert.deepEqual(modes, [0o600, 0o600]);
    });

    it("two simultaneous starts lead to one running local AWS", async () => {
        const [one, other] = await Promise.all([start(instance, silently), start(instance, silently)]);
        assert.equal(one.pid, other.pid);
        const log = () => readFile(paths(instance).daemonLog, "utf8");
        await until(async () => (await log()).includes("belongs to another running local AWS"));
        const record = JSON.parse(await readFile(paths(instance).daemonFile, "utf8"));
        assert.deepEqual([record.pid, record.port], [one.pid, instance.port]);
    });

    it("`start` does not end an unrelated process that has the recorded process ID", async () => {
        const bystander = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
        await writeFile(paths(instance).daemonFile, JSON.stringify({ pid: bystander.pid, port: instance.port }));
        assert.deepEqual(await detectState(instance), { kind: "stopped", stalePid: bystander.pid });
        await start(instance, silently);
        assert.equal(isAlive(bystander.pid ?? assert.fail()), true);
        bystander.kill();
    });

    it("`status` and `env` print the state and the variables of the instance, and an unknown option exits with 2", async () => {
        const status = await runLocal(instance, "status");
        assert.equal(status.exitCode, 1);
        assert.match(status.stdout, /stopped\. Start it with: npm run local -- start/);
        const env = await runLocal(instance, "env");
        assert.ok(env.stdout.includes(`export AWS_ENDPOINT_URL=http://127.0.0.1:${instance.port}\n`));
        assert.ok(env.stdout.includes(`export PULUMI_BACKEND_URL='file://${instance.dir}/pulumi?metadata=skip'`));
        const quoted = await runLocal({ ...instance, dir: "/tmp/o'neil" }, "env");
        assert.ok(quoted.stdout.includes("export PULUMI_HOME='/tmp/o'\\''neil/pulumi-home'"));
        const wrong = await runLocal(instance, "status", "--jsn");
        assert.equal(wrong.exitCode, 2);
        assert.match(wrong.stderr, /unknown option '--jsn'/);
    });
});
