import assert from "node:assert/strict";
import {
    CreateDatasetCommand,
    CreateDatasetGroupCommand,
    CreateDatasetImportJobCommand,
    CreateSchemaCommand,
    CreateSolutionCommand,
    CreateSolutionVersionCommand,
    DeleteDatasetCommand,
    DescribeAlgorithmCommand,
    DescribeDatasetCommand,
    DescribeDatasetGroupCommand,
    DescribeDatasetImportJobCommand,
    DescribeFeatureTransformationCommand,
    DescribeRecipeCommand,
    DescribeSolutionCommand,
    DescribeSolutionVersionCommand,
    ListRecipesCommand,
} from "@aws-sdk/client-personalize";
import { interactionsCsv, syntheticRatings } from "./interactions.ts";
import {
    arn,
    createBucket,
    importRole,
    interactionsSchema,
    recipe,
    refusal,
    type Service,
    startService,
    until,
} from "./support.ts";

/** Sends calls in the order of AWS's own samples, which real accounts accept (docs/emulator.md). */
describe("Client code written for AWS", () => {
    const bucket = createBucket({ "movies/a.csv": interactionsCsv(syntheticRatings()) });
    let service: Service;
    let send: Service["personalize"]["send"];
    before(async () => {
        service = await startService({ access: bucket.access, speed: "demo" });
        send = service.personalize.send.bind(service.personalize);
    });
    after(() => service?.discard());

    let datasetGroupArn: string | undefined;
    let solutionArn: string | undefined;
    it("CreateDatasetImportJob is accepted while the dataset is pending", async () => {
        const { schemaArn } = await send(new CreateSchemaCommand({ name: "films", schema: interactionsSchema }));
        ({ datasetGroupArn } = await send(new CreateDatasetGroupCommand({ name: "films" })));
        await until(async () => {
            const { datasetGroup } = await send(new DescribeDatasetGroupCommand({ datasetGroupArn }));
            return datasetGroup?.status === "ACTIVE";
        });
        const dataset = { name: "films", schemaArn, datasetGroupArn, datasetType: "Interactions" };
        const { datasetArn } = await send(new CreateDatasetCommand(dataset));
        const dataSource = { dataLocation: "s3://movies/a.csv" };
        const job = { jobName: "films", datasetArn, dataSource, roleArn: importRole };
        const { datasetImportJobArn } = await send(new CreateDatasetImportJobCommand(job));
        const imported = await until(async () => {
            const described = await send(new DescribeDatasetImportJobCommand({ datasetImportJobArn }));
            return /ACTIVE|FAILED/.test(described.datasetImportJob?.status ?? "") && described.datasetImportJob;
        });
        assert.equal(imported.status, "ACTIVE");
        const { dataset: ready } = await send(new DescribeDatasetCommand({ datasetArn }));
        assert.ok(Number(imported.lastUpdatedDateTime) >= Number(ready?.lastUpdatedDateTime));
    });

    it("a solution version without a name gets a name that begins with solution_, right after CreateSolution", async () => {
        const solution = { name: "films", datasetGroupArn, recipeArn: recipe("aws-sims") };
        ({ solutionArn } = await send(new CreateSolutionCommand({ ...solution, performAutoTraining: false })));
        assert.equal((await send(new DescribeSolutionCommand({ solutionArn }))).solution?.status, "ACTIVE");
        const { solutionVersionArn } = await send(new CreateSolutionVersionCommand({ solutionArn }));
        const { solutionVersion } = await send(new DescribeSolutionVersionCommand({ solutionVersionArn }));
        assert.match(solutionVersion?.name ?? "", /^solution_\w+$/);
    });

    it("CreateSolutionVersion rejects the trainingMode UPDATE for aws-sims", async () => {
        const update = new CreateSolutionVersionCommand({ solutionArn, trainingMode: "UPDATE" });
        await assert.rejects(send(update), refusal("InvalidInputException", /only for aws-user-personalization/));
    });

    for (const version of ["1.0", "1.1", "2.0", 1]) {
        it(`CreateSchema accepts the version ${JSON.stringify(version)}`, async () => {
            const schema = JSON.stringify({ ...JSON.parse(interactionsSchema), version });
            await send(new CreateSchemaCommand({ name: `v-${typeof version}-${version}`.replace(".", "-"), schema }));
        });
    }

    it("ListRecipes returns recipes alphabetically, eleven in a page", async () => {
        const names: string[] = [];
        const lengths: number[] = [];
        let nextToken: string | undefined;
        do {
            const page = await send(new ListRecipesCommand(nextToken ? { nextToken } : {}));
            lengths.push(page.recipes?.length ?? 0);
            names.push(...(page.recipes ?? []).map(({ name }) => name ?? ""));
            nextToken = page.nextToken;
        } while (nextToken);
        assert.deepEqual(lengths, [11, 11]);
        assert.deepEqual(names, names.toSorted());
        assert.equal((await send(new ListRecipesCommand({ maxResults: 50 }))).recipes?.length, 22);
    });

    it("DescribeAlgorithm and DescribeFeatureTransformation describe the resources that a recipe refers to", async () => {
        const described = await send(new DescribeRecipeCommand({ recipeArn: recipe("aws-sims") }));
        const { algorithmArn, featureTransformationArn } = described.recipe ?? {};
        const { algorithm } = await send(new DescribeAlgorithmCommand({ algorithmArn }));
        assert.equal(algorithm?.name, "aws-sims");
        assert.equal(algorithm?.defaultHyperParameters?.min_cointeraction_count, "3");
        const { featureTransformation } = await send(
            new DescribeFeatureTransformationCommand({ featureTransformationArn }),
        );
        assert.equal(featureTransformation?.name, "sims");
        await assert.rejects(
            send(new DescribeAlgorithmCommand({ algorithmArn: `${algorithmArn}-none` })),
            refusal("ResourceNotFoundException", /The given algorithm does not exist/),
        );
    });

    it("DeleteDataset accepts the EVENT_INTERACTIONS dataset of an existing group", async () => {
        const dataset = (group: string) => arn(`dataset/${group}/EVENT_INTERACTIONS`);
        await send(new DeleteDatasetCommand({ datasetArn: dataset("films") }));
        const gone = new DeleteDatasetCommand({ datasetArn: dataset("none") });
        await assert.rejects(send(gone), refusal("ResourceNotFoundException", /dataset group does not exist/));
    });
});
