/**
 * The billed measures. Their names are the last part of a usage type; they are a guess, because AWS does not document
 * its usage types.
 */
export type Measure =
    | "DataIngestion"
    | "TrainingHours"
    | "TrainingInteractions"
    | "RecommendationTPSHours"
    | "RecommendationRequests";

/** One measure of a resource's usage within one hour. */
export interface UsageRecord {
    readonly region: string;
    readonly measure: Measure;
    /** Usage type in the form of the region's bill, such as EUC1-DataIngestion. */
    readonly usageType: string;
    readonly resourceArn: string;
    readonly tags: Readonly<Record<string, string>>;
    /** Start of the hour, epoch milliseconds. */
    readonly hour: number;
    readonly quantity: number;
    /** The unit of `quantity`. */
    readonly unit: string;
}

interface Unit {
    readonly unit: string;
    /**
     * Number of counts in one `unit`. Counts are whole numbers, so that sums are exact: bytes, milliseconds,
     * interactions, milliseconds times TPS, thousandths of requests.
     */
    readonly counted: number;
}

const hour = 3_600_000;

export const units: Readonly<Record<Measure, Unit>> = {
    DataIngestion: { unit: "GB", counted: 1024 ** 3 },
    TrainingHours: { unit: "Hours", counted: hour },
    TrainingInteractions: { unit: "1,000 interactions", counted: 1000 },
    RecommendationTPSHours: { unit: "TPS-hours", counted: hour },
    RecommendationRequests: { unit: "1,000 requests", counted: 1_000_000 },
};

/** Prefixes of AWS's usage types by region: the regions of Personalize, outside China. */
const prefixes: Readonly<Record<string, string>> = {
    "us-east-1": "USE1",
    "us-east-2": "USE2",
    "us-west-2": "USW2",
    "ca-central-1": "CAN1",
    "eu-central-1": "EUC1",
    "eu-west-1": "EU",
    "ap-northeast-1": "APN1",
    "ap-northeast-2": "APN2",
    "ap-south-1": "APS3",
    "ap-southeast-1": "APS1",
    "ap-southeast-2": "APS2",
};

/** Returns a usage type in the form of a bill, such as `EUC1-DataIngestion`; an unknown region is its own prefix. */
export const formatUsageType = (region: string, measure: Measure) => `${prefixes[region] ?? region}-${measure}`;
