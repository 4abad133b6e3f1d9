import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { ListCampaignsCommand } from "@aws-sdk/client-personalize";
import { environment } from "../../packages/local-aws/instance.ts";
import { adminOf } from "../../packages/local-aws/test/admin.ts";
import { until } from "../../packages/local-personalize/test/support.ts";
import { everythingIn, importJobNames } from "../support/left.ts";
import { assertExit, startTestAws, type TestAws } from "../support/local-aws.ts";

describe("an up that is interrupted while it waits for a campaign", () => {
    let aws: TestAws;
    before(async () => {
        aws = await startTestAws();
    });
    after(() => aws?.stop());

    it("says what goes on in AWS, and how to go on with it", async () => {
        const admin = adminOf(aws.instance);
        await admin.arm({ operation: "CreateCampaign", effect: { kind: "hang" } });
        // On AWS a policy that is seconds old may not be known everywhere.
        const reason = "Failed to create a data import job. Insufficient privileges for accessing data in Amazon S3.";
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
            stdio: ["ignore", "ignore", "pipe"],
        });
        try {
            let said = "";
            up.stderr.setEncoding("utf8").on("data", (chunk: string) => {
                said += chunk;
            });
            const ended = once(up, "exit");
            await until(async () => {
                const { campaigns = [] } = await aws.personalize.send(new ListCampaignsCommand({}));
                return campaigns.length > 0;
            });
            up.kill("SIGINT");
            await until(async () => said.includes("A second Ctrl-C ends the wait at once."));
            assert.match(said, /Nothing is lost or billed twice: run `pulumi up` again to continue\./);
            up.kill("SIGINT");
            const [exitCode] = await ended;
            assert.notEqual(exitCode, 0);
        } finally {
            up.kill("SIGTERM");
            await admin.clear();
        }
    });

    it("goes on with the campaign that is there, and makes no other", async () => {
        assertExit(await aws.engine("up"), 0);
        assertExit(await aws.engine("preview", "--expect-no-changes"), 0);
        const requests = await adminOf(aws.instance).requests();
        const asked = requests.filter(({ operation }) => operation === "CreateCampaign");
        assert.equal(asked.length, 1);
        assert.deepEqual(
            (await importJobNames(aws)).map((name) => name.slice(-2)),
            ["-1", "-2"],
        );
        assertExit(await aws.engine("destroy"), 0);
        assert.deepEqual(await everythingIn(aws), []);
    });
});
