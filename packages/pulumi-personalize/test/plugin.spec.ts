import assert from "node:assert/strict";
import { initFailure } from "../errors.ts";
import { kinds, type ResourceKindName } from "../kinds.ts";
import type { Handler } from "../lifecycle.ts";
import { createPlugin } from "../plugin.ts";

const secret = (value: unknown) => ({
    "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
    value,
});
const urn = "urn:pulumi:dev::films::my:component:Thing$personalize:index:Filter::seen";
const given = {
    name: "seen",
    owner: "ann",
    filterExpression: secret("EXCLUDE ItemID"),
    tags: { team: secret("films"), a: "b" },
};
const plain = { name: "seen", owner: "ann", filterExpression: "EXCLUDE ItemID", tags: { team: "films", a: "b" } };

/** Returns a plugin whose handlers record their arguments and call the methods in `answers`. */
function plugin(answers: Partial<Handler> = {}) {
    const calls: unknown[][] = [];
    const handler = new Proxy({} as Handler, {
        get:
            (_, method: keyof Handler) =>
            (...args: unknown[]) => {
                calls.push([method, ...args]);
                return (answers[method] as ((...args: unknown[]) => unknown) | undefined)?.(...args);
            },
    });
    const handlers = Object.fromEntries([...Object.keys(kinds), "Owner"].map((kind) => [kind, handler]));
    const options = { version: "1.0.0", schema: "{}", region: "eu-west-1" };
    return { calls, provider: createPlugin(options, handlers as Record<ResourceKindName | "Owner", Handler>) };
}

describe("Plugin pulumi-resource-personalize", () => {
    it("`check` gives the handlers plain values, with the stack's region as a default, and returns secrets as secrets", async () => {
        const { calls, provider } = plugin({ check: async (_, inputs) => ({ inputs, failures: [] }) });
        const { inputs } = (await provider.check?.(urn, {}, given)) ?? {};
        const common = { defaults: { region: "eu-west-1" }, logicalName: "seen", owner: "ann" };
        assert.deepEqual(calls, [["check", {}, { ...common, ...plain }]]);
        const hidden = { filterExpression: secret("EXCLUDE ItemID"), tags: secret({ team: "films", a: "b" }) };
        assert.deepEqual(inputs, { ...common, name: "seen", ...hidden });
        await provider.check?.(urn, {}, { defaults: { region: "eu-north-1", tags: { a: "b" } } });
        const [, [, , news] = assert.fail()] = calls;
        assert.deepEqual((news as typeof common).defaults, { region: "eu-north-1", tags: { a: "b" } });
    });

    it("`check` requires `owner`, except for an `Owner` and for a resource that has a recorded owner", async () => {
        const { provider } = plugin({ check: async (_, inputs) => ({ inputs, failures: [] }) });
        const checked = async (type: string, olds: object) => {
            const { failures = [], inputs = {} } = (await provider.check?.(type, olds, { name: "seen" })) ?? {};
            return [failures.map(({ property }) => property), inputs.owner];
        };
        assert.deepEqual(await checked(urn, {}), [["owner"], undefined]);
        assert.deepEqual(await checked(urn, { owner: "films/dev" }), [[], "films/dev"]);
        assert.deepEqual(await checked("urn:pulumi:dev::films::personalize:index:Owner::a", {}), [[], undefined]);
    });

    it("`create` and `update` return outputs of secret inputs as secrets", async () => {
        const outs = { ...plain, arn: "arn:filter/seen" };
        const { calls, provider } = plugin({
            create: async () => ({ id: outs.arn, outs }),
            update: async () => ({ outs }),
        });
        const created = await provider.create?.(urn, given);
        const updated = await provider.update?.(outs.arn, urn, given, given);
        assert.deepEqual(calls, [
            ["create", plain],
            ["update", outs.arn, plain, plain],
        ]);
        const expected = { ...outs, filterExpression: secret("EXCLUDE ItemID"), tags: secret(plain.tags) };
        assert.deepEqual(created, { id: outs.arn, outs: expected });
        assert.deepEqual(updated, { outs: expected });
    });

    it("a creation that fails after the resource exists records secret inputs as secrets", async () => {
        const create = async () => {
            throw initFailure("arn:filter/seen", plain, "CREATE FAILED");
        };
        const work = plugin({ create }).provider.create?.(urn, given) ?? Promise.resolve();
        const error = await work.catch((thrown: unknown) => thrown as { properties: Record<string, unknown> });
        assert.deepEqual((error as { properties: object }).properties, {
            name: "seen",
            owner: "ann",
            filterExpression: secret("EXCLUDE ItemID"),
            tags: secret(plain.tags),
        });
    });

    it("`read` of an imported resource uses the region in the resource's ARN", async () => {
        const arn = "arn:aws:personalize:eu-north-1:123456789012:filter/seen";
        const { calls, provider } = plugin({ read: async (id) => ({ id, props: plain, inputs: plain }) });
        assert.deepEqual(await provider.read?.(arn, urn, {}), { id: arn, props: plain, inputs: plain });
        assert.deepEqual(calls, [["read", arn, { region: "eu-north-1" }]]);
    });

    it("`read` of a missing resource returns an empty ID", async () => {
        const { provider } = plugin({ read: async () => ({}) });
        assert.deepEqual(await provider.read?.("arn:a:b:c", urn, given), { id: "", props: {}, inputs: {} });
    });

    it("an unknown resource type is rejected with an error that names the type", async () => {
        const unknown = "urn:pulumi:dev::films::personalize:index:Film::a";
        await assert.rejects(plugin().provider.create?.(unknown, {}) ?? Promise.resolve(), /Film is not a resource/);
    });
});
