import assert from "node:assert/strict";
import {
    arn,
    createDataset,
    importRole,
    recipe,
    trainVersion,
    untilEnded,
} from "../../../local-personalize/test/support.ts";
import { usePersonalize } from "./support.ts";

const dataSource = { dataLocation: "s3://movies/all.csv" };

describe("Injected faults of Personalize resources", () => {
    const harness = usePersonalize();
    const { describeGroup } = harness;

    it("a fault with the effect `fail` ends a resource as CREATE FAILED, also after a restart", async () => {
        await harness.local.arm({ operation: "CreateDatasetGroup", effect: { kind: "fail", reason: "No luck." } });
        await harness.personalize.createDatasetGroup({ name: "films" });
        await harness.restart();
        const group = await describeGroup("films");
        assert.deepEqual([group?.status, group?.failureReason], ["CREATE FAILED", "No luck."]);
        await harness.personalize.deleteDatasetGroup({ datasetGroupArn: arn("dataset-group/films") });
        await harness.personalize.createDatasetGroup({ name: "films" });
        assert.equal((await describeGroup("films"))?.status, "ACTIVE");
    });

    it("a fault with the effect `hang` prevents completion and deletion of a resource until the faults are cleared", async () => {
        await harness.local.arm({ operation: "CreateDatasetGroup", effect: { kind: "hang" } });
        await harness.personalize.createDatasetGroup({ name: "films" });
        await harness.restart();
        assert.equal((await describeGroup("films"))?.status, "CREATE IN_PROGRESS");
        const remove = { datasetGroupArn: arn("dataset-group/films") };
        await assert.rejects(harness.personalize.deleteDatasetGroup(remove), { name: "ResourceInUseException" });
        await harness.local.arm({ operation: "ListSchemas", effect: { kind: "throttle" } });
        assert.deepEqual(await harness.local.clear(), { cleared: 1, released: 1 });
        assert.equal((await describeGroup("films"))?.status, "ACTIVE");
        await harness.personalize.listSchemas({});
        assert.deepEqual(await harness.local.armed(), []);
        await harness.personalize.deleteDatasetGroup(remove);
    });

    it("faults with the effect `fail` make imports, trainings and a campaign update fail", async () => {
        const { datasetArn, datasetGroupArn } = await createDataset(harness.local);
        const importData = (jobName: string) =>
            harness.personalize.createDatasetImportJob({ jobName, datasetArn, dataSource, roleArn: importRole });
        const job = async (name: string) => {
            const datasetImportJobArn = arn(`dataset-import-job/${name}`);
            const { datasetImportJob } = await harness.personalize.describeDatasetImportJob({ datasetImportJobArn });
            return datasetImportJob;
        };
        const jobOver = (name: string) => untilEnded(() => job(name));
        await harness.local.arm({
            operation: "CreateDatasetImportJob",
            effect: { kind: "fail", reason: "Invalid row 7." },
        });
        await importData("failed");
        const failed = await jobOver("failed");
        assert.deepEqual([failed.status, failed.failureReason], ["CREATE FAILED", "Invalid row 7."]);
        const solution = { name: "films", datasetGroupArn, recipeArn: recipe("aws-popularity-count") };
        await harness.personalize.createSolution({ ...solution, performAutoTraining: false });
        const solutionArn = arn("solution/films");
        await assert.rejects(harness.personalize.createSolutionVersion({ solutionArn }), /no item interactions/);
        await importData("complete");
        assert.equal((await jobOver("complete")).status, "ACTIVE");

        const train = () => trainVersion(harness.local, solutionArn);
        await harness.local.arm({
            operation: "CreateSolutionVersion",
            effect: { kind: "fail", reason: "Too few users." },
        });
        assert.equal((await train()).failureReason, "Too few users.");
        await harness.local.arm({ operation: "CreateSolutionVersion", effect: { kind: "hang" } });
        const hung = await harness.personalize.createSolutionVersion({ solutionArn });
        const hungVersion = { solutionVersionArn: hung.solutionVersionArn };
        const hungStatus = async () =>
            (await harness.personalize.describeSolutionVersion(hungVersion)).solutionVersion?.status;
        assert.equal(await hungStatus(), "CREATE IN_PROGRESS");
        await harness.personalize.stopSolutionVersionCreation(hungVersion);
        await harness.local.clear();
        assert.equal(await hungStatus(), "CREATE STOPPED");
        const { solutionVersionArn } = await train();
        const campaignArn = arn("campaign/films");
        const campaignStatus = async () =>
            (await harness.personalize.describeCampaign({ campaignArn })).campaign?.status;
        await harness.local.arm({ operation: "CreateCampaign", effect: { kind: "fail", reason: "No capacity." } });
        await harness.personalize.createCampaign({ name: "films", solutionVersionArn });
        assert.equal(await campaignStatus(), "CREATE FAILED");
        // An update of a campaign whose creation failed makes the campaign ACTIVE.
        await harness.personalize.updateCampaign({ campaignArn, minProvisionedTPS: 1 });
        assert.equal(await campaignStatus(), "ACTIVE");
        const effect = { kind: "fail", reason: "No capacity." };
        await harness.local.arm({ operation: "UpdateCampaign", effect });
        await harness.personalize.updateCampaign({ campaignArn, minProvisionedTPS: 3 });
        const { campaign } = await harness.personalize.describeCampaign({ campaignArn });
        const { latestCampaignUpdate: update } = campaign ?? {};
        assert.deepEqual([campaign?.status, campaign?.minProvisionedTPS], ["ACTIVE", 1]);
        assert.deepEqual(
            [update?.status, update?.failureReason, update?.minProvisionedTPS],
            ["CREATE FAILED", "No capacity.", 3],
        );
        await harness.personalize.updateCampaign({ campaignArn, minProvisionedTPS: 2 });
        const after = (await harness.personalize.describeCampaign({ campaignArn })).campaign;
        assert.deepEqual([after?.minProvisionedTPS, after?.latestCampaignUpdate?.status], [2, "ACTIVE"]);
    });

    it("a failed solution has no failureReason, as in AWS", async () => {
        const { datasetGroupArn } = await createDataset(harness.local);
        await harness.local.arm({ operation: "CreateSolution", effect: { kind: "fail", reason: "Unseen." } });
        const solution = { name: "films", datasetGroupArn, recipeArn: recipe("aws-popularity-count") };
        await harness.personalize.createSolution({ ...solution, performAutoTraining: false });
        const described = await harness.personalize.describeSolution({ solutionArn: arn("solution/films") });
        assert.equal(described.solution?.status, "CREATE FAILED");
        assert.equal(Object.hasOwn(described.solution ?? {}, "failureReason"), false);
    });
});
