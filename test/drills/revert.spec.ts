import assert from "node:assert/strict";
import { casesOf, changes, endings, fewestRuns, operationsOf } from "./revert/cases.ts";
import { leftoversIn, lostIn } from "./revert/judge.ts";

describe("The cases of drill:revert", () => {
    for (const seed of [1, 2, 3]) {
        const cases = casesOf(seed, 30);
        const of = (change: string) => cases.filter((one) => one.change === change);

        it(`stop every change by every kind of stop, and end it in every way (seed ${seed})`, () => {
            assert.ok(cases.length >= fewestRuns);
            for (const change of changes) {
                assert.ok(of(change).length >= 4, change);
                assert.deepEqual(new Set(of(change).map(({ stop }) => stop)), new Set(["ctrl-c", "kill", "failure"]));
                assert.deepEqual(new Set(of(change).map(({ ending }) => ending)), new Set(endings));
            }
        });

        it(`stop a change only at operations that the change calls (seed ${seed})`, () => {
            assert.ok(cases.every(({ change, operation }) => operationsOf[change].includes(operation)));
        });
    }

    it("are equal for equal seeds, and differ for others", () => {
        assert.deepEqual(casesOf(7, 30), casesOf(7, 30));
        assert.notDeepEqual(casesOf(7, 30), casesOf(8, 30));
    });
});

describe("The judge of drill:revert", () => {
    const before = { "campaign a": "10:00", "table t": "10:00", "role r": "10:00" };

    it("counts a resource as lost if it existed at the stop and is gone afterwards", () => {
        assert.deepEqual(lostIn(before, before, { "table t": "10:00", "role r": "10:00" }), ["campaign a"]);
    });

    it("counts a resource as lost if it was created again", () => {
        assert.deepEqual(lostIn(before, before, { ...before, "table t": "11:00" }), ["table t"]);
    });

    it("does not count what the change had deleted before the stop", () => {
        const stopped = { "campaign a": "10:00" };
        assert.deepEqual(lostIn(before, stopped, { "campaign a": "10:00" }), []);
    });

    it("counts a second API of one name and every new name as left over", () => {
        const after = { ...before, "api eu films x1": "", "api eu films x2": "", "topic n": "" };
        assert.deepEqual(leftoversIn({ ...before, "api eu films x1": "" }, after), ["api eu films", "topic n"]);
    });
});
