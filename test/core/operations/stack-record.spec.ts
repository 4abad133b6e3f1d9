import assert from "node:assert/strict";
import { namesFor, storefrontBucketNameFor, trailBucketNameFor } from "../../../core/config/names.ts";
import { stackRecordHandler } from "../../../core/operations/stack-record.ts";
import { owner, tags, useHarness } from "../../../packages/pulumi-personalize/test/harness.ts";
import { plannedStack } from "../../support/planned-stack.ts";

describe("Record of a stack", () => {
    const harness = useHarness();
    const createRecord = () =>
        stackRecordHandler({
            log: (line) => void harness.lines.push(line),
            client: () => harness.service.personalize,
            ssm: () => assert.fail("no flags are moved"),
            assertEngineAlive: async () => {},
        });
    const inputs = {
        region: "eu-central-1",
        tags,
        path: "/movie-recommender/test",
        datasetGroupName: "films",
        adopt: {},
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
                /does not belong to this stack: .*pulumi stack rename test-<name>.*pulumi config set --path adopt.datasetGroup arn:\S+films`/,
            );
            const [otherName] = await failuresOf({}, { owner: other, tags: { "pulumi:stack": "prod" } });
            assert.match(
                String(otherName?.reason),
                /nameSuffix -- -<name>`, or adopt the resource: `pulumi config set --path adopt.datasetGroup arn:\S+films`/,
            );
        }
    });

    it("`check` names the resources in a dataset group of another owner that the stack can adopt", async () => {
        const { group, solution, campaign, dataset, schema } = await harness.makeAll();
        const [failure] = await failuresOf({}, { owner: "ann" });
        const commands = (keys: readonly string[]) =>
            Object.entries({ schema, dataset, solution, campaign })
                .filter(([key]) => keys.includes(key))
                .map(([key, { id }]) => `\n  pulumi config set --path adopt.${key} ${id}`)
                .join("");
        const all = `The stack can also adopt what belongs to it:${commands(["schema", "dataset", "solution", "campaign"])}`;
        assert.ok(String(failure?.reason).endsWith(all), failure?.reason);
        const adopt = { datasetGroup: group.id, solution: solution.id };
        assert.deepEqual(await failuresOf({}, { owner: "ann", adopt }), []);
        assert.ok(harness.lines.at(-1)?.endsWith(`belongs to it:${commands(["schema", "dataset", "campaign"])}`));
        harness.lines.splice(0);
        assert.deepEqual(await failuresOf({}, { adopt }), []);
        assert.deepEqual(harness.lines, [], "the stack has adopted the group");
    });

    it("`check` rejects a data bucket with the name of another stack's page or trail bucket", async () => {
        for (const bucketName of [storefrontBucketNameFor("films"), trailBucketNameFor("films")]) {
            const failures = await failuresOf({}, { bucketName });
            assert.deepEqual(
                failures.map(({ property }) => property),
                ["bucketName"],
            );
            assert.match(failures[0]?.reason ?? "", new RegExp(`^Bucket ${bucketName} .*config set bucketName <name>`));
        }
    });

    it("`check` rejects each suffix that makes one name of a stack from another name of the same type", async () => {
        const { dashboard: _, ...names } = namesFor("dev");
        const all = Object.values(names);
        const suffixes = all.flatMap((name) =>
            all.filter((other) => other !== name && other.startsWith(name)).map((other) => other.slice(name.length)),
        );
        assert.ok(suffixes.includes("Schedule"));
        for (const nameSuffix of suffixes) {
            const [failure] = await failuresOf({}, { nameSuffix });
            assert.match(
                String(failure?.reason),
                /does not start with -.*`pulumi config set nameSuffix -- -\w+`/,
                nameSuffix,
            );
        }
        assert.deepEqual(await failuresOf({}, { nameSuffix: "-Schedule" }), []);
    });

    it("`check` only warns about such names of an existing stack, and rejects a change to them", async () => {
        const [named, before] = [{ nameSuffix: "b", bucketName: "films-page" }, inputs];
        assert.deepEqual(await failuresOf({ ...before, ...named }, named), []);
        assert.deepEqual(await failuresOf({ path: before.path }, named), [], "of a release that recorded no names");
        assert.equal(harness.lines.filter((line) => line.startsWith("Bucket films-page ends with -page")).length, 2);
        assert.equal(harness.lines.filter((line) => line.startsWith("Suffix b does not start with -")).length, 2);
        assert.equal((await failuresOf(before, named)).length, 2);
    });

    it("`check` rejects a more than doubled price unless `monthlyLimitUsd` is set", async () => {
        const priced = (minProvisionedTPS: number, limitIsSet = false) => ({
            priced: { plan: { ...plannedStack, minProvisionedTPS }, limitIsSet },
        });
        const [failure] = await failuresOf({ ...inputs, ...priced(1) }, priced(4));
        assert.equal(failure?.property, "monthlyLimitUsd");
        assert.match(failure.reason, /would cost ≈ \$59\d a month .* as deployed it costs ≈ \$15\d/);
        assert.deepEqual(await failuresOf({ ...inputs, ...priced(1) }, priced(4, true)), []);
    });

    it("`check` records that an idle campaign is parked only for a new stack, and keeps the record", async () => {
        const parksIdle = async (olds: Record<string, unknown> | undefined) => {
            const { inputs: checked } = await createRecord().check(olds, inputs);
            return (checked as { parksIdle?: true }).parksIdle ?? false;
        };
        assert.deepEqual(await Promise.all([undefined, { ...inputs, parksIdle: true }, inputs].map(parksIdle)), [
            true,
            true,
            false,
        ]);
    });

    it("`diff` reports no change of the recorded values", async () => {
        const record = createRecord();
        const { id, outs } = await record.create(inputs);
        const none = { changes: false, replaces: [], deleteBeforeReplace: false };
        assert.deepEqual(await record.diff(id, outs, { ...inputs, bucketName: "another", nameSuffix: "-b" }), none);
        assert.deepEqual(await record.diff(id, { path: inputs.path, region: inputs.region }, inputs), none);
    });

    it("`check` starts a changed experiment anew, and warns of what the change or the end of a running one means", async () => {
        const experiment = { name: "first", control: "popular", share: 50, windowHours: 24 } as const;
        const check = async (olds: object, news: object) =>
            (await createRecord().check({ ...inputs, ...olds }, { ...inputs, ...news })).inputs.experimentSince;
        const begun = Date.now();
        assert.ok(Number(await check({}, { experiment })) >= begun);
        assert.equal(await check({}, {}), undefined);
        const running = { experiment, experimentSince: begun };
        assert.equal(await check(running, { experiment: { ...experiment } }), begun);
        assert.deepEqual(harness.lines, []);
        const old = { experiment, experimentSince: 5 };
        assert.ok(Number(await check(old, { experiment: { ...experiment, share: 20 } })) >= begun);
        assert.equal(await check(running, {}), undefined);
        assert.match(
            harness.lines[0] ?? "",
            /first has been running since 1970-01-01 00:00 UTC\. This change ends it for good\. Experiment first then starts.*npm run experiment.*experiment\.share 50/s,
        );
        assert.match(harness.lines[1] ?? "", /ends it without a result, because no window has ended before/);
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
