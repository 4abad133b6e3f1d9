import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { environment } from "../../packages/local-aws/instance.ts";
import { readRecording } from "../drills/record/recording.ts";
import { listEverything } from "../support/inventory.ts";
import { startTestAws, type TestAws } from "../support/local-aws.ts";

// The workflow test.yml runs the whole drill on the local AWS.
describe("drill-aws", () => {
    let aws: TestAws;
    before(async () => {
        aws = await startTestAws();
    });
    after(() => aws?.stop());

    it("`drill:aws` destroys all resources after Ctrl-C during `up`", async () => {
        const { instance } = aws;
        const output = join(instance.dir, "interrupted");
        const child = spawn(process.execPath, ["test/drills/drill-aws.ts", "--spend-up-to", "5", "--output", output], {
            cwd: instance.root,
            env: {
                ...environment(instance),
                MOVIE_RECOMMENDER_LOCAL_DIR: join(instance.dir, "drill"),
                MOVIE_RECOMMENDER_LOCAL_SPEED: "instant",
            },
            stdio: ["ignore", "pipe", "pipe"],
        });
        let [stdout, stderr, interrupted] = ["", "", false];
        child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
        child.stderr.setEncoding("utf8").on("data", (text: string) => {
            stderr += text;
            if (!interrupted && /personalize:DatasetGroup movies created/.test(stderr)) {
                interrupted = child.kill("SIGINT");
            }
        });
        const [exitCode] = (await once(child, "close")) as [number];
        assert.ok(interrupted, stderr);
        assert.equal(exitCode, 8, stdout + stderr);
        assert.match(stdout, /problem: up: exit \d+/);
        assert.ok(readRecording(join(output, "recording.jsonl")).length > 0);
        const { Users } = await aws.iam.listUsers({});
        const { Policies } = await aws.iam.listPolicies({ Scope: "Local" });
        assert.deepEqual([await listEverything(aws), Users ?? [], Policies ?? []], [[], [], []]);
        assert.equal(existsSync(join(instance.root, "test", "recorded")), false);
    });
});
