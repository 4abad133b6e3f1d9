import { activeUsers } from "../../app/batch/next-step.ts";
import { isBatch, type StackConfig } from "../../core/config/config.ts";
import { approximately, autoTrainingUsdPerMonth, campaignUsdPerMonth, priceNote } from "../../core/config/prices.ts";
import { breakEvenViewers, defaultLimitUsd, type Estimate, estimate, lineText } from "../../core/cost/estimate.ts";
import { graceHours, type IdleAction } from "../../core/cost/guard-config.ts";
import { type PlannedStack, plannedByConfig } from "../../core/cost/planned-stack.ts";
import { cents } from "../../core/cost/spend.ts";
import { readColumns } from "../../data-prep/columns.ts";
import { readContentOnce } from "../../data-prep/files.ts";
import { counted } from "../../data-prep/words.ts";
import { info, ProgramError } from "../common/messages.ts";
import { filesToUpload } from "../data/data-bucket.ts";
import { countAlarmMetrics, observedStack } from "../observability/alarms.ts";

export interface Price {
    /** Estimated cost of the stack in US dollars a month, with the expected requests. */
    readonly estimatedMonthlyCostUsd: number;
    /** Estimate with a campaign that always runs, in US dollars a month. Parking does not change this value. */
    readonly unparkedUsdPerMonth: number;
    /** Limit of the spend in US dollars a month: config `monthlyLimitUsd`, or else the estimate plus 25 %. */
    readonly monthlyLimitUsd: number;
}

/**
 * Logs the cost of the stack before the program creates anything: the one-time cost, the cost per month, and what the
 * cost guard does with a campaign without requests.
 * @throws ProgramError if the price is above config `monthlyLimitUsd`, with the largest items and how to lower them
 */
export function showPrice(
    config: StackConfig,
    plan: PlannedStack,
    { isParked, idleAction }: { readonly isParked: boolean; readonly idleAction: IdleAction },
) {
    const costEstimate = estimate({ ...plan, hasCampaign: plan.hasCampaign && !isParked });
    const limit = config.monthlyLimitUsd;
    if (limit !== undefined && costEstimate.expectedUsd > limit) throw new ProgramError(refusal(costEstimate, limit));
    info(priceTable(costEstimate, config.expectedRequestsPerDay));
    const note = choosePriceNote(config, plan, { isParked });
    if (note !== undefined) info(note);
    if (plan.hasCampaign && !isParked) info(idleRule(config, idleAction));
    return {
        estimatedMonthlyCostUsd: cents(costEstimate.expectedUsd),
        unparkedUsdPerMonth: cents(estimate(plan).expectedUsd),
        monthlyLimitUsd: limit ?? defaultLimitUsd(plan),
    } satisfies Price;
}

/** Returns the parts of a planned stack that follow from its configuration, with the number of metrics of all alarms. */
const plannedWithAlarms = (config: StackConfig) => ({
    ...plannedByConfig(config),
    alarmMetrics: config.observability.alarms ? countAlarmMetrics(observedStack(config)) : 0,
});

/** Returns the parts of the stack that determine its price, as if it were not parked. */
export async function plannedStack(config: StackConfig): Promise<PlannedStack> {
    const contents = await Promise.all(Object.values(filesToUpload(config)).map(({ path }) => readContentOnce(path)));
    const { lines } = await readContentOnce(config.interactionsFile);
    return {
        ...plannedWithAlarms(config),
        interactions: Math.max(0, lines - 1),
        bytes: contents.reduce((sum, { bytes }) => sum + bytes, 0),
        batchLists: isBatch(config)
            ? {
                  // A job makes lists for these viewers of the interactions.
                  viewers: activeUsers(await readColumns(config.interactionsFile), config.serving.activeDays).length,
                  everyDays: config.serving.everyDays,
              }
            : undefined,
        dashboards: config.observability.dashboard ? 1 : 0,
    };
}

/**
 * Returns the note below the price table: what resume adds to the price of a parked stack, otherwise the other mode of
 * config `serving`; undefined without an API, and for a stack with neither a campaign nor batch inference.
 */
export function choosePriceNote(config: StackConfig, plan: PlannedStack, { isParked }: { readonly isParked: boolean }) {
    if (isParked && plan.hasCampaign) {
        const addedUsd = estimate(plan).expectedUsd - estimate({ ...plan, hasCampaign: false }).expectedUsd;
        return `The campaign is parked, and not in this price. \`npm run resume\` adds ${approximately(addedUsd)} a month ${priceNote}.`;
    }
    return config.api && (plan.hasCampaign || isBatch(config)) ? bothModes(config, plan) : undefined;
}

/**
 * Compares the two modes of config `serving`: what the stack would cost in each mode, and the number of viewers above
 * which a campaign costs less.
 */
function bothModes(config: StackConfig, plan: PlannedStack): string {
    const { everyDays } = config.serving;
    const viewers = breakEvenViewers(plan, everyDays);
    const than = `at ${counted(config.expectedRequestsPerDay, "request")} a day`;
    // Not only the campaign's price differs: with a campaign, a stack also has more alarms.
    const serving = { ...config.serving, mode: "campaign" } as const;
    const byCampaign = plannedWithAlarms({ ...config, serving, campaignEnabled: true });
    return isBatch(config)
        ? `With a campaign the same stack costs ${approximately(estimate({ ...plan, ...byCampaign, batchLists: undefined }).expectedUsd)} a month ${than}; ` +
              `it costs less than batch inference above ${viewers.toLocaleString("en-US")} viewers in each job (docs/serving-modes.md).`
        : `Without a campaign, with lists by batch inference every ${everyDays} days, a stack costs less up to ` +
              `${viewers.toLocaleString("en-US")} viewers in each job: pulumi config set --path serving.mode batch (docs/serving-modes.md).`;
}

/** Returns what the cost guard does with a campaign without requests, as a sentence for preview and `up`. */
export function idleRule(
    config: Pick<StackConfig, "idle" | "alertEmail" | "chatWebhookParameter" | "recipe" | "minProvisionedTPS">,
    action: IdleAction,
): string {
    const { idle, alertEmail, chatWebhookParameter, recipe, minProvisionedTPS } = config;
    const duration = (hours: number) => (hours % 24 === 0 ? counted(hours / 24, "day") : counted(hours, "hour"));
    const rule = `After ${duration(idle.hours)} without requests, the cost guard`;
    const bill = `it costs ${approximately(campaignUsdPerMonth(recipe, minProvisionedTPS))} a month ${priceNote}`;
    if (action === "announce") {
        return `${rule} only announces that the campaign is idle; ${bill}. To park it: pulumi config set --path idle.action park`;
    }
    return alertEmail === undefined && chatWebhookParameter === undefined
        ? `${rule} only announces that the campaign is idle, because it parks only after a notification to a confirmed address; ${bill}. ` +
              "To let it park: pulumi config set alertEmail <address>"
        : `${rule} notifies, and ${duration(graceHours(idle))} later parks the campaign, if an address has confirmed the notifications ` +
              "(npm run budget-alarms). To keep it: pulumi config set --path idle.action announce";
}

/** Formats the estimate as a table: amounts right-aligned, largest first. */
export function priceTable({ once, monthly, idleUsd, expectedUsd }: Estimate, requestsPerDay: number): string {
    const requestsHeading = `${counted(requestsPerDay, "request")} a day`;
    const rows = [
        ["per month", "no requests", requestsHeading],
        ...monthly.map(({ what, idle, expected }) => [what, approximately(idle), approximately(expected)]),
        ["total", approximately(idleUsd), approximately(expectedUsd)],
        ["once, for the first `pulumi up` and for each new file", "", ""],
        ...once.map(({ what, usd }) => [what, approximately(usd), ""]),
    ];
    const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
    // Ignore headings for the width of the first column: they have no amounts, so they may extend over several columns.
    widths[0] = Math.max(...rows.filter((row) => row[1] !== "").map(([what = ""]) => what.length));
    const line = ([what = "", ...amounts]: readonly string[]) =>
        [what.padEnd(widths[0] ?? 0), ...amounts.map((amount, index) => amount.padStart(widths[index + 1] ?? 0))]
            .join("   ")
            .trimEnd();
    return [`Estimated cost ${priceNote}, without AWS's free tiers:`, ...rows.map((row) => `  ${line(row)}`)].join(
        "\n",
    );
}

function refusal({ monthly, expectedUsd }: Estimate, limit: number): string {
    const largest = monthly
        .slice(0, 3)
        .filter(({ expected }) => expected.high >= expectedUsd / 100)
        .map(lineText);
    return [
        `the stack would cost ${approximately(expectedUsd)} a month ${priceNote}, above monthlyLimitUsd ${limit}. Largest items:`,
        ...largest,
        `To allow it: pulumi config set monthlyLimitUsd ${Math.ceil(expectedUsd)}`,
    ].join("\n");
}

/**
 * Returns the monthly price of automatic training as a sentence for preview and up. The first line of a CSV is its
 * header.
 */
export function autoTrainingPrice(
    { recipe, autoTrainingDays }: Pick<StackConfig, "recipe" | "autoTrainingDays">,
    csvLines: number,
): string {
    const interactions = Math.max(0, csvLines - 1);
    const every = autoTrainingDays === 1 ? "every day" : `every ${autoTrainingDays} days`;
    const sum = approximately(autoTrainingUsdPerMonth(recipe, interactions, autoTrainingDays));
    return `automatic training ${every}: ${sum} a month for ${counted(interactions, "interaction")} ${priceNote}`;
}
