import assert from "node:assert/strict";
import { owner, tags, useHarness } from "../../packages/pulumi-personalize/test/harness.ts";
import { stackRecordHandler } from "../../personalize/stack-record.ts";

describe("Record of a stack", () => {
    const harness = useHarness();
    const createRecord = () =>
        stackRecordHandler({
            client: () => harness.service.personalize,
            ssm: () => assert.fail("no flags are moved"),
            assertEngineAlive: async () => {},
        });
    const inputs = {
        region: "eu-central-1",
        tags,
        path: "/movie-recommender/test",
        datasetGroupName: "films",
        nameSuffix: "",
        bucketName: "films",
        owner,
    };
    const failuresOf = async (olds: object, news: object) =>
        (await createRecord().check({ ...olds }, { ...inputs, ...news })).failures;

    it("`check` rejects a dataset group of another owner or without a known owner, and names two solutions", async () => {
        assert.deepEqual(await failuresOf({}, {}), []);
        await harness.makeGroup();
        assert.deepEqual(await failuresOf({}, {}), []);
        assert.deepEqual(await failuresOf({}, { owner: "ann", datasetGroupName: "others" }), []);
        for (const other of ["ann", "04da6b54-80e4-46f7-96ec-b56ff0331ba9"]) {
            const [sameName] = await failuresOf({}, { owner: other });
            assert.match(
                String(sameName?.reason),
                /does not belong to this stack: .*pulumi stack rename test-<name>.*npm run adopt/,
            );
            const [otherName] = await failuresOf({}, { owner: other, tags: { "pulumi:stack": "prod" } });
            assert.match(
                String(otherName?.reason),
                /nameSuffix -- -<name>`, or let it manage arn:\S+films .*npm run adopt/,
            );
        }
    });

    it("`diff` reports no change of the recorded values", async () => {
        const record = createRecord();
        const { id, outs } = await record.create(inputs);
        const none = { changes: false, replaces: [], deleteBeforeReplace: false };
        assert.deepEqual(await record.diff(id, outs, { ...inputs, bucketName: "another", nameSuffix: "-b" }), none);
        assert.deepEqual(await record.diff(id, { path: inputs.path, region: inputs.region }, inputs), none);
    });

    it("`check` rejects a region other than the region of the existing resources", async () => {
        const failures = await failuresOf(inputs, { region: "us-east-1" });
        assert.deepEqual(
            failures.map(({ property }) => property),
            ["region"],
        );
        assert.match(failures[0]?.reason ?? "", /resources are in eu-central-1.*`pulumi destroy`/s);
    });

    it("`check` rejects a renamed stack whose names an earlier release recorded elsewhere", async () => {
        const [failure] = await failuresOf({ region: inputs.region, path: "/movie-recommender/dev" }, {});
        assert.match(String(failure?.reason), /stack dev was renamed to test.*`pulumi stack rename dev`/);
    });
});
