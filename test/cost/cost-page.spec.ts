import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { priceTable } from "../../components/cost/price-table.ts";
import { countAlarmMetrics } from "../../components/observability/alarms.ts";
import { approximately, campaignUsdPerHour, hoursPerMonth, trainingUsd, type UsdRange } from "../../config/prices.ts";
import { budgetThresholds } from "../../cost/enforce-limit.ts";
import { defaultLimitUsd, estimate } from "../../cost/estimate.ts";
import { type PlannedStack, plannedByConfig } from "../../cost/planned-stack.ts";
import { good } from "../config/parsed.ts";

const [v1, v2] = ["aws-user-personalization", "aws-user-personalization-v2"] as const;
const movieLens = { interactions: 100_000, bytes: 2_000_000 };
const defaults = good();
const { guardMinutes } = defaults;
/** Maximum hours from the guard's decision to the end of a campaign: one run, and about 18 minutes of deletion. */
const enforcementHours = (guardMinutes + 18) / 60;

/** A stack with the default configuration. */
const defaultStack = (recipe: string, expectedRequestsPerDay: number): PlannedStack => ({
    ...plannedByConfig(defaults),
    ...movieLens,
    recipe,
    expectedRequestsPerDay,
    alarmMetrics: countAlarmMetrics({ api: true }),
    dashboards: 1,
});

/** Returns a row of the page's table for both recipes, with amounts in the page's format. */
const row = (what: string, usd: (recipe: string) => UsdRange | number) =>
    `| ${what} | ${approximately(usd(v1))} | ${approximately(usd(v2))} |`;
const hours = (count: number) => (recipe: string) => count * campaignUsdPerHour(recipe, 1);

describe("docs/cost.md", () => {
    let page: string;
    before(async () => {
        page = await readFile(new URL("../../docs/cost.md", import.meta.url), "utf8");
    });
    const has = (text: string) => assert.ok(page.includes(text), `docs/cost.md has not:\n${text}`);

    it("docs/cost.md shows the cost of a training and of a campaign's hour", () => {
        has(row("the campaign, one hour", hours(1)));
        has(row("a training on 100,000 interactions", (recipe) => trainingUsd(recipe, movieLens)));
    });

    it("docs/cost.md shows the cost of a campaign forgotten over a weekend, and the savings if it is deleted at night", () => {
        has(row("a demo forgotten on Friday, 18:00, until Monday, 9:00", hours(63)));
        const idle = defaults.idle.hours + defaults.idle.graceHours;
        assert.equal(idle, 48);
        has(row("this forgotten demo with `idle.action: park`", hours(idle + enforcementHours)));
        const nights = hoursPerMonth / 24;
        has(row("saved by parking from 20:00 to 8:00, a month", hours(nights * (12 - 18 / 60))));
    });

    it("docs/cost.md shows the cost of the default stack, of more requests, and of a month without a campaign", () => {
        has(priceTable(estimate(defaultStack(v1, 10_000)), 10_000));
        for (const requests of [0, 86_400, 1_000_000]) {
            const sum = (recipe: string) => estimate(defaultStack(recipe, requests)).expectedUsd;
            has(row(`a month with ${requests.toLocaleString("en-US")} requests a day`, sum));
        }
        const parked = (recipe: string, requests = 0) =>
            estimate({ ...defaultStack(recipe, requests), hasCampaign: false }).expectedUsd;
        has(row("parked for the whole month, with 0 requests a day", (recipe) => parked(recipe)));
        has(`With 10,000 requests a day a parked month costs ${approximately(parked(v1, 10_000))}`);
        has(`$${defaultLimitUsd(defaultStack(v1, 10_000))} here`);
    });

    it("docs/cost.md shows the settings of the cost guard, the budget and the idle check", () => {
        has(`every ${guardMinutes} minutes`);
        const percents = budgetThresholds.filter(({ type }) => type === "ACTUAL").map(({ percent }) => percent);
        has(`${percents.slice(0, -1).join(", ")} and ${percents.at(-1)} %`);
        assert.deepEqual([defaults.idle.action, defaults.unused.action], ["announce", "list"]);
        has("`announce` by default");
    });

    it("docs/cost.md labels every amount as unverified", () => {
        has("Amounts (≈) are estimates from unverified US prices");
        const unmarked = page.match(/.{0,20}(?<!≈ |to |than |\()\$\d+/g) ?? [];
        assert.deepEqual(unmarked, []);
    });
});
