import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { environment } from "../../packages/local-aws/instance.ts";
import { ensureStack } from "../../packages/local-aws/pulumi.ts";
import { createAdmin } from "../../packages/local-aws/test/admin.ts";
import { followAudit } from "../support/audited.ts";
import { importJobNames, listEverything } from "../support/inventory.ts";
import { assertExit, startTestAws, type TestAws } from "../support/local-aws.ts";
import { findOrphans, type Process, startedBy } from "../support/orphans.ts";
import { until } from "../support/until.ts";

/** Returns the Node.js processes that an engine has started: the program, the dynamic provider and the AWS plugin. */
const helpersOf = (engine: number) =>
    startedBy(engine).flatMap(({ pid, command }) => (/^\S*node /.test(command) ? [pid] : []));

/** Returns the memory of the largest of these processes, in MB. */
function readMemory(processes: readonly Process[]): number {
    const pids = processes.map(({ pid }) => pid).join(",");
    const { stdout } = spawnSync("ps", ["-o", "rss=", "-p", pids], { encoding: "utf8" });
    return Math.max(...stdout.split("\n").map(Number)) / 1024;
}

/**
 * These tests cover only some moments, because the slow `npm run drill:kill` kills `up` and `destroy` at every call.
 */
describe("Interrupted `pulumi up`", () => {
    let aws: TestAws;
    before(async () => {
        aws = await startTestAws();
    });
    after(() => aws?.stop());

    /** Returns the calls of an operation that the local AWS logged after the call with this number. */
    const calls = async (operation: string, after: number) =>
        (await createAdmin(aws.instance).requests(after)).filter((request) => request.operation === operation);
    const lastCall = async () => (await createAdmin(aws.instance).requests()).at(-1)?.id ?? 0;

    describe("Pulumi process that is killed during `up`", () => {
        it("an `up` that was killed leaves a lock that blocks the next `up`", async () => {
            const { instance } = aws;
            const env = environment(instance);
            const engine = spawn("pulumi", aws.engineArgs("up"), { cwd: instance.root, env, stdio: "ignore" });
            const exit = once(engine, "exit");
            while ((await importJobNames(aws)).length === 0) {
                assert.equal(engine.exitCode, null, "the engine ended before it could be killed");
                await sleep(10);
            }
            assert.ok(helpersOf(engine.pid ?? 0).length >= 3, "program, dynamic provider and AWS plugin run");
            const started = startedBy(engine.pid ?? 0);
            assert.ok(started.some(({ command }) => /pulumi-language-nodejs/.test(command)));
            engine.kill("SIGKILL");
            await exit;
            assert.deepEqual(await findOrphans(started), []);
            const up = await aws.engine("up");
            assert.notEqual(up.exitCode, 0);
            assert.match(up.stderr, /the stack is currently locked by 1 lock/);
        });

        it("`watch-status` lists the import job that a killed `up` had started", async () => {
            const { stdout } = await aws.runbook("watch-status", "--json");
            const resources = (JSON.parse(stdout).resources as { resource: string }[]).map(({ resource }) => resource);
            assert.ok(
                resources.some((name) => name.startsWith("dataset import job item_interactions_import_job")),
                resources.join(", "),
            );
        });

        it("`up` continues after the printed commands removed the lock and imported the resources", async () => {
            await ensureStack(aws.instance, aws.stack);
            await followAudit(aws);
            assertExit(await aws.engine("up"), 0);
            assertExit(await aws.runbook("recommend", "1", "--json"), 0);
        });

        it("`destroy` deletes every resource after an `up` that was killed and continued", async () => {
            assertExit(await aws.engine("destroy"), 0);
            assert.deepEqual(await listEverything(aws), []);
        });
    });

    describe("Ctrl-C while a campaign is being created", () => {
        let last = 0;

        it("`up` says that AWS continues to create the campaign, and prints the next command", async () => {
            const admin = createAdmin(aws.instance);
            last = await lastCall();
            await admin.arm({ operation: "CreateCampaign", effect: { kind: "hang" } });
            // Let the first import fail, as on AWS if a new policy has not reached every server.
            const reason =
                "Failed to create a data import job. Insufficient privileges for accessing data in Amazon S3.";
            await admin.arm({ operation: "CreateDatasetImportJob", effect: { kind: "fail", reason } });
            const { instance } = aws;
            const up = spawn(process.execPath, ["packages/local-aws/cli.ts", "pulumi", ...aws.engineArgs("up")], {
                cwd: instance.root,
                env: {
                    ...environment(instance),
                    MOVIE_RECOMMENDER_LOCAL_DIR: instance.dir,
                    MOVIE_RECOMMENDER_LOCAL_PORT: String(instance.port),
                    MOVIE_RECOMMENDER_LOCAL_SPEED: instance.speed,
                },
                stdio: ["ignore", "pipe", "pipe"],
            });
            try {
                let [messages, progress] = ["", ""];
                up.stdout.setEncoding("utf8").on("data", (chunk: string) => {
                    progress += chunk;
                });
                up.stderr.setEncoding("utf8").on("data", (chunk: string) => {
                    messages += chunk;
                });
                const exit = once(up, "exit");
                const isCreating = async () => {
                    assert.equal(up.exitCode, null, "up ended before it created the campaign");
                    const { campaigns = [] } = await aws.personalize.listCampaigns({});
                    return campaigns.length > 0;
                };
                await until("up creates the campaign", isCreating, 120).catch((error: Error) => {
                    throw new Error(`${error.message}\n${progress}${messages}`);
                });
                // Wait until all other resources are created, so that only the campaign, which hangs, is pending.
                const created = () => progress.split(" created (").length;
                for (let before = 0; before !== created(); await sleep(5000)) before = created();
                up.kill("SIGINT");
                await until(
                    "the note after Ctrl-C",
                    async () => messages.includes("A second Ctrl-C ends the wait at once."),
                    60,
                );
                assert.match(
                    messages,
                    /Nothing is lost or billed twice: run `npm run local -- pulumi up` again to continue\./,
                );
                up.kill("SIGINT");
                const [exitCode] = await exit;
                assert.notEqual(exitCode, 0);
            } finally {
                up.kill("SIGTERM");
                await admin.clear();
            }
        });

        it("after Ctrl-C, the next `up` adopts the existing campaign and creates no other campaign", async () => {
            assertExit(await aws.engine("up"), 0);
            assert.equal((await calls("CreateCampaign", last)).length, 1);
            assert.equal((await calls("CreateDatasetImportJob", last)).length, 2, "one second job");
        });
    });

    describe("Pulumi process that is killed during `destroy`", () => {
        it("all processes of a `destroy` that is interrupted twice and killed during deletions end within ten seconds without growing", async () => {
            const admin = createAdmin(aws.instance);
            const { instance } = aws;
            // The provider writes the error of each failed deletion to a dead pipe. A single error has no effect.
            const filters = ["Like", "Watch", "Buy"].map((type) => [
                type.toLowerCase(),
                `EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("${type}")`,
            ]);
            await aws.configure({ filters: Object.fromEntries(filters) });
            assertExit(await aws.engine("up"), 0);
            const last = await lastCall();
            // The responses arrive after the kill, and before the provider's first check whether its engine is running.
            const effect = { kind: "latency", milliseconds: 500, when: "after" };
            await admin.arm({ operation: "DeleteFilter", times: 10, effect });
            const engine = spawn("pulumi", aws.engineArgs("destroy"), {
                cwd: instance.root,
                env: environment(instance),
                stdio: "ignore",
            });
            const exit = once(engine, "exit");
            const areDeleting = async () => (await calls("DeleteFilter", last)).length >= filters.length;
            while (!(await areDeleting())) {
                assert.equal(engine.exitCode, null, "the engine ended before it could be killed");
                await sleep(10);
            }
            const started = startedBy(engine.pid ?? 0);
            const before = readMemory(started);
            engine.kill("SIGINT");
            // After a first signal, the engine waits for the deletions. After a second one, it ends, so kill it at once.
            await sleep(100);
            engine.kill("SIGINT");
            engine.kill("SIGKILL");
            await exit;
            let most = 0;
            const measuring = setInterval(() => {
                most = Math.max(most, readMemory(started));
            }, 100);
            const orphans = await findOrphans(started);
            clearInterval(measuring);
            assert.ok(most < before + 50, `grew from ${before} MB to ${most} MB`);
            assert.deepEqual(orphans, []);
        });
    });
});
