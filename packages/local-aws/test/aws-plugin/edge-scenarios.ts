import {
    apiArgs,
    cacheArgs,
    distributionArgs,
    headersArgs,
    type Ids,
    keyArgs,
    logsRole,
    name,
    oacArgs,
    planArgs,
    settingArgs,
    settings,
    stageArgs,
    tags,
    toGatewayType,
} from "./edge-args.ts";
import type { Life } from "./life.ts";

/** Returns test cases for DynamoDB, API Gateway and CloudFront resource types. They refer to the existing resources `ids`. */
export function edgeScenarios(ids: Ids): Life[] {
    return [
        {
            type: "aws:dynamodb/table:Table",
            args: () => ({
                name,
                billingMode: "PAY_PER_REQUEST",
                hashKey: "pk",
                rangeKey: "sk",
                attributes: [
                    { name: "sk", type: "S" },
                    { name: "pk", type: "S" },
                ],
                ttl: { enabled: true, attributeName: "expiresAt" },
                tags,
            }),
            drift: { ttl: { enabled: false, attributeName: "expiresAt" } },
        },
        {
            type: toGatewayType("restApi"),
            args: () => apiArgs,
            drift: { description: "other" },
        },
        {
            type: toGatewayType("deployment"),
            args: () => ({ restApi: ids.restApi, description: "films", triggers: { body: "1" } }),
        },
        {
            type: toGatewayType("account"),
            args: () => ({ cloudwatchRoleArn: logsRole }),
        },
        {
            type: toGatewayType("stage"),
            args: () => stageArgs(ids),
            drift: { xrayTracingEnabled: false },
        },
        {
            type: toGatewayType("methodSettings"),
            args: () => settingArgs(ids),
            drift: { settings: { ...settings, throttlingRateLimit: 1000 } },
        },
        {
            type: toGatewayType("apiKey"),
            args: keyArgs,
            drift: { description: "other" },
        },
        {
            type: toGatewayType("usagePlan"),
            args: () => planArgs(ids),
            drift: { throttleSettings: { burstLimit: 20, rateLimit: 99 } },
        },
        {
            type: toGatewayType("usagePlanKey"),
            args: () => ({ keyId: ids.apiKey, keyType: "API_KEY", usagePlanId: ids.usagePlan }),
        },
        {
            type: "aws:cloudfront/originAccessControl:OriginAccessControl",
            args: oacArgs,
            drift: { signingBehavior: "never" },
        },
        {
            type: "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy",
            args: headersArgs,
            drift: { securityHeadersConfig: { contentTypeOptions: { override: true } } },
        },
        {
            type: "aws:cloudfront/cachePolicy:CachePolicy",
            args: cacheArgs,
            drift: { maxTtl: 60 },
        },
        {
            type: "aws:cloudfront/distribution:Distribution",
            args: distributionArgs,
            drift: { customErrorResponses: [] },
        },
    ];
}
