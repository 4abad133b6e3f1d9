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
import { type Life, life } from "./life.ts";

/** Returns test cases for DynamoDB, API Gateway and CloudFront resource types. They refer to the existing resources `ids`. */
export function edgeScenarios(ids: Ids): Life[] {
    return [
        life(
            "aws:dynamodb/table:Table",
            () => ({
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
            { ttl: { enabled: false, attributeName: "expiresAt" } },
        ),
        life(toGatewayType("restApi"), () => apiArgs, { description: "other" }),
        life(toGatewayType("deployment"), () => ({
            restApi: ids.restApi,
            description: "films",
            triggers: { body: "1" },
        })),
        life(toGatewayType("account"), () => ({ cloudwatchRoleArn: logsRole })),
        life(toGatewayType("stage"), () => stageArgs(ids), { xrayTracingEnabled: false }),
        life(toGatewayType("methodSettings"), () => settingArgs(ids), {
            settings: { ...settings, throttlingRateLimit: 1000 },
        }),
        life(toGatewayType("apiKey"), keyArgs, { description: "other" }),
        life(toGatewayType("usagePlan"), () => planArgs(ids), { throttleSettings: { burstLimit: 20, rateLimit: 99 } }),
        life(toGatewayType("usagePlanKey"), () => ({
            keyId: ids.apiKey,
            keyType: "API_KEY",
            usagePlanId: ids.usagePlan,
        })),
        life("aws:cloudfront/originAccessControl:OriginAccessControl", oacArgs, { signingBehavior: "never" }),
        life("aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy", headersArgs, {
            securityHeadersConfig: { contentTypeOptions: { override: true } },
        }),
        life("aws:cloudfront/cachePolicy:CachePolicy", cacheArgs, { maxTtl: 60 }),
        life("aws:cloudfront/distribution:Distribution", distributionArgs, { customErrorResponses: [] }),
    ];
}
