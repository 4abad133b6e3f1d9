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
