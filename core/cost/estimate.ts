import {
    approximately,
    autoTrainingUsdPerMonth,
    batchUsd,
    billedService,
    campaignUsdPerMonth,
    guardUsdPerMonth,
    hoursPerMonth,
    ingestionUsd,
    isV2,
    priceNote,
    prices,
    runUsd,
    storageUsdPerMonth,
    trailUsdPerMonth,
    trainingUsd,
    type UsdRange,
} from "../config/prices.ts";
import { type PlannedStack, unparked } from "./planned-stack.ts";
import { campaignCallsPerSecond, servingUsd } from "./usage.ts";

/** One line of the estimate: a service, with its price a month. */
interface MonthlyLine {
    readonly what: string;
    /** Name of the service on AWS's bill. */
    readonly service: string;
    /** US dollars a month: without requests (`idle`), and with the expected requests (`expected`). */
    readonly idle: UsdRange;
    readonly expected: UsdRange;
    /** Command that lowers the price; undefined if no useful one exists. */
    readonly lower?: string;
}

/** Formats a line of the estimate: its price, and the command that lowers the price. */
export const lineText = ({ what, expected, lower }: MonthlyLine): string =>
    `  ${what}: ${approximately(expected)} a month${lower === undefined ? "" : `. To lower it: ${lower}`}`;

interface OnceLine {
    readonly what: string;
    /** US dollars. */
    readonly usd: UsdRange;
}

export interface Estimate {
    readonly once: readonly OnceLine[];
    /** Lines sorted by cost, largest first. */
    readonly monthly: readonly MonthlyLine[];
    /** Sums of the upper bounds of all lines, in US dollars a month. */
    readonly idleUsd: number;
    readonly expectedUsd: number;
}

const cloudWatch = "AmazonCloudWatch";

const exactly = (usd: number): UsdRange => ({ low: usd, high: usd });
const sum = (lines: readonly UsdRange[]) => lines.reduce((total, { high }) => total + high, 0);

/**
 * Returns the estimated price of a stack: the one-time price, and the price per month without requests and with the
 * expected requests, spread evenly over the day. The price excludes AWS's free tiers and taxes.
 */
export function estimate(plan: PlannedStack): Estimate {
    const { recipe, interactions, bytes, autoTrainingDays, region, guardMinutes } = plan;
    const training = isV2(recipe) ? "training, by interactions" : "training, by the hour";
    const same = (what: string, service: string, usd: UsdRange | number, lower?: string): MonthlyLine => {
        const range = typeof usd === "number" ? exactly(usd) : usd;
        return { what, service, idle: range, expected: range, ...(lower !== undefined && { lower }) };
    };
    const monthly = [
        plan.hasCampaign && campaignLine(plan),
        plan.batchLists && batchLine(plan, plan.batchLists),
        ...(plan.api ? servingLines(plan) : []),
        autoTrainingDays !== undefined &&
            same(
                "automatic training",
                billedService,
                autoTrainingUsdPerMonth(recipe, interactions, autoTrainingDays),
                `pulumi config set ${autoTrainingDays < 30 ? "autoTrainingDays 30" : "performAutoTraining false"}`,
            ),
        same("dashboard", cloudWatch, plan.dashboards * prices.dashboard.usd),
        same("custom metrics", cloudWatch, plan.customMetrics * prices.customMetric.usd),
        same("alarms", cloudWatch, plan.alarmMetrics * prices.alarm.usd),
        same("cost guard", "AWS Lambda", guardUsdPerMonth(region, guardMinutes, guardMetricCount(plan))),
        plan.auditTrail &&
            same(
                "audit trail, plus your account's own events",
                "AWS CloudTrail",
                trailUsdPerMonth(region, guardMinutes),
                "pulumi config set auditTrail false",
            ),
        same("data in the bucket", "Amazon Simple Storage Service", storageUsdPerMonth("s3Storage", bytes)),
    ]
        .filter((line) => line !== false && line !== undefined)
        .toSorted((a, b) => b.expected.high - a.expected.high);
    return {
        once: [
            { what: "import", usd: exactly(ingestionUsd(bytes)) },
            { what: training, usd: trainingUsd(recipe, { interactions }) },
        ],
        monthly,
        idleUsd: sum(monthly.map(({ idle }) => idle)),
        expectedUsd: sum(monthly.map(({ expected }) => expected)),
    };
}

/** Returns the largest number of metrics that the guard reads in a run: of the campaign, the API and the page. */
const guardMetricCount = ({ api, edge }: PlannedStack): number => 10 + (api ? 13 : 0) + (edge ? 2 : 0);

/**
 * Returns the campaign's line of the estimate. With an API, the campaign gets only the requests that no cache answers.
 */
function campaignLine(plan: PlannedStack): MonthlyLine {
    const { recipe, minProvisionedTPS } = plan;
    const lower =
        minProvisionedTPS > 1
            ? "pulumi config set minProvisionedTPS 1"
            : isV2(recipe)
              ? "pulumi config set recipe aws-user-personalization"
              : "npm run park while there are no requests, or pulumi config set campaignEnabled false";
    return {
        what: `campaign, minimum ${minProvisionedTPS} TPS`,
        service: billedService,
        idle: exactly(campaignUsdPerMonth(recipe, minProvisionedTPS)),
        expected: exactly(campaignUsdPerMonth(recipe, Math.max(minProvisionedTPS, campaignCallsPerSecond(plan)))),
        lower,
    };
}

/**
 * Returns the estimate's line for batch inference jobs, with the function that loads their lists and the table's
 * writes.
 */
function batchLine(
    { recipe, region }: PlannedStack,
    { viewers, everyDays }: NonNullable<PlannedStack["batchLists"]>,
): MonthlyLine {
    const jobs = hoursPerMonth / 24 / everyDays;
    const { low, high } = batchUsd(recipe, viewers);
    // The function that manages the jobs runs every 15 minutes, with 1 GB for about half a second.
    const runs = hoursPerMonth * 4 * runUsd(region, 0.5);
    const loading = runs + jobs * viewers * listWrites * (prices.tableWrites.usd / 1_000_000);
    const usd = { low: jobs * low + loading, high: jobs * high + loading };
    return {
        what: `lists of ${viewers.toLocaleString("en-US")} viewers every ${everyDays} days`,
        service: billedService,
        idle: usd,
        expected: usd,
        ...(everyDays < 30 && { lower: "pulumi config set --path serving.everyDays 30" }),
    };
}

/**
 * DynamoDB write units for a list of a hundred films (2.1 KB): three to store the list, and three to set its
 * expiration.
 */
const listWrites = 2 * 3;

/**
 * Returns the number of viewers in each job at which batch inference costs as much as a campaign of this stack.
 *
 * @param everyDays days between two jobs
 */
export function breakEvenViewers(plan: PlannedStack, everyDays: number): number {
    const perViewer = (viewers: number) => batchLine(plan, { viewers, everyDays }).expected.high;
    const fixed = perViewer(0);
    return Math.floor((campaignLine(plan).expected.high - fixed) / (perViewer(1000) - fixed)) * 1000;
}

/** Returns the estimate's lines for the services in front of the campaign, which AWS bills only by usage. */
function servingLines(plan: PlannedStack): MonthlyLine[] {
    const { api, edge } = servingUsd(plan, hoursPerMonth * 3600);
    const line = (what: string, service: string, usd: number): MonthlyLine => {
        return { what, service, idle: exactly(0), expected: exactly(usd) };
    };
    return [
        line("API and its table", "Amazon API Gateway", api),
        ...(plan.edge ? [line("page and API at the edge", "Amazon CloudFront", edge)] : []),
    ];
}

/** Returns the default limit: preview's estimate plus 25 %, in whole US dollars a month. */
export function defaultLimitUsd(plan: PlannedStack): number {
    // Include the campaign even while the stack is parked, because parking must not change the default limit.
    return Math.ceil(1.25 * estimate({ ...plan, ...unparked(plan) }).expectedUsd);
}

/**
 * A change needs config `monthlyLimitUsd` if the estimated price grows by more than this factor, and also by more than
 * this many US dollars a month.
 */
const factor = 2;
const dollars = 50;

/**
 * Returns why a change needs config `monthlyLimitUsd`; undefined if the change needs no limit. The default limit
 * follows the estimate, so neither budget nor cost guard would stop a mistake such as 1000 TPS.
 *
 * Both estimates, before and after the change, assume that the campaign runs, and use the size of today's data.
 * Therefore parking, resuming and new data never need a limit.
 */
export function priceJump(deployed: PlannedStack, planned: PlannedStack): string | undefined {
    const { interactions, bytes } = planned;
    const now = estimate({ ...deployed, interactions, bytes, ...unparked(deployed) });
    const next = estimate({ ...planned, ...unparked(planned) });
    if (next.expectedUsd <= factor * now.expectedUsd || next.expectedUsd <= now.expectedUsd + dollars) return undefined;
    return [
        `the stack would cost ${approximately(next.expectedUsd)} a month ${priceNote}, and as deployed it costs ` +
            `${approximately(now.expectedUsd)}. Without monthlyLimitUsd, budget and cost guard would allow that. Largest item:`,
        ...next.monthly.slice(0, 1).map(lineText),
        `To allow it: pulumi config set monthlyLimitUsd ${Math.ceil(next.expectedUsd)}`,
    ].join("\n");
}
