import assert from "node:assert/strict";
import { region } from "../../../../test/support/local-aws.ts";
import { awsEntries } from "../../aws-plugin/entries.ts";
import { createProvider } from "../../aws-plugin/provider.ts";
import { account, type Enforcing } from "../gateway/enforcement/support.ts";

export type Plugin = ReturnType<typeof createProvider>;

/** Returns the plugin with all its resource types, for a local AWS. */
export const createPlugin = ({ open, url }: Pick<Enforcing, "open" | "url">): Plugin =>
    createProvider(awsEntries(open, { region, endpoint: url, account: async () => account }), {});

/** A test case for one resource type. */
export interface Life {
    readonly type: string;
    args(): Record<string, unknown>;
    /** Other values of some arguments, for a change that the state does not contain; absent for a deletion. */
    readonly drift: Record<string, unknown> | undefined;
}

export const life = (type: string, args: Life["args"], drift?: Life["drift"]): Life => ({ type, args, drift });

/** Resource types that AWS identifies only by id, so that a second create call creates a second resource. */
const doubled = ["restApi", "deployment", "apiKey", "usagePlan", "distribution"];
/** Resource types for which a second create call updates the existing resource. */
const same = [
    ...["account", "methodSettings", "metricAlarm", "dashboard", "queue", "topic", "topicPolicy", "topicSubscription"],
    ...["queuePolicy", "functionEventInvokeConfig", "rolePolicy", "rolePolicyAttachment", "userPolicyAttachment"],
    ...["bucketVersioning", "bucketPublicAccessBlock", "bucketOwnershipControls", "bucketPolicy", "bucketObjectv2"],
    ...["bucketServerSideEncryptionConfiguration", "bucketLifecycleConfiguration"],
];
/**
 * Returns the `pulumi import` id of types whose import id differs from the state's id (Pulumi Registry, "Import" of
 * each type).
 */
const importIds: Readonly<Record<string, (args: Record<string, unknown>, id: string) => string>> = {
    permission: ({ function: of }, id) => `${of}/${id}`,
    stage: ({ restApi, stageName }) => `${restApi}/${stageName}`,
    usagePlanKey: ({ usagePlanId }, id) => `${usagePlanId}/${id}`,
};

export const createUrn = (type: string) => `urn:pulumi:local::movie-recommender::${type}::films`;

/**
 * Tests that each resource has no difference after its creation, that a preview finds a change that the state does not
 * contain, and that an update reverts it. At the end, deletes all resources in reverse order.
 */
export function testLives(lives: readonly Life[], plugin: () => Plugin): void {
    const created = new Map<string, { id: string; outs: Record<string, unknown> }>();

    for (const { type, args, drift } of lives) {
        it(`${type}: create leaves no difference, read finds drift and update repairs it`, async () => {
            const urn = createUrn(type);
            const inputs = args();
            assert.deepEqual((await plugin().check(urn, {}, inputs)).failures, []);
            const { id, outs = {} } = await plugin().create(urn, inputs);
            created.set(type, { id, outs });
            const changes = async () => {
                const { id: readId, props = {} } = await plugin().read(id, urn, outs);
                if (!readId) {
                    return "gone";
                }
                const { changes } = await plugin().diff(id, urn, props, inputs);
                const differs = (key: string) => JSON.stringify(props[key]) !== JSON.stringify(inputs[key]);
                if (!changes) {
                    return [];
                }
                const givenKeys = Object.keys(props).filter((key) => key in inputs || !(key in outs));
                const differing = [...new Set([...Object.keys(inputs), ...givenKeys])].filter(differs);
                return differing.length > 0 ? differing : ["something computed"];
            };
            assert.deepEqual(await changes(), []);
            assert.deepEqual((await plugin().read(id, urn, outs)).props, outs, "a refresh changes nothing");

            await testSecondCreate(type, id, inputs);

            if (drift === undefined) {
                await plugin().delete(id, urn, outs);
                assert.equal(await changes(), "gone");
                const { id: again, outs: anew = {} } = await plugin().create(urn, inputs);
                created.set(type, { id: again, outs: anew });
                const { props = {} } = await plugin().read(again, urn, anew);
                assert.equal((await plugin().diff(again, urn, props, inputs)).changes, false);
                return;
            }
            await plugin().update(id, urn, outs, { ...inputs, ...drift });
            assert.deepEqual(await changes(), Object.keys(drift));
            const { props: drifted = {} } = await plugin().read(id, urn, outs);
            await plugin().update(id, urn, drifted, inputs);
            assert.deepEqual(await changes(), []);
        });
    }

    /**
     * Tests that a create call never adopts an existing resource. If the create call fails because of an existing
     * resource, also tests that the plugin can import this resource.
     */
    async function testSecondCreate(type: string, id: string, inputs: Record<string, unknown>): Promise<void> {
        const [urn, kind] = [createUrn(type), /\/(\w+):/.exec(type)?.[1] ?? ""];
        if (same.includes(kind)) {
            assert.equal((await plugin().create(urn, inputs)).id, id);
        } else if (doubled.includes(kind)) {
            const second = await plugin().create(urn, inputs);
            assert.notEqual(second.id, id);
            await plugin().delete(second.id, urn, second.outs ?? {});
        } else {
            await assert.rejects(plugin().create(urn, inputs), /[Ee]xist|own|Conflict|InUse/);
            const importId = importIds[kind]?.(inputs, id) ?? id;
            const imported = await plugin().read(importId, urn, {});
            assert.equal(imported.id, id);
            const { outs = {} } = created.get(type) ?? {};
            for (const key of Object.keys(outs).filter((one) => !(one in inputs))) {
                assert.deepEqual(imported.props?.[key], outs[key], `computed ${key}`);
            }
            const { replaces } = await plugin().diff(id, urn, imported.props ?? {}, inputs);
            assert.deepEqual(replaces, [], "the next up replaces nothing");
            const { outs: updated = {} } = await plugin().update(id, urn, imported.props ?? {}, inputs);
            const { props = {} } = await plugin().read(id, urn, updated);
            assert.equal((await plugin().diff(id, urn, props, inputs)).changes, false);
        }
    }

    it("delete removes each resource, and a second delete succeeds", async () => {
        for (const { type } of lives.toReversed()) {
            const { id, outs } = created.get(type) ?? assert.fail(type);
            await plugin().delete(id, createUrn(type), outs);
            await plugin().delete(id, createUrn(type), outs);
        }
        for (const { type } of lives) {
            const { id, outs } = created.get(type) ?? assert.fail(type);
            assert.equal((await plugin().read(id, createUrn(type), outs)).id, "", type);
        }
    });
}

/**
 * Tests that an update resets all removed arguments to AWS's defaults. `bare` has the arguments that remain, by type: the
 * names of arguments in the test case, or other arguments.
 */
export async function testBareUpdates(
    lives: readonly Life[],
    plugin: Plugin,
    bare: Readonly<Record<string, readonly string[] | Record<string, unknown>>>,
): Promise<void> {
    for (const { type, args } of lives.filter((life) => life.type in bare)) {
        const [urn, kept = {}] = [createUrn(type), bare[type]];
        const wanted = Array.isArray(kept) ? Object.fromEntries(kept.map((key) => [key, args()[key]])) : { ...kept };
        const { id, outs = {} } = await plugin.create(urn, args());
        const { outs: updated } = await plugin.update(id, urn, outs, wanted);
        const { props = {} } = await plugin.read(id, urn, updated);
        assert.equal((await plugin.diff(id, urn, props, wanted)).changes, false, `${type} ${JSON.stringify(props)}`);
        await plugin.delete(id, urn, updated);
    }
}
