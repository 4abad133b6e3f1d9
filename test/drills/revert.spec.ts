import assert from "node:assert/strict";
import { findLeftovers, findLost, withoutLeaving } from "./revert/judge.ts";

describe("Resources that `drill:revert` reports as lost or left over", () => {
    const before = { "campaign a": "10:00", "table t": "10:00", "role r": "10:00" };

    it("`findLost` returns a resource that existed at the interruption, but not at the end", () => {
        assert.deepEqual(findLost(before, before, { "table t": "10:00", "role r": "10:00" }), ["campaign a"]);
    });

    it("`findLost` returns a resource that was deleted and created again", () => {
        assert.deepEqual(findLost(before, before, { ...before, "table t": "11:00" }), ["table t"]);
    });

    it("`findLost` does not return a resource that the change deleted before the interruption", () => {
        const stopped = { "campaign a": "10:00" };
        assert.deepEqual(findLost(before, stopped, { "campaign a": "10:00" }), []);
    });

    it("`withoutLeaving` leaves out the versions of a solution that is being deleted", () => {
        const kept = { "solution arn:solution/b": "10:00", "version arn:solution/b/1": "10:00" };
        assert.deepEqual(withoutLeaving({ ...kept, "version arn:solution/a/1": "10:00" }), kept);
    });

    it("`findLeftovers` returns duplicate APIs and resources with new names", () => {
        const after = { ...before, "api eu films x1": "", "api eu films x2": "", "topic n": "" };
        assert.deepEqual(findLeftovers({ ...before, "api eu films x1": "" }, after), ["api eu films", "topic n"]);
    });
});
