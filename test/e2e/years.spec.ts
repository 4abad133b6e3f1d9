import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { environment } from "../../packages/local-aws/instance.ts";
import { createAdmin } from "../../packages/local-aws/test/admin.ts";
import { listEverything } from "../support/inventory.ts";
import { assertExit, startTestAws, type TestAws } from "../support/local-aws.ts";
import { until } from "../support/until.ts";

/** Calls that AWS bills. */
const billed = ["CreateDatasetImportJob", "CreateSolutionVersion"];

describe("Runbooks for a stack that Pulumi deployed on the local AWS", () => {
    let aws: TestAws;
    let admin: ReturnType<typeof createAdmin>;
    let campaignArn: string;
    before(async () => {
        aws = await startTestAws();
        admin = createAdmin(aws.instance);
        assertExit(await aws.engine("up"), 0);
        campaignArn = String((await aws.outputs()).campaignArn);
    });
    after(() => aws?.stop());
    afterEach(() => admin?.clear());

    const runbook = (name: string, ...args: string[]) => aws.runbook(name, "--config-file", aws.configFile, ...args);
    async function json(name: string, exitCode: number, ...args: string[]) {
        const result = await runbook(name, "--json", ...args);
        assertExit(result, exitCode);
        return JSON.parse(result.stdout);
    }
    const serving = async () =>
        String((await aws.personalize.describeCampaign({ campaignArn })).campaign?.solutionVersionArn);
    const newest = async () => String((await aws.outputs()).solutionVersionArn);
    const held = async () => (await json("versions", 0)).held;
    /** Returns the Personalize operations that change resources and that the service accepted during `work`. */
    async function askedDuring(work: () => Promise<unknown>): Promise<string[]> {
        const last = (await admin.requests()).at(-1)?.id ?? 0;
        await work();
        const accepted = (await admin.requests(last)).filter(({ outcome }) => outcome === "accepted");
        return accepted.map(({ operation }) => operation);
    }
    /** Runs `up`. Returns what it prints, and its operations as `askedDuring` does. */
    async function up() {
        let stdout = "";
        const operations = await askedDuring(async () => {
            const result = await aws.engine("up");
            assertExit(result, 0);
            stdout = result.stdout;
        });
        return { operations, stdout };
    }

    /** A quality gate that accepts every version, because with 60 users NDCG varies more than a real gate allows. */
    const openGate = { gate: { maximumNdcgDropPercent: 100, minimumNdcgOverPopularityPercent: -100 } };
    const id = (arn: string) => arn.split("/").at(-1) ?? "";
    const countOf = (operations: readonly string[], operation: string) =>
        operations.filter((one) => one === operation).length;
    /**
     * Runs retrain in a separate process. When Personalize has logged a call of `operation`, calls `end`, which stops
     * the process.
     */
    async function retrainUntil(operation: string, end: (child: ChildProcess) => void) {
        const last = (await admin.requests()).at(-1)?.id ?? 0;
        const args = [join("runbooks", "retrain.ts"), "--stack", aws.stack, "--config-file", aws.configFile];
        const { instance } = aws;
        const child = spawn(process.execPath, args, {
            cwd: instance.root,
            env: environment(instance),
            stdio: ["ignore", "ignore", "pipe"],
            detached: true,
        });
        let stderr = "";
        child.stderr?.setEncoding("utf8").on("data", (text: string) => {
            stderr += text;
        });
        const exit = once(child, "exit");
        while (!(await admin.requests(last)).some((request) => request.operation === operation)) {
            assert.equal(child.exitCode, null, `it ended before ${operation}:\n${stderr}`);
            await sleep(10);
        }
        end(child);
        const [exitCode] = await exit;
        return { exitCode, stderr };
    }

    describe("Runbook `retrain`", () => {
        it("`retrain --dry-run` prints the price of a training, also if the data is unchanged", async () => {
            const { stdout } = await runbook("retrain", "--dry-run");
            assert.match(stdout, /^There is no new data: .* A training on [\d,]+ interactions costs ≈ \$/);
        });

        it("`retrain` does not switch the campaign if the new version fails the quality gate", async () => {
            const live = await serving();
            await aws.configure({ gate: { minimumNdcgOverPopularityPercent: "100000" } });
            await aws.writeInteractions(2);
            let refused = { outcome: "", fresh: "", reasons: [""] };
            const operations = await askedDuring(async () => {
                refused = await json("retrain", 1);
            });
            assert.equal(refused.outcome, "refused");
            assert.match(refused.reasons.join(), /100000 % more than the 0\.\d{4} of the most popular items/);
            assert.deepEqual(operations, billed);
            assert.equal(await serving(), live);
            assert.notEqual(refused.fresh, live);
            assert.equal(await newest(), refused.fresh);
            const { reason, solutionVersionArn } = await held();
            assert.equal(solutionVersionArn, live);
            assert.match(reason, /the quality gate refused/);
            await aws.configure(openGate);
        });

        it("`retrain` switches the campaign in place if the new version passes the quality gate", async () => {
            const live = await serving();
            await aws.writeInteractions(3);
            const operations = await askedDuring(async () => {
                const result = await runbook("retrain");
                assertExit(result, 0);
                assert.match(result.stdout, /normalized_discounted_cumulative_gain_at_10 │ 0\.\d{4}/);
                assert.match(result.stdout, new RegExp(`serves, and passed the smoke test. Back to ${id(live)}`));
            });
            assert.deepEqual(operations, [...billed, "UpdateCampaign"]);
            assert.equal(await serving(), await newest());
            assert.equal(await held(), null);
        });

        it("`retrain` rolls back if the new version does not return recommendations", async () => {
            const live = await serving();
            await aws.writeInteractions(4);
            const effect = { kind: "error", code: "InvalidInputException", message: "no answer today", status: 400 };
            await admin.arm({ operation: "GetRecommendations", call: 1, times: 50, effect });
            const result = await json("retrain", 1);
            assert.equal(result.outcome, "rolled back");
            assert.match(result.reasons.join(), /user \d+ gets an error: .*no answer today/);
            assert.equal(await serving(), live);
            assert.notEqual(await newest(), live);
            assert.match((await held()).reason, /smoke test of \w+ failed/);
        });

        // test/runbooks/retrain.spec.ts tests what happens if retrain is killed at any other call.
        it("`retrain` exits with 8 on Ctrl-C, and a second `retrain` continues", async () => {
            await aws.writeInteractions(6);
            const live = await serving();
            const operations = await askedDuring(async () => {
                await admin.arm({
                    operation: "CreateSolutionVersion",
                    effect: { kind: "latency", milliseconds: 1500, when: "after" },
                });
                const { exitCode, stderr } = await retrainUntil("CreateSolutionVersion", (child) =>
                    child.kill("SIGINT"),
                );
                assert.equal(exitCode, 8, stderr);
                assert.match(
                    stderr,
                    /Stopped\. The live version continues to serve, and `pulumi up` keeps it.*Resume: npm run retrain\n$/,
                );
                assert.equal(await serving(), live);
                assert.equal((await json("retrain", 0)).outcome, "switched");
            });
            assert.deepEqual(
                billed.map((call) => countOf(operations, call)),
                [1, 1],
            );
        });
    });

    describe("Runbook `rollback`", () => {
        it("`rollback` skips a version that failed the smoke test, and `up` keeps the choice", async () => {
            const { versions } = await json("versions", 0);
            const { to, skipped } = await json("rollback", 0, "--yes", "--reason", "odd lists");
            assert.equal(to, versions[2].solutionVersionArn);
            assert.match(skipped.join(), new RegExp(`^${versions[3].id} \\(smoke test of ${versions[3].id} failed`));
            assert.equal(await serving(), to);
            const { operations, stdout } = await up();
            assert.deepEqual(operations, []);
            assert.equal(await serving(), to);
            assert.match(stdout, new RegExp(`held at version ${to.split("/").at(-1)} .*odd lists`));
        });

        it("`rollback --to` accepts any ACTIVE version, and lists ACTIVE versions for an unknown ID", async () => {
            const { versions } = await json("versions", 0);
            const first = versions[0].id;
            const operations = await askedDuring(() => json("rollback", 0, "--to", first, "--yes"));
            assert.deepEqual(operations, ["UpdateCampaign"]);
            assert.equal(id(await serving()), first);
            const wrong = await runbook("rollback", "--to", "0badcafe", "--yes");
            assertExit(wrong, 2);
            assert.match(wrong.stderr, new RegExp(`0badcafe is not a version.*Choices: ${versions[1].id}`));
        });

        it("a failed `rollback` restores the state flag and does not switch the campaign", async () => {
            const live = await serving();
            const { versions } = await json("versions", 0);
            await admin.arm({ operation: "UpdateCampaign", effect: { kind: "fail", reason: "no capacity" } });
            const result = await runbook("rollback", "--to", versions[2].id, "--yes");
            assertExit(result, 1);
            assert.match(result.stderr, new RegExp(`failed; the campaign keeps serving ${id(live)}.*no capacity`));
            assert.equal(await serving(), live);
            // Personalize still returns the failed update. `up` must not report the failed update as the result of the
            // new update.
            assertExit(await aws.engine("up"), 0);
            const { held } = await json("versions", 0);
            assert.deepEqual([held.solutionVersionArn, held.failed], [live, versions[2].solutionVersionArn]);
        });

        it("after rollback --release, the next up serves the newest version", async () => {
            assert.notEqual(await serving(), await newest());
            assert.equal((await json("rollback", 0, "--release", "--reason", "mended")).hold, false);
            assert.deepEqual(await askedDuring(async () => assertExit(await aws.engine("up"), 0)), ["UpdateCampaign"]);
            assert.equal(await serving(), await newest());
        });
    });

    describe("Runbook `versions`", () => {
        it("`versions` shows each version's data, metrics, cost, and the times of switches", async () => {
            const { versions, held, parked } = await json("versions", 0);
            assert.deepEqual([held, parked], [null, null]);
            assert.equal(versions.length, 5);
            assert.equal(new Set(versions.map(({ dataHash }: { dataHash: string }) => dataHash)).size, 5);
            const [first] = versions;
            assert.match(first.importJobArn, new RegExp(`-${first.dataHash}-1$`));
            assert.ok(first.metrics.normalized_discounted_cumulative_gain_at_10 > 0);
            assert.ok(first.trainingUsd.low >= 0);
            assert.equal(first.trainingType, "MANUAL");
            assert.equal(first.switched.reason, "by hand");
            assert.match(first.switched.by, /^arn:aws:iam::000000000000:/);
            assert.match(versions[4].switched.reason, /^retrained: NDCG@10 0\.\d{4} after 0\.\d{4}$/);
            // The quality gate refused this version, and the campaign never switched to it.
            assert.equal(versions[1].switched, null);
            const serves = versions.filter(({ servingNow }: { servingNow: boolean }) => servingNow);
            assert.deepEqual(
                serves.map(({ solutionVersionArn }: { solutionVersionArn: string }) => solutionVersionArn),
                [await serving()],
            );
            const { stdout } = await runbook("versions");
            assert.match(stdout, new RegExp(`│ ${id(await serving())} │ .* │ serves +│`));
            assert.match(stdout, new RegExp(`root switched to ${first.id}: by hand`));
        });
    });

    describe("Runbooks `park` and `resume`", () => {
        it("`park` deletes only the campaign, and `up` does not create the campaign again", async () => {
            assertExit(await runbook("park"), 2);
            assert.match((await runbook("park", "--dry-run")).stdout, /It would delete .* saves ≈ \$146 a month/);
            const operations = await askedDuring(async () => {
                const result = await runbook("park", "--yes", "--reason", "holidays");
                assertExit(result, 0);
                assert.match(result.stdout, /is deleted, which saves ≈ \$146 a month/);
            });
            assert.deepEqual(operations, ["DeleteCampaign"]);
            assert.deepEqual((await aws.personalize.listCampaigns({})).campaigns, []);
            const status = await aws.runbook("watch-status", "--json");
            assertExit(status, 0);
            assert.equal(JSON.parse(status.stdout).overall, "active");
            const { operations: byUp, stdout } = await up();
            assert.deepEqual(byUp, []);
            assert.equal((await aws.outputs()).campaignArn, "");
            assert.match(stdout, /parked since .*holidays/);
            assert.match(stdout, /npm run resume\S* adds ≈ \$146 a month/);
        });

        it("while the campaign is parked, `retrain`, `rollback` and `recommend` fail, and `park` succeeds", async () => {
            const again = await runbook("park", "--yes");
            assertExit(again, 0);
            assert.match(again.stdout, /the campaign has been parked since .*holidays/);
            const others = [["retrain"], ["rollback", "--yes"], ["recommend", "1"]] as const;
            for (const [name, ...args] of others) {
                const result = await runbook(name, ...args);
                assertExit(result, 1);
                assert.match(result.stderr, /the campaign has been parked since .*npm run resume/);
            }
        });

        it("`resume` without `--yes` shows the price and changes nothing", async () => {
            const operations = await askedDuring(async () => {
                const result = await runbook("resume");
                assertExit(result, 2);
                assert.match(result.stderr, /Create campaign .* costs ≈ \$146 a month .* confirm with --yes/);
                assert.match((await runbook("resume", "--dry-run")).stdout, /It would create campaign/);
            });
            assert.deepEqual(operations, []);
            assert.equal((await json("versions", 0)).parked.reason, "holidays");
            await aws.configure({ monthlyLimitUsd: 60 });
            const refused = await runbook("resume", "--yes");
            assertExit(refused, 1);
            assert.match(refused.stderr, /costs ≈ \$146 a month .*, above monthlyLimitUsd 60\. To allow it/);
            await aws.configure();
        });

        it("`resume` creates the campaign again without a training, and `up` records the campaign", async () => {
            const operations = await askedDuring(async () => {
                const resumed = await json("resume", 0, "--yes");
                assert.equal(resumed.campaignArn, campaignArn);
                assert.doesNotMatch((await up()).stdout, /parked|held/);
            });
            assert.deepEqual(operations, ["CreateCampaign"]);
            assert.equal(await serving(), await newest());
            assertExit(await aws.runbook("recommend", "1", "--json"), 0);
        });

        it("`resume` restores the version and TPS that served, and names what the next `up` changes", async () => {
            const latest = await newest();
            const older = (await json("versions", 0)).versions
                .map(({ solutionVersionArn }: { solutionVersionArn: string }) => solutionVersionArn)
                .find((arn: string) => arn !== latest);
            assertExit(await runbook("rollback", "--to", older.split("/").at(-1), "--yes"), 0);
            assertExit(await runbook("rollback", "--release"), 0);
            await aws.personalize.updateCampaign({ campaignArn, minProvisionedTPS: 2 });
            await until("two TPS", async () => {
                const { campaign } = await aws.personalize.describeCampaign({ campaignArn });
                return campaign?.minProvisionedTPS === 2;
            });
            assertExit(await runbook("park", "--yes"), 0);
            const resumed = await runbook("resume", "--yes");
            assertExit(resumed, 0);
            const [was, next] = [older, latest].map((arn: string) => arn.split("/").at(-1));
            assert.match(resumed.stdout, new RegExp(`is ACTIVE \\(version ${was}, 2 TPS\\)`));
            assert.match(resumed.stdout, new RegExp(`next \`pulumi up\` changes it to version ${next}, 1 TPS`));
            const { campaign } = await aws.personalize.describeCampaign({ campaignArn });
            assert.deepEqual([campaign?.solutionVersionArn, campaign?.minProvisionedTPS], [older, 2]);
            await up();
            assert.equal(await serving(), latest);
        });

        it("a second `park` completes an interrupted `park`, with the first reason", async () => {
            await admin.arm({
                operation: "DeleteCampaign",
                effect: { kind: "error", code: "InvalidInputException", message: "not now", status: 400 },
            });
            assertExit(await runbook("park", "--yes", "--reason", "first"), 1);
            assert.equal((await aws.personalize.listCampaigns({})).campaigns?.length, 1);
            assertExit(await runbook("park", "--yes", "--reason", "second"), 0);
            assert.deepEqual((await aws.personalize.listCampaigns({})).campaigns, []);
            assert.equal((await json("versions", 0)).parked.reason, "first");
        });

        it("`destroy` of a parked stack leaves no resource", async () => {
            assertExit(await aws.engine("destroy"), 0);
            assert.deepEqual(await listEverything(aws), []);
            const again = await runbook("park", "--yes");
            assertExit(again, 1);
            assert.match(again.stderr, /has no campaign to park/);
        });
    });
});
