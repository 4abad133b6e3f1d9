/** Names of the metrics that the project reads and writes, and nothing else has them. */

/** The service's own (developer guide, "Monitoring with CloudWatch"); dimension `CampaignArn`. */
export const personalizeNamespace = "AWS/Personalize";

export const servingMetrics = {
    requests: "GetRecommendations",
    badRequests: "GetRecommendations4xxErrors",
    failures: "GetRecommendations5xxErrors",
    /** Milliseconds. */
    latency: "GetRecommendationsLatency",
} as const;

/** Of the campaign that orders given films; dimension `CampaignArn`. */
export const rankingMetrics = { requests: "GetPersonalizedRanking" } as const;

/** Dimensions `DatasetGroupArn`, `DatasetArn`, `DatasetImportJobArn`; for the second, `SolutionArn`, `SolutionVersionArn`. */
export const jobMetrics = {
    importErrors: "DatasetImportJobError",
    trainingErrors: "SolutionTrainingJobError",
} as const;

/** What the service does not publish; dimension `Stack`. */
export const ownNamespace = "MovieRecommender";

export const ownMetrics = {
    /** Of this month, by the cost guard: US dollars. */
    monthSpend: "EstimatedMonthToDateUsd",
    /** US dollars an hour, by the campaign's minimum and use. */
    hourlyCost: "EstimatedUsdPerHour",
    /** Hours since the last request that was not the guard's own. */
    idleHours: "IdleHours",
    /** Transactions per second. */
    provisionedTPS: "ProvisionedTPS",
    usedTPS: "UsedTPS",
    /** Hours since the campaign was made. */
    campaignAge: "CampaignAgeHours",
    /** Hours since the interactions were imported. */
    dataAge: "DataAgeHours",
    /** How many percent the NDCG@10 of the version that serves is below that of the one trained before it; 0 if it is not. */
    ndcgDrop: "NdcgDropPercent",
} as const;

/** API Gateway's own, which are free; dimensions `ApiName`, `Stage`. */
export const gatewayNamespace = "AWS/ApiGateway";

export const gatewayMetrics = {
    requests: "Count",
    /** Answered with 5xx, by the function or in its place. */
    failures: "5XXError",
} as const;

/**
 * Of the API; dimension `Stack` of `ownNamespace`. Each is paid for, so what is known for nothing is none of them: requests and
 * failures are API Gateway's, events those of the service; which of the two caches answered stands in the log.
 */
export const servingApiMetrics = {
    /** From the function's start to its answer, of each request: milliseconds. */
    latency: "LatencyMs",
    campaignCalls: "CampaignCalls",
    campaignFailures: "CampaignFailures",
    tableFailures: "TableFailures",
    /** Lists of films, by their `source`. */
    answeredBy: {
        campaign: "AnsweredByCampaign",
        cache: "AnsweredByCache",
        precomputed: "AnsweredByPrecomputed",
        similar: "AnsweredBySimilar",
        popular: "AnsweredByPopular",
    },
} as const;

/** Metrics of a trained version, under the service's names for them; dimensions `Stack`, `SolutionVersion`. */
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

/** How many metrics a stack has that are paid for: of one trained version, and with or without an API. */
export function countOwnMetrics(api: boolean): number {
    const { answeredBy, ...others } = servingApiMetrics;
    const served = Object.keys(answeredBy).length + Object.keys(others).length;
    return Object.keys(ownMetrics).length + modelMetrics.length + (api ? served : 0);
}
