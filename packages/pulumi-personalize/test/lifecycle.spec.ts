import assert from "node:assert/strict";
import { recipe, until } from "../../local-personalize/test/support.ts";
import type { ResourceKindName } from "../kinds.ts";
import { unknownValue } from "../resource.ts";
import { common, type Made, type Properties, requireFailure, roleArn, tags, useHarness } from "./harness.ts";

describe("Lifecycle of Personalize resources", () => {
    const harness = useHarness();
    const { makeGroup, makeDataset, makeVersion, makeAll } = harness;

    it("resources from a schema to a campaign can be created, read and deleted in order", async () => {
        const resources = await makeAll();
        const all: [ResourceKindName, Made][] = [
            ["Schema", resources.schema],
            ["DatasetGroup", resources.group],
            ["Dataset", resources.dataset],
            ["DatasetImportJob", resources.importJob],
            ["Solution", resources.solution],
            ["SolutionVersion", resources.version],
            ["Campaign", resources.campaign],
        ];
        for (const [kind, { id, outs }] of all) {
            assert.match(id, /^arn:aws:personalize:eu-central-1:000000000000:/);
            assert.equal(outs.status, "ACTIVE", kind);
            assert.equal(outs.arn, id);
            assert.deepEqual(JSON.parse(JSON.stringify(outs)), outs, `${kind}: only JSON values`);
            assert.ok(Object.values(outs).every((value) => value !== undefined));
            const { arn, status, jobName, bestRecipeArn, trainingHours, ...inputs } = outs;
            assert.equal(
                (await harness.handlers[kind].diff(id, outs, inputs)).changes,
                false,
                `${kind}: no change after up`,
            );
            const { __provider, ...recorded } = inputs;
            const same = { id, props: outs, inputs: recorded };
            assert.deepEqual(await harness.handlers[kind].read(id, outs), same, `${kind}: refresh is the same`);
        }
        assert.equal(resources.importJob.outs.jobName, "import-aaaaaaaa-1");
        assert.equal(resources.version.outs.bestRecipeArn, recipe("aws-user-personalization"));
        assert.ok(Number(resources.version.outs.trainingHours) > 0);

        for (const [kind, { id, outs }] of all.toReversed()) {
            await harness.handlers[kind].delete(id, outs);
            const goneNow = kind !== "DatasetImportJob" && kind !== "SolutionVersion";
            assert.equal("id" in (await harness.handlers[kind].read(id, outs)), !goneNow, `${kind} after its delete`);
        }
        assert.deepEqual(await harness.handlers.SolutionVersion.read(resources.version.id, resources.version.outs), {});
        const warnings = harness.lines.filter((line) => line.includes("Personalize cannot delete"));
        assert.equal(warnings.length, 2);
        await harness.handlers.Campaign.delete(resources.campaign.id, resources.campaign.outs);
    });

    it("an update changes a campaign in place, and calls UpdateCampaign only if an input of the campaign changed", async () => {
        const { campaign } = await makeAll();
        const describeUpdate = async () => {
            return (await harness.service.personalize.describeCampaign({ campaignArn: campaign.id })).campaign
                ?.latestCampaignUpdate;
        };
        const paced = { ...campaign.outs, pollSeconds: 0.02 };
        assert.equal(
            (await harness.handlers.Campaign.update(campaign.id, campaign.outs, paced)).outs.pollSeconds,
            0.02,
        );
        assert.equal(await describeUpdate(), undefined);
        const news = { ...campaign.outs, minProvisionedTPS: 3 };
        const { outs } = await harness.handlers.Campaign.update(campaign.id, campaign.outs, news);
        assert.equal(outs.minProvisionedTPS, 3);
        assert.equal((await describeUpdate())?.minProvisionedTPS, 3);
    });

    it("`check` returns defaults for inputs that the program omits", async () => {
        const { region } = common;
        const checked = async (kind: ResourceKindName, news: Properties) =>
            (await harness.handlers[kind].check({}, { region, ...news })).inputs;
        const job = { jobNamePrefix: "films", datasetArn: "a", dataLocation: "s3://films/a.csv", roleArn };
        const { contentHash, pollSeconds, deadlineMinutes } = await checked("DatasetImportJob", job);
        assert.match(String(contentHash), /^[0-9a-f]{64}$/);
        assert.deepEqual([pollSeconds, deadlineMinutes], [15, 120]);
        const other = await checked("DatasetImportJob", { ...job, dataLocation: "s3://films/b.csv" });
        assert.notEqual(other.contentHash, contentHash);
        const version = { solutionArn: "a", importJobArn: "arn:dataset-import-job/films-0a1b2c3d-12" };
        assert.equal((await checked("SolutionVersion", version)).rows, "films-0a1b2c3d");
        const unknown = await checked("SolutionVersion", { ...version, importJobArn: unknownValue });
        assert.equal(unknown.rows, unknownValue);
        assert.equal((await checked("Campaign", { name: "films", minProvisionedTPS: 2 })).minProvisionedTPS, 2);
        assert.equal((await checked("Campaign", { name: "films" })).minProvisionedTPS, 1);
    });

    it("`check` keeps the name of a filter that is deployed as `formerName`, and renames no other filter", async () => {
        const news = {
            ...common,
            name: "comedies-b",
            formerName: "comedies",
            filterExpression: "",
            datasetGroupArn: "a",
        };
        const named = async (olds?: Properties) => (await harness.handlers.Filter.check(olds, news)).inputs.name;
        assert.equal(await named({ ...news, name: "comedies", formerName: undefined }), "comedies");
        assert.equal(await named({ ...news, name: "comedies" }), "comedies");
        assert.equal(await named(news), "comedies-b");
        assert.equal(await named(), "comedies-b");
    });

    it("`check` keeps the recipe of a deployed solution if the recipe is a default", async () => {
        const news = { ...common, name: "films", datasetGroupArn: "a", recipeArn: "new" };
        const recipeOf = async (olds: Properties | undefined, more = {}) =>
            (await harness.handlers.Solution.check(olds, { ...news, ...more })).inputs.recipeArn;
        const byDefault = { recipeIsDefault: true };
        assert.equal(await recipeOf({ ...news, recipeArn: "old" }, byDefault), "old");
        assert.equal(await recipeOf({ ...news, recipeArn: "old" }), "new");
        assert.equal(await recipeOf(undefined, byDefault), "new");
    });

    it("`check` requires a region from the program or the environment", async () => {
        const { AWS_REGION, AWS_DEFAULT_REGION, ...others } = process.env;
        const before = process.env;
        process.env = others;
        try {
            const { failures } = await harness.handlers.Schema.check({}, { name: "films" });
            assert.deepEqual(
                failures.map(({ property }) => property),
                ["region"],
            );
            process.env = { ...others, AWS_REGION: "eu-west-1" };
            assert.equal((await harness.handlers.Schema.check({}, { name: "films" })).inputs.region, "eu-west-1");
        } finally {
            process.env = before;
        }
    });

    it("`diff` finds no change for a solution whose recipe AutoML chose", async () => {
        const { group } = await makeDataset();
        // Only this speed accepts AutoML.
        await harness.slowDown("samples");
        const inputs = { name: "auto", datasetGroupArn: group.id, performAutoML: true, performAutoTraining: false };
        const { id, outs } = await harness.make("Solution", inputs);
        const { props } = await harness.handlers.Solution.read(id, outs);
        assert.equal((await harness.handlers.Solution.diff(id, props ?? {}, { ...common, ...inputs })).changes, false);
        assert.equal((await harness.make("Solution", inputs)).id, id);
    });

    it("`create` stops at the deadline and records its state, and the next update continues", async () => {
        await harness.slowDown();
        const hasty = harness.hastyHandlers(40);
        const inputs = { ...common, name: "slow" };
        const failure = await requireFailure(hasty.DatasetGroup.create(inputs));
        assert.match(
            failure.message,
            /^dataset group slow is still CREATE (PENDING|IN_PROGRESS) after 1 min 20 s\. .*`pulumi up` resumes the wait/,
        );
        assert.match(failure.id, /dataset-group\/slow$/);
        assert.equal(failure.properties.__provider, common.__provider);
        assert.match(String(failure.properties.status), /^CREATE (PENDING|IN_PROGRESS)$/);
        const { changes, replaces } = await hasty.DatasetGroup.diff(failure.id, failure.properties, inputs);
        assert.deepEqual({ changes, replaces }, { changes: true, replaces: [] });
        const { outs } = await harness.handlers.DatasetGroup.update(failure.id, failure.properties, inputs);
        assert.equal(outs.status, "ACTIVE");
    });

    it("an update waits for the campaign update that is already in progress", async () => {
        const { campaign } = await makeAll();
        await harness.slowDown();
        await harness.untilActive("Campaign", campaign);
        const campaignArn = campaign.id;
        await harness.service.personalize.updateCampaign({ campaignArn, minProvisionedTPS: 2 });
        const news = { ...campaign.outs, minProvisionedTPS: 3 };
        const { outs } = await harness.handlers.Campaign.update(campaignArn, campaign.outs, news);
        assert.equal(outs.minProvisionedTPS, 3);
        assert.ok(harness.lines.some((line) => line.startsWith("campaign films: UPDATE CREATE ")));
    });

    it("`create` trains on streamed events without an import, and an interrupted `create` continues that training", async () => {
        const { group } = await makeDataset();
        const tracker = await harness.make("EventTracker", { name: "films", datasetGroupArn: group.id });
        const { emulator } = harness.service;
        const { region } = common;
        for (let user = 0; user < 100; user++) {
            const eventList = Array.from({ length: 10 }, (_, n) => ({
                ...{ eventType: "Watch", itemId: `${(user * 3 + n) % 60}`, sentAt: 1_700_000_000 + user * 10 + n },
            }));
            const body = { trackingId: tracker.outs.trackingId, userId: `${user}`, sessionId: "s", eventList };
            const put = { service: "personalize-events", operation: "PutEvents", region, body } as const;
            assert.equal((await emulator.handle(put)).status, 200);
        }
        const recipeArn = recipe("aws-user-personalization");
        const manual = { performAutoML: false, performAutoTraining: false };
        const named = { name: "films", datasetGroupArn: group.id };
        const solution = await harness.make("Solution", { ...named, recipeArn, ...manual });
        const { inputs } = await harness.handlers.SolutionVersion.check({}, { ...common, solutionArn: solution.id });
        const version = await harness.handlers.SolutionVersion.create(inputs);
        assert.equal(version.outs.status, "ACTIVE");
        assert.equal((await harness.handlers.SolutionVersion.create(inputs)).id, version.id);
    });

    it("`create` reports a stopped training as failed, and `diff` replaces the solution version", async () => {
        const { solution, importJob } = await makeVersion();
        // At this speed a training takes half an hour, so it is still running when it is stopped.
        await harness.slowDown("real");
        await harness.service.emulator.advance(3_600_000);
        await harness.untilActive("Solution", solution);
        const stopWhatTrains = async () => {
            const { personalize } = harness.service;
            const training = (
                await personalize.listSolutionVersions({ solutionArn: solution.id })
            ).solutionVersions?.find(({ status }) => status !== "ACTIVE");
            const solutionVersionArn = training?.solutionVersionArn;
            await personalize.stopSolutionVersionCreation({ solutionVersionArn });
        };
        let stopped: Promise<void> | undefined;
        const stopping = harness.handlersWith({
            log() {
                stopped ??= stopWhatTrains();
            },
        });
        const inputs = { ...common, solutionArn: solution.id, importJobArn: importJob.id, rows: "import-bbbbbbbb" };
        const failure = await requireFailure(stopping.SolutionVersion.create(inputs));
        await stopped;
        assert.match(failure.message, /CREATE STOPPED/);
        const { replaces } = await stopping.SolutionVersion.diff(failure.id, failure.properties, inputs);
        assert.deepEqual(replaces, ["status"]);
    });

    it("`delete` waits while the schema is in use, and succeeds if the schema is already deleted", async () => {
        const { group, dataset, schema } = await makeDataset();
        const deleted = harness.handlers.Schema.delete(schema.id, schema.outs);
        await until(async () => harness.lines.some((line) => /^schema films: in use by arn:/.test(line)));
        await harness.handlers.Dataset.delete(dataset.id, dataset.outs);
        await deleted;
        await harness.handlers.Schema.delete(schema.id, schema.outs);
        await harness.handlers.DatasetGroup.delete(group.id, group.outs);
        assert.deepEqual(await groupNames(), []);
    });

    it("a delete that reaches its deadline fails with the advice to run the Pulumi command again", async () => {
        const group = await makeGroup();
        await harness.slowDown();
        await harness.untilActive("DatasetGroup", group);
        const hasty = harness.hastyHandlers();
        await assert.rejects(
            hasty.DatasetGroup.delete(group.id, { ...group.outs, deleteDeadlineMinutes: 30 }),
            /^Error: dataset group films is still DELETE \w+ after 31 min 40 s\. Run the same command again to continue the deletion\.$/,
        );
    });

    it("if an update fails before the tags change, the state still contains the old tags", async () => {
        const group = await makeGroup();
        const failing = harness.handlersWith({
            assertEngineAlive: (() => {
                let calls = 0;
                return async () => {
                    calls += 1;
                    if (calls > 1) throw new Error("the Pulumi engine is gone");
                };
            })(),
        });
        const olds = { ...group.outs, status: "CREATE PENDING" };
        const news = { ...group.outs, tags: { ...tags, team: "films" } };
        const failure = await requireFailure(failing.DatasetGroup.update(group.id, olds, news));
        assert.deepEqual(failure.properties.tags, tags);
        assert.equal((await failing.DatasetGroup.diff(group.id, failure.properties, news)).changes, true);
    });

    it("`create` sends no request if the Pulumi engine is no longer running", async () => {
        const orphaned = harness.handlersWith({
            assertEngineAlive: async () => {
                throw new Error("the Pulumi engine is gone");
            },
        });
        await assert.rejects(orphaned.DatasetGroup.create({ ...common, name: "films" }), /engine is gone/);
        assert.deepEqual(await groupNames(), []);
    });

    async function groupNames(): Promise<unknown[]> {
        const { datasetGroups = [] } = await harness.service.personalize.listDatasetGroups({});
        return datasetGroups.map(({ name }) => name);
    }
});
