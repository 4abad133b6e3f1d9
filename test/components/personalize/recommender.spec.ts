import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { autoTrainingPrice } from "../../../components/cost/price-table.ts";
import { namesFor, type StackConfig } from "../../../core/config/config.ts";
import type { StateFlags } from "../../../core/operations/state-flags.ts";
import { itemInteractionsSchema } from "../../../data-prep/avro.ts";
import { good } from "../../core/config/parsed.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { declaredResources, inputsOfNamed, requireInputs, settled, tags as stackTags, useMocks } from "../mocks.ts";

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

describe("Recommender component", () => {
    const folder = temporaryFolder();
    beforeEach(useMocks);

    it("Recommender gives each Personalize resource the region, the tags and the timeouts of its kind", async () => {
        await recommender(good({}));
        const resources = declaredResources.filter(({ type }) => type.startsWith("pulumi-nodejs:dynamic/personalize:"));
        assert.equal(resources.length, 9);
        for (const { inputs, type } of resources) {
            const { region, tags, deadlineMinutes } = inputs;
            assert.deepEqual(
                { region, tags, deadlineMinutes },
                { region: "eu-central-1", tags: stackTags, deadlineMinutes: undefined },
                type,
            );
        }
    });

    it("Recommender sets no `recipeArn` if `performAutoML` is true", async () => {
        await recommender(good({ recipe: "", performAutoML: "true" }));
        assert.equal(requireInputs("Solution").performAutoML, true);
        assert.equal("recipeArn" in requireInputs("Solution"), false);
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

    it("Recommender creates the campaign after the budget", async () => {
        await recommender(good({}));
        assert.ok([dependencies.Campaign].flat().includes(budget));
        assert.ok(![dependencies.Solution].flat().includes(budget));
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
