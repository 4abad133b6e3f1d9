import assert from "node:assert/strict";
import { interactionsSchema, recipe } from "../../local-personalize/test/support.ts";
import { unknownValue } from "../resource.ts";
import { common, importJobNames, owner, tags, useHarness } from "./harness.ts";

const otherSchema = interactionsSchema
    .replace('"EVENT_TYPE"', '"EVENT_VALUE"')
    .replace(/"string"(?=},\{"name":"TIME)/, '"float"');

describe("Adoption of existing resources", () => {
    const harness = useHarness();
    const { make, makeGroup, makeVersion, makeAll } = harness;

    it("`create` adopts the stack's existing resources instead of creating duplicates", async () => {
        const first = await makeAll();
        const second = await makeAll();
        assert.deepEqual(second, first);
        assert.equal(
            harness.lines.filter((line) => line.endsWith("already exists and belongs to this stack; using it")).length,
            7,
        );
        assert.deepEqual(await importJobNames(harness.service), ["import-aaaaaaaa-1"]);
    });

    it("`create` changes minProvisionedTPS of the stack's existing campaign to the requested value", async () => {
        const { solution, version } = await makeAll();
        const inputs = {
            name: "films",
            solutionArn: solution.id,
            solutionVersionArn: version.id,
            minProvisionedTPS: 2,
        };
        const again = await make("Campaign", inputs);
        assert.equal(again.outs.minProvisionedTPS, 2);
    });

    it("`create` rejects the dataset group of another owner and changes nothing", async () => {
        const { id, outs } = await makeGroup({ owner: "bob" });
        await assert.rejects(makeGroup(), (error: Error) => {
            assert.match(
                error.message,
                /^dataset group films already exists and does not belong to this stack: its tags are \{.*"pulumi-personalize:owner":"bob"/,
            );
            assert.match(
                error.message,
                /To use it, set the input `adopt` to arn:\S+:dataset-group\/films\. Otherwise give the new resource another name/,
            );
            assert.ok(!("id" in error), "it must not be recorded as ours");
            return true;
        });
        assert.deepEqual((await harness.handlers.DatasetGroup.read(id, outs)).props, outs);
    });

    it("`create` rejects an untagged dataset group that was created outside Pulumi", async () => {
        await harness.service.personalize.createDatasetGroup({ name: "films" });
        await assert.rejects(makeGroup(), /not belong to this stack: its tags are \{\}\. Nothing was changed/);
    });

    it("`create` uses an existing schema with equal text and rejects a schema with different text", async () => {
        const { schemaArn } = await harness.service.personalize.createSchema({
            name: "films",
            schema: interactionsSchema,
        });
        const adopted = await make("Schema", { name: "films", schema: interactionsSchema });
        assert.equal(adopted.id, schemaArn);
        await assert.rejects(
            make("Schema", { name: "films", schema: otherSchema }),
            /schema films already exists with a different schema\. Nothing was changed/,
        );
    });

    it("`check` keeps an owner that an earlier release recorded as its default, but not one that the program gives", async () => {
        const checked = async (recorded: string, wanted: string) => {
            const inputs = { ...common, name: "films", owner: wanted };
            return (await harness.handlers.DatasetGroup.check({ ...inputs, owner: recorded }, inputs)).inputs.owner;
        };
        assert.equal(await checked("films/dev", owner), "films/dev");
        assert.equal(await checked("films/dev", unknownValue), "films/dev", "an Owner that `up` will create");
        assert.equal(await checked("films/dev", "films/prod"), "films/prod");
        assert.equal(await checked("ann", owner), owner);
    });

    describe("A schema that exists and is not in the state", () => {
        const text = { name: "films", schema: interactionsSchema };
        const later = "ffffffff-ffff-7000-8000-0000000000bb";

        it("`delete` deletes a schema that `create` adopted and that is younger than the stack's owner", async () => {
            await make("Schema", text);
            const { id, outs } = await make("Schema", text);
            await harness.handlers.Schema.delete(id, outs);
            assert.deepEqual(await harness.handlers.Schema.read(id, outs), {});
        });

        it("`delete` keeps a schema that is older than the stack's owner, also after a refresh", async () => {
            await make("Schema", { ...text, owner: "bob" });
            for (const stack of ["ann", later]) {
                const { id, outs } = await make("Schema", { ...text, owner: stack });
                const { props = {} } = await harness.handlers.Schema.read(id, outs);
                assert.deepEqual(props, outs);
                await harness.handlers.Schema.delete(id, props);
                assert.ok("id" in (await harness.handlers.Schema.read(id, outs)), stack);
            }
            assert.ok(harness.lines.includes("schema films existed before this stack, so it remains in AWS"));
        });

        it("`delete` keeps a schema that a dataset of another owner uses, without waiting", async () => {
            const { schema } = await harness.makeDataset();
            const handlers = harness.handlersWith({ sleep: async () => assert.fail("it waits") });
            await handlers.Schema.delete(schema.id, { ...schema.outs, owner: "bob" });
            assert.ok("id" in (await harness.handlers.Schema.read(schema.id, schema.outs)));
            assert.match(
                harness.lines.at(-1) ?? "",
                /^schema films remains in AWS, because it is in use by arn:\S+:dataset\/films\/INTERACTIONS of another owner$/,
            );
        });
    });

    it("`create` rejects a solution if its name is already used in another dataset group", async () => {
        await makeVersion();
        const { id: datasetGroupArn } = await makeGroup({ name: "series" });
        const inputs = {
            name: "films",
            datasetGroupArn,
            recipeArn: recipe("aws-user-personalization"),
            performAutoML: false,
            performAutoTraining: false,
        };
        await assert.rejects(
            make("Solution", inputs),
            /solution films already exists with a different datasetGroupArn\. Nothing was changed/,
        );
    });

    it("`create` rejects the stack's existing solution if the recipe differs and a solution version exists", async () => {
        const { solution, group } = await makeVersion();
        const inputs = {
            name: "films",
            datasetGroupArn: group.id,
            recipeArn: recipe("aws-user-personalization-v2"),
            performAutoML: false,
            performAutoTraining: false,
        };
        await assert.rejects(make("Solution", inputs), /solution films already exists with a different recipeArn\./);
        const { props } = await harness.handlers.Solution.read(solution.id, solution.outs);
        assert.deepEqual(props, solution.outs);
    });

    describe("Adoption after an interrupted change", () => {
        const other = { recipeArn: recipe("aws-user-personalization-v2"), performAutoML: false };

        it("`create` replaces the stack's existing solution if the recipe differs and nothing uses the solution", async () => {
            const { group } = await makeVersion();
            const inputs = { name: "series", datasetGroupArn: group.id, performAutoTraining: false };
            await make("Solution", { ...inputs, ...other });
            const wanted = { ...inputs, ...other, recipeArn: recipe("aws-user-personalization") };
            const { outs } = await make("Solution", wanted);
            assert.equal(outs.recipeArn, wanted.recipeArn);
            assert.ok(
                harness.lines.some((line) => /series is left from an interrupted change of recipeArn/.test(line)),
            );
        });

        it("`create` does not replace an existing dataset that has an import", async () => {
            const { group } = await makeVersion();
            const { id: schemaArn } = await make("Schema", { name: "another", schema: otherSchema });
            await assert.rejects(
                make("Dataset", { name: "films", datasetGroupArn: group.id, schemaArn, datasetType: "INTERACTIONS" }),
                /already exists with a different schemaArn/,
            );
        });
    });

    it("`create` keeps tags from outside Pulumi when it adopts a dataset group of the stack", async () => {
        const { id, outs } = await makeGroup();
        const resourceArn = id;
        await harness.service.personalize.tagResource({ resourceArn, tags: [{ tagKey: "billing", tagValue: "42" }] });
        await harness.handlers.DatasetGroup.update(id, outs, { ...outs, tags: { ...tags, team: "films" } });
        await assert.rejects(makeGroup({ owner: "bob" }), /"billing":"42"/);
    });
});
