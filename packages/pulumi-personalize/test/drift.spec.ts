import assert from "node:assert/strict";
import { interactionsSchema, recipe } from "../../local-personalize/test/support.ts";
import { ownerTag } from "../tags.ts";
import { common, type Made, owner, tags, useHarness } from "./harness.ts";

describe("Drift of Personalize resources", () => {
    const harness = useHarness();
    const refreshed = async (kind: "Campaign" | "DatasetGroup", { id, outs }: Made) =>
        (await harness.handlers[kind].read(id, outs)).props;
    const tagsOf = async (resourceArn: string) => {
        const answer = await harness.service.personalize.listTagsForResource({ resourceArn });
        return Object.fromEntries((answer.tags ?? []).map(({ tagKey, tagValue }) => [tagKey, tagValue]));
    };

    it("`read` returns a minProvisionedTPS that was changed outside Pulumi, and the next `update` restores it", async () => {
        const { campaign } = await harness.makeAll();
        await harness.service.personalize.updateCampaign({ campaignArn: campaign.id, minProvisionedTPS: 9 });
        const refreshedProps = await refreshed("Campaign", campaign);
        assert.equal(refreshedProps?.minProvisionedTPS, 9);
        const { arn, status, ...wanted } = campaign.outs;
        const diff = await harness.handlers.Campaign.diff(campaign.id, refreshedProps ?? {}, wanted);
        assert.deepEqual(diff, { changes: true, replaces: [], deleteBeforeReplace: false });
        const { outs } = await harness.handlers.Campaign.update(campaign.id, refreshedProps ?? {}, wanted);
        assert.deepEqual(outs, campaign.outs);
    });

    it("`update` adds, restores and removes the stack's tags, and keeps tags from outside Pulumi", async () => {
        const group = await harness.makeGroup({ tags: { ...tags, team: "films", old: "1" } });
        const resourceArn = group.id;
        const { personalize } = harness.service;
        const changed = [
            { tagKey: "team", tagValue: "books" },
            { tagKey: "billing", tagValue: "42" },
        ];
        await personalize.tagResource({ resourceArn, tags: changed });
        await personalize.untagResource({ resourceArn, tagKeys: ["pulumi:stack"] });
        const refreshedProps = await refreshed("DatasetGroup", group);
        const { "pulumi:stack": _, ...kept } = tags;
        assert.deepEqual(refreshedProps?.tags, { ...kept, team: "books", old: "1" });
        assert.equal(
            (await harness.handlers.DatasetGroup.diff(group.id, refreshedProps ?? {}, group.outs)).changes,
            true,
        );
        const news = { ...group.outs, tags: { ...tags, team: "films", new: "2" } };
        const { outs } = await harness.handlers.DatasetGroup.update(group.id, refreshedProps ?? {}, news);
        assert.deepEqual(outs.tags, news.tags);
        assert.deepEqual(await tagsOf(group.id), { ...news.tags, billing: "42", [ownerTag]: owner });
    });

    it("`diff` without refresh replaces a campaign that was deleted outside Pulumi", async () => {
        const { campaign } = await harness.makeAll();
        const { Campaign } = harness.handlers;
        await harness.service.personalize.deleteCampaign({ campaignArn: campaign.id });
        const { replaces } = await Campaign.diff(campaign.id, campaign.outs, campaign.outs);
        assert.deepEqual(replaces, ["status"]);
        const unanswered = harness.handlersWith({ client: () => assert.fail("no network") });
        const { changes } = await unanswered.Campaign.diff(campaign.id, campaign.outs, campaign.outs);
        assert.equal(changes, false);
    });

    it("`diff` and `update` restore a campaign that was updated outside Pulumi, without a refresh", async () => {
        const { campaign } = await harness.makeAll();
        await harness.slowDown();
        await harness.untilActive("Campaign", campaign);
        const { Campaign } = harness.handlers;
        // An interrupted `up` requested this update, but did not record it in the state.
        await harness.service.personalize.updateCampaign({ campaignArn: campaign.id, minProvisionedTPS: 9 });
        const inPlace = { changes: true, replaces: [], deleteBeforeReplace: false };
        assert.deepEqual(await Campaign.diff(campaign.id, campaign.outs, campaign.outs), inPlace, "it is under way");
        const { outs } = await Campaign.update(campaign.id, campaign.outs, campaign.outs);
        assert.deepEqual(outs, campaign.outs);
        assert.equal((await refreshed("Campaign", campaign))?.minProvisionedTPS, 1);
        assert.equal((await Campaign.diff(campaign.id, outs, campaign.outs)).changes, false);
        // The update is complete in AWS but not recorded, so `diff` reports a change, which updates the state.
        await Campaign.update(campaign.id, outs, { ...campaign.outs, minProvisionedTPS: 2 });
        const wanted = { ...campaign.outs, minProvisionedTPS: 2 };
        assert.equal((await Campaign.diff(campaign.id, campaign.outs, wanted)).changes, true);
    });

    it("`diff` after `read` replaces a campaign whose deletion outside Pulumi is in progress", async () => {
        const { campaign } = await harness.makeAll();
        await harness.slowDown();
        await harness.untilActive("Campaign", campaign);
        await harness.service.personalize.deleteCampaign({ campaignArn: campaign.id });
        const refreshedProps = await refreshed("Campaign", campaign);
        assert.match(String(refreshedProps?.status), /^DELETE /);
        const diff = await harness.handlers.Campaign.diff(campaign.id, refreshedProps ?? {}, campaign.outs);
        assert.deepEqual(diff, { changes: true, replaces: ["status"], deleteBeforeReplace: true });
        await harness.handlers.Campaign.delete(campaign.id, refreshedProps ?? {});
        assert.equal(await refreshed("Campaign", campaign), undefined);
    });

    it("`read` returns a changed owner tag, and the next `update` restores the tag", async () => {
        const { id, outs } = await harness.makeGroup();
        const stolen = [{ tagKey: ownerTag, tagValue: "bob" }];
        await harness.service.personalize.tagResource({ resourceArn: id, tags: stolen });
        const refreshedProps = (await harness.handlers.DatasetGroup.read(id, outs)).props ?? {};
        assert.equal(refreshedProps.owner, "bob");
        assert.equal((await harness.handlers.DatasetGroup.diff(id, refreshedProps, outs)).changes, true);
        await harness.handlers.DatasetGroup.update(id, refreshedProps, outs);
        assert.equal((await tagsOf(id))[ownerTag], owner);
    });

    it("`read` of a resource without recorded inputs returns its tags, and no owner if the owner tag is missing", async () => {
        const { datasetGroupArn: id = "" } = await harness.service.personalize.createDatasetGroup({
            name: "console",
            tags: [{ tagKey: "billing", tagValue: "42" }],
        });
        const { props = {}, inputs } = await harness.handlers.DatasetGroup.read(id, { region: common.region });
        assert.deepEqual(inputs, {
            region: common.region,
            name: "console",
            tags: { billing: "42" },
            pollSeconds: 15,
            deadlineMinutes: 30,
        });
        const news = { ...common, name: "console", tags: { billing: "42" } };
        assert.equal((await harness.handlers.DatasetGroup.diff(id, props, news)).changes, false);
    });

    it("the input `adopt` keeps a dataset group's name and adds the stack's tags", async () => {
        const { datasetGroupArn: adopt } = await harness.service.personalize.createDatasetGroup({
            name: "made-in-the-console",
            tags: [{ tagKey: "billing", tagValue: "42" }],
        });
        const inputs = { ...common, name: "films", adopt };
        const { id, outs } = await harness.handlers.DatasetGroup.create(inputs);
        assert.equal(id, adopt);
        assert.equal(outs.name, "made-in-the-console");
        assert.deepEqual(await tagsOf(id), { ...tags, billing: "42", [ownerTag]: owner });
        assert.equal((await harness.handlers.DatasetGroup.diff(id, outs, inputs)).changes, false);
        assert.deepEqual((await harness.handlers.DatasetGroup.read(id, outs)).props, outs);
    });

    it("`read` returns types, schemas, filters and schedules in the form in which the program wrote them", async () => {
        const { schema, group, dataset } = await harness.makeDataset();
        const filterExpression = 'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("Watch", "Rent It")';
        const filter = await harness.make("Filter", { name: "unseen", datasetGroupArn: group.id, filterExpression });
        const trained = {
            name: "films",
            datasetGroupArn: group.id,
            recipeArn: recipe("aws-user-personalization"),
            performAutoML: false,
            performAutoTraining: true,
            schedulingExpression: "rate(7 days)",
        };
        const solution = await harness.make("Solution", trained);
        const resources = { Schema: schema, Dataset: dataset, Filter: filter, Solution: solution } as const;
        harness.service.emulator.setForms("other");
        for (const [name, { id, outs }] of Object.entries(resources)) {
            const handler = harness.handlers[name as keyof typeof resources];
            const readResult = await handler.read(id, outs);
            assert.deepEqual(readResult.props, outs, name);
            const again = await handler.create(outs);
            assert.deepEqual([again.id, again.outs], [id, outs], name);
        }
        const other = { ...solution.outs, schedulingExpression: "rate(8 days)" };
        const updated = await harness.handlers.Solution.update(solution.id, solution.outs, other);
        assert.equal(updated.outs.schedulingExpression, "rate(8 days)");
    });

    it("`diff` ignores the order of event parameters, and `update` changes their weights in place", async () => {
        const { group } = await harness.makeDataset();
        const eventParameters = [
            { eventType: "Watch", weight: 0.5 },
            { eventType: "Click", weight: 0.5 },
        ];
        const recipeArn = recipe("aws-user-personalization-v2");
        const inputs = { name: "events", datasetGroupArn: group.id, recipeArn, eventParameters };
        const off = { performAutoML: false, performAutoTraining: false };
        const { id, outs } = await harness.make("Solution", { ...inputs, ...off });
        assert.equal((await harness.handlers.Solution.diff(id, outs, { ...common, ...inputs, ...off })).changes, false);
        const other = [{ eventType: "Watch", weight: 0.1 }];
        await harness.handlers.Solution.update(id, outs, { ...outs, eventParameters: other });
        const seen = await harness.handlers.Solution.read(id, outs);
        assert.deepEqual(seen.props?.eventParameters, other);
    });

    it("the input `adopt` rejects a missing dataset group, and a solution with different settings", async () => {
        const adopt = "arn:aws:personalize:eu-central-1:000000000000:dataset-group/nothing";
        await assert.rejects(
            harness.makeGroup({ adopt }),
            /dataset group films: the input `adopt` is .*nothing, which does not exist\. Correct or remove this input\./,
        );
        const { group, solution } = await harness.makeVersion();
        const otherwise = {
            name: "films",
            datasetGroupArn: group.id,
            performAutoML: true,
            performAutoTraining: false,
            adopt: solution.id,
        };
        await assert.rejects(
            harness.make("Solution", otherwise),
            /already exists with a different recipeArn, performAutoML\./,
        );
    });

    it("the input `adopt` rejects a dataset group that is being deleted, and does not wait for the deletion", async () => {
        const group = await harness.makeGroup();
        await harness.slowDown();
        await harness.untilActive("DatasetGroup", group);
        await harness.service.personalize.deleteDatasetGroup({ datasetGroupArn: group.id });
        await assert.rejects(
            harness.makeGroup({ adopt: group.id }),
            /`adopt` is .*films, whose status is DELETE \w+\. Nothing was changed\./,
        );
    });

    it("`diff` ignores spaces and the order of keys in an adopted schema", async () => {
        const { version, ...rest } = JSON.parse(interactionsSchema);
        const text = JSON.stringify({ version, ...rest }, null, 4);
        const { schemaArn: adopt } = await harness.service.personalize.createSchema({ name: "by-hand", schema: text });
        const inputs = { ...common, name: "films", schema: interactionsSchema, adopt };
        const { id, outs } = await harness.handlers.Schema.create(inputs);
        assert.deepEqual([id, outs.schema], [adopt, interactionsSchema]);
        assert.equal((await harness.handlers.Schema.diff(id, outs, inputs)).changes, false);
        const fewer = JSON.stringify({ ...rest, version, fields: rest.fields.slice(1) });
        const changed = await harness.handlers.Schema.diff(id, outs, { ...inputs, schema: fewer });
        assert.deepEqual(changed.replaces, ["schema"]);
    });
});
