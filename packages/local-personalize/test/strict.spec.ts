import assert from "node:assert/strict";
import type { Domain, SolutionConfig } from "@aws-sdk/client-personalize";
import { campaignArn, createCatalogue, datasetGroupArn, filmsBucket } from "./films-service.ts";
import { interactionsCsv, syntheticRatings } from "./interactions.ts";
import {
    addDataset,
    arn,
    column,
    createBucket,
    createDataset,
    createSchema,
    recipe,
    refusal,
    refuses,
    runImportJob,
    serviceOf,
    startService,
    trainRecipe,
    trainVersion,
} from "./support.ts";

const [user, item] = [column("USER_ID"), column("ITEM_ID")];
const usual = [user, item, column("TIMESTAMP", "long")];
const created = column("CREATION_TIMESTAMP", "long");
const genre = column("GENRES", "string", { categorical: true });

describe("Documented rules of Personalize", () => {
    describe("Rules for schemas", () => {
        const service = serviceOf(() => startService({ access: createBucket().access }));
        let count = 0;
        before(async () => {
            for (const domain of [undefined, "VIDEO_ON_DEMAND", "ECOMMERCE"] as const) {
                await service.personalize.createDatasetGroup({ name: domain ?? "custom", ...(domain && { domain }) });
            }
        });

        const create = async (type: string, columns: readonly object[], domain?: Domain) => {
            const name = `schema-${count++}`;
            const more = domain && { domain };
            const schema = createSchema(type, ...columns);
            const { schemaArn } = await service.personalize.createSchema({ name, schema, ...more });
            const group = arn(`dataset-group/${domain ?? "custom"}`);
            const input = { name, schemaArn, datasetGroupArn: group, datasetType: type };
            return service.personalize.createDataset(input);
        };
        const numbered = (many: number, more: object = {}) =>
            Array.from({ length: many }, (_, n) => column(`EXTRA_${n}`, "string", more));

        const textual = numbered(2, { textual: true });
        const category = column("CATEGORY_L1", "string", { categorical: true });
        const refused: [what: string, type: string, columns: object[], message: RegExp, domain?: Domain][] = [
            [
                "six metadata columns of interactions",
                "Interactions",
                [...usual, ...numbered(6)],
                /at most 5 metadata fields, and has 6/,
            ],
            ["items without metadata", "Items", [item, created], /must have a metadata field/],
            ["users with 26 columns", "Users", [user, ...numbered(26)], /at most 25 metadata fields/],
            ["two textual fields", "Items", [item, ...textual], /one textual field, and has EXTRA_0, EXTRA_1/],
            ["a textual field of users", "Users", [user, ...textual.slice(1)], /Only an ITEMS dataset/],
            [
                "a reserved column of another type",
                "Interactions",
                [...usual, column("EVENT_VALUE", "string")],
                /EVENT_VALUE is reserved: it must be of type float/,
            ],
            [
                "a domain without event types",
                "Interactions",
                usual,
                /EVENT_TYPE of type string in the domain VIDEO_ON_DEMAND/,
                "VIDEO_ON_DEMAND",
            ],
            ["videos without creation", "Items", [item, genre], /CREATION_TIMESTAMP of type long/, "VIDEO_ON_DEMAND"],
            ["interactions without items", "Interactions", [user], /must have the field ITEM_ID of type string/],
            ["goods without a price", "Items", [item, category], /PRICE of type float/, "ECOMMERCE"],
        ];
        for (const [what, type, columns, message, domain] of refused) {
            it(`CreateDataset checks the columns that type and domain require, and rejects ${what}`, () =>
                refuses(create(type, columns, domain), message));
        }

        it("CreateDataset allows five metadata columns in addition to reserved columns", async () => {
            const reserved = [column("EVENT_TYPE"), column("EVENT_VALUE", ["null", "float"]), column("IMPRESSION")];
            await create("Interactions", [...usual, ...reserved, ...numbered(4), column("constructor")]);
        });
    });

    describe("Rules for solutions", () => {
        const values = syntheticRatings().map(
            ({ user, item, rating, timestamp }) => `${user},${item},Watch,${timestamp},${rating}`,
        );
        const bucket = createBucket({
            ...filmsBucket().objects,
            "movies/valued.csv": `USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP,EVENT_VALUE\n${values.join("\n")}\n`,
        });
        const service = serviceOf(() => startService({ access: bucket.access }));
        before(async () => {
            const { personalize } = service;
            await personalize.createDatasetGroup({ name: "films" });
            const schema = createSchema(
                "Interactions",
                ...usual,
                column("EVENT_TYPE"),
                column("EVENT_VALUE", ["null", "float"]),
            );
            const valued = { name: "valued", datasetType: "INTERACTIONS", schema, file: "valued.csv" };
            await addDataset(service, { datasetGroupArn }, valued);
            await createCatalogue(service);
        });

        const create = (name: string, solutionConfig: SolutionConfig, recipeName = "aws-user-personalization") =>
            service.personalize.createSolution({
                name,
                datasetGroupArn,
                recipeArn: recipe(recipeName),
                performAutoTraining: false,
                solutionConfig,
            });
        const objective = (itemAttribute: string): SolutionConfig => ({
            optimizationObjective: { itemAttribute, objectiveSensitivity: "LOW" },
        });

        const refused: [what: string, config: SolutionConfig, message: RegExp, recipeName?: string][] = [
            ["an objective without its column", objective("REVENUE"), /has no column REVENUE/],
            ["an objective that may be null", objective("RELEASE_YEAR"), /must be a number that is never null/],
            [
                "an objective of another recipe",
                objective("RELEASE_YEAR"),
                /only for aws-user-personalization/,
                "aws-sims",
            ],
            [
                "an excluded column that does not exist",
                { trainingDataConfig: { excludedDatasetColumns: { ITEMS: ["COLOUR"] } } },
                /ITEMS has no column COLOUR/,
            ],
            ["a threshold that is not a number", { eventValueThreshold: "high" }, /high is not a number/],
            [
                "a trend's frequency that does not exist",
                { featureTransformationParameters: { trend_discovery_frequency: "5 hours" } },
                /5 hours does not exist/,
                "aws-trending-now",
            ],
        ];
        for (const [what, config, message, recipeName] of refused) {
            it(`CreateSolution rejects ${what}`, async () => {
                await refuses(create("refused", config, recipeName), message);
            });
        }

        it("the minimum of 1,000 interactions counts only events whose value is at least eventValueThreshold", async () => {
            const { solutionArn: some = "" } = await create("some", { eventValueThreshold: "3" });
            assert.equal((await trainVersion(service, some)).status, "ACTIVE");
            const { solutionArn: few = "" } = await create("few", { eventValueThreshold: "5" });
            const failed = await trainVersion(service, few);
            assert.equal(failed.status, "CREATE FAILED");
            assert.match(failed.failureReason ?? "", /fewer than 1000 interactions after filtering by event type/);
        });
    });

    it("with throttling enabled, requests above a campaign's capacity return ThrottlingException", async () => {
        const bucket = createBucket({ "movies/a.csv": interactionsCsv(syntheticRatings()) });
        const service = await startService({ access: bucket.access, throttle: true });
        try {
            const { personalize, runtime, emulator } = service;
            const { datasetArn } = await createDataset(service);
            await runImportJob(service, { jobName: "a", datasetArn, dataLocation: "s3://movies/a.csv" });
            const solutionVersionArn = await trainRecipe(service, "aws-popularity-count");
            await personalize.createCampaign({ name: "films", solutionVersionArn, minProvisionedTPS: 1 });
            const ask = () => runtime.getRecommendations({ campaignArn, numResults: 1 });
            let answered = 0;
            const throttled = await (async () => {
                for (; answered < 100; answered++) await ask();
            })().catch((error: unknown) => error);
            assert.ok(answered >= 10 && answered < 20, `${answered} answers`);
            refusal("ThrottlingException", "Rate exceeded")(throttled);
            assert.equal((throttled as { $metadata: { httpStatusCode: number } }).$metadata.httpStatusCode, 429);
            emulator.advance(3000);
            await ask();
        } finally {
            await service.discard();
        }
    });
});
