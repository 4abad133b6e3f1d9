import assert from "node:assert/strict";
import { interactionsCsv, syntheticRatings } from "./interactions.ts";
import {
    arn,
    createBucket,
    createDataset,
    restartService,
    runImportJob,
    type Service,
    startService,
    trainRecipe,
    until,
} from "./support.ts";

describe("Campaign scores", () => {
    const { access } = createBucket({
        "films/many.csv": interactionsCsv(syntheticRatings({ users: 320 })),
    });
    let service: Service;
    before(async () => {
        service = await startService({ access });
    });
    after(() => service?.discard());

    const train = async (name: string) => {
        const { datasetArn, datasetGroupArn } = await createDataset(service, name);
        await runImportJob(service, { jobName: name, datasetArn, dataLocation: `s3://films/${name}.csv` });
        const solutionVersionArn = await trainRecipe(service, "aws-user-personalization", { name, datasetGroupArn });
        await service.personalize.createCampaign({ name, solutionVersionArn });
        return service.lines.find((line) => line.includes(`solution/${name}/`) && line.includes(": scores are "));
    };
    const recommend = (name: string) =>
        until(async () => {
            const input = { campaignArn: arn(`campaign/${name}`), userId: "22", numResults: 500 };
            const answer = await service.runtime.getRecommendations(input).catch(() => undefined);
            return answer?.itemList;
        });

    it("training raises scores to a power that it fits to test users, saves the power, and the scores sum to 1", async () => {
        const line = await train("many");
        const pattern =
            /power of ([\d.]+), fitted to 32 test users: perplexity of the next item ([\d.]+), with the default power ([\d.]+)/;
        const [, gain, fitted, unfitted] = pattern.exec(line ?? "") ?? [];
        assert.ok(Number(gain) < 1 && Number(fitted) < Number(unfitted), line);
        const list = await recommend("many");
        assert.ok(list.length > 100);
        assert.ok(Math.abs(list.reduce((sum, { score = 0 }) => sum + score, 0) - 1) < 1e-4);
        service = await restartService(service, { access });
        assert.deepEqual(await recommend("many"), list);
    });
});
