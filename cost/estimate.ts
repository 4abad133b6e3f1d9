import {
    autoTrainingUsdPerMonth,
    billedService,
    campaignUsdPerMonth,
    guardUsdPerMonth,
    ingestionUsd,
    isV2,
    prices,
    storageUsdPerMonth,
    trainingUsd,
    type UsdRange,
} from "../config/prices.ts";
import { type Layer, servingLayers, usualTraffic } from "./serving-layers.ts";
import { rankingMinimumTPS, rankingRecipe } from "./standing.ts";

/** What a stack is going to be, as far as it is paid for. */
export interface PlannedStack {
    /** Recipe name; undefined with AutoML. */
    readonly recipe: string | undefined;
    /** False while it is parked or switched off. */
    readonly hasCampaign: boolean;
    /** Transactions per second. */
    readonly minProvisionedTPS: number;
    readonly expectedRequestsPerDay: number;
    readonly interactions: number;
    /** Of everything that is uploaded and imported. */
    readonly bytes: number;
    /** Days between two automatic trainings; undefined without them. */
    readonly autoTrainingDays: number | undefined;
    readonly guardMinutes: number;
    readonly customMetrics: number;
    readonly alarms: number;
    readonly dashboards: number;
    /** Whether the API is there, behind CloudFront or not; and a second campaign, which orders given films. */
    readonly api: boolean;
    readonly edge: boolean;
    readonly rankingCampaign: boolean;
}

/** One line of a bill. */
export interface MonthlyLine {
    readonly what: string;
    /** The service that bills it, as AWS's bill names it. */
    readonly service: string;
    /** US dollars a month when nobody asks, and at the expected requests. */
    readonly idle: UsdRange;
    readonly expected: UsdRange;
    /** What would lower it; undefined where nothing sensible would. */
    readonly lower?: string;
}

export interface OnceLine {
    readonly what: string;
    /** US dollars. */
    readonly usd: UsdRange;
}

export interface Estimate {
    readonly once: readonly OnceLine[];
    /** The largest first. */
    readonly monthly: readonly MonthlyLine[];
    /** Sums of the upper ends, US dollars a month. */
    readonly idleUsd: number;
    readonly expectedUsd: number;
}

const secondsPerDay = 86_400;
const cloudWatch = "AmazonCloudWatch";

const exactly = (usd: number): UsdRange => ({ low: usd, high: usd });
const sum = (lines: readonly UsdRange[]) => lines.reduce((total, { high }) => total + high, 0);

/**
 * What a stack costs: once, and by the month, with nobody asking and with the expected requests spread evenly over the
 * day. AWS's free tiers are not taken off, and taxes are not in it.
 */
export function estimate(plan: PlannedStack): Estimate {
    const { recipe, interactions, bytes, autoTrainingDays } = plan;
    const training = isV2(recipe) ? "training, by interactions" : "training, by the hour";
    const same = (what: string, service: string, usd: UsdRange, lower?: string): MonthlyLine => ({
        ...{ what, service, idle: usd, expected: usd },
        ...(lower !== undefined && { lower }),
    });
    const monthly = [
        ...(plan.hasCampaign ? [campaignLine(plan)] : []),
        ...(plan.hasCampaign && plan.rankingCampaign
            ? [
                  same(
                      "ranking campaign, 1 TPS at least",
                      billedService,
                      exactly(campaignUsdPerMonth(rankingRecipe, rankingMinimumTPS)),
                      "pulumi config set rankingCampaign false",
                  ),
              ]
            : []),
        ...(plan.api ? servingLines(plan) : []),
        ...(autoTrainingDays === undefined
            ? []
            : [
                  same(
                      "automatic training",
                      billedService,
                      autoTrainingUsdPerMonth(recipe, interactions, autoTrainingDays),
                      autoTrainingDays < 30
                          ? "pulumi config set autoTrainingDays 30"
                          : "pulumi config set performAutoTraining false",
                  ),
              ]),
        same("dashboard", cloudWatch, exactly(plan.dashboards * prices.dashboard.usd)),
        same("metrics of its own", cloudWatch, exactly(plan.customMetrics * prices.customMetric.usd)),
        same("alarms", cloudWatch, exactly(plan.alarms * prices.alarm.usd)),
        same("cost guard", "AWS Lambda", exactly(guardUsdPerMonth(plan.guardMinutes))),
        same("data in the bucket", "Amazon Simple Storage Service", exactly(storageUsdPerMonth("s3Storage", bytes))),
    ].toSorted((a, b) => b.expected.high - a.expected.high);
    return {
        once: [
            { what: "import", usd: exactly(ingestionUsd(bytes)) },
            { what: training, usd: trainingUsd(recipe, { interactions }) },
            ...(plan.rankingCampaign
                ? [{ what: "training of the ranking", usd: trainingUsd(rankingRecipe, { interactions }) }]
                : []),
        ],
        monthly,
        idleUsd: sum(monthly.map(({ idle }) => idle)),
        expectedUsd: sum(monthly.map(({ expected }) => expected)),
    };
}

/** With an API the campaign has only what the caches before it do not answer. */
function campaignLine(plan: PlannedStack): MonthlyLine {
    const { recipe, minProvisionedTPS, expectedRequestsPerDay } = plan;
    const asked = plan.api
        ? (layersOf(plan).find(({ what }) => what === "campaign")?.perSecond ?? 0)
        : expectedRequestsPerDay / secondsPerDay;
    const lower =
        minProvisionedTPS > 1
            ? "pulumi config set minProvisionedTPS 1"
            : isV2(recipe)
              ? "pulumi config set recipe aws-user-personalization"
              : "npm run park while nobody asks, or pulumi config set campaignEnabled false";
    return {
        what: `campaign, ${minProvisionedTPS} TPS at least`,
        service: billedService,
        idle: exactly(campaignUsdPerMonth(recipe, minProvisionedTPS)),
        expected: exactly(campaignUsdPerMonth(recipe, Math.max(minProvisionedTPS, asked))),
        lower,
    };
}

function layersOf({ recipe, minProvisionedTPS, edge, expectedRequestsPerDay }: PlannedStack): readonly Layer[] {
    const requestsPerSecond = expectedRequestsPerDay / secondsPerDay;
    return servingLayers({ ...usualTraffic, peak: 1, requestsPerSecond, edge, recipe, minProvisionedTPS });
}

/** What stands before the campaign bills by use alone. */
function servingLines(plan: PlannedStack): MonthlyLine[] {
    const layers = layersOf(plan);
    const line = (what: string, service: string, isMeant: (layer: Layer) => boolean): MonthlyLine => {
        const usd = layers.filter(isMeant).reduce((total, layer) => total + layer.usd, 0);
        return { what, service, idle: exactly(0), expected: exactly(usd) };
    };
    return [
        line("API and its table", "Amazon API Gateway", ({ what }) => what !== "campaign" && what !== "CloudFront"),
        ...(plan.edge
            ? [line("page and API at the edge", "Amazon CloudFront", ({ what }) => what === "CloudFront")]
            : []),
    ];
}

/** The limit of a stack that sets none: a quarter above what preview shows, in whole US dollars a month. */
export function defaultLimitUsd(plan: PlannedStack): number {
    // With the campaign, also while it is parked: parking must not move the limit.
    return Math.ceil(1.25 * estimate({ ...plan, hasCampaign: true }).expectedUsd);
}
