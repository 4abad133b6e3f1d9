import assert from "node:assert/strict";
import { estimate } from "../../../cost/estimate.ts";
import { usageKind } from "../../../runbooks/lib/cost/billed.ts";
import { compare, savedByBill, savedByNote } from "../../../runbooks/lib/cost/compare.ts";
import { at, line, near, plan, service } from "./bill.ts";

describe("`usageKind`", () => {
    it("`usageKind` returns the kind of cost of a usage type or estimate line", () => {
        assert.equal(usageKind("EUC1-RecommendationTPSHours"), "campaign");
        assert.equal(usageKind("EUC1-RecommendationRequests"), "campaign");
        assert.equal(usageKind("EUC1-TrainingHours"), "training");
        assert.equal(usageKind("EUC1-DataIngestion"), "import");
        const { monthly, once } = estimate({ ...plan, autoTrainingDays: 7 });
        const kinds = [...monthly.filter((row) => row.service === service), ...once].map(({ what }) => usageKind(what));
        assert.deepEqual(kinds.toSorted(), ["campaign", "import", "training", "training"]);
        assert.equal(usageKind("EUC1-Foo"), "other");
    });
});

describe("`compare` of estimate and bill", () => {
    const time = { from: at("11-20T00:00"), to: at("11-25T00:00") };
    const lines = [
        line("11-19", "EUC1-RecommendationTPSHours", 4.8),
        ...["11-20", "11-21", "11-22", "11-23", "11-24", "11-25"].map((date) =>
            line(date, "EUC1-RecommendationTPSHours", 4.8),
        ),
        line("11-20", "EUC1-TrainingHours", 0.24),
        line("11-21", "EUC1-Requests-Tier1", 0.5, { service: "Amazon Simple Storage Service" }),
    ];

    it("`compare` returns estimated and billed cost by service and kind of Personalize cost", () => {
        const rows = compare(estimate(plan), lines, time, at("11-20T00:00"));
        const row = (kind: string | undefined, of = service) =>
            rows.find((candidate) => candidate.service === of && candidate.kind === kind);
        near(row("campaign")?.predicted, 5 * 24 * 0.2);
        near(row("campaign")?.billed, 24);
        // The stack was created in this period, so one-time costs are included.
        near(row("training")?.predicted, 2.1 * 0.24);
        near(row("training")?.billed, 0.24);
        near(row(undefined, "Amazon Simple Storage Service")?.billed, 0.5);
        assert.deepEqual(rows[0]?.kind, "campaign");
    });

    it("`compare` omits one-time costs if the stack was created before the period", () => {
        const rows = compare(estimate(plan), [], time, at("11-01T00:00"));
        assert.deepEqual(
            rows.filter(({ kind }) => kind === "training"),
            [],
        );
    });
});

describe("Savings after `park` deleted the campaign", () => {
    const parked = (since: string, tps = 1) => ({
        reason: "by hand",
        since: new Date(at(since)).toISOString(),
        campaign: { solutionVersionArn: "arn", minProvisionedTPS: tps },
    });
    const period = { start: at("11-01T00:00"), end: at("12-01T00:00"), now: at("11-25T18:00") };

    it("`savedByNote` returns what the campaign that `park` deleted would have cost since then", () => {
        const saved = savedByNote(parked("11-25T08:00", 2), plan, period);
        near(saved?.hours, 10);
        near(saved?.usd, 10 * 2 * 0.2);
        near(savedByNote(parked("10-25T08:00"), plan, period)?.hours, 24 * 24 + 18);
        assert.equal(savedByNote(undefined, plan, period), undefined);
        assert.equal(savedByNote({ ...parked("11-25T08:00"), campaign: null }, plan, period), undefined);
    });

    it("`savedByBill` returns the price of hours for which AWS billed no campaign", () => {
        const days = [
            ...["11-20", "11-21"].map((date) => line(date, "EUC1-RecommendationTPSHours", 4.8)),
            // The campaign was parked from 06:00 on the 22nd until 12:00 on the 24th.
            line("11-22", "EUC1-RecommendationTPSHours", 1.2),
            line("11-24", "EUC1-RecommendationTPSHours", 2.4),
            line("11-24", "EUC1-TrainingHours", 9),
        ];
        const saved = savedByBill(days, { from: at("11-19T10:00"), to: at("11-25T00:00") }, plan);
        assert.equal(saved?.from, at("11-21T00:00"));
        near(saved?.hours, 18 + 24 + 12);
        near(saved?.usd, 54 * 0.2);
        const both = savedByBill(
            days.map((one) => ({ ...one, usd: one.usd * 2 })),
            { from: at("11-19T10:00"), to: at("11-25T00:00") },
            { ...plan, minProvisionedTPS: 2 },
        );
        near(both?.hours, 18 + 24 + 12);
        near(both?.usd, 54 * 0.4);
    });

    it("`savedByBill` returns $0 if AWS billed every hour, and undefined if the bill contains no campaign", () => {
        const busy = [line("11-20", "EUC1-TPS", 4.8), line("11-21", "EUC1-TPS", 12)];
        near(savedByBill(busy, { from: at("11-19T10:00"), to: at("11-22T00:00") }, plan)?.usd, 0);
        const training = [line("11-20", "EUC1-TrainingHours", 1)];
        assert.equal(savedByBill(training, { from: at("11-19T10:00"), to: at("11-22T00:00") }, plan), undefined);
    });
});
