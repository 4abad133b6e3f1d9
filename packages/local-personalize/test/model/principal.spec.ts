import assert from "node:assert/strict";
import { pairSums } from "../../model/gram.ts";
import { countComponents, principalWeights } from "../../model/principal.ts";

/**
 * Returns the histories of users who each watch the items of one group, in a fixed order. Each user of a group starts
 * at another item.
 */
function groupedHistories(groups: number, items: number): number[][] {
    return Array.from({ length: groups * items }, (_, user) => {
        const first = (user % groups) * items;
        const start = Math.floor(user / groups);
        return Array.from({ length: items }, (_, position) => first + ((start + position) % items));
    });
}

describe("principalWeights", () => {
    it("principalWeights connects items that the same users watch, and gives the item watched next the highest weight", () => {
        const [groups, items] = [8, 6];
        const n = groups * items;
        const weights = principalWeights(pairSums(groupedHistories(groups, items), n));
        const weight = (from: number, to: number) => weights[from * n + to] ?? Number.NaN;
        for (let item = 0; item < n; item++) {
            const group = Math.floor(item / items);
            for (let other = 0; other < n; other++) {
                if (other === item) continue;
                if (Math.floor(other / items) === group) assert.ok(weight(item, other) > 0.001, `${item}, ${other}`);
                else assert.ok(Math.abs(weight(item, other)) < 1e-4, `${item}, ${other}`);
            }
        }
    });

    it("countComponents returns a 25th of the number of items, at least 8 and at most 64, and 0 for fewer than 40 items", () => {
        assert.deepEqual([39, 40, 200, 250, 1_682, 4_000].map(countComponents), [0, 8, 8, 10, 64, 64]);
        assert.ok(principalWeights(pairSums(groupedHistories(13, 3), 39)).every((value) => value === 0));
    });

    it("principalWeights returns finite weights for degenerate histories", () => {
        const same = Array.from({ length: 200 }, () => Array.from({ length: 400 }, (_, item) => item));
        assert.ok(principalWeights(pairSums(same, 400)).every(Number.isFinite));
        const histories = groupedHistories(20, 5).map((history) => history.filter((item) => item > 2));
        const eventWeights = histories.map((history) => history.map((item) => (item % 5 === 0 ? 0 : 1)));
        assert.ok(principalWeights(pairSums(histories, 100, eventWeights)).every(Number.isFinite));
    });
});
