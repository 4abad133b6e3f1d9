import assert from "node:assert/strict";
import { countAlarmMetrics } from "../components/observability/alarms.ts";
import { approximately, campaignUsdPerMonth, trainingUsd } from "../config/prices.ts";
import { estimate } from "../cost/estimate.ts";
import { type PlannedStack, plannedByConfig } from "../cost/planned-stack.ts";
import { observedMinutes } from "../runbooks/lib/doctor/forecast.ts";
import { good } from "./config/parsed.ts";
import { pages, read } from "./support/sources.ts";

const { recipe } = good();
const movieLens = { interactions: 100_000, bytes: 2_000_000 };
const idleStack: PlannedStack = {
    ...plannedByConfig(good()),
    ...movieLens,
    expectedRequestsPerDay: 0,
    alarmMetrics: countAlarmMetrics({ api: true }),
    dashboards: 1,
};

/** Returns texts of a page that match a pattern but are not among the expected ones. */
const others = (page: string, pattern: RegExp, expected: readonly string[]) =>
    (read(page).match(pattern) ?? []).filter((text) => !expected.includes(text)).map((text) => `${page}: ${text}`);

describe("Prices and durations in the documents", () => {
    it("each monthly price in the documents is the price of the campaign or of a known stack", () => {
        const prices = [
            campaignUsdPerMonth(recipe, 1),
            estimate(idleStack).idleUsd,
            estimate({ ...idleStack, hasCampaign: false }).idleUsd,
        ].flatMap((usd) => [`${approximately(usd)} a month`, `${approximately(usd)} more a month`]);
        assert.deepEqual(
            pages.flatMap((page) => others(page, /≈ \$[\d,]{2,} (more )?a month/g, prices)),
            [],
        );
    });

    it("each training price in the documents is the price for MovieLens 100k", () => {
        const price = approximately(trainingUsd(recipe, movieLens)).replace("≈ ", "");
        for (const page of ["README.md", "docs/deploy.md", "docs/life.md", "docs/runbooks.md"]) {
            assert.ok(read(page).includes(`≈ ${price}`), page);
            assert.deepEqual(others(page, /\$0\.\d\d to \$\d\.\d\d/g, [price]), []);
        }
    });

    it("each duration of an update in the documents is the duration that the runbook `doctor` uses", () => {
        const { groupAndDataset, import: imported, training, campaign } = observedMinutes;
        const minutes = (...parts: readonly { readonly low: number; readonly high: number }[]) =>
            `${parts.reduce((sum, { low }) => sum + low, 0)} to ${parts.reduce((sum, { high }) => sum + high, 0)} minutes`;
        const durations = [
            minutes(...Object.values(observedMinutes)),
            minutes(imported, training),
            minutes(imported),
            minutes(training),
            minutes(campaign),
            minutes(groupAndDataset),
        ];
        // docs/emulator.md quotes durations from AWS's own notebooks, so it is excluded.
        const users = pages.filter((page) => page !== "docs/emulator.md" && page !== "CONTRIBUTING.md");
        assert.deepEqual(
            users.flatMap((page) => others(page, /\d+ to \d+ minutes/g, durations)),
            [],
        );
        assert.ok(read("README.md").includes(`takes ${durations[0]}`));
    });
});
