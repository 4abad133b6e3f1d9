import assert from "node:assert/strict";
import { reportPeriod } from "../../../runbooks/lib/cost/billed.ts";
import { comparedDays, costReport, reportText } from "../../../runbooks/lib/cost/report.ts";
import { at, line, near, plan, service } from "./bill.ts";

describe("`reportPeriod` and `comparedDays`", () => {
    const now = at("11-25T18:00");

    it("`reportPeriod` returns this month, the last n days or a given month", () => {
        const show = (options: object) => {
            const { start, end } = reportPeriod(now, options);
            return [new Date(start).toISOString().slice(0, 10), new Date(end).toISOString().slice(0, 10)];
        };
        assert.deepEqual(show({}), ["2026-11-01", "2026-12-01"]);
        assert.deepEqual(show({ days: 1 }), ["2026-11-25", "2026-11-26"]);
        assert.deepEqual(show({ days: 30 }), ["2026-10-27", "2026-11-26"]);
        assert.deepEqual(show({ month: "2025-12" }), ["2025-12-01", "2026-01-01"]);
    });

    it("`reportPeriod` rejects an invalid month, and a month together with a number of days", () => {
        for (const month of ["2026-13", "November", "2026-1"]) {
            assert.throws(() => reportPeriod(now, { month }), /not a month.*--month 2026-11/);
        }
        assert.throws(() => reportPeriod(now, { month: "2026-11", days: 3 }), /not both/);
    });

    it("`comparedDays` returns the days that the bill has whole, and in which the stack existed all day", () => {
        const period = reportPeriod(now, {});
        const today = at("11-25T00:00");
        const days = (bornAt: number) => comparedDays(period, { today, bornAt });
        assert.deepEqual(days(at("11-03T12:00")), { from: at("11-04T00:00"), to: today });
        assert.deepEqual(days(at("11-03T00:00")), { from: at("11-03T00:00"), to: today });
        assert.deepEqual(days(at("10-03T12:00")), { from: at("11-01T00:00"), to: today });
        assert.equal(days(at("11-24T16:00")), undefined);
        const october = reportPeriod(now, { month: "2026-10" });
        assert.equal(comparedDays(october, { today, bornAt: at("11-03T12:00") }), undefined);
    });
});

describe("`costReport` and `reportText`", () => {
    const period = reportPeriod(at("11-25T18:00"), {});
    const scope = { services: [service], region: "eu-central-1", stackTag: undefined };
    const reported = { plan, bornAt: at("11-22T12:00"), period, now: at("11-25T18:00"), byTag: false };
    const tagged = { ...scope, stackTag: "dev" };
    const lines = [line("11-22", 2.4), line("11-24", 4.8)];

    it("`reportText` contains each day, even a day with $0.00, each service, and the cost guard's sum", () => {
        const report = costReport(lines, reported);
        near(report.totalUsd, 7.2);
        const spent = { month: "2026-11", usd: 15.6, until: "2026-11-25T18:00:00.000Z" };
        const text = reportText(report, scope, period, 146.21, spent);
        assert.match(text, /^Billed from 2026-11-01 to 2026-11-24 in eu-central-1, of the whole account: \$7\.20$/m);
        assert.match(text, /^2026-11-22 {4}\$2\.40 █{20}\n2026-11-23 {4}\$0\.00\n2026-11-24 {4}\$4\.80 █{40}$/m);
        const cents = costReport([...lines, line("11-23", 0.001)], reported);
        assert.match(reportText(cents, scope, period, undefined, null), /^2026-11-23 {2}< \$0\.01 █$/m);
        assert.match(text, /│ Amazon Personalize │ \$7\.20 /);
        assert.match(text, /^The cost guard counted ≈ \$15\.60 of the campaign in 2026-11, until 2026-11-25 18:00\.$/m);
        assert.match(text, /The bill contains other stacks, .*: npm run cost-report -- --by-tag$/m);
        assert.doesNotMatch(text, /Predicted/);
        assert.match(text, /the last `pulumi up` estimated ≈ \$146\./);
    });

    it("`reportText` compares a stack's bill with the estimate for the same whole days", () => {
        const text = reportText(costReport(lines, { ...reported, byTag: true }), tagged, period, 146.21, null);
        assert.match(text, /Predicted \(US price, unverified\) and billed, each day from 2026-11-23 to 2026-11-24:/);
        assert.match(text, /│ Amazon Personalize .* ≈ \$9\.60 .* \$4\.80/);
        const bornToday = { ...reported, byTag: true, bornAt: at("11-25T12:00") };
        const early = reportText(costReport(lines, bornToday), tagged, period, 146.21, null);
        assert.match(early, /^The comparison begins after the stack's first whole day in UTC\.$/m);
    });

    it("`reportText` of an empty bill states how late the data is, and names the tag that must be active", () => {
        const text = reportText(costReport([], reported), tagged, period, undefined, null);
        assert.match(text, /pulumi:stack=dev: \$0\.00\. Data is 8 to 24 hours late\. The tag must be activated/);
        assert.doesNotMatch(text, /█/);
    });

    it("`reportText` of a destroyed stack contains no estimate", () => {
        const text = reportText(costReport(lines, { ...reported, bornAt: undefined }), scope, period, undefined, null);
        assert.match(text, /of the whole account: \$7\.20$/m);
        assert.match(text, /^The stack has no resources, so it costs nothing from now on\./m);
        assert.doesNotMatch(text, /A month costs|Predicted|≈/);
    });

    it("`costReport` compares until the bill's latest day if the local clock is behind that day", () => {
        const december = reportPeriod(reported.now, { month: "2026-12" });
        const ahead = ["12-04", "12-05"].map((date) => line(date, 2.4));
        const { compared } = costReport(ahead, { ...reported, period: december, byTag: true });
        assert.deepEqual([compared?.from, compared?.to], [at("12-01T00:00"), at("12-05T00:00")]);
    });
});
