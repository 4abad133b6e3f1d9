import assert from "node:assert/strict";
import { tags, useHarness } from "../../packages/pulumi-personalize/test/harness.ts";
import { stackOwnerHandler } from "../../personalize/stack-owner.ts";

describe("StackOwner", () => {
    const harness = useHarness();
    const stackOwner = () =>
        stackOwnerHandler({
            client: () => harness.service.personalize,
            ssm: () => assert.fail("no flags are moved"),
            assertEngineAlive: async () => {},
        });

    it("`StackOwner.check` rejects resource names that another owner uses, and keeps the stack's `ownerId`", async () => {
        const StackOwner = stackOwner();
        const inputs = {
            region: "eu-central-1",
            tags,
            datasetGroupName: "films",
            nameSuffix: "",
            bucketName: "films",
        };
        const first = await StackOwner.check({}, inputs);
        assert.deepEqual(first.failures, []);
        const ownerId = String(first.inputs.ownerId);
        assert.match(ownerId, /^[0-9a-f-]{36}$/);
        await harness.makeGroup({ owner: ownerId });
        const again = await StackOwner.check(first.inputs, inputs);
        assert.deepEqual([again.failures, again.inputs], [[], first.inputs]);
        const [failure] = (await StackOwner.check({}, inputs)).failures;
        assert.match(String(failure?.reason), /does not belong to this stack: .*pulumi stack rename test-<name>/);
        const { id, outs } = await StackOwner.create(first.inputs);
        assert.deepEqual([id, outs], [ownerId, first.inputs]);
        const none = { changes: false, replaces: [], deleteBeforeReplace: false };
        assert.deepEqual(await StackOwner.diff(id, outs, again.inputs), none);
        assert.deepEqual((await StackOwner.check({}, { ...inputs, datasetGroupName: "others" })).failures, []);
    });

    it("`StackOwner.check` rejects a region other than the region of the existing resources", async () => {
        const StackOwner = stackOwner();
        const inputs = { region: "eu-central-1", tags, datasetGroupName: "films" };
        const { inputs: recorded } = await StackOwner.check({}, inputs);
        const { failures } = await StackOwner.check(recorded, { ...inputs, region: "us-east-1" });
        assert.deepEqual(
            failures.map(({ property }) => property),
            ["region"],
        );
        assert.match(failures[0]?.reason ?? "", /resources are in eu-central-1.*`pulumi destroy`/s);
    });
});
