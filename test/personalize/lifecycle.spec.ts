import assert from "node:assert/strict";
import {
    CreateDatasetGroupCommand,
    CreateSchemaCommand,
    DescribeCampaignCommand,
    ListSolutionVersionsCommand,
    type PersonalizeClient,
    paginateListDatasetGroups,
    paginateListDatasetImportJobs,
    StopSolutionVersionCreationCommand,
    TagResourceCommand,
    UpdateCampaignCommand,
} from "@aws-sdk/client-personalize";
import { createHandlers } from "../../personalize/handlers.ts";
import { kinds, type ResourceKindName } from "../../personalize/kinds.ts";
import type { Handler, LifecycleDeps } from "../../personalize/lifecycle.ts";
import { itemInteractionsSchema } from "../../personalize/schema.ts";
import { createBucket, recipe, type Service, startService, until } from "../local/personalize-emulator/support.ts";
import { interactionsCsv, syntheticRatings } from "../support/interactions.ts";

type Properties = Readonly<Record<string, unknown>>;
type InitFailure = Error & { id: string; properties: Properties; reasons: string[] };

const csv = interactionsCsv(syntheticRatings());
const tags = { "pulumi:project": "movie-recommender", "pulumi:stack": "test" };
const roleArn = "arn:aws:iam::000000000000:role/AmazonPersonalize-ExecutionRole";
const common = { region: "eu-central-1", tags, pollSeconds: 0.01, deadlineMinutes: 1 };
const __provider = "exports.handler = …";
const [hashA, hashB] = ["a".repeat(64), "b".repeat(64)];

describe("the life of Personalize resources", () => {
    const bucket = createBucket({ "films/interactions.csv": csv });
    let service: Service;
    let handlers: Record<ResourceKindName, Handler>;
    let lines: string[];

    beforeEach(async () => {
        bucket.deny(false);
        service = await startService({ access: bucket.access });
        lines = [];
        handlers = createHandlers(depsFor(service.personalize));
    });
    afterEach(() => service?.discard());

    const depsFor = (client: PersonalizeClient, more: Partial<LifecycleDeps> = {}): LifecycleDeps => ({
        client: () => client,
        sleep: (seconds) => new Promise((wake) => setTimeout(wake, seconds * 1000)),
        now: () => performance.now() / 1000,
        log: (line) => void lines.push(line),
        assertEngineAlive: async () => {},
        random: () => 0.5,
        ...more,
    });
    const make = (kind: ResourceKindName, inputs: Properties) =>
        handlers[kind].create({ ...common, __provider, ...inputs });

    const makeGroup = (inputs: Properties = {}) => make("DatasetGroup", { name: "films", ...inputs });
    async function makeDataset() {
        const schema = await make("Schema", { name: "films", schema: itemInteractionsSchema });
        const group = await makeGroup();
        const dataset = await make("Dataset", {
            name: "films",
            datasetGroupArn: group.id,
            schemaArn: schema.id,
            datasetType: "INTERACTIONS",
        });
        return { schema, group, dataset };
    }
    const importInputs = (datasetArn: string, inputs: Properties = {}) => ({
        ...common,
        __provider,
        jobNamePrefix: "import",
        datasetArn,
        dataLocation: "s3://films/interactions.csv",
        roleArn,
        contentHash: hashA,
        ...inputs,
    });
    async function makeVersion() {
        const made = await makeDataset();
        const importJob = await make("DatasetImportJob", importInputs(made.dataset.id));
        const solution = await make("Solution", {
            name: "films",
            datasetGroupArn: made.group.id,
            recipeArn: recipe("aws-user-personalization"),
            performAutoML: false,
            performAutoTraining: false,
        });
        const versionInputs = { solutionArn: solution.id, importJobArn: importJob.id };
        const version = await make("SolutionVersion", versionInputs);
        return { ...made, importJob, solution, version };
    }
    async function makeAll() {
        const made = await makeVersion();
        const campaignInputs = {
            name: "films",
            solutionArn: made.solution.id,
            solutionVersionArn: made.version.id,
            minProvisionedTPS: 1,
        };
        return { ...made, campaign: await make("Campaign", campaignInputs) };
    }

    it("goes from creation over refresh to deletion, for all seven kinds in order", async () => {
        const made = await makeAll();
        const all: [ResourceKindName, { id: string; outs: Properties }][] = [
            ["Schema", made.schema],
            ["DatasetGroup", made.group],
            ["Dataset", made.dataset],
            ["DatasetImportJob", made.importJob],
            ["Solution", made.solution],
            ["SolutionVersion", made.version],
            ["Campaign", made.campaign],
        ];
        assert.deepEqual(
            all.map(([kind]) => kind),
            Object.keys(kinds),
        );
        for (const [kind, { id, outs }] of all) {
            assert.match(id, /^arn:aws:personalize:eu-central-1:000000000000:/);
            assert.equal(outs.status, "ACTIVE", kind);
            assert.equal(outs.arn, id);
            assert.deepEqual(JSON.parse(JSON.stringify(outs)), outs, `${kind}: only what JSON can say`);
            assert.ok(Object.values(outs).every((value) => value !== undefined));
            const { arn, status, jobName, bestRecipeArn, trainingHours, ...inputs } = outs;
            assert.equal((await handlers[kind].diff(id, outs, inputs)).changes, false, `${kind}: no change after up`);
            assert.deepEqual(await handlers[kind].read(id, outs), { id, props: outs }, `${kind}: refresh is the same`);
        }
        assert.equal(made.importJob.outs.jobName, "import-aaaaaaaa-1");
        assert.equal(made.version.outs.bestRecipeArn, recipe("aws-user-personalization"));
        assert.ok(Number(made.version.outs.trainingHours) > 0);

        for (const [kind, { id, outs }] of all.toReversed()) {
            await handlers[kind].delete(id, outs);
            const goneNow = kind !== "DatasetImportJob" && kind !== "SolutionVersion";
            assert.equal("id" in (await handlers[kind].read(id, outs)), !goneNow, `${kind} after its delete`);
        }
        assert.deepEqual(await handlers.SolutionVersion.read(made.version.id, made.version.outs), {});
        const told = lines.filter((line) => line.includes("the service has no delete"));
        assert.equal(told.length, 2);
        await handlers.Campaign.delete(made.campaign.id, made.campaign.outs);
    });

    it("goes on with its own after a lost answer, and makes no second one", async () => {
        const first = await makeAll();
        const second = await makeAll();
        for (const kind of Object.keys(first) as (keyof typeof first)[]) {
            assert.deepEqual(second[kind], first[kind]);
        }
        assert.equal(
            lines.filter((line) => line.endsWith("exists already and is of this stack; going on with it")).length,
            7,
        );
        assert.deepEqual(await jobNames(), ["import-aaaaaaaa-1"]);
    });

    it("brings its own up to date when it goes on with it", async () => {
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
            assert.match(error.message, /^dataset group films exists already and is not of this stack: its tags are /);
            assert.match(error.message, /Nothing was changed\. .*`pulumi config set nameSuffix -<name>`/);
            assert.ok(!("id" in error), "it must not be recorded as ours");
            return true;
        });
        assert.deepEqual(await handlers.DatasetGroup.read(id, outs), { id, props: outs });
    });

    it("refuses what somebody made by hand, without tags", async () => {
        await service.personalize.send(new CreateDatasetGroupCommand({ name: "films" }));
        await assert.rejects(makeGroup(), /not of this stack: its tags are \{\}.*nameSuffix/);
    });

    it("knows a schema, which carries no tags, by its text", async () => {
        const { schemaArn } = await service.personalize.send(
            new CreateSchemaCommand({ name: "films", schema: itemInteractionsSchema }),
        );
        const adopted = await make("Schema", { name: "films", schema: itemInteractionsSchema });
        assert.equal(adopted.id, schemaArn);
        const other = itemInteractionsSchema
            .replace('"EVENT_TYPE"', '"EVENT_VALUE"')
            .replace(/"string"(?=},\{"name":"TIME)/, '"float"');
        await assert.rejects(
            make("Schema", { name: "films", schema: other }),
            /schema films exists already with another schema\..*nameSuffix/,
        );
    });

    it("deletes and makes again what is left of its own under other terms", async () => {
        const { solution, group } = await makeVersion();
        const inputs = {
            name: "films",
            datasetGroupArn: group.id,
            recipeArn: recipe("aws-user-personalization-v2"),
            performAutoML: false,
            performAutoTraining: false,
        };
        const again = await make("Solution", inputs);
        assert.equal(again.id, solution.id);
        assert.equal(again.outs.recipeArn, recipe("aws-user-personalization-v2"));
        assert.ok(lines.includes("solution films is left from an earlier run (ACTIVE); it is deleted and made again"));
    });

    describe("with an import that failed for want of access", () => {
        let datasetArn: string;
        let failure: InitFailure;

        beforeEach(async () => {
            datasetArn = (await makeDataset()).dataset.id;
            bucket.deny(true);
            failure = await failureOf(make("DatasetImportJob", importInputs(datasetArn)));
            bucket.deny(false);
        });

        it("records it with id, every input and the service's reason", () => {
            assert.match(failure.id, /dataset-import-job\/import-aaaaaaaa-1$/);
            assert.deepEqual(failure.properties, {
                ...importInputs(datasetArn),
                jobName: "import-aaaaaaaa-1",
                arn: failure.id,
                status: "CREATE FAILED",
            });
            assert.deepEqual(failure.reasons, [failure.message]);
            assert.match(
                failure.message,
                /^dataset import job import-aaaaaaaa: CREATE FAILED\. The service says: Failed to create a data import job .*Insufficient privileges for accessing data in Amazon S3\.$/,
            );
        });

        it("makes it anew under the next number once the policy is mended", async () => {
            const inputs = importInputs(datasetArn);
            const { changes, replaces } = await handlers.DatasetImportJob.diff(failure.id, failure.properties, inputs);
            assert.deepEqual({ changes, replaces }, { changes: true, replaces: ["status"] });
            const job = await make("DatasetImportJob", inputs);
            assert.equal(job.outs.jobName, "import-aaaaaaaa-2");
            assert.equal(job.outs.status, "ACTIVE");
            await handlers.DatasetImportJob.delete(failure.id, failure.properties);
            assert.deepEqual(await jobNames(), ["import-aaaaaaaa-1", "import-aaaaaaaa-2"]);
        });
    });

    it("imports again after destroy, since the old job brought its rows into a dataset that is gone", async () => {
        const first = await makeDataset();
        const job = await make("DatasetImportJob", importInputs(first.dataset.id));
        await handlers.DatasetImportJob.delete(job.id, job.outs);
        await handlers.Dataset.delete(first.dataset.id, first.dataset.outs);
        await handlers.DatasetGroup.delete(first.group.id, first.group.outs);
        await handlers.Schema.delete(first.schema.id, first.schema.outs);

        const second = await makeDataset();
        assert.equal(second.dataset.id, first.dataset.id);
        const again = await make("DatasetImportJob", importInputs(second.dataset.id));
        assert.equal(again.outs.jobName, "import-aaaaaaaa-2");
    });

    it("counts the imports of each content by themselves, and imports anew from another place or by another role", async () => {
        const { dataset } = await makeDataset();
        bucket.objects["films/copy.csv"] = csv;
        const jobs = [
            { contentHash: hashA },
            { contentHash: hashB },
            { dataLocation: "s3://films/copy.csv" },
            { roleArn: `${roleArn}-2` },
        ];
        const made = [];
        for (const inputs of jobs) {
            made.push((await make("DatasetImportJob", importInputs(dataset.id, inputs))).outs.jobName);
        }
        assert.deepEqual(made, ["import-aaaaaaaa-1", "import-bbbbbbbb-1", "import-aaaaaaaa-2", "import-aaaaaaaa-3"]);
    });

    it("trains a new version for a new import, and none for an old one", async () => {
        const { dataset, solution, version } = await makeVersion();
        const job = await make("DatasetImportJob", importInputs(dataset.id, { contentHash: hashB }));
        const next = await make("SolutionVersion", { solutionArn: solution.id, importJobArn: job.id });
        assert.notEqual(next.id, version.id);
        const again = await make("SolutionVersion", { solutionArn: solution.id, importJobArn: job.id });
        assert.equal(again.id, next.id);
    });

    it("changes a campaign in place, and only when something is to be changed", async () => {
        const { campaign } = await makeAll();
        const describeUpdate = async () => {
            const command = new DescribeCampaignCommand({ campaignArn: campaign.id });
            return (await service.personalize.send(command)).campaign?.latestCampaignUpdate;
        };
        const paced = { ...campaign.outs, pollSeconds: 0.02 };
        assert.equal((await handlers.Campaign.update(campaign.id, campaign.outs, paced)).outs.pollSeconds, 0.02);
        assert.equal(await describeUpdate(), undefined);
        const news = { ...campaign.outs, minProvisionedTPS: 3 };
        const { outs } = await handlers.Campaign.update(campaign.id, campaign.outs, news);
        assert.equal(outs.minProvisionedTPS, 3);
        assert.equal((await describeUpdate())?.minProvisionedTPS, 3);
    });

    it("adds, changes and removes tags in place", async () => {
        const { id, outs } = await makeGroup({ tags: { ...tags, team: "films", old: "1" } });
        const news = { ...outs, tags: { ...tags, team: "series" } };
        const updated = await handlers.DatasetGroup.update(id, outs, news);
        assert.deepEqual(updated.outs.tags, news.tags);
        // A second stack's answer lists what the service has.
        const theirs = makeGroup({ tags: { ...tags, "pulumi:stack": "theirs" } });
        await assert.rejects(theirs, (error: Error) => {
            const listed = JSON.parse(/its tags are (\{.*?\})/.exec(error.message)?.[1] ?? "{}");
            assert.deepEqual(listed, news.tags);
            return true;
        });
    });

    it("gives up at the deadline with what is there on record, and the next update goes on with it", async () => {
        await slowDown();
        let clock = 0;
        const hasty = createHandlers(
            depsFor(service.personalize, {
                now: () => clock,
                async sleep() {
                    clock += 40;
                },
            }),
        );
        const inputs = { ...common, __provider, name: "slow" };
        const failure = await failureOf(hasty.DatasetGroup.create(inputs));
        assert.match(failure.message, /^dataset group slow is still CREATE (PENDING|IN_PROGRESS) after 1 min 20 s\./);
        assert.match(failure.id, /dataset-group\/slow$/);
        assert.equal(failure.properties.__provider, __provider);
        assert.match(String(failure.properties.status), /^CREATE (PENDING|IN_PROGRESS)$/);
        assert.equal((await hasty.DatasetGroup.diff(failure.id, failure.properties, inputs)).changes, false);
        const { outs } = await handlers.DatasetGroup.update(failure.id, failure.properties, inputs);
        assert.equal(outs.status, "ACTIVE");
    });

    it("waits for an update that a deadline cut off, before it asks for another", async () => {
        const { campaign } = await makeAll();
        await slowDown();
        await untilActive("Campaign", campaign);
        const campaignArn = campaign.id;
        await service.personalize.send(new UpdateCampaignCommand({ campaignArn, minProvisionedTPS: 2 }));
        const news = { ...campaign.outs, minProvisionedTPS: 3 };
        const { outs } = await handlers.Campaign.update(campaignArn, campaign.outs, news);
        assert.equal(outs.minProvisionedTPS, 3);
        assert.ok(lines.some((line) => line.startsWith("campaign films: UPDATE CREATE ")));
    });

    it("takes a training that somebody stopped for failed, at once", async () => {
        const { solution, importJob } = await makeVersion();
        await slowDown();
        await untilActive("Solution", solution);
        const stopWhatTrains = async () => {
            const { personalize } = service;
            const list = new ListSolutionVersionsCommand({ solutionArn: solution.id });
            const training = (await personalize.send(list)).solutionVersions?.find(({ status }) => status !== "ACTIVE");
            const solutionVersionArn = training?.solutionVersionArn;
            await personalize.send(new StopSolutionVersionCreationCommand({ solutionVersionArn }));
        };
        let stopped: Promise<void> | undefined;
        const stopping = createHandlers(
            depsFor(service.personalize, {
                log() {
                    stopped ??= stopWhatTrains();
                },
            }),
        );
        const inputs = { ...common, solutionArn: solution.id, importJobArn: `${importJob.id}-other` };
        const failure = await failureOf(stopping.SolutionVersion.create(inputs));
        await stopped;
        assert.match(failure.message, /CREATE STOPPED/);
        const { replaces } = await stopping.SolutionVersion.diff(failure.id, failure.properties, inputs);
        assert.deepEqual(replaces, ["status"]);
    });

    it("waits while a resource is in use by one that is going, and takes a deleted one for deleted", async () => {
        const { group, dataset, schema } = await makeDataset();
        const deleted = handlers.DatasetGroup.delete(group.id, group.outs);
        await until(async () => lines.some((line) => /^dataset group films: ResourceInUseException: /.test(line)));
        await handlers.Dataset.delete(dataset.id, dataset.outs);
        await deleted;
        assert.deepEqual(await groupNames(), []);
        await handlers.DatasetGroup.delete(group.id, group.outs);
        await handlers.Schema.delete(schema.id, schema.outs);
    });

    it("asks nothing of the service when the engine is gone", async () => {
        const orphaned = createHandlers(
            depsFor(service.personalize, {
                assertEngineAlive: async () => {
                    throw new Error("the Pulumi engine is gone");
                },
            }),
        );
        await assert.rejects(orphaned.DatasetGroup.create({ ...common, name: "films" }), /engine is gone/);
        assert.deepEqual(await groupNames(), []);
    });

    it("keeps tags of others when it brings its own up to date", async () => {
        const { id, outs } = await makeGroup();
        const resourceArn = id;
        await service.personalize.send(
            new TagResourceCommand({ resourceArn, tags: [{ tagKey: "billing", tagValue: "42" }] }),
        );
        await handlers.DatasetGroup.update(id, outs, { ...outs, tags: { ...tags, team: "films" } });
        await assert.rejects(makeGroup({ tags: {} }), /"billing":"42"/);
    });

    /** From now on the service takes about a second a step, also for what was made a moment ago. */
    async function slowDown(): Promise<void> {
        await service.stop();
        service = await startService({ access: bucket.access, dataDir: service.dataDir, speed: "demo" });
        handlers = createHandlers(depsFor(service.personalize));
    }

    const untilActive = (kind: ResourceKindName, { id, outs }: { id: string; outs: Properties }) =>
        until(async () => (await handlers[kind].read(id, outs)).props?.status === "ACTIVE");

    async function jobNames(): Promise<string[]> {
        const names: string[] = [];
        for await (const page of paginateListDatasetImportJobs({ client: service.personalize }, {})) {
            names.push(...(page.datasetImportJobs ?? []).map(({ jobName }) => String(jobName)));
        }
        return names.sort();
    }

    async function groupNames(): Promise<string[]> {
        const names: string[] = [];
        for await (const page of paginateListDatasetGroups({ client: service.personalize }, {})) {
            names.push(...(page.datasetGroups ?? []).map(({ name }) => String(name)));
        }
        return names;
    }
});

async function failureOf(work: Promise<unknown>): Promise<InitFailure> {
    const error = await work.then(
        () => assert.fail("it did not fail"),
        (thrown: unknown) => thrown,
    );
    assert.ok(error instanceof Error && "id" in error, String(error));
    return error as InitFailure;
}
