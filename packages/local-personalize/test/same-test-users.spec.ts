import assert from "node:assert/strict";
import { interactionsCsv, syntheticRatings } from "./interactions.ts";
import {
    arn,
    createBucket,
    createDataset,
    recipe,
    runImportJob,
    type Service,
    startService,
    trainVersion,
} from "./support.ts";

describe("Solution versions on the same data", () => {
    let service: Service;
    before(async () => {
        const { access } = createBucket({ "films/interactions.csv": interactionsCsv(syntheticRatings()) });
        service = await startService({ access });
    });
    after(() => service?.discard());

    it("two solution versions on the same data have equal metrics, because the test users are the same", async () => {
        const { datasetArn, datasetGroupArn } = await createDataset(service);
        await runImportJob(service, { jobName: "first", datasetArn, dataLocation: "s3://films/interactions.csv" });
        const recipeArn = recipe("aws-user-personalization");
        await service.personalize.createSolution({ name: "films", datasetGroupArn, recipeArn });
        const measured = [];
        for (let n = 0; n < 2; n++) {
            const { solutionVersionArn } = await trainVersion(service, arn("solution/films"));
            measured.push((await service.personalize.getSolutionMetrics({ solutionVersionArn })).metrics);
        }
        assert.ok(Object.keys(measured[0] ?? {}).length > 0);
        assert.deepEqual(measured[1], measured[0]);
    });
});
