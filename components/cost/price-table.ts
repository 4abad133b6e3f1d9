import * as pulumi from "@pulumi/pulumi";
import type { StackConfig } from "../../config/config.ts";
import { countOwnMetrics } from "../../config/metrics.ts";
import { approximately, priceNote } from "../../config/prices.ts";
import { defaultLimitUsd, type Estimate, estimate, type PlannedStack } from "../../cost/estimate.ts";
import { contentOf } from "../common/content.ts";
import { filesOf } from "../data/files.ts";

export interface Price {
    /** US dollars a month, at the expected requests. */
    readonly estimatedMonthlyCostUsd: number;
    /** The same with the campaign there all the time: parking does not change it, nor what is made of it. */
    readonly unparkedUsdPerMonth: number;
    /** US dollars a month: what the config says, or a quarter above the estimate. */
    readonly monthlyLimitUsd: number;
}

/**
 * Prints what the stack costs, once and by the month, before anything of it is made.
 *
 * @throws pulumi.RunError above config `monthlyLimitUsd`, with the largest lines and what would lower them.
 */
export async function showPrice(config: StackConfig, planned: { readonly isParked: boolean; readonly alarms: number }) {
    const plan = await planOf(config, planned);
    const found = estimate(plan);
    const limit = config.cost.monthlyLimitUsd;
    if (limit !== undefined && found.expectedUsd > limit) {
        throw new pulumi.RunError(refusal(found, limit));
    }
    pulumi.log.info(priceTable(found, config.cost.expectedRequestsPerDay));
    return {
        estimatedMonthlyCostUsd: cents(found.expectedUsd),
        unparkedUsdPerMonth: cents(estimate({ ...plan, hasCampaign: config.campaignEnabled }).expectedUsd),
        monthlyLimitUsd: limit ?? defaultLimitUsd(plan),
    } satisfies Price;
}

const cents = (usd: number) => Math.round(usd * 100) / 100;

async function planOf(
    config: StackConfig,
    { isParked, alarms }: { readonly isParked: boolean; readonly alarms: number },
): Promise<PlannedStack> {
    const contents = await Promise.all(Object.values(filesOf(config)).map(({ path }) => contentOf(path)));
    const { lines } = await contentOf(config.interactionsFile);
    return {
        recipe: config.recipe,
        hasCampaign: config.campaignEnabled && !isParked,
        minProvisionedTPS: config.minProvisionedTPS,
        expectedRequestsPerDay: config.cost.expectedRequestsPerDay,
        interactions: Math.max(0, lines - 1),
        bytes: contents.reduce((sum, { bytes }) => sum + bytes, 0),
        autoTrainingDays: config.performAutoTraining ? config.autoTrainingDays : undefined,
        guardMinutes: config.cost.guardMinutes,
        customMetrics: countOwnMetrics(config.serving.api),
        alarms,
        dashboards: 1,
        api: config.serving.api,
        edge: config.serving.storefront === "cloudfront",
        rankingCampaign: config.serving.rankingCampaign,
    };
}

/** The estimate in columns; amounts to the right, the largest first. */
export function priceTable({ once, monthly, idleUsd, expectedUsd }: Estimate, requestsPerDay: number): string {
    const asked = `${requestsPerDay.toLocaleString("en-US")} requests a day`;
    const rows = [
        ["by the month", "nobody asks", asked],
        ...monthly.map(({ what, idle, expected }) => [what, approximately(idle), approximately(expected)]),
        ["together", approximately(idleUsd), approximately(expectedUsd)],
        ["once, with the first `pulumi up` and each new file", "", ""],
        ...once.map(({ what, usd }) => [what, approximately(usd), ""]),
    ];
    const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
    // A heading has no amounts, and may run over their columns.
    widths[0] = Math.max(...rows.filter((row) => row[1] !== "").map(([what = ""]) => what.length));
    const line = ([what = "", ...amounts]: readonly string[]) =>
        [what.padEnd(widths[0] ?? 0), ...amounts.map((amount, index) => amount.padStart(widths[index + 1] ?? 0))]
            .join("   ")
            .trimEnd();
    return [`What it costs ${priceNote}, without AWS's free tiers:`, ...rows.map((row) => `  ${line(row)}`)].join("\n");
}

function refusal({ monthly, expectedUsd }: Estimate, limit: number): string {
    const largest = monthly
        .slice(0, 3)
        .filter(({ expected }) => expected.high >= expectedUsd / 100)
        .map(
            ({ what, expected, lower }) =>
                `  ${what}: ${approximately(expected)} a month${lower === undefined ? "" : `. Lower: ${lower}`}`,
        );
    return [
        `the stack would cost ${approximately(expectedUsd)} a month ${priceNote}, above monthlyLimitUsd ${limit}. The largest of it:`,
        ...largest,
        `Or allow it: pulumi config set monthlyLimitUsd ${Math.ceil(expectedUsd)}`,
    ].join("\n");
}
