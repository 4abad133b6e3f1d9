import assert from "node:assert/strict";
import { estimate } from "../../../core/cost/estimate.ts";
import { compare } from "../../../runbooks/lib/cost/report.ts";
import { at, line, near, plan, service } from "./bill.ts";

describe("`compare` of estimate and bill", () => {
    const time = { from: at("11-20T00:00"), to: at("11-25T00:00") };
    const lines = [
        ...["11-19", "11-20", "11-21", "11-22", "11-23", "11-24", "11-25"].map((date) => line(date, 4.8)),
        line("11-21", 0.5, "Amazon Simple Storage Service"),
    ];
    const rowsOf = (bornAt: number) => compare(estimate(plan), lines, time, bornAt);

    it("`compare` returns estimated and billed cost by service, with one-time costs if the stack was created in the period", () => {
        const rows = rowsOf(at("11-20T00:00"));
        assert.deepEqual([rows[0]?.service, rows[1]?.service], [service, "Amazon Simple Storage Service"]);
        near(rows[0]?.predicted, 5 * 24 * 0.2 + 2.1 * 0.24);
        near(rows[0]?.billed, 24);
        near(rows[1]?.billed, 0.5);
    });

    it("`compare` omits one-time costs if the stack was created before the period", () =>
        near(rowsOf(at("11-01T00:00"))[0]?.predicted, 5 * 24 * 0.2));
});
