import assert from "node:assert/strict";
import { interactionsSchema, recipe } from "../../local-personalize/test/support.ts";
import { listTags, ownerTag } from "../tags.ts";
import { common, importInputs, type Made, owner, type Properties, useHarness } from "./harness.ts";

describe("Recommender of a domain dataset group", () => {
    const harness = useHarness();
    const domain = "VIDEO_ON_DEMAND";

    async function makeData() {
        const schema = await harness.make("Schema", { name: "videos", schema: interactionsSchema, domain });
        const group = await harness.make("DatasetGroup", { name: "videos", domain });
        const ofGroup = { name: "videos", datasetGroupArn: group.id, schemaArn: schema.id };
        const dataset = await harness.make("Dataset", { ...ofGroup, datasetType: "INTERACTIONS" });
        await harness.make("DatasetImportJob", importInputs(dataset.id));
        return { schema, group, dataset };
    }
    const inputsOf = (group: Made, inputs: Properties = {}): Properties => ({
        ...common,
        name: "picks",
        datasetGroupArn: group.id,
        recipeArn: recipe("aws-vod-top-picks"),
        recommenderConfig: {},
        stopped: false,
        ...inputs,
    });
    async function makeRecommender(inputs: Properties = {}) {
        const { group, ...data } = await makeData();
        return { ...data, group, recommender: await harness.make("Recommender", inputsOf(group, inputs)) };
    }
    const update = ({ id, outs }: Made, news: Properties) =>
        harness.handlers.Recommender.update(id, outs, { ...outs, ...news });
    const described = async ({ id: recommenderArn }: Made) =>
        (await harness.service.personalize.describeRecommender({ recommenderArn })).recommender;

    it("`create` applies the configuration and tags, `read` and `diff` find no change, and `delete` removes the recommender", async () => {
        const config = { minRecommendationRequestsPerSecond: 2, itemExplorationConfig: { explorationWeight: "0.5" } };
        const { group, schema, recommender } = await makeRecommender({ recommenderConfig: config });
        const { id, outs } = recommender;
        assert.match(id, /:recommender\/picks$/);
        assert.deepEqual([outs.status, outs.stopped, outs.recommenderConfig], ["ACTIVE", false, config]);
        const tags = await listTags(harness.service.personalize, id);
        assert.equal(tags[ownerTag], owner);
        for (const [kind, resource] of [
            ["Recommender", recommender],
            ["DatasetGroup", group],
            ["Schema", schema],
        ] as const) {
            const { arn, status, ...inputs } = resource.outs;
            assert.equal((await harness.handlers[kind].diff(resource.id, resource.outs, inputs)).changes, false, kind);
            assert.deepEqual(
                (await harness.handlers[kind].read(resource.id, resource.outs)).props,
                resource.outs,
                kind,
            );
        }
        await harness.handlers.Recommender.delete(id, outs);
        assert.deepEqual(await harness.handlers.Recommender.read(id, outs), {});
    });

    it("a second `create` adopts or replaces the recommender of the same owner", async () => {
        const { group, recommender } = await makeRecommender();
        assert.equal((await harness.make("Recommender", inputsOf(group))).id, recommender.id);
        const other = await harness.make("Recommender", inputsOf(group, { recipeArn: recipe("aws-vod-trending-now") }));
        assert.equal((await described(other))?.recipeArn, recipe("aws-vod-trending-now"));
        assert.ok(harness.lines.some((line) => line.includes("left from an interrupted change of recipeArn")));
    });

    it("`diff` finds no change between a recommender that was read by its ARN and the program's inputs", async () => {
        const { group, recommender } = await makeRecommender();
        const { props = {} } = await harness.handlers.Recommender.read(recommender.id, { region: common.region });
        const news = { region: common.region, name: "picks", datasetGroupArn: group.id, tags: common.tags };
        const { inputs, failures } = await harness.handlers.Recommender.check(
            {},
            { ...news, recipeArn: recipe("aws-vod-top-picks"), owner: owner },
        );
        assert.deepEqual(failures, []);
        assert.equal((await harness.handlers.Recommender.diff(recommender.id, props, inputs)).changes, false);
    });

    it("`diff` ignores defaults that Personalize adds to the recommender's configuration", async () => {
        const { recommender } = await makeRecommender({
            recommenderConfig: { itemExplorationConfig: { explorationWeight: "0.5" } },
        });
        const recommenderConfig = {
            itemExplorationConfig: { explorationItemAgeCutOff: "30", explorationWeight: "0.5" },
            minRecommendationRequestsPerSecond: 1,
        };
        const observed = { ...recommender.outs, recommenderConfig };
        const diff = await harness.handlers.Recommender.diff(recommender.id, observed, recommender.outs);
        assert.equal(diff.changes, false);
    });

    it("`update` changes the configuration in place, and resets a removed member to its default", async () => {
        const { recommender } = await makeRecommender();
        const changed = await update(recommender, { recommenderConfig: { minRecommendationRequestsPerSecond: 3 } });
        assert.equal((await described(recommender))?.recommenderConfig?.minRecommendationRequestsPerSecond, 3);
        await update({ ...recommender, outs: changed.outs }, { recommenderConfig: {} });
        assert.equal((await described(recommender))?.recommenderConfig?.minRecommendationRequestsPerSecond, 1);
    });

    it("an update can stop a recommender, change a stopped one, and start it", async () => {
        const { recommender } = await makeRecommender();
        await harness.slowDown();
        await harness.untilActive("Recommender", recommender);
        let { outs } = await update(recommender, { stopped: true });
        assert.deepEqual([outs.status, outs.stopped], ["INACTIVE", true]);
        const { arn, status, ...inputs } = outs;
        assert.equal((await harness.handlers.Recommender.diff(recommender.id, outs, inputs)).changes, false);
        const recommenderConfig = { minRecommendationRequestsPerSecond: 2 };
        ({ outs } = await update({ ...recommender, outs }, { recommenderConfig }));
        assert.deepEqual([outs.status, outs.recommenderConfig], ["INACTIVE", recommenderConfig]);
        ({ outs } = await update({ ...recommender, outs }, { stopped: false }));
        assert.deepEqual([outs.status, outs.stopped], ["ACTIVE", false]);
    });

    it("`create` with `stopped: true` stops the new recommender", async () => {
        const { outs } = (await makeRecommender({ stopped: true })).recommender;
        assert.deepEqual([outs.status, outs.stopped], ["INACTIVE", true]);
    });

    it("`read` returns a stop and a new configuration that were made outside Pulumi, and `update` reverts both", async () => {
        const { recommender } = await makeRecommender();
        const recommenderArn = recommender.id;
        const { personalize } = harness.service;
        const recommenderConfig = { minRecommendationRequestsPerSecond: 9 };
        await personalize.updateRecommender({ recommenderArn, recommenderConfig });
        await personalize.stopRecommender({ recommenderArn });
        const { props = {} } = await harness.handlers.Recommender.read(recommenderArn, recommender.outs);
        assert.deepEqual([props.stopped, props.recommenderConfig], [true, recommenderConfig]);
        const unrefreshed = await harness.handlers.Recommender.diff(recommenderArn, recommender.outs, recommender.outs);
        assert.deepEqual(unrefreshed, { changes: true, replaces: [], deleteBeforeReplace: false });
        const { outs } = await harness.handlers.Recommender.update(recommenderArn, props, recommender.outs);
        assert.deepEqual(outs, recommender.outs);
    });

    it("`check` rejects a name and a number of requests that Personalize would reject", async () => {
        const recommenderConfig = { minRecommendationRequestsPerSecond: 0.5 };
        const news = { ...common, name: "top picks", recipeArn: "a", datasetGroupArn: "b", recommenderConfig };
        const { failures } = await harness.handlers.Recommender.check({}, news);
        assert.deepEqual(
            failures.map(({ property }) => property),
            ["name", "recommenderConfig"],
        );
    });

    it("a dataset group with a different domain is not adopted", async () => {
        const { group } = await makeRecommender();
        await assert.rejects(
            harness.make("DatasetGroup", { name: "videos", adopt: group.id }),
            /dataset group videos already exists with a different domain/,
        );
    });
});
