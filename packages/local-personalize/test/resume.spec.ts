import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { interactionsCsv, syntheticRatings } from "./interactions.ts";
import {
    arn,
    createBucket,
    createDataset,
    recipe,
    refuses,
    runImportJob,
    type Service,
    startService,
    trainVersion,
    untilEnded,
} from "./support.ts";

const dataLocation = "s3://movies/all.csv";
const solutionArn = arn("solution/films");
const campaignArn = arn("campaign/films");
const recipeArn = recipe("aws-user-personalization");
describe("Resources of the local Personalize after restarts and over time", () => {
    const { access } = createBucket({ "movies/all.csv": interactionsCsv(syntheticRatings()) });
    let dataDir: string;
    let service: Service | undefined;

    const open = async (speed: "instant" | "real") => {
        await service?.stop();
        service = await startService({ access, dataDir, speed });
        return service;
    };

    /** Creates a dataset with imported rows, and a solution. */
    const openSolution = async () => {
        const quick = await open("instant");
        const { datasetArn, datasetGroupArn } = await createDataset(quick);
        await runImportJob(quick, { jobName: "job", datasetArn, dataLocation });
        // Without automatic training, because these tests make resources a day older.
        const solution = { name: "films", datasetGroupArn, recipeArn, performAutoTraining: false };
        await quick.personalize.createSolution(solution);
        return { ...quick, datasetArn };
    };

    beforeEach(async () => {
        dataDir = await mkdtemp(join(tmpdir(), "personalize-resume-"));
    });
    afterEach(async () => {
        await service?.stop();
        service = undefined;
        await rm(dataDir, { recursive: true, force: true });
    });

    it("an import continues after its process was killed and started again", async () => {
        const { datasetArn } = await createDataset(await open("instant"));
        await service?.stop();
        service = undefined;
        const server = spawn(process.execPath, [
            fileURLToPath(new URL("killed-during-import.ts", import.meta.url)),
            dataDir,
            datasetArn,
        ]);
        const [output] = await once(server.stdout, "data");
        assert.equal(String(output), "reading\n");
        server.kill("SIGKILL");
        await once(server, "exit");

        const { personalize } = await open("instant");
        const datasetImportJobArn = arn("dataset-import-job/killed");
        const job = await untilEnded(
            async () => (await personalize.describeDatasetImportJob({ datasetImportJobArn })).datasetImportJob,
        );
        assert.equal(job.status, "ACTIVE", job.failureReason);
    });

    it("a training that a restart interrupted runs again, and its campaign answers after another restart", async () => {
        const first = await openSolution();
        const { solutionVersionArn } = await first.personalize.createSolutionVersion({ solutionArn });

        const second = await open("instant");
        const version = await untilEnded(
            async () => (await second.personalize.describeSolutionVersion({ solutionVersionArn })).solutionVersion,
        );
        assert.equal(version.status, "ACTIVE", version.failureReason);
        await second.personalize.createCampaign({ name: "films", solutionVersionArn });
        const ask = { campaignArn, userId: "1" };
        const before = await second.runtime.getRecommendations(ask);

        const third = await open("instant");
        assert.deepEqual((await third.runtime.getRecommendations(ask)).itemList, before.itemList);
    });

    it("a pending or already deleted dataset group cannot be deleted", async () => {
        const { personalize } = await open("real");
        const { datasetGroupArn } = await personalize.createDatasetGroup({ name: "films" });
        const remove = { datasetGroupArn };
        await refuses(
            personalize.deleteDatasetGroup(remove),
            /is CREATE PENDING; it must be ACTIVE or CREATE FAILED/,
            "ResourceInUseException",
        );
        passADay(dataDir);
        await personalize.deleteDatasetGroup(remove);
        await refuses(personalize.deleteDatasetGroup(remove), /is DELETE PENDING/, "ResourceInUseException");
    });

    it("at most five imports can be in progress", async () => {
        const { datasetArn } = await createDataset(await open("instant"));
        passADay(dataDir);
        const { personalize } = await open("real");
        const create = (jobName: string) =>
            personalize.createDatasetImportJob({ jobName, datasetArn, dataSource: { dataLocation } });
        for (let job = 1; job <= 5; job++) await create(`job-${job}`);
        await refuses(
            create("job-6"),
            "More than 5 resources with PENDING or IN_PROGRESS status.",
            "LimitExceededException",
        );
        await refuses(personalize.deleteDataset({ datasetArn }), /dataset-import-job\/job-1/, "ResourceInUseException");
    });

    it("a campaign answers with the old version during its update, and cannot be deleted then", async () => {
        const quick = await openSolution();
        const old = await trainVersion(quick, solutionArn);
        const next = await trainVersion(quick, solutionArn);
        const { solutionVersionArn } = old;
        await quick.personalize.createCampaign({ name: "films", solutionVersionArn });

        const { personalize, runtime } = await open("real");
        const update = { campaignArn, solutionVersionArn: String(next.solutionVersionArn) };
        const ask = { campaignArn, userId: "1" };
        const describe = async () => (await personalize.describeCampaign({ campaignArn })).campaign;
        await refuses(personalize.updateCampaign(update), /is CREATE PENDING/, "ResourceInUseException");
        await refuses(runtime.getRecommendations(ask), /answers once it is ACTIVE/);

        passADay(dataDir);
        await personalize.updateCampaign(update);
        const updating = await describe();
        assert.equal(updating?.status, "ACTIVE");
        assert.equal(updating?.latestCampaignUpdate?.status, "CREATE PENDING");
        assert.equal(updating?.solutionVersionArn, old.solutionVersionArn);
        assert.equal(updating?.latestCampaignUpdate?.solutionVersionArn, next.solutionVersionArn);
        await refuses(personalize.updateCampaign(update), /being updated/, "ResourceInUseException");
        assert.equal((await runtime.getRecommendations(ask)).itemList?.length, 25);

        passADay(dataDir);
        const updated = await describe();
        assert.equal(updated?.latestCampaignUpdate?.status, "ACTIVE");
        assert.equal(updated?.solutionVersionArn, next.solutionVersionArn);
    });

    it("$LATEST deploys the newest solution version, and syncWithLatestSolutionVersion deploys later versions", async () => {
        const quick = await openSolution();
        const { personalize, runtime } = quick;
        const campaign = {
            name: "films",
            solutionVersionArn: `${solutionArn}/$LATEST`,
            campaignConfig: { syncWithLatestSolutionVersion: true },
        };
        await refuses(personalize.createCampaign(campaign), /\$LATEST/, "ResourceNotFoundException");
        await refuses(
            personalize.createCampaign({ name: "films", solutionVersionArn: solutionArn }),
            /solution version does not exist/,
            "ResourceNotFoundException",
        );
        const served = async () => (await personalize.describeCampaign({ campaignArn })).campaign;
        const first = await trainVersion(quick, solutionArn);
        await personalize.createCampaign(campaign);
        assert.equal((await served())?.solutionVersionArn, first.solutionVersionArn);
        const second = await trainVersion(quick, solutionArn);
        assert.equal((await served())?.solutionVersionArn, second.solutionVersionArn);
        assert.equal((await runtime.getRecommendations({ campaignArn, userId: "1" })).itemList?.length, 25);
    });

    it("the solution and dataset can be deleted after StopSolutionVersionCreation", async () => {
        const quick = await openSolution();
        passADay(dataDir);

        const { personalize } = await open("real");
        const { solutionVersionArn } = await personalize.createSolutionVersion({ solutionArn });
        await refuses(personalize.deleteSolution({ solutionArn }), /Stop it/, "ResourceInUseException");
        await refuses(
            personalize.deleteDataset({ datasetArn: quick.datasetArn }),
            /in use by/,
            "ResourceInUseException",
        );
        await personalize.stopSolutionVersionCreation({ solutionVersionArn });
        const { solutionVersion } = await personalize.describeSolutionVersion({ solutionVersionArn });
        assert.equal(solutionVersion?.status, "CREATE STOPPED");
        await personalize.deleteSolution({ solutionArn });
        passADay(dataDir);
        await refuses(
            personalize.describeSolutionVersion({ solutionVersionArn }),
            /solution version does not exist/,
            "ResourceNotFoundException",
        );
    });

    it("deletion of a dataset or solution also deletes its files", async () => {
        const quick = await openSolution();
        const { solutionVersionArn } = await trainVersion(quick, solutionArn);
        const files = () => ["datasets/3.rows", "models/6"].map((file) => existsSync(join(dataDir, file)));
        assert.ok(solutionVersionArn);
        assert.deepEqual(files(), [true, true]);
        await quick.personalize.deleteSolution({ solutionArn });
        const { datasetArn } = quick;
        await quick.personalize.deleteDataset({ datasetArn });
        await refuses(quick.personalize.deleteDataset({ datasetArn }), /dataset/, "ResourceNotFoundException");
        assert.deepEqual(files(), [false, false]);
    });
});

/** Makes all stored resources a day older, so that no test waits for AWS's durations. */
function passADay(dataDir: string): void {
    const day = 86_400_000;
    const database = new DatabaseSync(join(dataDir, "personalize.sqlite"));
    const columns = ["createdAt", "finishedAt", "stoppedAt", "deletedAt"].map((name) => `${name} = ${name} - ${day}`);
    database.exec(`UPDATE resources SET ${columns.join(", ")}`);
    const at = "'$.update.createdAt'";
    database.exec(
        `UPDATE resources SET properties = json_set(properties, ${at}, json_extract(properties, ${at}) - ${day}) WHERE json_extract(properties, ${at}) IS NOT NULL`,
    );
    database.close();
}
