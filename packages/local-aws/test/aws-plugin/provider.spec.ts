import assert from "node:assert/strict";
import { type AnyEntry, sameJson } from "../../aws-plugin/entry.ts";
import { createProvider } from "../../aws-plugin/provider.ts";

const urnOf = (type: string) => `urn:pulumi:local::movie-recommender::${type}::films`;
const urn = urnOf("movie-recommender:storage:Shelf$aws:s3/shelf:Shelf");
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const signature = "4dabf18193072939515e22adb298388d";
const secret = (value: unknown) => ({ [signature]: "1b47061264138c4ac30d75fd1eb44270", value });
const asset = (path: string, hash: string) => ({ [signature]: "c44067f5952c0a294b673a41bacd8c17", path, hash });

describe("`createProvider` of the local AWS plugin", () => {
    const created: unknown[] = [];
    const shelf: AnyEntry = {
        properties: { name: "replace", books: "update", source: "update", note: "ignore" },
        nested: ["books.a", "books.b"],
        async create(args) {
            created.push(args);
            return "shelf-1";
        },
        computed: async (id) => ({ arn: `arn:${id}` }),
        read: async () => undefined,
        update: async () => {},
        delete: async () => {},
    };
    const lookups = { "aws:index/who:who": async (args: object) => ({ asked: args }) };
    const plugin = createProvider({ "aws:s3/shelf:Shelf": shelf }, lookups);

    it("`check` accepts supported arguments", async () => {
        const news = { name: "films", books: 3 };
        assert.deepEqual(await plugin.check(urn, {}, news), { inputs: news, failures: [] });
    });

    it("`check` reports each unsupported argument by name", async () => {
        const { failures = [] } = await plugin.check(
            urn,
            {},
            { name: "films", colour: "red", height: 2, __defaults: [] },
        );
        assert.deepEqual(
            failures.map(({ property }) => property),
            ["colour", "height"],
        );
        assert.match(failures[0]?.reason ?? "", /not supported by the local AWS plugin .*--official-plugin/);
    });

    it("`check` reports an unsupported nested argument by its path", async () => {
        const news = { name: "films", books: [{ a: 1 }, { a: 2, c: { d: 3 } }, { c: { d: 4 } }], source: { any: 1 } };
        const { failures = [] } = await plugin.check(urn, {}, news);
        assert.deepEqual(
            failures.map(({ property }) => property),
            ["books.c.d"],
        );
        assert.deepEqual((await plugin.check(urn, {}, { books: secret({ a: 1 }) })).failures, []);
        assert.deepEqual((await plugin.check(urn, {}, { books: unknown })).failures, []);
    });

    it("the plugin rejects an unsupported resource type or function with a message that contains the next step", async () => {
        const other = urnOf("aws:s3/cupboard:Cupboard");
        const message =
            "aws:s3/cupboard:Cupboard is not supported by the local AWS plugin. " +
            "Add an entry to packages/local-aws/aws-plugin, or run with --official-plugin.";
        await assert.rejects(plugin.check(other, {}, {}), { message });
        await assert.rejects(plugin.create(other, {}), { message });
        await assert.rejects(plugin.invoke("aws:index/when:when", {}), /^Error: aws:index\/when:when is not supported/);
        assert.deepEqual(await plugin.invoke("aws:index/who:who", { a: 1 }), { outputs: { asked: { a: 1 } } });
    });

    const olds = { name: "films", books: { a: 1, b: 2 }, note: "x", arn: "arn:shelf-1" };
    const diffs: [string, Record<string, unknown>, string[] | "an update" | "no change"][] = [
        ["equal arguments", olds, "no change"],
        ["arguments without computed outputs", { name: "films", books: { a: 1, b: 2 }, note: "x" }, "no change"],
        ["another order of keys", { ...olds, books: { b: 2, a: 1 } }, "no change"],
        ["a changed ignored argument", { ...olds, note: "y" }, "no change"],
        ["an argument wrapped as a secret", { ...olds, books: secret({ a: 1, b: 2 }) }, "no change"],
        ["a changed argument", { ...olds, books: { a: 1 } }, "an update"],
        ["a removed argument", { name: "films", note: "x" }, "an update"],
        ["an argument with an unknown value", { ...olds, books: unknown }, "an update"],
        ["a changed physical name", { ...olds, name: "novels" }, ["name"]],
        ["a changed name and argument", { ...olds, name: "novels", books: 7 }, ["name"]],
    ];
    for (const [what, news, expected] of diffs) {
        const replaces = Array.isArray(expected) ? expected : [];
        const outcome = replaces.length > 0 ? "a replacement that deletes first" : expected;
        it(`\`diff\` returns ${outcome} for ${what}`, async () => {
            assert.deepEqual(await plugin.diff("shelf-1", urn, olds, news), {
                changes: expected !== "no change",
                replaces,
                deleteBeforeReplace: replaces.length > 0,
            });
        });
    }

    const orders: [string, string, Record<string, unknown>, boolean][] = [
        ["a given name", "shelf:Shelf", { name: "novels" }, true],
        ["a given autonamed argument", "bucket:Bucket", { bucket: "novels" }, true],
        ["no name", "bucketPolicy:BucketPolicy", { bucket: "novels" }, false],
        ["a name in another argument", "stage:Stage", { stageName: "novels" }, false],
    ];
    for (const [what, type, news, deleteBeforeReplace] of orders) {
        const key = Object.keys(news)[0] ?? "";
        it(`the replacement of a resource whose type has ${what} ${deleteBeforeReplace ? "deletes the old resource first" : "creates the new resource first"}`, async () => {
            const properties = { [key]: "replace" } as const;
            const one: AnyEntry = {
                ...shelf,
                properties,
                ...(key === "bucket" && deleteBeforeReplace && { autonamed: key }),
            };
            const { diff } = createProvider({ [`aws:s3/${type}`]: one }, {});
            assert.deepEqual(await diff("1", urnOf(`aws:s3/${type}`), { [key]: "films" }, news), {
                changes: true,
                replaces: [key],
                deleteBeforeReplace,
            });
        });
    }

    it("`diff` compares files by content and ignores their path", async () => {
        const at = (path: string, hash: string) => ({ name: "films", source: asset(path, hash) });
        const changes = async (news: Record<string, unknown>) =>
            (await plugin.diff("shelf-1", urn, at("/here/u.csv", "1"), news)).changes;
        assert.equal(await changes(at("/there/u.csv", "1")), false);
        assert.equal(await changes(at("/here/u.csv", "2")), true);
    });

    it("`create` passes decrypted secrets to the resource type's code, and returns the computed outputs", async () => {
        const { id, outs } = await plugin.create(urn, { name: "films", books: secret(3) });
        assert.deepEqual(created, [{ name: "films", books: 3 }]);
        assert.deepEqual([id, outs?.arn], ["shelf-1", "arn:shelf-1"]);
    });

    it("`previewUpdate` returns computed outputs, and the unknown placeholder for outputs that the update may change", () => {
        const one = { ...shelf, volatile: ["etag"] };
        const { previewUpdate } = createProvider({ "aws:s3/shelf:Shelf": one }, {});
        const news = { name: "films", books: unknown };
        const planned = { arn: "arn:shelf-1", etag: unknown, name: "films", books: unknown };
        assert.deepEqual(previewUpdate(urn, { ...olds, etag: "1" }, news), planned);
    });

    it("`sameJson` returns the program's JSON text if AWS's JSON has the same content", () => {
        assert.equal(sameJson('{"a":1,"b":[2]}', '{ "b": [2], "a": 1 }'), '{"a":1,"b":[2]}');
        assert.equal(sameJson('{"b":[1,2]}', '{"b":[2,1]}'), '{"b":[2,1]}');
        assert.equal(sameJson(undefined, "{}"), "{}");
        assert.equal(sameJson("{}", undefined), undefined);
    });
});
