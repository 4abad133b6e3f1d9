import assert from "node:assert/strict";
import { estimate } from "../../../cost/estimate.ts";
import { day, hour } from "../../../cost/time.ts";
import { type BilledLine, reportPeriod } from "../../../runbooks/lib/cost/billed.ts";
import { comparedTime } from "../../../runbooks/lib/cost/compare.ts";
import { bar, reportText } from "../../../runbooks/lib/cost/print-report.ts";
import { costReport, forecastMonth, minCalls } from "../../../runbooks/lib/cost/report.ts";
import { at, line, near, plan, service } from "./bill.ts";

describe("`reportPeriod` and `comparedTime`", () => {
    const now = at("11-25T18:00");

    it("`reportPeriod` returns this month, the last n days or a given month", () => {
        const show = (options: object) => {
            const { start, end, month } = reportPeriod(now, options);
            return [new Date(start).toISOString().slice(0, 10), new Date(end).toISOString().slice(0, 10), month];
        };
        assert.deepEqual(show({}), ["2026-11-01", "2026-12-01", "2026-11"]);
        assert.deepEqual(show({ days: 1 }), ["2026-11-25", "2026-11-26", undefined]);
        assert.deepEqual(show({ days: 30 }), ["2026-10-27", "2026-11-26", undefined]);
        assert.deepEqual(show({ month: "2025-12" }), ["2025-12-01", "2026-01-01", "2025-12"]);
    });

    it("`reportPeriod` rejects an invalid month, and a month together with a number of days", () => {
        for (const month of ["2026-13", "November", "2026-1"]) {
            assert.throws(() => reportPeriod(now, { month }), /not a month.*--month 2026-11/);
        }
        assert.throws(() => reportPeriod(now, { month: "2026-11", days: 3 }), /not both/);
    });

    it("`minCalls` counts a second call, for the forecast, only in the current month", () => {
        assert.equal(minCalls(reportPeriod(now, {}), now), 2);
        assert.equal(minCalls(reportPeriod(now, { days: 3 }), now), 1);
        assert.equal(minCalls(reportPeriod(now, { month: "2026-10" }), now), 1);
    });

    it("`comparedTime` begins with the stack's creation and ends with the last full day", () => {
        const period = reportPeriod(now, {});
        const today = at("11-25T00:00");
        const time = (bornAt: number) => comparedTime(period, { now, today, bornAt });
        assert.deepEqual(time(at("11-03T12:00")), { from: at("11-03T12:00"), to: today });
        assert.deepEqual(time(at("10-03T12:00")), { from: at("11-01T00:00"), to: today });
        assert.deepEqual(time(at("11-25T16:00")), { from: at("11-25T16:00"), to: now });
        const october = reportPeriod(now, { month: "2026-10" });
        assert.equal(comparedTime(october, { now, today, bornAt: at("11-03T12:00") }), undefined);
    });
});

describe("`forecastMonth`, the forecast of the current month", () => {
    const [today, end] = [at("11-25T00:00"), at("12-01T00:00")];
    const lines = [
        line("11-23", "EUC1-TrainingHours", 50),
        line("11-23", "EUC1-RecommendationTPSHours", 2),
        line("11-24", "EUC1-RecommendationTPSHours", 4),
        line("11-25", "EUC1-RecommendationTPSHours", 3),
    ];

    it("`forecastMonth` adds AWS's forecast to the cost billed before today", () => {
        const outlook = forecastMonth(lines, 30, { today, end, bornAt: at("11-22T12:00") }, estimate(plan));
        assert.deepEqual(outlook, { monthUsd: 86, remainingUsd: 30, by: "AWS" });
    });

    it("without AWS's forecast, `forecastMonth` repeats the last full day's cost, except trainings", () => {
        const outlook = forecastMonth(lines, undefined, { today, end, bornAt: at("11-22T12:00") }, estimate(plan));
        assert.deepEqual([outlook.by, outlook.remainingUsd], ["straight line", 6 * 3]);
    });

    it("`forecastMonth` uses the estimate if the stack has existed for less than a day", () => {
        const outlook = forecastMonth([], undefined, { today, end, bornAt: at("11-25T12:00") }, estimate(plan));
        near(outlook.remainingUsd, estimate(plan).expectedUsd * ((6 * 24) / 730));
    });
});

describe("`bar`", () => {
    it("`bar` rounds to an eighth of a character, and draws any cost above 0", () => {
        assert.equal(bar(10, 10, 4), "████");
        assert.equal(bar(5.3, 10, 4), "██▏");
        assert.equal(bar(0.001, 10, 4), "▏");
        assert.equal(bar(0, 10, 4), "");
        assert.equal(bar(3, 0, 4), "");
    });
});

describe("`costReport` and `reportText`", () => {
    const period = reportPeriod(at("11-25T18:00"), {});
    const reported = {
        plan,
        region: "eu-central-1",
        stackTag: undefined,
        bornAt: at("11-22T12:00"),
        parked: undefined,
        period,
        now: at("11-25T18:00"),
    };
    const billOf = (lines: BilledLine[], forecast?: number) => {
        const requests: unknown[] = [];
        return {
            asked: requests,
            lines: async (...args: unknown[]) => {
                requests.push(args);
                return lines;
            },
            forecast: async (...args: unknown[]) => {
                requests.push(args);
                return forecast;
            },
            calls: () => requests.length,
        };
    };
    const lines = [
        line("11-22", "EUC1-RecommendationTPSHours", 2.4),
        line("11-23", "EUC1-RecommendationTPSHours", 4.8),
        line("11-24", "EUC1-RecommendationTPSHours", 4.8),
    ];

    it("`costReport` requests the bill of all estimated services and the month's forecast", async () => {
        const bill = billOf(lines, 28.8);
        const report = await costReport(bill, { ...reported, stackTag: "dev" });
        const [first, second] = bill.asked as [[object, { services: string[] }], [object, object]];
        assert.ok(first[1].services.includes(service));
        assert.deepEqual({ ...first[1], services: [] }, { services: [], region: "eu-central-1", stackTag: "dev" });
        assert.deepEqual(second[0], { start: at("11-25T00:00"), end: at("12-01T00:00") });
        near(report.outlook?.monthUsd, 12 + 28.8);
        near(report.totalUsd, 12);
    });

    it("`reportText` contains each day, even a day with $0.00, and each usage type", async () => {
        const days = [lines[0], lines[2]].flatMap((billedLine) => (billedLine ? [billedLine] : []));
        const report = await costReport(billOf(days, 28.8), reported);
        const text = reportText(report, { period, expectedMonthUsd: 146.21, savedByCaches: undefined });
        assert.match(text, /^Billed from 2026-11-01 to 2026-11-24 in eu-central-1, of the whole account: \$7\.20$/m);
        assert.match(text, /^2026-11-22 {4}\$2\.40 █{20}\n2026-11-23 {4}\$0\.00\n2026-11-24 {4}\$4\.80 █{40}$/m);
        assert.match(text, /│ Amazon Personalize │ EUC1-RecommendationTPSHours │ 36 TPS-hours │ \$7\.20 /);
        assert.match(text, /Predicted \(US price, unverified\) and billed, 2026-11-22 12:00 to 2026-11-25:/);
        assert.match(text, /│ Amazon Personalize: campaign .* ≈ \$12 .* \$7\.20/);
        assert.match(
            text,
            /According to the bill, no campaign ran in 24\.0 of the 48 hours from 2026-11-23 on, which saved ≈ \$4\.80/,
        );
        assert.match(text, /the last `pulumi up` estimated ≈ \$146\./);
        assert.match(text, /The whole month will cost ≈ \$36, by AWS's forecast\./);
        assert.doesNotMatch(text, /cach/i);
    });

    it("`reportText` contains the savings from caches and the possible age of the billing data", async () => {
        const report = await costReport(billOf([]), reported);
        const text = reportText(report, {
            period,
            expectedMonthUsd: undefined,
            savedByCaches: { lists: 9, calls: 2, usd: 0 },
        });
        assert.match(text, /\$0\.00\. Data is 8 to 24 hours late\./);
        assert.match(text, /^Caching: 9 personal lists needed 2 campaign calls, which saved nothing/m);
        assert.match(text, /extrapolated linearly, because AWS has too little data/);
        assert.doesNotMatch(text, /█/);
    });

    it("`costReport` forecasts no cost for a campaign that `park` deleted, and with `--days` makes no forecast", async () => {
        const parked = { reason: "x", since: new Date(at("11-25T12:00")).toISOString(), campaign: null };
        const report = await costReport(billOf([]), { ...reported, parked, bornAt: at("11-25T08:00") });
        assert.ok((report.outlook?.remainingUsd ?? 9) < 1, String(report.outlook?.remainingUsd));
        const bill = billOf(lines);
        const some = await costReport(bill, { ...reported, period: reportPeriod(reported.now, { days: 3 }) });
        assert.deepEqual([some.outlook, bill.asked.length], [undefined, 1]);
    });

    it("`costReport` of a destroyed stack contains no estimate and no forecast", async () => {
        const bill = billOf(lines, 28.8);
        const report = await costReport(bill, { ...reported, bornAt: undefined });
        assert.equal(bill.asked.length, minCalls(period, reported.now, false));
        const text = reportText(report, { period, expectedMonthUsd: undefined, savedByCaches: undefined });
        assert.match(text, /of the whole account: \$12\.00$/m);
        assert.match(text, /^The stack has no resources, so it costs nothing from now on\./m);
        assert.doesNotMatch(text, /A month costs|Predicted|whole month will cost|According to the bill|≈/);
    });

    it("`costReport` uses the bill's latest date if the local clock is behind that date", async () => {
        const ahead = line("12-05", "EUC1-RecommendationTPSHours", 2.4);
        const december = reportPeriod(reported.now, { month: "2026-12" });
        const before = line("12-04", "EUC1-RecommendationTPSHours", 4.8);
        const bill = billOf([before, ahead], 100);
        const report = await costReport(bill, { ...reported, period: december });
        assert.deepEqual((bill.asked[1] as object[])[0], { start: at("12-05T00:00"), end: Date.UTC(2027, 0, 1) });
        near(report.outlook?.monthUsd, 104.8);
        assert.deepEqual([report.compared?.from, report.compared?.to], [at("12-01T00:00"), at("12-05T00:00")]);
        assert.equal((report.compared?.to ?? 0) - (report.compared?.from ?? 0), 4 * day);
        assert.equal(hour * 24, day);
    });
});
