/** Names of all metrics that the project reads and writes; no other file defines one. */

/** Metrics of Personalize (developer guide, "Monitoring with CloudWatch"); dimension `CampaignArn`. */
export const personalizeNamespace = "AWS/Personalize";

export const servingMetrics = {
    /** Number of successful requests only. The next two metrics count failed requests. */
    successes: "GetRecommendations",
    badRequests: "GetRecommendations4xxErrors",
    failures: "GetRecommendations5xxErrors",
    /** Milliseconds. */
    latency: "GetRecommendationsLatency",
} as const;

/**
 * Failed imports (dimensions `DatasetGroupArn`, `DatasetArn`, `DatasetImportJobArn`) and failed trainings (dimensions
 * `SolutionArn`, `SolutionVersionArn`).
 */
export const jobMetrics = {
    importErrors: "DatasetImportJobError",
    trainingErrors: "SolutionTrainingJobError",
} as const;

/**
 * Custom metrics that the cost guard and publish-metrics put; dimension `Stack`. IAM limits `cloudwatch:PutMetricData`
 * by namespace only, so every operator of the account may put values for any stack. Therefore the guard never reads
 * these metrics.
 */
export const ownNamespace = "MovieRecommender";

export const ownMetrics = {
    /** Spend of this month in US dollars, from the cost guard. */
    monthSpend: "EstimatedMonthToDateUsd",
    /**
     * The current cost in US dollars an hour, calculated from the campaign's minimum TPS, or from the requests if they
     * are more.
     */
    hourlyCost: "EstimatedUsdPerHour",
    /** Hours since the last request that neither the cost guard nor the prefetch function sent. */
    idleHours: "IdleHours",
    /** Transactions per second. */
    provisionedTPS: "ProvisionedTPS",
    usedTPS: "UsedTPS",
    /** Hours since the campaign's creation. */
    campaignAge: "CampaignAgeHours",
    /** Hours since the import of the interactions. */
    dataAge: "DataAgeHours",
    /**
     * By how many percent the live version's NDCG@10 is lower than the NDCG@10 of the version trained before it; 0 if
     * it is not lower.
     */
    ndcgDrop: "NdcgDropPercent",
} as const;

/** Free metrics of API Gateway; dimensions `ApiName`, `Stage`. */
export const gatewayNamespace = "AWS/ApiGateway";

export const gatewayMetrics = {
    requests: "Count",
    /** Number of answers with a status 5xx, from the function or from API Gateway. */
    failures: "5XXError",
} as const;

/** Free metrics of Lambda; dimension `FunctionName`. */
export const functionNamespace = "AWS/Lambda";
export const functionMetrics = { requests: "Invocations", milliseconds: "Duration" } as const;

/** Free metrics of DynamoDB; dimension `TableName`. */
export const tableNamespace = "AWS/DynamoDB";
export const tableMetrics = { reads: "ConsumedReadCapacityUnits", writes: "ConsumedWriteCapacityUnits" } as const;

/** Free metrics of CloudWatch Logs; dimension `LogGroupName`. */
export const logNamespace = "AWS/Logs";
export const logMetrics = { bytes: "IncomingBytes" } as const;

/** Free metrics of CloudFront, only in us-east-1; dimensions `DistributionId`, `Region` (always `Global`). */
export const edgeNamespace = "AWS/CloudFront";
export const edgeMetrics = { requests: "Requests", bytes: "BytesDownloaded" } as const;

/**
 * Metrics that CloudWatch extracts from the functions' logs; dimension `Stack`. No policy allows
 * `cloudwatch:PutMetricData` in this namespace. In addition, the guard caps these counts by AWS's own metrics
 * (app/functions/cost-guard/counted-metrics.ts).
 */
export const functionsNamespace = "MovieRecommender/Functions";

/**
 * Paid custom metrics of the API; dimension `Stack` of `functionsNamespace`. They exclude what AWS publishes free:
 * requests and failures (API Gateway). `AnsweredByCache` counts the answers of both caches; the log shows which one
 * answered.
 */
export const servingApiMetrics = {
    /** Bytes of the answers' bodies, before API Gateway compresses them. */
    bytes: "AnswerBytes",
    /** Accepted events. Personalize's own metrics count requests instead of events, and only those that reach it. */
    events: "EventsTaken",
    /** Duration of each request inside the function, in milliseconds. */
    latency: "LatencyMs",
    campaignCalls: "CampaignCalls",
    /** Lists that the prefetch function requested from the campaign; the cost guard does not count them as use. */
    prefetchCalls: "PrefetchCalls",
    campaignFailures: "CampaignFailures",
    tableFailures: "TableFailures",
    /** Failed attempts to load the fallback tables of the served solution version. */
    tablesFailures: "TablesFailures",
    /** Answers with a list of items, by the field `source` of the answer. */
    answeredBy: {
        campaign: "AnsweredByCampaign",
        cache: "AnsweredByCache",
        precomputed: "AnsweredByPrecomputed",
        batch: "AnsweredByBatch",
        similar: "AnsweredBySimilar",
        popular: "AnsweredByPopular",
    },
} as const;

/** Metrics of a trained version, under Personalize's names; dimensions `Stack`, `SolutionVersion`. */
export const modelMetrics = [
    "coverage",
    "mean_reciprocal_rank_at_25",
    "normalized_discounted_cumulative_gain_at_5",
    "normalized_discounted_cumulative_gain_at_10",
    "normalized_discounted_cumulative_gain_at_25",
    "precision_at_5",
    "precision_at_10",
    "precision_at_25",
] as const;

/** Metrics of the API that exist only with a campaign, or only with batch inference. */
const ofCampaign = ["campaignCalls", "campaignFailures", "prefetchCalls", "campaign", "cache", "precomputed"];
const ofBatch = ["batch"];

/** Returns the names of the API's paid metrics in a stack with a campaign, or with batch inference. */
function apiMetricNames(batch: boolean): readonly string[] {
    const { answeredBy, ...others } = servingApiMetrics;
    const all = Object.entries({ ...others, ...answeredBy });
    return all.filter(([key]) => !(batch ? ofCampaign : ofBatch).includes(key)).map(([, name]) => name);
}

/** Number of paid metrics of a stack, with one trained version. */
export function countOwnMetrics(stack: { readonly api: boolean; readonly batch: boolean }): number {
    const served = stack.api ? apiMetricNames(stack.batch).length : 0;
    return Object.keys(ownMetrics).length + modelMetrics.length + served;
}
