import assert from "node:assert/strict";
import { casesOf, changes, endings, fewestRuns, operationsOf } from "./revert/cases.ts";
import { leftoversIn, lostIn } from "./revert/judge.ts";

describe("`casesOf` of `drill:revert`", () => {
    for (const seed of [1, 2, 3]) {
        const cases = casesOf(seed, 30);
        const of = (change: string) => cases.filter((one) => one.change === change);

        it(`\`casesOf\` combines each change, interruption and later command (seed ${seed})`, () => {
            assert.ok(cases.length >= fewestRuns);
            for (const change of changes) {
                assert.ok(of(change).length >= 4, change);
                assert.deepEqual(new Set(of(change).map(({ stop }) => stop)), new Set(["ctrl-c", "kill", "failure"]));
                assert.deepEqual(new Set(of(change).map(({ ending }) => ending)), new Set(endings));
            }
        });

        it(`\`casesOf\` interrupts a change only at API operations of the same change (seed ${seed})`, () => {
            assert.ok(cases.every(({ change, operation }) => operationsOf[change].includes(operation)));
        });
    }

    it("`casesOf` returns equal cases for equal seeds, and different cases for different seeds", () => {
        assert.deepEqual(casesOf(7, 30), casesOf(7, 30));
        assert.notDeepEqual(casesOf(7, 30), casesOf(8, 30));
    });
});

describe("Resources that `drill:revert` reports as lost or left over", () => {
    const before = { "campaign a": "10:00", "table t": "10:00", "role r": "10:00" };

    it("`lostIn` returns a resource that existed at the interruption, but not at the end", () => {
        assert.deepEqual(lostIn(before, before, { "table t": "10:00", "role r": "10:00" }), ["campaign a"]);
    });

    it("`lostIn` returns a resource that was deleted and created again", () => {
        assert.deepEqual(lostIn(before, before, { ...before, "table t": "11:00" }), ["table t"]);
    });

    it("`lostIn` does not return a resource that the change deleted before the interruption", () => {
        const stopped = { "campaign a": "10:00" };
        assert.deepEqual(lostIn(before, stopped, { "campaign a": "10:00" }), []);
    });

    it("`leftoversIn` returns duplicate APIs and resources with new names", () => {
        const after = { ...before, "api eu films x1": "", "api eu films x2": "", "topic n": "" };
        assert.deepEqual(leftoversIn({ ...before, "api eu films x1": "" }, after), ["api eu films", "topic n"]);
    });
});
