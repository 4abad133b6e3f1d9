import assert from "node:assert/strict";
import type { Handler } from "../lifecycle.ts";
import { keepLive } from "../live.ts";

const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/**
 * Returns a handler that records its deletions. With the inputs `replaces` and `fails`, `diff` replaces and `create`
 * fails.
 */
function recorded() {
    const deleted: string[] = [];
    const handler: Handler = {
        check: async (_olds, inputs) => ({ inputs, failures: [] }),
        diff: async (_id, _olds, news) => ({
            changes: true,
            replaces: news.replaces === true ? ["name"] : [],
            deleteBeforeReplace: false,
        }),
        async create(inputs) {
            if (inputs.fails === true) throw new Error("Refused.");
            return { id: String(inputs.id), outs: inputs };
        },
        read: async (id, props) => ({ id, props }),
        update: async (_id, _olds, outs) => ({ outs }),
        delete: async (id) => void deleted.push(id),
    };
    const { Film } = keepLive(() => {}, { Film: handler });
    return { Film, deleted };
}

describe("A pending deletion", () => {
    it("`delete` removes a resource if no other handler was called for the resource in the same run", async () => {
        const { Film, deleted } = recorded();
        await Film.diff("new", {}, {});
        await Film.delete("old", {});
        assert.deepEqual(deleted, ["old"]);
    });

    it("`delete` keeps a resource that `create` adopted in the same run", async () => {
        const { Film, deleted } = recorded();
        await Film.create({ id: "a" });
        await Film.delete("a", {});
        assert.deepEqual(deleted, []);
    });

    it("`delete` deletes no resource that `diff` or `update` kept in the same run", async () => {
        const { Film, deleted } = recorded();
        await Film.diff("a", {}, {});
        await Film.update("b", {}, {});
        await Film.delete("a", {});
        await Film.delete("b", {});
        assert.deepEqual(deleted, []);
    });

    it("`delete` deletes a resource if the last `diff` requested a replacement", async () => {
        const { Film, deleted } = recorded();
        await Film.diff("a", {}, {});
        await Film.diff("a", {}, { replaces: true });
        await Film.delete("a", {});
        assert.deepEqual(deleted, ["a"]);
    });

    it("`delete` removes a resource if `diff` was called only with unknown values", async () => {
        const { Film, deleted } = recorded();
        await Film.diff("a", {}, { tags: { owner: unknown } });
        await Film.delete("a", {});
        assert.deepEqual(deleted, ["a"]);
    });

    it("`delete` fails if a `create` failed in the same run", async () => {
        const { Film, deleted } = recorded();
        await assert.rejects(Film.create({ id: "a", fails: true }), /Refused/);
        await assert.rejects(Film.delete("b", {}), /b is not deleted, because another resource of this run failed/);
        assert.deepEqual(deleted, []);
    });
});
