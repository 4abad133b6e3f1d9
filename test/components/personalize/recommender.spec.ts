import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { autoTrainingPrice } from "../../../components/cost/price-table.ts";
import { namesFor, type StackConfig } from "../../../config/config.ts";
import { itemInteractionsSchema } from "../../../data-prep/avro.ts";
import type { StateFlags } from "../../../personalize/operations/state-flags.ts";
import { good } from "../../config/parsed.ts";
import {
    declaredResources,
    inputsOfNamed,
    requireInputs,
    schemaText,
    settled,
    tags as stackTags,
    typesAndNames,
    useMocks,
    value,
} from "../mocks.ts";

/** Properties in `ignoreChanges`; the keys are the last words of the resources' types. */
const ignored: Record<string, string[] | undefined> = {};

/**
 * Whether the object with the fallback tables stays in the bucket when its resource is deleted. The keys are the
 * resources' names.
 */
const kept: Record<string, boolean | undefined> = {};

/** Resources in `dependsOn`; the keys are the last words of the resources' types. */
const dependencies: Record<string, pulumi.ResourceOptions["dependsOn"]> = {};
const budget = new pulumi.DependencyResource("urn:pulumi:dev::movie-recommender::aws:budgets/budget:Budget::budget");

const tags = stackTags;

describe("Recommender component", () => {
    let folder: string;

    before(async () => {
        folder = await mkdtemp(join(tmpdir(), "recommender-"));
    });
    beforeEach(useMocks);
    after(() => rm(folder, { recursive: true, force: true }));

    it("Recommender creates all Personalize resources with the configured names, region and timeouts", async () => {
        await recommender(good({}));
        const dynamic = "pulumi-nodejs:dynamic/personalize";
        assert.deepEqual(typesAndNames(), [
            "movie-recommender:personalize:Recommender movies",
            `${dynamic}:Campaign movies`,
            `${dynamic}:Dataset movies`,
            `${dynamic}:DatasetGroup movies`,
            `${dynamic}:DatasetImportJob movies`,
            `${dynamic}:EventTracker movies`,
            `${dynamic}:Filter movies`,
            `${dynamic}:Schema movies`,
            `${dynamic}:Solution movies`,
            `${dynamic}:SolutionVersion movies`,
        ]);
        /** Configured timeouts in minutes by resource kind; undefined if the kind's default applies. */
        const deadlines = {
            Schema: undefined,
            DatasetGroup: undefined,
            Dataset: undefined,
            DatasetImportJob: 120,
            Solution: undefined,
            SolutionVersion: 360,
            Campaign: 120,
            EventTracker: undefined,
            Filter: 30,
        };
        const { __provider: text } = requireInputs("Schema");
        for (const [kind, deadlineMinutes] of Object.entries(deadlines)) {
            const inputs = requireInputs(kind);
            assert.equal(inputs.region, "eu-central-1");
            assert.equal(inputs.deadlineMinutes, deadlineMinutes, kind);
            assert.deepEqual(inputs.tags, tags);
            assert.equal(inputs.__provider, text.replaceAll('"Schema"', `"${kind}"`));
        }
        const names = namesFor("dev");
        for (const [kind, name] of [
            ["Schema", names.schema],
            ["DatasetGroup", names.datasetGroup],
            ["Dataset", names.dataset],
            ["Solution", names.solution],
            ["Campaign", names.campaign],
            ["Filter", names.watchedFilter],
        ] as const) {
            assert.equal(requireInputs(kind).name, name);
        }
        assert.equal(
            requireInputs("Filter").filterExpression,
            'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("Watch", "NotInterested")',
        );
        assert.equal(requireInputs("Campaign").minProvisionedTPS, 1);
        assert.equal(requireInputs("Solution").performAutoTraining, false);
        assert.equal(requireInputs("Solution").recipeArn, "arn:aws:personalize:::recipe/aws-user-personalization");
    });

    it("Recommender sets no `recipeArn` if `performAutoML` is true", async () => {
        await recommender(good({ recipe: "", performAutoML: "true" }));
        assert.equal(requireInputs("Solution").performAutoML, true);
        assert.equal("recipeArn" in requireInputs("Solution"), false);
    });

    it("Recommender creates no campaign after `park`, and none if the configuration disables the campaign", async () => {
        const parked = { reason: "holidays", since: "2026-11-25T12:00:00Z", campaign: null };
        for (const [config, stateFlags] of [
            [good({}), { parked }],
            [good({ campaignEnabled: "false" }), {}],
        ] as const) {
            await useMocks();
            const { campaignArn } = await recommender(config, stateFlags);
            assert.equal(await value(campaignArn), "");
            assert.deepEqual(
                typesAndNames().filter((resource) => resource.includes("Campaign")),
                [],
            );
            assert.equal(requireInputs("SolutionVersion").solutionArn, namesFor("dev").solution);
        }
    });

    it("Recommender passes the job ID of `retrain --reimport` to the import job", async () => {
        const reimport = { reason: "retrain --reimport", since: "2026-11-25T12:00:00Z", importJobArn: "arn:of:job-1" };
        await recommender(good({}), { reimport });
        assert.equal(requireInputs("DatasetImportJob").repeats, "arn:of:job-1");
    });

    it("the campaign gets the newest version unless the SSM parameter `serving` names another version to keep", async () => {
        const serving = { solutionVersionArn: "arn:of:old", reason: "worse", since: "2026-11-25T12:00:00Z" };
        await recommender(good({}), { serving: { ...serving, hold: true } });
        assert.equal(requireInputs("Campaign").solutionVersionArn, "arn:of:old");
        await useMocks();
        await recommender(good({}), { serving: { ...serving, hold: false } });
        assert.equal(requireInputs("Campaign").solutionVersionArn, "movies");
        const automatic = { performAutoTraining: "true", syncWithLatestSolutionVersion: "true" };
        await useMocks();
        await recommender(good(automatic), { serving: { ...serving, hold: true } });
        assert.equal(requireInputs("Campaign").solutionVersionArn, "arn:of:old");
    });

    it("Recommender uploads a version's fallback tables before changing the campaign, and never deletes them", async () => {
        const tables = join(folder, "fallback-tables.json");
        await writeFile(tables, "{}");
        await recommender(good({}), {}, tables);
        const object = inputsOfNamed("BucketObjectv2", "movies-tables");
        assert.deepEqual(
            [object.bucket, object.key, await object.source.path, object.metadata.sha256],
            ["films", "tables/movies.json", tables, createHash("sha256").update("{}").digest("hex")],
        );
        const newest = inputsOfNamed("BucketObjectv2", "movies-newest-tables");
        assert.deepEqual([newest.key, newest.content], ["tables/newest", "movies"]);
        assert.deepEqual(kept, { "movies-tables": true, "movies-newest-tables": undefined });
        const campaign = declaredResources.findIndex((args) => args.type.endsWith(":Campaign"));
        assert.ok(campaign > declaredResources.findLastIndex((args) => args.type.endsWith(":BucketObjectv2")));
    });

    it("with `syncWithLatestSolutionVersion`, the campaign uses `$LATEST`, and imports start no training", async () => {
        const automatic = { performAutoTraining: "true", syncWithLatestSolutionVersion: "true", autoTrainingDays: "1" };
        await recommender(good(automatic));
        const { solution } = namesFor("dev");
        assert.equal(requireInputs("Campaign").solutionVersionArn, `${solution}/$LATEST`);
        assert.equal(requireInputs("Solution").performAutoTraining, true);
        assert.equal(requireInputs("Solution").schedulingExpression, "rate(1 day)");
        assert.deepEqual(ignored.SolutionVersion, ["rows", "eventParameters"]);
        await useMocks();
        await recommender(good({ ...automatic, syncWithLatestSolutionVersion: "false", autoTrainingDays: "7" }));
        assert.equal(requireInputs("Campaign").solutionVersionArn, "movies");
        assert.equal(requireInputs("Solution").schedulingExpression, "rate(7 days)");
        assert.deepEqual(ignored.SolutionVersion, []);
    });

    for (const [recipe, days, sentence] of [
        ["aws-user-personalization", 7, "every 7 days: ≈ $1.12 to $2.19 a month for 100,000 interactions"],
        ["aws-user-personalization-v2", 1, "every day: ≈ $6.08 a month for 100,000 interactions"],
        [undefined, 30, "every 30 days: ≈ $0.26 to $0.51 a month for 100,000 interactions"],
    ] as const) {
        it(`\`autoTrainingPrice\` for ${recipe ?? "AutoML"} returns the monthly price with \`autoTrainingDays\` ${days}`, () => {
            const priceText = autoTrainingPrice({ recipe, autoTrainingDays: days }, 100_001);
            assert.equal(priceText, `automatic training ${sentence} (US price, unverified)`);
        });
    }

    it("Recommender creates filters after the import job", async () => {
        const given = {
            filters: JSON.stringify({
                again: 'INCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("Watch")',
            }),
        };
        const { watchedFilterArn } = await recommender(good(given));
        const arn = "arn:aws:personalize:eu-central-1:000000000000:filter/movie-recommender-unwatched";
        assert.equal(await value(watchedFilterArn), arn);
        await settled();
        const kinds = declaredResources
            .map(({ type }) => type.split(":").at(-1))
            .filter((kind) => /^(Filter|DatasetImportJob)$/.test(kind ?? ""));
        assert.deepEqual(kinds, ["DatasetImportJob", "Filter", "Filter"]);
    });

    it("Recommender creates the filters of the configuration and an event tracker", async () => {
        const filters = {
            new: "INCLUDE ItemID WHERE Items.YEAR > 1990",
            unseen: 'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("*")',
        };
        const given = { filters: JSON.stringify(filters), eventTracker: "true", watchedFilter: "false" };
        const { watchedFilterArn } = await recommender(good(given));
        assert.equal(await value(watchedFilterArn), "");
        const { datasetGroup, eventTracker } = namesFor("dev");
        const filterResources = declaredResources.filter(({ type }) => type.endsWith(":Filter"));
        assert.deepEqual(
            filterResources.map(({ name, inputs }) => [
                name,
                inputs.name,
                inputs.datasetGroupArn,
                inputs.filterExpression,
            ]),
            Object.entries(filters).map(([name, expression]) => [`movies-${name}`, name, datasetGroup, expression]),
        );
        const { name, datasetGroupArn, region, tags: ofTracker } = requireInputs("EventTracker");
        assert.deepEqual(
            [name, datasetGroupArn, region, ofTracker],
            [eventTracker, datasetGroup, "eu-central-1", tags],
        );
    });

    it("Recommender creates the campaign after the budget", async () => {
        await recommender(good({}));
        assert.ok([dependencies.Campaign].flat().includes(budget));
        assert.ok(![dependencies.Solution].flat().includes(budget));
    });

    it("with `itemsFile` and `usersFile`, Recommender imports items and users before creating the solution", async () => {
        const texts = { items: schemaText("Items", "ITEM_ID"), users: schemaText("Users", "USER_ID") };
        for (const [kind, text] of Object.entries(texts)) {
            await writeFile(join(folder, `${kind}.schema.json`), text);
        }
        const files = { itemsFile: join(folder, "items.csv"), usersFile: join(folder, "users.csv") };
        await recommender(good(files));
        const names = namesFor("dev");
        const of = (kind: string, type: string) =>
            declaredResources.find((args) => args.name === `movies-${kind}` && args.type.endsWith(`:${type}`))?.inputs;
        for (const kind of ["items", "users"] as const) {
            const schema = of(kind, "Schema");
            const hash = createHash("sha256").update(texts[kind]).digest("hex").slice(0, 8);
            assert.equal(schema.name, `${names[`${kind}Schema`]}-${hash}`);
            assert.equal(schema.schema, texts[kind]);
            const dataset = of(kind, "MetadataDataset");
            assert.equal(dataset.name, names[kind]);
            assert.equal(dataset.datasetType, kind.toUpperCase());
            assert.equal(dataset.schemaArn, schema.name);
            const job = of(kind, "DatasetImportJob");
            assert.equal(job.datasetArn, names[kind]);
            assert.equal(job.dataLocation, `s3://films/${kind}.csv`);
            assert.equal(job.jobNamePrefix, names[`${kind}ImportJobPrefix`]);
        }
        const at = (type: string) => declaredResources.findIndex((args) => args.type.endsWith(`:${type}`));
        assert.ok(
            at("Solution") >
                declaredResources.findLastIndex(
                    (args) => args.type.endsWith(":DatasetImportJob") && args.name !== "movies",
                ),
        );
    });

    const uploaded = (...names: string[]) =>
        Object.fromEntries(
            names.map((name, index) => {
                const location = pulumi.output(`s3://films/${name}.csv`);
                return [
                    name,
                    { location, contentHash: pulumi.output(String(index).repeat(64)), lines: pulumi.output(100_001) },
                ];
            }),
        );
    const recommender = async (config: StackConfig, stateFlags: StateFlags = {}, tables?: string) => {
        const { Recommender } = await import("../../../components/personalize/recommender.ts");
        const args = {
            config,
            caller: { partition: "aws", region: "eu-central-1", accountId: "000000000000" },
            interactionsSchema: itemInteractionsSchema,
            watchedTypes: undefined,
            recipeArn: config.recipe && `arn:aws:personalize:::recipe/${config.recipe}`,
            bucketName: "films",
            tables,
            files: uploaded("interactions", "items", "users"),
            roleArn: "arn:of:reader",
            accessHash: "abc",
            owner: "an-id",
            stateFlags,
            budget,
        };
        // Pulumi's mocks do not receive a resource's options, so a transformation reads them.
        const note: pulumi.ResourceTransformation = ({ type, name, opts }) => {
            const kind = type.split(":").at(-1) ?? "";
            ignored[kind] = (opts as pulumi.CustomResourceOptions).ignoreChanges;
            dependencies[kind] = opts.dependsOn;
            if (name.endsWith("-tables")) kept[name] = opts.retainOnDelete;
            return undefined;
        };
        const recommender = new Recommender("movies", args, { transformations: [note] });
        await settled();
        return recommender;
    };
});
