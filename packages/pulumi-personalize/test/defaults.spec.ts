import assert from "node:assert/strict";
import { compareProperties } from "../diff.ts";
import { anyKind, kinds } from "../kinds.ts";
import { lifecycle } from "../lifecycle.ts";
import { unknownValue } from "../resource.ts";
import type { LifecycleDeps } from "../wait.ts";

const filter = { datasetGroupArn: "arn:of:group", filterExpression: "EXCLUDE ItemID" };
const region = "eu-central-1";

/** Returns the inputs that `check` of a kind records. */
const check = async (news: object, olds: object = {}, kind = anyKind(kinds.Filter)) =>
    (await lifecycle(kind, {} as LifecycleDeps).check({ ...olds }, { ...filter, ...news })).inputs;

describe("Generated names", () => {
    it("a resource without `name` gets its logical name and 7 random digits, in characters that Personalize accepts", async () => {
        const generate = async (logicalName: string) => String((await check({ region, logicalName })).name);
        assert.match(await generate("seen"), /^seen-[0-9a-f]{7}$/);
        assert.notEqual(await generate("seen"), await generate("seen"));
        assert.match(await generate("-my films/ä"), /^my-films--[0-9a-f]{7}$/);
        assert.equal((await generate("f".repeat(90))).length, 63);
    });

    it("an update keeps a generated name, and the name of a resource whose program no longer states it", async () => {
        const unnamed = { region, logicalName: "seen" };
        const first = await check(unnamed);
        assert.equal((await check(unnamed, first)).name, first.name);
        assert.equal((await check(unnamed, { region, name: "watched" })).name, "watched");
        assert.equal((await check({ region, name: "watched" }, first)).name, "watched");
    });

    it("a resource with a name, and a kind without names, records no logical name", async () => {
        const named = await check({ region, logicalName: "seen", name: "seen" });
        assert.deepEqual([named.name, named.logicalName], ["seen", undefined]);
        const version = await check({ region, logicalName: "seen" }, {}, anyKind(kinds.SolutionVersion));
        assert.deepEqual([version.name, version.logicalName], [undefined, undefined]);
    });
});

describe("Input `defaults`", () => {
    it("a new resource gets the default region and tags, and its own inputs have priority", async () => {
        const defaults = { region, tags: { team: "films", stage: "dev" } };
        const inputs = await check({ name: "seen", defaults, tags: { stage: "live" } });
        assert.deepEqual([inputs.region, inputs.tags], [region, { team: "films", stage: "live" }]);
        assert.deepEqual(inputs.defaults, defaults);
        assert.equal((await check({ name: "seen", defaults, region: "us-west-2" })).region, "us-west-2");
    });

    it("a changed default updates the tags of a resource, but never replaces the resource", async () => {
        const recorded = await check({ name: "seen", defaults: { region, tags: { team: "films" } } });
        const changed = await check({ name: "seen", defaults: { region: "us-west-2", tags: { team: "x" } } }, recorded);
        assert.deepEqual([changed.region, changed.tags], [region, { team: "x" }]);
        const outs = { ...recorded, status: "ACTIVE" };
        const { changes, replaces } = compareProperties(anyKind(kinds.Filter), outs, changed);
        assert.deepEqual([changes, replaces], [true, []]);
        const { defaults: _, ...undefaulted } = recorded;
        const same = await check({ name: "seen", region, tags: { team: "films" } }, undefaulted);
        assert.equal(compareProperties(anyKind(kinds.Filter), outs, same).changes, false);
    });

    it("tags are unknown at preview if their defaults are", async () => {
        const { tags } = await check({ name: "seen", region, defaults: { tags: unknownValue } });
        assert.equal(tags, unknownValue);
    });
});
