import assert from "node:assert/strict";
import { listEverything, listWatchers } from "../support/inventory.ts";
import { assertExit, startTestAws, type TestAws } from "../support/local-aws.ts";
import { until } from "../support/until.ts";

const autoMl = { recipe: "", performAutoML: true };

describe("AutoML, which uses legacy recipes", () => {
    let aws: TestAws;
    before(async () => {
        // Only this speed creates such a solution, as AWS did before.
        aws = await startTestAws("samples");
    });
    after(() => aws?.stop());

    it("`preview` rejects a new solution with AutoML, and prints the commands that set a recipe", async () => {
        await aws.configure(autoMl);
        const preview = await aws.engine("preview");
        assertExit(preview, 1);
        assert.match(
            preview.stdout.replaceAll(/\s+/g, " "),
            /movie-recommender:performAutoML is true, and AutoML uses legacy recipes, with which AWS creates no new solutions\. Run `pulumi config set recipe aws-user-personalization` \(or aws-user-personalization-v2\) and `pulumi config rm performAutoML` /,
        );
    });

    it("`up` adopts a solution with AutoML and deploys a campaign, and `recommend` returns its list", async () => {
        const { personalize } = aws;
        const { datasetGroupArn } = await personalize.createDatasetGroup({ name: "films" });
        const statusOf = async () => (await personalize.describeDatasetGroup({ datasetGroupArn })).datasetGroup?.status;
        await until("the dataset group is ACTIVE", async () => (await statusOf()) === "ACTIVE");
        const made = await personalize.createSolution({ name: "films", datasetGroupArn, performAutoML: true });
        await aws.configure({ ...autoMl, adopt: { datasetGroup: datasetGroupArn, solution: made.solutionArn } });
        assertExit(await aws.engine("up"), 0);
        const { solutionArn, bestRecipeArn } = await aws.outputs();
        const { solution } = await aws.personalize.describeSolution({ solutionArn });
        assert.equal(solution?.performAutoML, true);
        assert.equal(bestRecipeArn, "arn:aws:personalize:::recipe/aws-user-personalization");
        const result = await aws.runbook("recommend", "1", "--num-results", "5", "--json");
        assertExit(result, 0);
        assert.equal(JSON.parse(result.stdout).recommendations["1"].length, 5);
    });

    it("`preview` accepts a deployed solution with AutoML, and shows no change", async () => {
        assertExit(await aws.engine("preview", "--expect-no-changes"), 0);
    });

    it("`destroy` of a stack with AutoML leaves no resource", async () => {
        assertExit(await aws.engine("destroy"), 0);
        assert.deepEqual([...(await listEverything(aws)), ...(await listWatchers(aws))], []);
    });
});
