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
    trainRecipe,
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

    it("two solutions with different test users get metrics that differ by less than their reported margins of error", async () => {
        const solutionVersionArn = await trainRecipe(service, "aws-user-personalization", { name: "other" });
        const { metrics = {} } = await service.personalize.getSolutionMetrics({ solutionVersionArn });
        const line = (solution: string) =>
            service.lines.find(
                (text) => text.includes(`${arn(`solution/${solution}`)}/`) && text.includes(": metrics of "),
            );
        const [first, other] = ["films", "other"].map((solution) => logged(line(solution)));
        assert.deepEqual(
            Object.fromEntries([...(other ?? [])].map(([key, { value }]) => [key, value])),
            metrics,
            "the log has the metrics of GetSolutionMetrics",
        );
        const key = "normalized_discounted_cumulative_gain_at_10";
        const [one, two] = [first?.get(key), other?.get(key)];
        assert.ok(one && two && one.value !== two.value);
        assert.ok(Math.abs(one.value - two.value) <= one.margin + two.margin, `${one.value} and ${two.value}`);
    });
});

/** Parses the metrics in a line of the log: `key value ± margin, …`. */
const logged = (line = "") =>
    new Map(
        [...line.matchAll(/(\w+) ([\d.]+) ± ([\d.]+)/g)].map(([, key = "", value, margin]) => [
            key,
            { value: Number(value), margin: Number(margin) },
        ]),
    );
