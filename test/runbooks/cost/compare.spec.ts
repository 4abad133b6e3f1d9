import assert from "node:assert/strict";
import { estimate } from "../../../core/cost/estimate.ts";
import { usageKind } from "../../../runbooks/lib/cost/billed.ts";
import { compare } from "../../../runbooks/lib/cost/report.ts";
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
