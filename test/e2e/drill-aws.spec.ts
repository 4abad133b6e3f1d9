import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { environment } from "../../packages/local-aws/instance.ts";
import { outcomes, runRow } from "../drills/record/checks.ts";
import { findLeaks, readRecording } from "../drills/record/recording.ts";
import { listEverything } from "../support/inventory.ts";
import { region, startTestAws, type TestAws } from "../support/local-aws.ts";

describe("drill-aws", () => {
    let aws: TestAws;
    before(async () => {
        aws = await startTestAws();
    });
    after(() => aws?.stop());

    /** Returns what a stack and its operator leave: all resources, IAM users and policies. */
    const listLeft = async () => [
        ...(await listEverything(aws)),
        ...((await aws.iam.listUsers({})).Users ?? []),
        ...((await aws.iam.listPolicies({ Scope: "Local" })).Policies ?? []),
    ];

    /**
     * Runs the drill against the test's local AWS. `onText` receives the drill's output and may interrupt the drill.
     */
    async function drill(output: string, args: string[], onText: (text: string, interrupt: () => void) => void) {
        const { instance } = aws;
        const child = spawn(
            process.execPath,
            ["test/drills/drill-aws.ts", "--spend-up-to", "5", "--output", output, ...args],
            {
                cwd: instance.root,
                env: {
                    ...environment(instance),
                    MOVIE_RECOMMENDER_LOCAL_DIR: join(instance.dir, "drill"),
                    MOVIE_RECOMMENDER_LOCAL_SPEED: "instant",
                },
                stdio: ["ignore", "pipe", "pipe"],
            },
        );
        let [stdout, stderr] = ["", ""];
        child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
        child.stderr.setEncoding("utf8").on("data", (text: string) => {
            stderr += text;
            onText(stderr, () => child.kill("SIGINT"));
        });
        const [exitCode] = (await once(child, "close")) as [number];
        return { exitCode, stdout, stderr };
    }

    it("on the local AWS, the recording of `drill:aws` shows no difference from the emulator", async () => {
        const output = join(aws.instance.dir, "recorded");
        const { exitCode, stdout, stderr } = await drill(output, [], () => {});
        assert.equal(exitCode, 0, stdout + stderr);
        assert.equal(stdout.match(/All steps succeeded, and destroy left no resource\./g)?.length, 2);
        // Ignore differences in states, because a poll may miss a state that lasts only seconds.
        assert.doesNotMatch(stdout, /│ (call|member|type|error|observed) +│/);
        const file = join(output, "recording.jsonl");
        const results = outcomes(readRecording(file));
        // Only AWS has a price list, and trainings that take hours.
        const unreached = ["training-price", "prices"];
        assert.deepEqual(
            results.filter(({ outcome }) => outcome !== "as documented").map(({ check, outcome }) => [check, outcome]),
            unreached.map((check) => [check, "not reached"]),
        );
        assert.ok(stdout.includes(`\n${runRow(new Date().toISOString().slice(0, 10), region, results)}\n`), stdout);
        const operations = readRecording(file).map(({ operation }) => operation);
        for (const noun of ["DatasetGroup", "Dataset", "Solution", "Campaign"]) {
            for (const verb of ["Create", "Describe", "Delete"])
                assert.ok(operations.includes(verb + noun), verb + noun);
        }
        for (const operation of ["GetRecommendations", "GET /health", "POST /events an event", "page", "cost guard"]) {
            assert.ok(operations.includes(operation), operation);
        }
        assert.ok(operations.some((operation) => /^alarm .*…/.test(operation)));
        assert.deepEqual(findLeaks(await readFile(file, "utf8"), []), []);
        assert.deepEqual(await listLeft(), []);
        assert.deepEqual(
            await readdir(join(aws.instance.dir, "drill", "drill-aws")),
            [],
            "the state is not needed any more",
        );
    });

    it("`drill:aws` destroys all resources after Ctrl-C during `up`", async () => {
        const output = join(aws.instance.dir, "interrupted");
        let interrupted = false;
        const { exitCode, stdout, stderr } = await drill(output, [], (text, interrupt) => {
            if (!interrupted && /personalize:DatasetGroup movies created/.test(text)) {
                interrupted = true;
                interrupt();
            }
        });
        assert.ok(interrupted, stderr);
        assert.equal(exitCode, 8, stdout + stderr);
        assert.match(stdout, /problem: up: exit \d+/);
        assert.ok(readRecording(join(output, "recording.jsonl")).length > 0);
        assert.deepEqual(await listLeft(), []);
        assert.equal(existsSync(join(aws.instance.root, "test", "recorded")), false);
    });
});
