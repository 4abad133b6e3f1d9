import assert from "node:assert/strict";
import { good, problems } from "./parsed.ts";

const filter = "INCLUDE ItemID WHERE Items.PRICE < 10";

describe("Config promotions", () => {
    it("promotions one after the other are valid, and a percentage may be text", () => {
        const { promotions } = good({
            promotions: JSON.stringify({
                now: { filter, percent: "5", until: "2026-12-24" },
                later: { filter, percent: 100, from: "2026-12-24T00:00:00Z" },
            }),
        });
        assert.deepEqual(promotions.now, { filter, percent: 5, from: "", until: "2026-12-24" });
        assert.equal(promotions.later?.percent, 100);
    });

    for (const [what, promotion, path, reason] of [
        ["0 percent", { filter, percent: 0 }, "promotions.a.percent", /must be a whole number from 1 to 100/],
        ["101 percent", { filter, percent: 101 }, "promotions.a.percent", /must be a whole number from 1 to 100/],
        ["an unknown member", { filter, share: 1 }, "promotions.a.share", /is not a member of promotions\.a/],
        ["no filter", { percent: 10 }, "promotions.a", /wrong at column 1/],
        [
            "an end before the beginning",
            { filter, from: "2026-12-02", until: "2026-12-01" },
            "promotions.a",
            /before it/,
        ],
        ["a time that is none", { filter, until: "Christmas" }, "promotions.a", /until Christmas, which is no date/],
        [
            "a filter of interactions",
            { filter: 'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("Buy")' },
            "promotions.a",
            /only compare columns of Items/,
        ],
        [
            "a placeholder",
            { filter: "INCLUDE ItemID WHERE Items.PRICE < $MOST" },
            "promotions.a",
            /only compare columns of Items/,
        ],
    ] as const) {
        it(`a promotion with ${what} is refused`, () => {
            const [problem, ...others] = problems({ promotions: JSON.stringify({ a: promotion }) });
            assert.deepEqual([problem?.path, others], [path, []]);
            assert.match(problem?.reason ?? "", reason);
        });
    }

    it("two promotions at the same time are refused", () => {
        const both = { a: { filter, until: "2026-12-02" }, b: { filter, from: "2026-12-01" } };
        const [problem] = problems({ promotions: JSON.stringify(both) });
        assert.match(`${problem?.path} ${problem?.reason}`, /^promotions\.b is active at the same time as a/);
    });
});
