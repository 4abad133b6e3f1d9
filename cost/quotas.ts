/**
 * Default quotas of the serving services per account and region, with sources, and whether AWS raises a quota on
 * request.
 */
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
    /**
     * A process of a Lambda function accepts at most ten requests per second, even if they are very short. Therefore,
     * this limit and not the duration determines how many processes short requests need.
     */
    concurrency: {
        quota: 1000,
        isRaised: true,
        of: "concurrent executions of all functions of the account, each for at most 10 requests a second",
        source: "Lambda Developer Guide, Quotas",
    },
    tableWrites: {
        quota: 4000,
        isRaised: true,
        of: "writes a second of a new table; the limit doubles with use, up to 40,000",
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
