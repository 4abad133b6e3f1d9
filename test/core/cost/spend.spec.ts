import assert from "node:assert/strict";
import fc from "fast-check";
import { countTime, freshSpend, monthSpendUsd, openSince, type SpendState, settle } from "../../../core/cost/spend.ts";
import { day, hour, minute, window, windowStart } from "../../../core/cost/time.ts";

const start = Date.parse("2026-11-01T00:00:00Z");
const at = (minProvisionedTPS: number, v2 = false, createdAt = start) => ({ minProvisionedTPS, v2, createdAt });
const near = (actual: number, expected: number) =>
    assert.ok(Math.abs(actual - expected) < 1e-6, `${actual} is not ${expected}`);

/**
 * Returns the bill of a campaign that is always ACTIVE, from the month's start to a moment. Adds window by window, with
 * prices as plain numbers.
 */
function billed(to: number, tps: number, v2: boolean, requests: ReadonlyMap<number, number>): number {
    const length = v2 ? hour : window;
    let units = 0;
    for (let from = start; from < to; from += length) {
        const hours = Math.min(length, to - from) / hour;
        const requestsInPeriod = [...requests].filter(([when]) => when >= from && when < from + length);
        units += Math.max(tps * hours, requestsInPeriod.reduce((sum, [, count]) => sum + count, 0) / 3600);
    }
    return v2 ? units * 3.6 * 0.15 : Math.min(units, 20_000) * 0.2 + Math.max(0, units - 20_000) * 0.1;
}

describe("Campaign spend of a month", () => {
    it("the campaign's spend is the same after missed, repeated and late runs, and after runs without metrics", () => {
        const runs = fc.array(
            fc.record({
                after: fc.integer({ min: 1, max: 600 }),
                behind: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 90 })),
                knows: fc.boolean(),
            }),
            { maxLength: 60 },
        );
        const bursts = fc.array(
            fc.record({ window: fc.integer({ min: 0, max: 3000 }), count: fc.integer({ min: 1, max: 5000 }) }),
            { maxLength: 30 },
        );
        fc.assert(
            fc.property(runs, bursts, fc.integer({ min: 1, max: 4 }), fc.boolean(), (all, chosenBursts, tps, v2) => {
                const requests = new Map(chosenBursts.map(({ window: n, count }) => [start + n * window, count]));
                const until = (now: number) =>
                    new Map([...requests].filter(([when]) => when < now && when < windowStart(start + 11 * day)));
                let spend: SpendState = freshSpend(start, start);
                let now = start;
                const step = (seenAt: number, isKnown: boolean, first = false) => {
                    spend = countTime(spend, seenAt, first ? undefined : at(tps, v2), at(tps, v2));
                    const looked = isKnown ? until(seenAt) : undefined;
                    const usd = monthSpendUsd(spend, looked);
                    spend = settle(spend, seenAt, looked);
                    return usd;
                };
                step(now, true, true);
                for (const { after, behind, knows } of all) {
                    now += after * minute;
                    step(now - behind * minute, knows);
                }
                now += hour;
                near(step(now, true), billed(now, tps, v2, until(now)));
                assert.ok(spend.open.length <= 6);
            }),
            { numRuns: 150 },
        );
    });

    it("the spend assumes the minimum TPS until CloudWatch shows the requests", () => {
        const later = start + 3 * hour;
        const requests = new Map([[start + hour, 3000]]);
        const spend = countTime(freshSpend(start, start), later, undefined, at(1));
        near(monthSpendUsd(spend, undefined), 3 * 0.2);
        const settled = settle(spend, later, undefined);
        assert.equal(openSince(settled), start);
        near(monthSpendUsd(settled, requests), (3 - 1 / 12 + 3000 / 3600) * 0.2);
    });

    it("the spend begins with the campaign's creation, and each month at $0", () => {
        const createdAt = start + 10 * day;
        near(
            monthSpendUsd(
                countTime(freshSpend(createdAt, createdAt), createdAt + hour, undefined, at(2, false, createdAt)),
                undefined,
            ),
            0.4,
        );
        const december = Date.parse("2026-12-01T00:00:00Z");
        const before = countTime(freshSpend(start, start), december - hour, undefined, at(1));
        near(monthSpendUsd(before, undefined), 719 * 0.2);
        const after = countTime(before, december + 2 * hour, at(1), at(1));
        assert.equal(after.month, "2026-12");
        near(monthSpendUsd(after, undefined), 0.4);
    });

    it("time without a campaign costs nothing, and while the minimum TPS changes, the higher value counts", () => {
        const gone = countTime(freshSpend(start, start), start + hour, undefined, at(1));
        const without = countTime(
            countTime(gone, start + 2 * hour, at(1), undefined),
            start + 9 * hour,
            undefined,
            undefined,
        );
        near(monthSpendUsd(without, undefined), 0.4);
        const back = countTime(without, start + 10 * hour, undefined, at(1, false, start + 9.5 * hour));
        near(monthSpendUsd(back, undefined), 0.5);
        near(monthSpendUsd(countTime(back, start + 11 * hour, at(1), at(3)), undefined), 1.1);
    });

    it("if the cost guard did not see the deletion of a parked campaign, the spend counts the campaign until 30 minutes after `park`", () => {
        const observed = countTime(freshSpend(start, start), start + hour, undefined, at(1));
        const parked = (parkedAt?: number) => countTime(observed, start + 5 * hour, at(1), undefined, parkedAt);
        near(monthSpendUsd(parked(start + 2 * hour), undefined), 0.5);
        near(monthSpendUsd(parked(), undefined), 1);
        // If the state flag `parked` is older than the last observation of the campaign, the cost until this
        // observation stays in the spend.
        near(monthSpendUsd(parked(start), undefined), 0.2);
    });

    it("runs every 15 minutes count each of several campaigns that exist for only 26 minutes", () => {
        const campaigns = [0, 31, 62, 93].map((created) => start + created * minute);
        for (let phase = 0; phase < 15; phase++) {
            let spend = freshSpend(start - 15 * minute, undefined);
            let before: ReturnType<typeof at> | undefined;
            for (let now = start + phase * minute; now < start + 150 * minute; now += 15 * minute) {
                const createdAt = campaigns.find((each) => each <= now && now < each + 26 * minute);
                const present = createdAt === undefined ? undefined : at(1, false, createdAt);
                spend = countTime(spend, now, before, present);
                before = present;
            }
            assert.ok(monthSpendUsd(spend, undefined) > ((4 * 26) / 60) * 0.2 - 1e-9, `phase ${phase}`);
        }
    });

    it("the spend includes volume discounts", () => {
        const spend = countTime(freshSpend(start, start), start + 700 * hour, undefined, at(40));
        near(monthSpendUsd(spend, undefined), 20_000 * 0.2 + 8_000 * 0.1);
    });
});
