/** Default quotas of a region's account for what serves, where each is said, and whether AWS raises it. */
export const quotas = {
    edgeRequests: {
        quota: 250_000,
        isRaised: true,
        of: "requests a second to a distribution",
        source: "CloudFront Developer Guide, Quotas",
    },
    apiRequests: {
        quota: 10_000,
        isRaised: true,
        of: "requests a second to all APIs of the account",
        source: "API Gateway Developer Guide, Quotas",
    },
    /** A process takes ten requests a second at most, however quick they are: a short function is held by that, not by its time. */
    concurrency: {
        quota: 1000,
        isRaised: true,
        of: "processes at once of all functions of the account, each for 10 requests a second at most",
        source: "Lambda Developer Guide, Quotas",
    },
    tableWrites: {
        quota: 4000,
        isRaised: true,
        of: "writes a second of a new table; it doubles as it is used, to 40,000",
        source: "DynamoDB Developer Guide, On-demand capacity mode",
    },
    campaignRequests: {
        quota: 500,
        isRaised: false,
        of: "GetRecommendations a second to a campaign",
        source: "Personalize Developer Guide, Endpoints and quotas",
    },
    events: {
        quota: 1000,
        isRaised: true,
        of: "PutEvents a second to a dataset group",
        source: "Personalize Developer Guide, Endpoints and quotas",
    },
} as const;
