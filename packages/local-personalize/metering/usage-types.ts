/** What the service bills, as the last part of its usage types. AWS's own spelling is not known: these are ours. */
export type Measure =
    | "DataIngestion"
    | "TrainingHours"
    | "TrainingInteractions"
    | "RecommendationTPSHours"
    | "RecommendationRequests";

interface Unit {
    readonly unit: string;
    /**
     * How many of what is counted are one unit. Counted are whole numbers, so that sums are exact: bytes, milliseconds,
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

/** How AWS's bills begin the usage types of a region; those in which Personalize is offered, outside China. */
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

/** A usage type as a bill has it: `EUC1-DataIngestion`; a region that is not known here is its own prefix. */
export const usageTypeOf = (region: string, measure: Measure) => `${prefixes[region] ?? region}-${measure}`;
