import assert from "node:assert/strict";
import { paginateListRecipes } from "@aws-sdk/client-personalize";
import { interactionsCsv, syntheticRatings } from "./interactions.ts";
import {
    arn,
    createBucket,
    importRole,
    interactionsSchema,
    recipe,
    refuses,
    serviceOf,
    startService,
    untilEnded,
} from "./support.ts";

/** Sends calls in the order of AWS's own samples, which real accounts accept (docs/emulator.md). */
describe("Client code written for AWS", () => {
    const bucket = createBucket({ "movies/a.csv": interactionsCsv(syntheticRatings()) });
    const service = serviceOf(() => startService({ access: bucket.access, speed: "demo" }));

    let datasetGroupArn: string | undefined;
    let solutionArn: string | undefined;
    it("CreateDatasetImportJob is accepted while the dataset is pending", async () => {
        const { schemaArn } = await service.personalize.createSchema({ name: "films", schema: interactionsSchema });
        ({ datasetGroupArn } = await service.personalize.createDatasetGroup({ name: "films" }));
        await untilEnded(
            async () => (await service.personalize.describeDatasetGroup({ datasetGroupArn })).datasetGroup,
        );
        const dataset = { name: "films", schemaArn, datasetGroupArn, datasetType: "Interactions" };
        const { datasetArn } = await service.personalize.createDataset(dataset);
        const dataSource = { dataLocation: "s3://movies/a.csv" };
        const job = { jobName: "films", datasetArn, dataSource, roleArn: importRole };
        const { datasetImportJobArn } = await service.personalize.createDatasetImportJob(job);
        const imported = await untilEnded(
            async () => (await service.personalize.describeDatasetImportJob({ datasetImportJobArn })).datasetImportJob,
        );
        assert.equal(imported.status, "ACTIVE");
        const { dataset: ready } = await service.personalize.describeDataset({ datasetArn });
        assert.ok(Number(imported.lastUpdatedDateTime) >= Number(ready?.lastUpdatedDateTime));
    });

    it("a solution version without a name gets a name that begins with solution_, right after CreateSolution", async () => {
        const solution = { name: "films", datasetGroupArn, recipeArn: recipe("aws-sims") };
        ({ solutionArn } = await service.personalize.createSolution({ ...solution, performAutoTraining: false }));
        assert.equal((await service.personalize.describeSolution({ solutionArn })).solution?.status, "ACTIVE");
        const { solutionVersionArn } = await service.personalize.createSolutionVersion({ solutionArn });
        const { solutionVersion } = await service.personalize.describeSolutionVersion({ solutionVersionArn });
        assert.match(solutionVersion?.name ?? "", /^solution_\w+$/);
    });

    it("CreateSolutionVersion rejects the trainingMode UPDATE for aws-sims", async () => {
        await refuses(
            service.personalize.createSolutionVersion({ solutionArn, trainingMode: "UPDATE" }),
            /only for aws-user-personalization/,
        );
    });

    for (const version of ["1.0", "1.1", "2.0", 1]) {
        it(`CreateSchema accepts the version ${JSON.stringify(version)}`, async () => {
            const schema = JSON.stringify({ ...JSON.parse(interactionsSchema), version });
            await service.personalize.createSchema({
                name: `v-${typeof version}-${version}`.replace(".", "-"),
                schema,
            });
        });
    }

    it("ListRecipes returns recipes alphabetically, eleven in a page, and without legacy recipes", async () => {
        const pages: string[][] = [];
        for await (const { recipes = [] } of paginateListRecipes({ client: service.personalize }, {})) {
            pages.push(recipes.map(({ name = "" }) => name));
        }
        const names = pages.flat();
        assert.deepEqual(
            pages.map(({ length }) => length),
            [11, 11],
        );
        assert.deepEqual(names, names.toSorted());
        assert.ok(names.includes("aws-user-personalization-v2") && !names.includes("aws-hrnn"));
        assert.equal((await service.personalize.listRecipes({ maxResults: 50 })).recipes?.length, 22);
        const { recipe: hrnn } = await service.personalize.describeRecipe({ recipeArn: recipe("aws-hrnn") });
        assert.deepEqual([hrnn?.name, hrnn?.recipeType, hrnn?.status], ["aws-hrnn", "USER_PERSONALIZATION", "ACTIVE"]);
        const unknown = service.personalize.describeRecipe({ recipeArn: recipe("aws-fish") });
        await refuses(unknown, /recipe does not exist/, "ResourceNotFoundException");
    });

    it("DescribeAlgorithm and DescribeFeatureTransformation describe the resources that a recipe refers to", async () => {
        const described = await service.personalize.describeRecipe({ recipeArn: recipe("aws-sims") });
        const { algorithmArn, featureTransformationArn } = described.recipe ?? {};
        const { algorithm } = await service.personalize.describeAlgorithm({ algorithmArn });
        assert.equal(algorithm?.name, "aws-sims");
        assert.equal(algorithm?.defaultHyperParameters?.min_cointeraction_count, "3");
        const { featureTransformation } = await service.personalize.describeFeatureTransformation({
            featureTransformationArn,
        });
        assert.equal(featureTransformation?.name, "sims");
        await refuses(
            service.personalize.describeAlgorithm({ algorithmArn: `${algorithmArn}-none` }),
            /The given algorithm does not exist/,
            "ResourceNotFoundException",
        );
    });

    it("DeleteDataset accepts the EVENT_INTERACTIONS dataset of an existing group", async () => {
        const dataset = (group: string) => arn(`dataset/${group}/EVENT_INTERACTIONS`);
        await service.personalize.deleteDataset({ datasetArn: dataset("films") });
        await refuses(
            service.personalize.deleteDataset({ datasetArn: dataset("none") }),
            /dataset group does not exist/,
            "ResourceNotFoundException",
        );
    });
});
