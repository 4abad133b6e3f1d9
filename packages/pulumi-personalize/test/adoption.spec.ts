import assert from "node:assert/strict";
import { CreateDatasetGroupCommand, CreateSchemaCommand, TagResourceCommand } from "@aws-sdk/client-personalize";
import { interactionsSchema, recipe } from "../../local-personalize/test/support.ts";
import { importJobNames, tags, useHarness } from "./harness.ts";

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

    it("`create` rejects another stack's dataset group and changes nothing", async () => {
        const theirs = { owner: "bob", tags: { ...tags, "pulumi:stack": "theirs" } };
        const { id, outs } = await makeGroup(theirs);
        await assert.rejects(makeGroup(), (error: Error) => {
            assert.match(
                error.message,
                /^dataset group films already exists and does not belong to this stack: its tags are /,
            );
            assert.match(error.message, /Nothing was changed\. Give the new resource another name/);
            assert.ok(!("id" in error), "it must not be recorded as ours");
            return true;
        });
        assert.deepEqual((await harness.handlers.DatasetGroup.read(id, outs)).props, outs);
    });

    describe("Stacks of two owners with the same resource names", () => {
        const of = (owner: string) => ({ owner });

        it("`create` rejects the dataset group of another owner, and adopts the dataset group of the owner in the inputs", async () => {
            const { id } = await makeGroup(of("ann"));
            await assert.rejects(
                makeGroup(of("bob")),
                /^Error: dataset group films already exists and does not belong to this stack: its tags are \{.*"pulumi-personalize:owner":"ann".*\}\. Nothing/,
            );
            assert.equal((await makeGroup(of("ann"))).id, id);
        });

        it("deleting a solution fails while a campaign of another owner's stack uses it", async () => {
            const { solution, version } = await makeVersion();
            const campaign = {
                name: "films",
                solutionArn: solution.id,
                solutionVersionArn: version.id,
                minProvisionedTPS: 1,
            };
            await make("Campaign", { ...campaign, ...of("ann") });
            const hasty = harness.hastyHandlers();
            await assert.rejects(
                hasty.Solution.delete(solution.id, { ...solution.outs, ...of("bob") }),
                /campaign films uses it and does not belong to this stack/,
            );
            await harness.handlers.Solution.delete(solution.id, solution.outs);
        });
    });

    it("`create` rejects an untagged dataset group that was created outside Pulumi", async () => {
        await harness.service.personalize.send(new CreateDatasetGroupCommand({ name: "films" }));
        await assert.rejects(makeGroup(), /not belong to this stack: its tags are \{\}\. Nothing was changed/);
    });

    it("`create` adopts a schema with equal text and rejects a schema with different text", async () => {
        const { schemaArn } = await harness.service.personalize.send(
            new CreateSchemaCommand({ name: "films", schema: interactionsSchema }),
        );
        const adopted = await make("Schema", { name: "films", schema: interactionsSchema });
        assert.equal(adopted.id, schemaArn);
        const other = interactionsSchema
            .replace('"EVENT_TYPE"', '"EVENT_VALUE"')
            .replace(/"string"(?=},\{"name":"TIME)/, '"float"');
        await assert.rejects(
            make("Schema", { name: "films", schema: other }),
            /schema films already exists with a different schema\. Nothing was changed/,
        );
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

        it("`create` does not replace an existing solution that has a campaign, or an existing dataset that has an import", async () => {
            const { group } = await makeAll();
            const films = { name: "films", datasetGroupArn: group.id };
            await assert.rejects(
                make("Solution", { ...films, ...other, performAutoTraining: false }),
                /already exists with a different recipeArn/,
            );
            const schema = interactionsSchema
                .replace('"EVENT_TYPE"', '"EVENT_VALUE"')
                .replace(/"string"(?=},\{"name":"TIME)/, '"float"');
            const { id: schemaArn } = await make("Schema", { name: "another", schema });
            await assert.rejects(
                make("Dataset", { ...films, schemaArn, datasetType: "INTERACTIONS" }),
                /already exists with a different schemaArn/,
            );
        });
    });

    it("`create` keeps tags from outside Pulumi when it adopts a dataset group of the stack", async () => {
        const { id, outs } = await makeGroup();
        const resourceArn = id;
        await harness.service.personalize.send(
            new TagResourceCommand({ resourceArn, tags: [{ tagKey: "billing", tagValue: "42" }] }),
        );
        await harness.handlers.DatasetGroup.update(id, outs, { ...outs, tags: { ...tags, team: "films" } });
        await assert.rejects(makeGroup({ owner: "bob" }), /"billing":"42"/);
    });
});
