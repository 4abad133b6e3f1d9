/** One price: what a unit costs, where that figure is from, and how far it can be trusted. */
export interface Price {
    /** US dollars for one `unit`. */
    readonly usd: number;
    readonly unit: string;
    /** Where it holds. `US` alone: the source names no region. */
    readonly region: string;
    readonly source: string;
    /** Year and month of the source; of reading it, where it has none. */
    readonly date: string;
    /** Whether it was read on AWS's own price page. */
    readonly verified: boolean;
}

/** A sum in US dollars of which only the bounds are known; equal bounds are a known sum. */
export interface UsdRange {
    readonly low: number;
    readonly high: number;
}

const playbook = { region: "US", source: "third-party cost playbook", date: "2026-07", verified: false };
const secondHand = { region: "US", verified: false };
const whitepaper = {
    ...secondHand,
    source: "AWS whitepaper on private APIs, cost optimization, undated",
    date: "2026-11",
};
const tableGuide = { ...secondHand, source: "third-party guide to DynamoDB's prices", date: "2025-07" };
const commonlyQuoted = { ...secondHand, source: "commonly quoted, not looked up", date: "2026-11" };
const edgeLesson = { ...secondHand, source: "third-party lesson on CloudFront's prices, undated", date: "2026-11" };

/** What the bill, Cost Explorer and AWS Budgets call the service. */
export const billedService = "Amazon Personalize";

/** Every price of the project; nothing else has one. AWS's own page was not readable, so none is verified. */
export const prices = {
    ingestion: { usd: 0.05, unit: "GB imported or streamed", ...playbook },
    trainingHour: { usd: 0.24, unit: "training hour (4 vCPU, 8 GiB), recipes other than v2", ...playbook },
    trainingInteractionsV2: { usd: 0.002, unit: "1,000 interactions considered, v2 recipes", ...playbook },
    tpsHour: { usd: 0.2, unit: "TPS-hour up to 20,000 a month, recipes other than v2", ...playbook },
    tpsHourFrom20k: { usd: 0.1, unit: "TPS-hour from 20,000 to 200,000 a month", ...playbook },
    tpsHourFrom200k: { usd: 0.05, unit: "TPS-hour beyond 200,000 a month", ...playbook },
    requestsV2: { usd: 0.15, unit: "1,000 requests, v2 recipes", ...playbook },
    s3Storage: {
        usd: 0.023,
        unit: "GB-month, S3 Standard",
        ...secondHand,
        source: "third-party table of S3's tiers",
        date: "2022-07",
    },
    logStorage: {
        usd: 0.03,
        unit: "GB-month of log storage",
        ...secondHand,
        source: "third-party price estimator's output, undated",
        date: "2026-11",
    },
    dashboard: {
        usd: 3,
        unit: "dashboard-month after the first three",
        ...secondHand,
        source: "third-party guide to CloudWatch's prices",
        date: "2026-06",
    },
    alarm: {
        usd: 0.1,
        unit: "alarm-metric-month after the first ten",
        ...secondHand,
        source: "third-party price estimator's output, undated",
        date: "2026-11",
    },
    logIngestion: {
        usd: 0.5,
        unit: "GB of logs taken in",
        ...secondHand,
        source: "third-party guide to CloudWatch's prices",
        date: "2026-06",
    },
    customMetric: {
        usd: 0.3,
        unit: "custom-metric-month, each set of dimensions one of its own",
        ...secondHand,
        source: "third-party guide to CloudWatch's prices",
        date: "2026-02",
    },
    metricRead: {
        usd: 0.01,
        unit: "1,000 metrics read by GetMetricData",
        ...commonlyQuoted,
    },
    lambdaRequests: {
        usd: 0.2,
        unit: "million requests of Lambda",
        ...secondHand,
        source: "third-party notes on Lambda's prices",
        date: "2026-05",
    },
    lambdaGbSecond: {
        usd: 0.0000133334,
        unit: "GB-second of Lambda, arm64",
        ...secondHand,
        source: "third-party notes on Lambda's prices",
        date: "2026-05",
    },
    apiRequests: { usd: 3.5, unit: "million requests of a REST API, the first 333 million a month", ...whitepaper },
    apiRequestsFrom333M: { usd: 2.8, unit: "million requests of a REST API, the next 667 million", ...whitepaper },
    apiRequestsFrom1B: { usd: 2.38, unit: "million requests of a REST API, the next 19 billion", ...whitepaper },
    tableWrites: { usd: 0.625, unit: "million write request units of DynamoDB on demand, 1 KB each", ...tableGuide },
    tableReads: { usd: 0.125, unit: "million read request units of DynamoDB on demand, 4 KB each", ...tableGuide },
    edgeRequests: { usd: 1, unit: "million HTTPS requests of CloudFront", ...edgeLesson },
    edgeTransfer: { usd: 0.085, unit: "GB from CloudFront, the first 10 TB a month", ...edgeLesson },
    edgeTransferFrom10TB: { usd: 0.08, unit: "GB from CloudFront, the next 40 TB", ...edgeLesson },
    edgeTransferFrom50TB: { usd: 0.06, unit: "GB from CloudFront beyond 50 TB", ...edgeLesson },
    transfer: { usd: 0.09, unit: "GB from a region to the internet, the first 10 TB a month", ...commonlyQuoted },
    transferFrom10TB: { usd: 0.085, unit: "GB from a region to the internet, the next 40 TB", ...commonlyQuoted },
    transferFrom50TB: { usd: 0.07, unit: "GB from a region to the internet beyond 50 TB", ...commonlyQuoted },
    traces: {
        usd: 5,
        unit: "million traces that X-Ray records",
        ...commonlyQuoted,
    },
    costExplorerCall: {
        usd: 0.01,
        unit: "call of Cost Explorer's API",
        ...commonlyQuoted,
    },
} as const satisfies Record<string, Price>;

/** Hours of a month, as AWS's calculator counts them. */
export const hoursPerMonth = 730;

const bytesPerGb = 1024 ** 3;
const secondsPerHour = 3600;

/** The two training times on record for recipes other than v2, in billed hours: a small set, and 100,000 rows. */
const measuredHours = { small: 1.07, hundredThousandRows: 2.1 };

/** Whether a recipe, by name or ARN, is billed by v2's own model; undefined (AutoML) is not. */
export function isV2(recipe: string | undefined): boolean {
    return recipe?.endsWith("-v2") ?? false;
}

/**
 * What an idle ACTIVE campaign bills, in US dollars an hour, below the volume discounts. The service bills the larger
 * of the minimum and the use, and at least 1 TPS; for v2 the minimum counts as that many requests each second.
 */
export function campaignUsdPerHour(recipe: string | undefined, minProvisionedTPS: number): number {
    const tps = Math.max(1, minProvisionedTPS);
    return isV2(recipe) ? ((tps * secondsPerHour) / 1000) * prices.requestsV2.usd : tps * prices.tpsHour.usd;
}

/** What an idle ACTIVE campaign bills, in US dollars for a month of 730 hours; volume discounts are in it where known. */
export function campaignUsdPerMonth(recipe: string | undefined, minProvisionedTPS: number): number {
    const tpsHours = Math.max(1, minProvisionedTPS) * hoursPerMonth;
    return isV2(recipe) ? servingUsd({ tpsHours: 0, tpsHoursV2: tpsHours }) : servingUsd({ tpsHours, tpsHoursV2: 0 });
}

/** What campaigns served in a month, in TPS-hours; one of v2 is 3,600 requests. */
export interface ServedUnits {
    readonly tpsHours: number;
    readonly tpsHoursV2: number;
}

/** What campaigns served in a month costs, in US dollars; volume discounts are in it where known. */
export function servingUsd({ tpsHours, tpsHoursV2 }: ServedUnits): number {
    const between = (from: number, to: number) => Math.max(0, Math.min(tpsHours, to) - from);
    return (
        between(0, 20_000) * prices.tpsHour.usd +
        between(20_000, 200_000) * prices.tpsHourFrom20k.usd +
        between(200_000, Number.POSITIVE_INFINITY) * prices.tpsHourFrom200k.usd +
        ((tpsHoursV2 * secondsPerHour) / 1000) * prices.requestsV2.usd
    );
}

/**
 * The TPS-hours that an ACTIVE campaign bills for a time of at most one of the service's windows of five minutes: the
 * larger of what is provisioned and what was asked, and at least 1 TPS.
 */
export function billedTpsHours(window: {
    readonly hours: number;
    readonly minProvisionedTPS: number;
    readonly requests: number;
}): number {
    return Math.max(Math.max(1, window.minProvisionedTPS) * window.hours, window.requests / secondsPerHour);
}

/**
 * What one training costs in US dollars. v2 bills the interactions that it considers, before any event filter.
 * Others bill hours, more of them than pass on the clock: known only afterwards (`trainingHours` of the version).
 * Without them the range spans what was measured (1.07 h on a small set, 2.1 h on 100,000 rows), its upper end
 * growing with the rows: that growth is a guess.
 */
export function trainingUsd(
    recipe: string | undefined,
    training: { readonly interactions: number; readonly trainingHours?: number | undefined },
): UsdRange {
    if (isV2(recipe)) {
        const usd = (training.interactions / 1000) * prices.trainingInteractionsV2.usd;
        return { low: usd, high: usd };
    }
    const grown = measuredHours.hundredThousandRows * Math.max(1, training.interactions / 100_000);
    const { low, high } = {
        low: training.trainingHours ?? measuredHours.small,
        high: training.trainingHours ?? grown,
    };
    return { low: low * prices.trainingHour.usd, high: high * prices.trainingHour.usd };
}

/** What importing that many bytes costs, in US dollars. */
export function ingestionUsd(bytes: number): number {
    return (bytes / bytesPerGb) * prices.ingestion.usd;
}

/** What automatic training every `days` days costs, in US dollars a month; `trainingHours` as in `trainingUsd`. */
export function autoTrainingUsdPerMonth(
    recipe: string | undefined,
    interactions: number,
    days: number,
    trainingHours?: number,
): UsdRange {
    const runs = hoursPerMonth / 24 / days;
    const { low, high } = trainingUsd(recipe, { interactions, trainingHours });
    return { low: low * runs, high: high * runs };
}

/** What bytes at rest cost, in US dollars a month. */
export function storageUsdPerMonth(kind: "s3Storage" | "logStorage", bytes: number): number {
    return (bytes / bytesPerGb) * prices[kind].usd;
}

/**
 * What the cost guard costs at most in US dollars a month, by the minutes between two runs: requests, 256 MB for up to
 * 2 seconds, ten metrics read and a kilobyte of log each time.
 */
export function guardUsdPerMonth(minutes: number): number {
    const runs = (hoursPerMonth * 60) / minutes;
    const gbSeconds = 0.25 * 2;
    return (
        runs *
        (prices.lambdaRequests.usd / 1_000_000 +
            gbSeconds * prices.lambdaGbSecond.usd +
            (10 / 1000) * prices.metricRead.usd +
            (1024 / bytesPerGb) * prices.logIngestion.usd)
    );
}

/** A sum as people are shown it: `≈ $146`, `≈ $0.26 to $0.50`. Say `priceNote` beside it. */
export function approximately(sum: number | UsdRange): string {
    const { low, high } = typeof sum === "number" ? { low: sum, high: sum } : sum;
    const [from, to] = [money(low), money(high)];
    return from === to ? `≈ ${from}` : `≈ ${from} to ${to}`;
}

/** What must stand beside every sum while no price is verified. */
export const priceNote = "(US price, unverified)";

function money(usd: number): string {
    if (usd > 0 && usd < 0.01) {
        return "less than $0.01";
    }
    return usd >= 10 ? `$${Math.round(usd).toLocaleString("en-US")}` : `$${usd.toFixed(2)}`;
}
