import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { priceTable } from "../../components/cost/price-table.ts";
import { countAlarmMetrics } from "../../components/observability/alarms.ts";
import { countOwnMetrics } from "../../config/metrics.ts";
import {
    approximately,
    campaignUsdPerHour,
    campaignUsdPerMonth,
    hoursPerMonth,
    ingestionUsd,
    isV2,
    servingUsd,
    trainingUsd,
    type UsdRange,
} from "../../config/prices.ts";
import { budgetThresholds } from "../../cost/enforce-limit.ts";
import { defaultLimitUsd, estimate, type PlannedStack } from "../../cost/estimate.ts";
import { good } from "../config/parsed.ts";

const [v1, v2] = ["aws-user-personalization", "aws-user-personalization-v2"] as const;
const movieLens = { interactions: 100_000, bytes: 2_000_000 };
const defaults = good();
const { guardMinutes } = defaults;
/**
 * Hours from the guard's run at the latest to the end of a campaign. They are a run, and about 18 minutes of deletion.
 */
const enforcementHours = (guardMinutes + 18) / 60;

const production = (recipe: string, expectedRequestsPerDay: number): PlannedStack => ({
    ...movieLens,
    recipe,
    expectedRequestsPerDay,
    guardMinutes,
    auditTrail: true,
    region: "eu-central-1",
    hasCampaign: true,
    minProvisionedTPS: 1,
    autoTrainingDays: 7,
    alarmMetrics: countAlarmMetrics(true),
    batchUsers: 0,
    dashboards: 1,
    api: true,
    edge: true,
    rankingCampaign: false,
    customMetrics: countOwnMetrics(true),
});
const plus = (a: UsdRange, b: UsdRange | number): UsdRange =>
    typeof b === "number" ? { low: a.low + b, high: a.high + b } : { low: a.low + b.low, high: a.high + b.high };

/** A row of the page for both recipes; amounts as the page has them. */
const row = (what: string, usd: (recipe: string) => UsdRange | number) =>
    `| ${what} | ${approximately(usd(v1))} | ${approximately(usd(v2))} |`;
const hours = (count: number) => (recipe: string) => count * campaignUsdPerHour(recipe, 1);

/** The 10th of November on: 50 requests a second, above 1 TPS before. */
function runaway(recipe: string) {
    const before = 9 * 24;
    const served = (tpsHours: number) =>
        servingUsd(isV2(recipe) ? { tpsHours: 0, tpsHoursV2: tpsHours } : { tpsHours, tpsHoursV2: 0 });
    const limit = isV2(recipe) ? 500 : 200;
    const perHour = campaignUsdPerHour(recipe, 50);
    const toLimit = (limit - served(before)) / perHour;
    return {
        nobody: served(before + 21 * 24 * 50),
        enforced: served(before + (toLimit + enforcementHours) * 50),
        hoursToLimit: toLimit,
    };
}

describe("docs/cost.md", () => {
    let page: string;
    before(async () => {
        page = await readFile(new URL("../../docs/cost.md", import.meta.url), "utf8");
    });
    const has = (text: string) => assert.ok(page.includes(text), `docs/cost.md has not:\n${text}`);

    it("the page shows the cost of a demo for an hour", () => {
        const training = (recipe: string) => trainingUsd(recipe, movieLens);
        has(row("import of 2 MB", () => ingestionUsd(movieLens.bytes)));
        has(row("a training on 100,000 interactions", training));
        has(row("the campaign, one hour", hours(1)));
        const together = (recipe: string) =>
            plus(training(recipe), ingestionUsd(movieLens.bytes) + campaignUsdPerHour(recipe, 1));
        has(row("**total**", together));
    });

    it("the page shows the cost of a forgotten weekend with and without idle check", () => {
        has(row("unnoticed until Monday, 9:00", hours(63)));
        const idle = defaults.idle.hours + defaults.idle.graceHours;
        assert.equal(idle, 48);
        has(row("`idle.action: park` with the defaults, 24 and 24 hours", hours(idle + enforcementHours)));
        has(row("`idle.action: park`, `idle.hours: 4`, `idle.graceHours: 4`", hours(8 + enforcementHours)));
        has(row("`npm run park` on Friday", hours(18 / 60)));
        has(row("unnoticed for a month", (recipe) => campaignUsdPerMonth(recipe, 1)));
    });

    it("the page shows preview's table for a small production month and larger sums", () => {
        has(priceTable(estimate(production(v1, 10_000)), 10_000));
        for (const requests of [10_000, 100_000, 1_000_000]) {
            const sum = (recipe: string) => estimate(production(recipe, requests)).expectedUsd;
            has(row(`${requests.toLocaleString("en-US")} requests a day`, sum));
        }
        has(`$${defaultLimitUsd(production(v1, 10_000))} here`);
    });

    it("the page shows what the limit saves if requests run away", () => {
        has(row("without a limit, until the end of November", (recipe) => runaway(recipe).nobody));
        has(row("with the limit", (recipe) => runaway(recipe).enforced));
        has(`${runaway(v1).hoursToLimit.toFixed(0)} hours`);
        has(approximately(campaignUsdPerHour(v1, 50) * 12));
    });

    it("the page shows what parking at night saves", () => {
        const nights = hoursPerMonth / 24;
        has(row("parked from 20:00 to 8:00, a month", hours(nights * (12 - 18 / 60))));
    });

    it("the page shows the settings of guard, budget and idle check", () => {
        has(`every ${guardMinutes} minutes`);
        const percents = budgetThresholds.filter(({ type }) => type === "ACTUAL").map(({ percent }) => percent);
        has(`${percents.slice(0, -1).join(", ")} and ${percents.at(-1)} %`);
        assert.deepEqual([defaults.idle.action, defaults.unused.action], ["announce", "list"]);
        has("`announce` by default");
    });

    it("docs/cost.md labels every amount as unverified", () => {
        has("≈ US price, unverified");
        const unmarked = page.match(/.{0,20}(?<!≈ |to |than |\()\$\d+/g) ?? [];
        assert.deepEqual(unmarked, []);
    });
});
