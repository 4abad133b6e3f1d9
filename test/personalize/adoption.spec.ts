import assert from "node:assert/strict";
import {
    CreateDatasetGroupCommand,
    CreateSchemaCommand,
    paginateListDatasetImportJobs,
    TagResourceCommand,
} from "@aws-sdk/client-personalize";
import { recipe } from "../../packages/local-personalize/test/support.ts";
import { itemInteractionsSchema } from "../../personalize/schema.ts";
import { tags, useWorld } from "./world.ts";

describe("what exists already", () => {
    const world = useWorld();
    const { make, makeGroup, makeVersion, makeAll } = world;

    it("uses its own after a lost answer, and makes no second one", async () => {
        const first = await makeAll();
        const second = await makeAll();
        for (const kind of Object.keys(first) as (keyof typeof first)[]) {
            assert.deepEqual(second[kind], first[kind]);
        }
        assert.equal(
            world.lines.filter((line) => line.endsWith("already exists and belongs to this stack; using it")).length,
            7,
        );
        assert.deepEqual(await jobNames(), ["import-aaaaaaaa-1"]);
    });

    it("brings its own up to date when it uses it", async () => {
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

    it("refuses what another stack made, changes nothing, and names nameSuffix", async () => {
        const theirs = { tags: { ...tags, "pulumi:stack": "theirs" } };
        const { id, outs } = await makeGroup(theirs);
        await assert.rejects(makeGroup(), (error: Error) => {
            assert.match(
                error.message,
                /^dataset group films already exists and does not belong to this stack: its tags are /,
            );
            assert.match(error.message, /Nothing was changed\. .*`pulumi config set nameSuffix -<name>`/);
            assert.ok(!("id" in error), "it must not be recorded as ours");
            return true;
        });
        assert.deepEqual((await world.handlers.DatasetGroup.read(id, outs)).props, outs);
    });

    it("refuses what was made by hand, without tags", async () => {
        await world.service.personalize.send(new CreateDatasetGroupCommand({ name: "films" }));
        await assert.rejects(makeGroup(), /not belong to this stack: its tags are \{\}.*nameSuffix/);
    });

    it("knows a schema, which carries no tags, by its text", async () => {
        const { schemaArn } = await world.service.personalize.send(
            new CreateSchemaCommand({ name: "films", schema: itemInteractionsSchema }),
        );
        const adopted = await make("Schema", { name: "films", schema: itemInteractionsSchema });
        assert.equal(adopted.id, schemaArn);
        const other = itemInteractionsSchema
            .replace('"EVENT_TYPE"', '"EVENT_VALUE"')
            .replace(/"string"(?=},\{"name":"TIME)/, '"float"');
        await assert.rejects(
            make("Schema", { name: "films", schema: other }),
            /schema films already exists with a different schema\..*nameSuffix/,
        );
    });

    it("refuses a solution of its name in another group, for names are unique in the account", async () => {
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
            /solution films already exists with a different datasetGroupArn\..*nameSuffix/,
        );
    });

    it("refuses what is its own but made otherwise, and leaves it as it is", async () => {
        const { solution, group } = await makeVersion();
        const inputs = {
            name: "films",
            datasetGroupArn: group.id,
            recipeArn: recipe("aws-user-personalization-v2"),
            performAutoML: false,
            performAutoTraining: false,
        };
        await assert.rejects(make("Solution", inputs), /solution films already exists with a different recipeArn\./);
        const { props } = await world.handlers.Solution.read(solution.id, solution.outs);
        assert.deepEqual(props, solution.outs);
    });

    it("keeps tags of others when it brings its own up to date", async () => {
        const { id, outs } = await makeGroup();
        const resourceArn = id;
        await world.service.personalize.send(
            new TagResourceCommand({ resourceArn, tags: [{ tagKey: "billing", tagValue: "42" }] }),
        );
        await world.handlers.DatasetGroup.update(id, outs, { ...outs, tags: { ...tags, team: "films" } });
        await assert.rejects(makeGroup({ tags: {} }), /"billing":"42"/);
    });

    async function jobNames(): Promise<string[]> {
        const names: string[] = [];
        for await (const page of paginateListDatasetImportJobs({ client: world.service.personalize }, {})) {
            names.push(...(page.datasetImportJobs ?? []).map(({ jobName }) => String(jobName)));
        }
        return names.sort();
    }
});
