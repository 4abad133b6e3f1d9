import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { root } from "../../instance.ts";
import { freePort, startMiniStack } from "../../ministack/process.ts";
import { toolchain } from "../../toolchain/env.mjs";

describe("MiniStack process of the local AWS", () => {
    let dir: string;
    beforeEach(async () => {
        dir = await mkdtemp(join(tmpdir(), "movie-recommender-process-"));
    });
    afterEach(() => rm(dir, { recursive: true, force: true, maxRetries: 5 }));

    /** Starts MiniStack with a Python wrapper that first runs a script and records the ports. */
    async function startBy(script: string, gatewayPort = 1) {
        const python = join(dir, "python");
        const real = process.env.MOVIE_RECOMMENDER_PYTHON ?? toolchain(root).python;
        const ports = join(dir, "ports");
        await writeFile(
            python,
            `#!/bin/sh\necho "$EDGE_PORT $ANSWERS_PORT" >> ${ports}\n${script}\nexec ${real} "$@"\n`,
        );
        await chmod(python, 0o755);
        const logged: string[] = [];
        const started = startMiniStack({
            python,
            dataDir: join(dir, "data"),
            logFile: join(dir, "log"),
            gatewayPort,
            secret: "t",
            enforce: true,
            log: (message) => logged.push(message),
        });
        const launches = async () =>
            (await readFile(ports, "utf8"))
                .trim()
                .split("\n")
                .map((line) => line.split(" ").map(Number));
        return { started, launches, logged };
    }

    /** Sends a JSON protocol call as the gateway forwards it. */
    async function call(port: number, service: string, target: string, input: object): Promise<string> {
        const credential = `Credential=test/20260101/eu-central-1/${service}/aws4_request`;
        const answer = await fetch(`http://127.0.0.1:${port}/`, {
            method: "POST",
            headers: {
                "x-amz-target": target,
                "content-type": "application/x-amz-json-1.0",
                "x-from-gateway": "t",
                "x-judged-by-gateway": "true",
                authorization: `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=host, Signature=0`,
            },
            body: JSON.stringify(input),
        });
        return (await answer.text()) || "{}";
    }

    it("startMiniStack tries other ports if the MiniStack process ends at once", async () => {
        const once = `[ -e ${dir}/tried ] || { touch ${dir}/tried; exit 1; }`;
        const { started, launches, logged } = await startBy(once);
        const { port, answersPort, stop } = await started;
        const [first = [], second = []] = await launches();
        assert.deepEqual(second, [port, answersPort]);
        assert.equal(new Set([...first, ...second]).size, 4);
        assert.deepEqual(logged, ["MiniStack ended unexpectedly (exit 1); starting it again"]);
        await stop();
    });

    it("startMiniStack reports the last lines of the log if every start fails", async () => {
        const { started, launches } = await startBy("echo no such module >&2; exit 1");
        await assert.rejects(
            started,
            /^Error: MiniStack does not start\. The end of its log \(.*\):\n.*no such module$/s,
        );
        assert.equal((await launches()).length >= 3, true);
    });

    it("a queue can be listed and deleted after MiniStack started on another port", async () => {
        const queues = (port: number, operation: string, input: object) =>
            call(port, "sqs", `AmazonSQS.${operation}`, input);
        const first = await (await startBy("")).started;
        await queues(first.port, "CreateQueue", { QueueName: "failures" }).finally(first.stop);

        const second = await (await startBy("")).started;
        after(second.stop);
        assert.notEqual(second.port, first.port);
        const { QueueUrl } = JSON.parse(await queues(second.port, "CreateQueue", { QueueName: "failures" }));
        assert.deepEqual(JSON.parse(await queues(second.port, "ListQueues", {})).QueueUrls, [QueueUrl]);
        await queues(second.port, "DeleteQueue", { QueueUrl });
        assert.doesNotMatch(await queues(second.port, "ListQueues", {}), /failures/);
    });

    it("MiniStack saves a changed service's state within seconds and does not rewrite the files of other services", async () => {
        const { port, stop } = await (await startBy("")).started;
        after(stop);
        const saved = (service: string) => join(dir, "data", "state", `${service}.json`);
        const until = async (service: string, content: string) => {
            while (!(await readFile(saved(service), "utf8").catch(() => "")).includes(content)) await sleep(50);
            return (await stat(saved(service))).ino;
        };
        const create = (QueueName: string) => call(port, "sqs", "AmazonSQS.CreateQueue", { QueueName });
        await create("failures");
        const first = await until("sqs", "failures");
        await call(port, "ssm", "AmazonSSM.PutParameter", { Name: "a", Value: "parameter-value", Type: "String" });
        await until("ssm", "parameter-value");
        // A rewritten file has another inode. SQS's file has the same inode, so saving the parameter did not rewrite
        // it.
        assert.equal((await stat(saved("sqs"))).ino, first);
        await create("others");
        assert.notEqual(await until("sqs", "others"), first);
    });

    it("each test that a module names as failing without its change exists", () => {
        const folder = join(root, "packages/local-aws/ministack");
        const modules = globSync("*.py", { cwd: folder }).map((name) => readFileSync(join(folder, name), "utf8"));
        const named = modules.flatMap((text) => [...text.matchAll(/Fails without it: (\S+): (.*?)(?: …)?$/gm)]);
        assert.ok(named.length > 20);
        for (const [, file = "", title = ""] of named) {
            const specs = globSync(`{test,packages/local-aws/test}/**/${file}`, { cwd: root });
            const texts = specs.map((spec) => readFileSync(join(root, spec), "utf8").replaceAll("\\", ""));
            assert.ok(
                texts.some((text) => text.includes(title)),
                `${file}: ${title}`,
            );
        }
    });

    it("freePort does not return an excluded port", async () => {
        const except = Array.from({ length: 19_819 }, (_, index) => 10_081 + index);
        assert.ok((await freePort({ except })) >= 29_900);
        assert.equal(await freePort({ except: [20_000], from: 20_000, to: 20_002 }), 20_001);
    });
});
