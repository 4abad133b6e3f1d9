import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { readJson } from "../../../../test/support/json.ts";
import { arn, createDataset, importRole, recipe, until } from "../../../local-personalize/test/support.ts";
import { usePersonalize } from "./support.ts";

const day = 24 * 3600;

describe("Clock of the local AWS (/_local/clock)", () => {
    const harness = usePersonalize("real");
    const { describeGroup } = harness;
    const url = () => `http://127.0.0.1:${harness.local.port}/_local/clock`;
    const clock = async () => await readJson<{ now: string; aheadSeconds: number }>(fetch(url()));
    const advance = (advanceSeconds: unknown) =>
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

    it("advancing the clock by 30 days starts jobs that are due, and one automatic training for all that were missed", async () => {
        // Create the dataset with the speed "instant", because a creation then takes no time.
        await harness.restart("instant");
        const { datasetArn, datasetGroupArn } = await createDataset(harness.local);
        await harness.restart();
        await advance(day);
        await harness.personalize.createDatasetImportJob({
            jobName: "first",
            datasetArn,
            roleArn: importRole,
            dataSource: { dataLocation: "s3://movies/all.csv" },
        });
        const datasetImportJobArn = arn("dataset-import-job/first");
        const jobStatus = async () =>
            (await harness.personalize.describeDatasetImportJob({ datasetImportJobArn })).datasetImportJob?.status;
        assert.equal(await jobStatus(), "CREATE PENDING");
        await advance(5 * 60);
        await until(async () => (await jobStatus()) === "ACTIVE");

        const solution = { name: "films", datasetGroupArn, recipeArn: recipe("aws-popularity-count") };
        await harness.personalize.createSolution(solution);
        const versions = async () => (await harness.personalize.listSolutionVersions({})).solutionVersions ?? [];
        await advance(30 * day);
        const [first] = await until(async () => {
            const all = await versions();
            return all.length > 0 && all;
        });
        assert.deepEqual([first?.trainingType, first?.status], ["AUTOMATIC", "CREATE PENDING"]);
        await advance(3600);
        await until(async () => (await versions())[0]?.status === "ACTIVE");
        await advance(30 * day);
        await sleep(100);
        // There is no new data, so no training starts.
        assert.equal((await versions()).length, 1);
    });

    for (const wrong of [-1, "1", null, 1e12]) {
        it(`POST /_local/clock rejects ${JSON.stringify(wrong)} seconds`, async () => {
            const answer = await advance(wrong);
            assert.equal(answer.status, 400);
            assert.match(
                (await readJson<{ message: string }>(answer)).message,
                /advanceSeconds must be a number from 0/,
            );
            assert.equal((await clock()).aheadSeconds, 0);
        });
    }

    it("POST /_local/clock rejects an invalid body, and DELETE returns 405", async () => {
        for (const [body, message] of [
            ["no json", /The body must be a JSON object/],
            ["null", /The body must be a JSON object/],
            ['{"advanceSeconds":1,"days":2}', /Unknown member days/],
        ] as const) {
            const answer = await fetch(url(), { method: "POST", body });
            assert.equal(answer.status, 400);
            assert.match((await readJson<{ message: string }>(answer)).message, message);
        }
        assert.equal((await fetch(url(), { method: "DELETE" })).status, 405);
    });
});
