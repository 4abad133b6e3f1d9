import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { load } from "js-yaml";
import { root } from "../../packages/local-aws/instance.ts";
import { assertExit, startTestAws, type TestAws } from "../support/local-aws.ts";

/** The resource types behind each term in the list of resources in docs/setups.md. */
const parts = {
    bucket: /^aws:s3\//,
    access: /^aws:iam\/role(Policy)?:/,
    guard: /^aws:(lambda|scheduler|cloudwatch\/logGroup)/,
    notifications: /^aws:(sns|sqs)\//,
    recommender: /^pulumi-nodejs:dynamic\/personalize:/,
};

describe("Pulumi.minimal.yaml on the real engine", () => {
    let aws: TestAws;
    before(async () => {
        aws = await startTestAws();
        const { config } = load(await readFile(join(root, "Pulumi.minimal.yaml"), "utf8")) as {
            config: Record<string, string>;
        };
        const values = Object.entries(config).filter(([key]) => key.startsWith("movie-recommender:"));
        await aws.configure(Object.fromEntries(values.map(([key, value]) => [key.split(":")[1], value])));
    });
    after(() => aws?.stop());

    it("up creates exactly the resources that docs/setups.md lists, fewer than 25", async () => {
        assertExit(await aws.engine("up"), 0);
        const { deployment } = JSON.parse((await aws.pulumi("stack", "export")).stdout) as {
            deployment: { resources: { type: string; custom: boolean }[] };
        };
        const types = deployment.resources
            .filter(({ type, custom }) => custom && !type.startsWith("pulumi:providers"))
            .map(({ type }) => type);
        const other = types.filter((type) => !Object.values(parts).some((part) => part.test(type)));
        assert.deepEqual(other, []);
        assert.ok(types.filter((type) => type.startsWith("aws:")).length < 25, types.join("\n"));
        const counts = Object.entries(parts).map(([part, of]) => [part, types.filter((type) => of.test(type)).length]);
        // docs/setups.md names them.
        assert.deepEqual(Object.fromEntries(counts), {
            bucket: 8,
            access: 6,
            guard: 4,
            notifications: 6,
            recommender: 9,
        });
    });

    it("the stack of Pulumi.minimal.yaml recommends items, and the next preview shows no change", async () => {
        const { campaignArn = "", apiUrl, dashboardUrl, estimatedMonthlyCostUsd } = await aws.outputs();
        assert.match(campaignArn, /campaign\/movie-recommender-campaign/);
        assert.deepEqual([apiUrl, dashboardUrl], ["", ""]);
        assert.ok(Number(estimatedMonthlyCostUsd) < 152, estimatedMonthlyCostUsd);
        const recommended = await aws.runbook("recommend", "1", "--json");
        assertExit(recommended, 0);
        assert.equal(JSON.parse(recommended.stdout).recommendations["1"].length, 10);
        assertExit(await aws.engine("preview", "--expect-no-changes"), 0);
    });

    it("recommend reports an unknown filter, or a parked campaign, with the next command", async () => {
        const filtered = await aws.runbook("recommend", "1", "--filter", "comedies");
        assertExit(filtered, 2);
        assert.match(
            filtered.stderr,
            /^error: The stack has no filter comedies\. It has none\. Add it to config filters/,
        );
        const configFile = ["--config-file", aws.configFile];
        assertExit(await aws.runbook("retrain", ...configFile), 0);
        assertExit(await aws.runbook("park", "--yes", "--reason", "weekend", ...configFile), 0);
        const parked = await aws.runbook("recommend", "1");
        assertExit(parked, 1);
        assert.match(
            parked.stderr,
            /The campaign has been parked since .* \(weekend\)\. Bring it back: npm run resume/,
        );
    });
});
