import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, mkdir, readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { strToU8, zipSync } from "fflate";
import { testInstance } from "../../../../test/support/local-aws.ts";
import { startedBy } from "../../../../test/support/orphans.ts";
import { start } from "../../control.ts";
import { makePrivateFolders, paths } from "../../instance.ts";
import { useEnforcing } from "../gateway/enforcement/support.ts";
import { ask } from "../gateway/web-pages/support.ts";

/** Pattern of the gateway's secret: 32 random bytes in hexadecimal. */
const secret = /\b[0-9a-f]{64}\b/;

/**
 * Code of a Lambda function that reads its own environment, and the environment and arguments of each parent process.
 */
const looking = `
    const fs = require("fs");
    const parent = (pid) => Number(/PPid:\\s*(\\d+)/.exec(fs.readFileSync("/proc/" + pid + "/status", "utf8"))[1]);
    const { AWS_SESSION_TOKEN, AWS_SECRET_ACCESS_KEY, ...own } = process.env;
    exports.handler = async () => {
        const found = { own: JSON.stringify(own) };
        for (let pid = process.ppid; pid > 1; pid = parent(pid))
            for (const name of ["environ", "cmdline"])
                found[pid + " " + name] = fs.readFileSync("/proc/" + pid + "/" + name, "latin1");
        return found;
    };`;

describe("Secret between gateway and MiniStack, and file permissions", () => {
    const aws = useEnforcing();

    it("no process argument, environment variable or log contains the secret", async function () {
        if (!existsSync("/proc/self/environ")) this.skip();
        const Role = await aws.role("looking", { Service: "lambda.amazonaws.com" });
        const ZipFile = zipSync({ "index.js": strToU8(looking) });
        const input = { FunctionName: "looking", Role, Code: { ZipFile }, Runtime: "nodejs24.x" as const };
        await aws.admin.lambda.createFunction({ ...input, Handler: "index.handler", Timeout: 30 });
        const { Payload } = await aws.admin.lambda.invoke({ FunctionName: "looking" });
        const contents = JSON.parse(Buffer.from(Payload ?? []).toString()) as Record<string, string>;
        assert.ok(Object.keys(contents).length >= 3, JSON.stringify(contents));
        assert.doesNotMatch(contents.own ?? "", /ANSWERS/);
        for (const [place, content] of Object.entries(contents))
            assert.doesNotMatch(content, secret, `${place}: ${content.slice(0, 2000)}`);
        for (const name of await readdir(join(aws.instance.dir, "logs"))) {
            assert.doesNotMatch(await readFile(join(aws.instance.dir, "logs", name), "utf8"), secret, name);
        }
    });

    it("every port except the gateway's returns 403 without the secret", async function () {
        if (process.platform !== "linux") this.skip();
        const { pid } = await start(aws.instance, () => {});
        const ports = listenedBy([pid, ...startedBy(pid).map((child) => child.pid)]);
        assert.ok(ports.includes(aws.instance.port), String(ports));
        for (const port of ports.filter((each) => each !== aws.instance.port)) {
            const { status } = await ask(port, { path: "/", method: "POST", body: "{}" });
            assert.equal(status, 403, `port ${port}`);
        }
    });

    it("only the owner can read the folders and files of the local AWS", async () => {
        await aws.admin.s3.createBucket({ Bucket: "private" });
        await aws.admin.s3.putObject({ Bucket: "private", Key: "a/b", Body: "x" });
        const { awsData, pulumiBackend, pulumiHome, daemonLog } = paths(aws.instance);
        for (const folder of [awsData, pulumiBackend, pulumiHome, join(daemonLog, "..")]) {
            assert.equal((await stat(folder)).mode & 0o777, 0o700, folder);
        }
        const readable: string[] = [];
        for (const entry of await readdir(awsData, { recursive: true, withFileTypes: true })) {
            const path = join(entry.parentPath, entry.name);
            const mode = (await stat(path).catch(() => undefined))?.mode ?? 0;
            if ((mode & 0o077) !== 0) readable.push(path);
        }
        assert.deepEqual(readable, []);
    });

    it("`makePrivateFolders` makes existing state folders private but does not change the mode of a folder that the user chose", async () => {
        const instance = await testInstance();
        await chmod(instance.dir, 0o755);
        await mkdir(paths(instance).awsData, { mode: 0o755 });
        makePrivateFolders(instance);
        assert.equal((await stat(paths(instance).awsData)).mode & 0o777, 0o700);
        assert.equal((await stat(instance.dir)).mode & 0o777, 0o755);
    });
});

/** Returns the TCP ports on which the given processes listen, from Linux's /proc. */
function listenedBy(pids: readonly number[]): number[] {
    const script = `for p in ${pids.join(" ")}; do ls -l /proc/$p/fd 2>/dev/null; done`;
    const sockets = new Set(execFileSync("sh", ["-c", script], { encoding: "utf8" }).match(/(?<=socket:\[)\d+/g));
    const tables = execFileSync("sh", ["-c", "cat /proc/net/tcp /proc/net/tcp6 2>/dev/null"], { encoding: "utf8" });
    const rows = tables.split("\n").map((line) => line.trim().split(/\s+/));
    const listening = rows.filter((row) => row[3] === "0A" && sockets.has(row[9] ?? ""));
    return listening.map((row) => Number.parseInt(row[1]?.split(":")[1] ?? "", 16));
}
