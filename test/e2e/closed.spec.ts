import assert from "node:assert/strict";
import { PutParameterCommand } from "@aws-sdk/client-ssm";
import { assertExit, startTestAws, type TestAws } from "../support/local-aws.ts";

describe("API of a closed stack", () => {
    let aws: TestAws;
    before(async () => {
        aws = await startTestAws();
    });
    after(() => aws?.stop());

    it("a closed API rejects requests until resume, and preview shows no change", async () => {
        await aws.configure({ api: true, storefront: "api", campaignEnabled: false });
        const flag = { reason: "test", since: "2026-11-01T00:00:00Z" };
        const Name = `/movie-recommender/${aws.stack}/closed`;
        await aws.ssm.send(new PutParameterCommand({ Name, Value: JSON.stringify(flag), Type: "String" }));
        assertExit(await aws.engine("up"), 0);
        const { apiUrl = "", storefrontUrl = "" } = await aws.outputs();
        const urls = [`${apiUrl}/popular`, `${apiUrl}/recommendations/1`, `${apiUrl}/items?query=a`, storefrontUrl];
        const statuses = async () => Promise.all(urls.map(async (url) => (await fetch(url)).status));
        assert.deepEqual(new Set(await statuses()), new Set([429]));
        assert.equal((await fetch(`${apiUrl}/events`, { method: "OPTIONS" })).status, 429);
        assertExit(await aws.engine("preview", "--expect-no-changes"), 0);

        assertExit(await aws.runbook("resume", "--yes", "--config-file", aws.configFile), 0);
        assert.deepEqual(new Set(await statuses()), new Set([200]));
        assertExit(await aws.engine("up"), 0);
        assertExit(await aws.engine("preview", "--expect-no-changes"), 0);
        assert.deepEqual(new Set(await statuses()), new Set([200]));
    });
});
