/** Names of all metrics that the project reads and writes; no other file defines one. */

/** Metrics of Personalize (developer guide, "Monitoring with CloudWatch"); dimension `CampaignArn`. */
export const personalizeNamespace = "AWS/Personalize";

export const servingMetrics = {
    /** Counts successful requests only; the next two metrics count the others. */
    successes: "GetRecommendations",
    badRequests: "GetRecommendations4xxErrors",
    failures: "GetRecommendations5xxErrors",
    /** Milliseconds. */
    latency: "GetRecommendationsLatency",
} as const;

/** Metric of the ranking campaign; dimension `CampaignArn`. */
export const rankingMetrics = { successes: "GetPersonalizedRanking" } as const;

/** Dimensions `DatasetGroupArn`, `DatasetArn`, `DatasetImportJobArn`; for the second, `SolutionArn`, `SolutionVersionArn`. */
export const jobMetrics = {
    importErrors: "DatasetImportJobError",
    trainingErrors: "SolutionTrainingJobError",
} as const;

/**
 * Custom metrics that the cost guard and publish-metrics put; dimension `Stack`. IAM limits `cloudwatch:PutMetricData` by
 * namespace only, so every operator of the account may write here under any stack's name. The guard never reads it.
 */
export const ownNamespace = "MovieRecommender";

export const ownMetrics = {
    /** Spend of this month in US dollars, from the cost guard. */
    monthSpend: "EstimatedMonthToDateUsd",
    /** US dollars an hour, by the campaign's minimum TPS and use. */
    hourlyCost: "EstimatedUsdPerHour",
    /** Hours since the last request from anything other than the cost guard. */
    idleHours: "IdleHours",
    /** Transactions per second. */
    provisionedTPS: "ProvisionedTPS",
    usedTPS: "UsedTPS",
    /** Hours since the campaign's creation. */
    campaignAge: "CampaignAgeHours",
    /** Hours since the import of the interactions. */
    dataAge: "DataAgeHours",
    /** NDCG@10 drop of the live version below the version trained before it, in percent; 0 without a drop. */
    ndcgDrop: "NdcgDropPercent",
} as const;

/** Free metrics of API Gateway; dimensions `ApiName`, `Stage`. */
export const gatewayNamespace = "AWS/ApiGateway";

export const gatewayMetrics = {
    requests: "Count",
    /** Answers with 5xx, from the function or from API Gateway. */
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

/** Metric that the cost guard puts for a stack with an API: US dollars of requests to API and page in the last hour. */
export const guardMetrics = { requestsCost: "RequestsUsdLastHour" } as const;

/**
 * Metrics that CloudWatch extracts from the functions' logs; dimension `Stack`. No policy allows `cloudwatch:PutMetricData`
 * here. Metrics of AWS also limit the counts that the guard reads (cost/logged-counts.ts).
 */
export const functionsNamespace = "MovieRecommender/Functions";

/**
 * Paid custom metrics of the API; dimension `Stack` of `functionsNamespace`. They exclude what AWS publishes free:
 * requests and failures (API Gateway). The log shows which of the two caches answered.
 */
export const servingApiMetrics = {
    /** Bytes of the answers' bodies, before API Gateway compresses them. */
    bytes: "AnswerBytes",
    /** Accepted events. Personalize counts requests only, and not those that it never gets. */
    events: "EventsTaken",
    /** Duration of each request inside the function, in milliseconds. */
    latency: "LatencyMs",
    campaignCalls: "CampaignCalls",
    /** Lists that the prefetch got from the campaign; the cost guard does not count them as use. */
    prefetchCalls: "PrefetchCalls",
    campaignFailures: "CampaignFailures",
    tableFailures: "TableFailures",
    /** Failed attempts to load the tables of the served solution version. */
    tablesFailures: "TablesFailures",
    /** Lists of films, by their `source`. */
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
    const served = apiMetricNames(stack.batch).length + Object.keys(guardMetrics).length;
    return Object.keys(ownMetrics).length + modelMetrics.length + (stack.api ? served : 0);
}
