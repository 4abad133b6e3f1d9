import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { arn, createBucket, region, until } from "../../../local-personalize/test/support.ts";
import { freePort } from "../../ministack/process.ts";
import { createAdmin } from "../admin.ts";
import { createClient, type LocalPersonalize, startPersonalize } from "./support.ts";

const { access } = createBucket();

describe("Request log of the local AWS (/_local/requests)", () => {
    let local: LocalPersonalize | undefined;
    let gatewayProcess: ChildProcess | undefined;
    let dataDir: string;
    beforeEach(async () => {
        dataDir = await mkdtemp(join(tmpdir(), "requests-"));
    });
    afterEach(async () => {
        gatewayProcess?.kill("SIGKILL");
        await local?.stop();
        local = undefined;
        await rm(dataDir, { recursive: true, force: true });
    });

    it("the log lists accepted and rejected write calls with their resource and result", async () => {
        local = await startPersonalize({ access, dataDir });
        const { personalize, requests } = local;
        const datasetGroupArn = arn("dataset-group/films");
        const tags = [{ tagKey: "a", tagValue: "b" }];
        const before = Date.now();
        await personalize.createDatasetGroup({ name: "films" });
        await assert.rejects(personalize.createDatasetGroup({ name: "films" }));
        await assert.rejects(personalize.createDatasetGroup({ name: "-" }));
        await personalize.tagResource({ resourceArn: datasetGroupArn, tags });
        await personalize.describeDatasetGroup({ datasetGroupArn });
        await personalize.listDatasetGroups({});
        await personalize.deleteDatasetGroup({ datasetGroupArn });
        // Wait for the log entries, because a response may reach its client a moment before the log records the
        // response.
        const entries = await until(async () => {
            const all = await requests();
            return all.every(({ answered }) => answered === 1) && all;
        });
        assert.deepEqual(
            entries.map(({ operation, arn, name, outcome }) => [operation, arn, name, outcome]),
            [
                ["CreateDatasetGroup", datasetGroupArn, "films", "accepted"],
                ["CreateDatasetGroup", null, "films", "ResourceAlreadyExistsException"],
                ["CreateDatasetGroup", null, "-", "ValidationException"],
                ["TagResource", datasetGroupArn, null, "accepted"],
                ["DeleteDatasetGroup", datasetGroupArn, null, "accepted"],
            ],
        );
        assert.ok(entries.every(({ at, region: of }) => at >= before && at <= Date.now() && of === region));
        const [, second, third] = entries;
        assert.deepEqual((await requests(second?.id))[0], third);
        assert.equal((await fetch(`http://127.0.0.1:${local.port}/_local/requests?after=x`)).status, 400);
        assert.equal((await fetch(`http://127.0.0.1:${local.port}/_local/requests`, { method: "DELETE" })).status, 405);
    });

    it("after kill -9, the log still contains an accepted call that got no response", async () => {
        const port = await freePort();
        gatewayProcess = spawn(process.execPath, [
            fileURLToPath(new URL("killed-gateway.ts", import.meta.url)),
            dataDir,
            String(port),
        ]);
        assert.ok(gatewayProcess.stdout);
        const exit = once(gatewayProcess, "exit").then(([code]) => assert.fail(`The process ended with ${code}.`));
        await Promise.race([once(gatewayProcess.stdout, "data"), exit]);
        const admin = createAdmin({ port });
        await admin.arm({
            operation: "CreateDatasetGroup",
            effect: { kind: "latency", milliseconds: 600_000, when: "after" },
        });
        const waiting = assert.rejects(createClient(port).createDatasetGroup({ name: "films" }));
        await until(async () => (await admin.requests()).length === 1);
        gatewayProcess.kill("SIGKILL");
        await assert.rejects(exit);
        await waiting;

        local = await startPersonalize({ access, dataDir });
        const [entry] = await local.requests();
        assert.deepEqual(
            [entry?.operation, entry?.name, entry?.outcome, entry?.answered],
            ["CreateDatasetGroup", "films", "accepted", 0],
        );
        assert.equal(
            (await local.personalize.describeDatasetGroup({ datasetGroupArn: String(entry?.arn) })).datasetGroup
                ?.status,
            "ACTIVE",
        );
        await local.personalize.deleteDatasetGroup({ datasetGroupArn: String(entry?.arn) });
        assert.deepEqual(
            (await local.requests(entry?.id)).map(({ operation }) => operation),
            ["DeleteDatasetGroup"],
        );
    });
});
