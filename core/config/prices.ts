/** One price: figure, unit, source and reliability. */
export interface Price {
    /** The price in US dollars for one `unit`. */
    readonly usd: number;
    readonly unit: string;
    /** AWS region of the price. `US`: the source names no region. */
    readonly region: string;
    /** The price in US dollars by region, for regions whose price is known to differ. */
    readonly others?: Readonly<Record<string, number>>;
    readonly source: string;
    /** Year and month in which the source was published or read. */
    readonly date: string;
    /** Whether the price was read on AWS's own price page. */
    readonly verified: boolean;
}

/** A range in US dollars. Equal bounds mean a known amount. */
export interface UsdRange {
    readonly low: number;
    readonly high: number;
}

/** Returns the source of prices that names no region, and the month in which it was published or read. */
const quoted = (source: string, date: string) => ({ region: "US", source, date, verified: false });

const playbook = quoted("third-party cost playbook", "2026-07");
const batchTexts = quoted("third-party texts on Personalize's prices", "2026-11");
const bucketTable = quoted("third-party table of S3's tiers", "2022-07");
const estimator = quoted("third-party price estimator's output, undated", "2026-11");
const cloudWatchGuide = quoted("third-party guide to CloudWatch's prices", "2026-06");
const metricsGuide = quoted("third-party guide to CloudWatch's prices", "2026-02");
const lambdaNotes = quoted("third-party notes on Lambda's prices", "2026-05");
const whitepaper = quoted("AWS whitepaper on private APIs, cost optimization, undated", "2026-11");
const tableGuide = quoted("third-party guide to DynamoDB's prices", "2025-07");
const commonlyQuoted = quoted("commonly quoted, not looked up", "2026-11");
const edgeLesson = quoted("third-party lesson on CloudFront's prices, undated", "2026-11");
const trailPage = quoted("copy of AWS's CloudTrail pricing page, undated", "2026-11");

/** Name of the service on AWS's bill, in Cost Explorer and in AWS Budgets. */
export const billedService = "Amazon Personalize";

/**
 * All prices of the project; no other file contains a price. AWS's price page was not accessible, so no price is
 * verified.
 */
export const prices = {
    ingestion: { usd: 0.05, unit: "GB imported or streamed", ...playbook },
    trainingHour: { usd: 0.24, unit: "training hour (4 vCPU, 8 GiB), recipes other than v2", ...playbook },
    trainingInteractionsV2: { usd: 0.002, unit: "1,000 interactions considered, v2 recipes", ...playbook },
    tpsHour: { usd: 0.2, unit: "TPS-hour up to 20,000 a month, recipes other than v2", ...playbook },
    tpsHourFrom20k: { usd: 0.1, unit: "TPS-hour from 20,000 to 200,000 a month", ...playbook },
    tpsHourFrom200k: { usd: 0.05, unit: "TPS-hour beyond 200,000 a month", ...playbook },
    requestsV2: { usd: 0.15, unit: "1,000 requests, v2 recipes", ...playbook },
    batchUsers: { usd: 0.067, unit: "1,000 users of a batch inference, recipes other than v2", ...batchTexts },
    batchUsersHighest: { usd: 0.086, unit: "the same, the highest quoted", ...batchTexts },
    batchUsersV2: { usd: 0.15, unit: "1,000 users of a batch inference, v2 recipes", ...batchTexts },
    s3Storage: { usd: 0.023, unit: "GB-month, S3 Standard", ...bucketTable },
    logStorage: { usd: 0.03, unit: "GB-month of log storage", ...estimator },
    dashboard: { usd: 3, unit: "dashboard-month after the first three", ...cloudWatchGuide },
    alarm: { usd: 0.1, unit: "alarm-metric-month after the first ten", ...estimator },
    // The price of eu-central-1 is a third party's figure, not AWS's.
    logIngestion: { usd: 0.5, others: { "eu-central-1": 0.63 }, unit: "GB of logs taken in", ...cloudWatchGuide },
    customMetric: { usd: 0.3, unit: "custom-metric-month, each set of dimensions one of its own", ...metricsGuide },
    metricRead: { usd: 0.01, unit: "1,000 metrics read by GetMetricData", ...commonlyQuoted },
    lambdaRequests: { usd: 0.2, unit: "million requests of Lambda", ...lambdaNotes },
    lambdaGbSecond: { usd: 0.0000133334, unit: "GB-second of Lambda, arm64", ...lambdaNotes },
    apiRequests: { usd: 3.5, unit: "million requests of a REST API, the first 333 million a month", ...whitepaper },
    tableWrites: { usd: 0.625, unit: "million write request units of DynamoDB on demand, 1 KB each", ...tableGuide },
    tableReads: { usd: 0.125, unit: "million read request units of DynamoDB on demand, 4 KB each", ...tableGuide },
    edgeRequests: { usd: 1, unit: "million HTTPS requests of CloudFront", ...edgeLesson },
    edgeTransfer: { usd: 0.085, unit: "GB from CloudFront, the first 10 TB a month", ...edgeLesson },
    transfer: { usd: 0.09, unit: "GB from a region to the internet, the first 10 TB a month", ...commonlyQuoted },
    traces: { usd: 5, unit: "million traces that X-Ray records", ...commonlyQuoted },
    trailEvents: { usd: 2, unit: "100,000 management events of a second trail; the first copy is free", ...trailPage },
    costExplorerCall: { usd: 0.01, unit: "call of Cost Explorer's API", ...commonlyQuoted },
} as const satisfies Record<string, Price>;

/** Returns a price in a region, in US dollars: the price of `US` if the region's price is unknown. */
export const regionalUsd = (region: string, { usd, others }: Price): number => others?.[region] ?? usd;

/** Hours a month, as in the AWS Pricing Calculator. */
export const hoursPerMonth = 730;

const bytesPerGb = 1024 ** 3;
const secondsPerHour = 3600;

/**
 * Measured billed hours of two trainings, with recipes whose names do not end with `-v2`: one on a small data set, and
 * one on 100,000 rows.
 */
const measuredHours = { small: 1.07, hundredThousandRows: 2.1 };

/**
 * Checks whether AWS bills a recipe (name or ARN) as a v2 recipe: by requests and interactions. Returns false for
 * undefined (AutoML).
 */
export function isV2(recipe: string | undefined): boolean {
    return recipe?.endsWith("-v2") ?? false;
}

/**
 * Returns the price of an idle ACTIVE campaign in US dollars an hour, without volume discounts. AWS bills the minimum
 * TPS or the requests, whichever is more, and at least 1 TPS. For v2 recipes, AWS bills the minimum as if that many
 * requests came each second.
 */
export function campaignUsdPerHour(recipe: string | undefined, minProvisionedTPS: number): number {
    const tps = Math.max(1, minProvisionedTPS);
    return isV2(recipe) ? ((tps * secondsPerHour) / 1000) * prices.requestsV2.usd : tps * prices.tpsHour.usd;
}

/** Returns the price of an idle ACTIVE campaign in US dollars for 730 hours, with known volume discounts. */
export function campaignUsdPerMonth(recipe: string | undefined, minProvisionedTPS: number): number {
    const tpsHours = Math.max(1, minProvisionedTPS) * hoursPerMonth;
    return isV2(recipe) ? servingUsd({ tpsHours: 0, tpsHoursV2: tpsHours }) : servingUsd({ tpsHours, tpsHoursV2: 0 });
}

/** A campaign's usage in a month, in TPS-hours. For v2 recipes, one TPS-hour is 3,600 requests. */
export interface ServedUnits {
    readonly tpsHours: number;
    readonly tpsHoursV2: number;
}

/** Returns the price of a campaign's usage in a month in US dollars, with known volume discounts. */
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
 * Returns the billed TPS-hours of an ACTIVE campaign for at most one window of five minutes. AWS bills the provisioned
 * TPS or the requests, whichever is more, and at least 1 TPS.
 */
export function billedTpsHours(window: {
    readonly hours: number;
    readonly minProvisionedTPS: number;
    readonly requests: number;
}): number {
    return Math.max(Math.max(1, window.minProvisionedTPS) * window.hours, window.requests / secondsPerHour);
}

/**
 * Returns the price of one training in US dollars. For v2 recipes, AWS bills the interactions that the training
 * considers, before any event filter. For other recipes, AWS bills training hours, which exceed the elapsed time and
 * are known only afterwards (`trainingHours` of the version). Without `trainingHours`, the range covers the measured
 * times (1.07 h for a small data set, 2.1 h for 100,000 rows). Its upper end grows in proportion to the rows, which is
 * an estimate.
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
    const { trainingHours } = training;
    const [low, high] = trainingHours === undefined ? [measuredHours.small, grown] : [trainingHours, trainingHours];
    return { low: low * prices.trainingHour.usd, high: high * prices.trainingHour.usd };
}

/** Returns the price of a batch inference for this number of users, in US dollars: the range of the quoted prices. */
export function batchUsd(recipe: string | undefined, users: number): UsdRange {
    const [low, high] = isV2(recipe)
        ? [prices.batchUsersV2, prices.batchUsersV2]
        : [prices.batchUsers, prices.batchUsersHighest];
    return { low: (users / 1000) * low.usd, high: (users / 1000) * high.usd };
}

/** Returns the price of importing this number of bytes, in US dollars. */
export function ingestionUsd(bytes: number): number {
    return (bytes / bytesPerGb) * prices.ingestion.usd;
}

/**
 * Returns the price of automatic training every `days` days, in US dollars a month; `trainingHours` as in
 * `trainingUsd`.
 */
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

/** Returns the price of stored bytes, in US dollars a month. */
export function storageUsdPerMonth(kind: "s3Storage" | "logStorage", bytes: number): number {
    return (bytes / bytesPerGb) * prices[kind].usd;
}

const guardRuns = (minutes: number) => (hoursPerMonth * 60) / minutes;

/** Returns the price of one run of a Lambda function that writes a kilobyte of log, in US dollars. */
export const runUsd = (region: string, gbSeconds: number): number =>
    prices.lambdaRequests.usd / 1_000_000 +
    gbSeconds * prices.lambdaGbSecond.usd +
    (1024 / bytesPerGb) * regionalUsd(region, prices.logIngestion);

/**
 * Returns the maximum cost of the cost guard itself in US dollars a month. `minutes` is the time between two runs, and
 * `metrics` the number of metrics that each run reads. A run uses 256 MB for up to 2 seconds.
 */
export const guardUsdPerMonth = (region: string, minutes: number, metrics: number): number =>
    guardRuns(minutes) * (runUsd(region, 0.25 * 2) + (metrics / 1000) * prices.metricRead.usd);

/** Number of calls of one run of the cost guard that CloudTrail records as management events. */
const guardCalls = 20;

/**
 * Returns the price of the audit trail in US dollars a month, for the events of the cost guard, of 2 KB each in the log
 * group. The upper end applies if the account has a second trail, because CloudTrail bills the events of all trails but
 * one. The account's other management events are not included, whose number only the account knows.
 */
export function trailUsdPerMonth(region: string, guardMinutes: number): UsdRange {
    const events = guardRuns(guardMinutes) * guardCalls;
    const logs = ((events * 2048) / bytesPerGb) * regionalUsd(region, prices.logIngestion);
    return { low: logs, high: logs + (events / 100_000) * prices.trailEvents.usd };
}

/** Formats an amount: `≈ $146`, `≈ $0.26 to $0.50`. Show `priceNote` beside it. */
export function approximately(sum: number | UsdRange): string {
    const { low, high } = typeof sum === "number" ? { low: sum, high: sum } : sum;
    const [from, to] = [money(low), money(high)];
    return from === to ? `≈ ${from}` : `≈ ${from} to ${to}`;
}

/** A note to show beside every amount while no price is verified. */
export const priceNote = "(US price, unverified)";

function money(usd: number): string {
    if (usd > 0 && usd < 0.01) return "less than $0.01";
    return usd >= 10 ? `$${Math.round(usd).toLocaleString("en-US")}` : `$${usd.toFixed(2)}`;
}
