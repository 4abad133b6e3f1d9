import assert from "node:assert/strict";
import { readJson } from "../../../../test/support/json.ts";
import { usePersonalize } from "./support.ts";

const day = 24 * 3600;

describe("Clock of the local AWS (/_local/clock)", () => {
    const harness = usePersonalize("real");
    const { describeGroup } = harness;
    const url = () => `http://127.0.0.1:${harness.local.port}/_local/clock`;
    const clock = async () => await readJson<{ now: string; aheadSeconds: number }>(fetch(url()));
    const advance = (advanceSeconds: number) =>
        fetch(url(), { method: "POST", body: JSON.stringify({ advanceSeconds }) });

    it("creation times and logs have the time of the advanced clock, also after a restart", async () => {
        const before = await clock();
        assert.equal(before.aheadSeconds, 0);
        assert.ok(Math.abs(Date.parse(before.now) - Date.now()) < 5000);
        const answer = await advance(30 * day);
        assert.equal(answer.status, 200);
        assert.equal((await readJson<{ aheadSeconds: number }>(answer)).aheadSeconds, 30 * day);
        await harness.restart();
        const after = await clock();
        assert.equal(after.aheadSeconds, 30 * day);
        assert.ok(Date.parse(after.now) - Date.parse(before.now) >= 30 * day * 1000);
        await harness.personalize.createDatasetGroup({ name: "films" });
        const created = (await describeGroup("films"))?.creationDateTime?.getTime() ?? 0;
        assert.ok(created >= Date.parse(after.now) && created < Date.parse(after.now) + 60_000);
        assert.ok(((await harness.local.requests())[0]?.at ?? 0) >= created);
    });

    it("advancing the clock completes the creation of a dataset group", async () => {
        await harness.personalize.createDatasetGroup({ name: "films" });
        assert.equal((await describeGroup("films"))?.status, "CREATE PENDING");
        await advance(6);
        assert.equal((await describeGroup("films"))?.status, "CREATE IN_PROGRESS");
        await advance(24.5);
        const group = await describeGroup("films");
        assert.equal(group?.status, "ACTIVE");
        const took = Number(group?.lastUpdatedDateTime) - Number(group?.creationDateTime);
        assert.equal(took, 30_000);
    });

    it("POST /_local/clock rejects an invalid body, and DELETE returns 405", async () => {
        const seconds = /advanceSeconds must be a number from 0/;
        for (const [body, message] of [
            ...[-1, "1", null, 1e12].map((wrong) => [JSON.stringify({ advanceSeconds: wrong }), seconds] as const),
            ["no json", /The body must be a JSON object/],
            ["null", /The body must be a JSON object/],
            ['{"advanceSeconds":1,"days":2}', /Unknown member days/],
        ] as const) {
            const answer = await fetch(url(), { method: "POST", body });
            assert.equal(answer.status, 400);
            assert.match((await readJson<{ message: string }>(answer)).message, message);
        }
        assert.equal((await clock()).aheadSeconds, 0);
        assert.equal((await fetch(url(), { method: "DELETE" })).status, 405);
    });
});
