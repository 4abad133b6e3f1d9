import assert from "node:assert/strict";
import type { ExperimentCell } from "../../app/functions/recommendation-api/experiment-records.ts";
import { day } from "../../core/cost/time.ts";
import { campaignUsdPerDay, experimentResults } from "../../runbooks/lib/experiment/result.ts";
import { fitsShare, resultPicture, resultText } from "../../runbooks/lib/experiment/result-text.ts";
import { daysNeeded, mixtureFactor, sampleRatioP, tunedViewers } from "../../runbooks/lib/experiment/statistics.ts";
import { itemAt } from "../support/item-at.ts";

const experiment = { name: "first", control: "popular", share: 50, windowHours: 24, since: 0 } as const;
/** Viewers of one day and group: each has `mean` watches on average, with the variance of a Poisson distribution. */
const cell = (at: number, isControl: boolean, viewers: number, mean: number, proven = true): ExperimentCell => ({
    ...{ day: at, isControl, proven, viewers, watches: viewers * mean, squares: viewers * (mean + mean ** 2) },
    chosen: viewers / 10,
});
/** Days 100 to 119 with 400 viewers each, and 10 % more watches with the campaign's lists. */
const cells = Array.from({ length: 20 }, (_, at) => [
    cell(100 + at, true, 200, 2),
    cell(100 + at, false, 200, 2.2),
]).flat();

describe("Statistics of an experiment", () => {
    it("an interval is tightest at the tuned number of viewers, and grows slowly with others", () => {
        // The boundary of Howard et al. (2021), equation 14, divided by the square root of the variance.
        assert.ok(Math.abs(mixtureFactor(tunedViewers) - 3.0351) < 1e-4);
        for (const factor of [0.5, 0.9, 1.1, 2]) {
            const of = mixtureFactor(tunedViewers * factor);
            assert.ok(of > 3.03 && of < 3.3, `${factor}: ${of}`);
        }
    });

    it("the sample ratio check accepts the configured share, and notices ten percent fewer viewers of a group", () => {
        const days = (control: number, campaign: number) => Array.from({ length: 50 }, () => ({ control, campaign }));
        assert.ok(sampleRatioP(days(200, 800), 0.2) > 0.5);
        assert.ok(sampleRatioP(days(500, 450), 0.5) < 0.01);
        // A deviation that has disappeared again still counts, because somebody may have looked on that day.
        assert.ok(sampleRatioP([{ control: 600, campaign: 400 }, ...days(500, 504)], 0.5) < 0.01);
    });

    it("the time still needed shrinks with a larger difference, and a smaller one than ever decidable has none", () => {
        const needed = (estimate: number) =>
            daysNeeded({ estimate, lower: estimate - 0.2, upper: estimate + 0.2 }, 1000, 100);
        assert.deepEqual([needed(0.3), needed(0)], [0, undefined]);
        assert.ok((needed(0.1) ?? 0) > (needed(0.15) ?? 0) && (needed(0.15) ?? 0) > 0);
    });
});

describe("Result of an experiment", () => {
    const resultOn = (today: number, of = cells, usdPerDay: number | null = 4.8) =>
        experimentResults({ share: 50, cells: of }, today * day + day / 2, usdPerDay);

    it("a result counts only outcomes that no event can change, and those of a day stay the same", () => {
        const [early, late] = [itemAt(resultOn(110), 0), itemAt(resultOn(119), 0)];
        assert.deepEqual([early.days.length, early.open], [11, 9 * 400]);
        assert.deepEqual(late.days.slice(0, 11), early.days);
        assert.equal(itemAt(resultOn(90), 0).days.length, 0);
    });

    it("a result has the lift, the day of the decision, and the dollars for each additional watch", () => {
        const result = itemAt(resultOn(119), 0);
        const { effect } = itemAt(result.days, 19);
        assert.ok(Math.abs((effect?.lift.estimate ?? 0) - 0.1) < 1e-9);
        assert.ok((effect?.lift.lower ?? 0) > 0 && (effect?.difference.lower ?? 0) > 0);
        assert.ok(result.decidedOn !== null && result.decidedOn > 101 && result.decidedOn < 119);
        // 400 viewers a day watch 0.2 more each, for $4.80 a day.
        assert.equal(result.usdPerWatch?.estimate.toFixed(4), "0.0600");
        assert.ok(Number(result.usdPerWatch?.lowest) < 0.06 && Number(result.usdPerWatch?.highest) > 0.06);
        assert.equal(itemAt(resultOn(102), 0).usdPerWatch?.highest, null);
    });

    it("viewers without a token have a result of their own, which an attacker can change without effect on the other", () => {
        const invented = [...cells, cell(105, true, 100_000, 9, false)];
        const [proven, others] = resultOn(119, invented);
        assert.deepEqual(proven, itemAt(resultOn(119), 0));
        assert.deepEqual([others?.proven, others && fitsShare(others)], [false, false]);
        assert.match(resultText(experiment, others ? [others] : []), /anyone can invent.*Do not trust the result/s);
    });

    it("the text and the picture have the figures, also without viewers, and without an interval", () => {
        const text = resultText(experiment, resultOn(119));
        assert.match(text, /Lift: \+10\.0 % \(\+\d\.\d % to \+1\d\.\d %\)\..*≈ \$0\.0600 \(\$0\.0\d+ to \$0\.\d+\)/s);
        assert.match(resultText(experiment, []), /No viewer got a list yet/);
        assert.match(resultText(experiment, resultOn(90)), /8,000 viewers, of which none counts yet/);
        assert.match(
            resultText(
                experiment,
                resultOn(
                    110,
                    cells.map((one) => ({ ...one, watches: 0 })),
                ),
            ),
            /needs 100/,
        );
        const days = itemAt(resultOn(119), 0).days;
        assert.equal(resultPicture(experiment, days.slice(0, 0)), undefined);
        const picture = resultPicture(experiment, days) ?? "";
        assert.equal(picture.match(/points="([^"]+)"/)?.[1]?.split(" ").length, 40);
        assert.ok(!/NaN|Infinity/.test(picture));
    });

    it("the cost of a day is the cost guard's sum, by the time in which the campaign existed this month", () => {
        const start = Date.UTC(2026, 11, 1);
        const spend = {
            ...{ month: "2026-12", until: start + 10 * day, open: [] },
            settled: { tpsHours: 240, tpsHoursV2: 0 },
        };
        assert.equal(campaignUsdPerDay({ spend })?.toFixed(2), "4.80");
        const campaign = { createdAt: start + 5 * day, minProvisionedTPS: 1, v2: false, leaving: false };
        assert.equal(campaignUsdPerDay({ spend, campaign })?.toFixed(2), "9.60");
        assert.equal(campaignUsdPerDay({ spend: { ...spend, until: start } }), null);
    });
});
