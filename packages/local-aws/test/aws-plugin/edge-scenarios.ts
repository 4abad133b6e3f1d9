import assert from "node:assert/strict";
import { APIGateway } from "@aws-sdk/client-api-gateway";
import { CloudFront } from "@aws-sdk/client-cloudfront";
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import type { Enforcing } from "../gateway/enforcement/support.ts";
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
    patch,
    planArgs,
    settingArgs,
    stageArgs,
    tags,
    toGatewayType,
} from "./edge-args.ts";
import type { Life } from "./life.ts";

/** Returns the SDK clients for DynamoDB, API Gateway and CloudFront. */
export function edgeClients({ open }: Enforcing) {
    return {
        dynamo: open(DynamoDB),
        gateway: open(APIGateway),
        edge: open(CloudFront),
    };
}

interface EdgeContext {
    readonly clients: () => ReturnType<typeof edgeClients>;
    /** Ids of resources that must exist before the tests. */
    readonly ids: Ids;
}

/** Returns test cases for DynamoDB, API Gateway and CloudFront resource types. */
export function edgeScenarios({ clients, ids }: EdgeContext): Life[] {
    const listDeployments = async (restApiId: string) => {
        const { items = [] } = await clients().gateway.getDeployments({ restApiId });
        return items.map(({ id = "" }) => id);
    };
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
            drift: () =>
                clients().dynamo.updateTimeToLive({
                    TableName: name,
                    TimeToLiveSpecification: { AttributeName: "expiresAt", Enabled: false },
                }),
            changedKeys: ["ttl"],
        },
        {
            type: toGatewayType("restApi"),
            args: () => apiArgs,
            drift: async (restApiId) => {
                const patchOperations = patch("/description", "other");
                return clients().gateway.updateRestApi({ restApiId, patchOperations });
            },
            changedKeys: ["description"],
        },
        {
            type: toGatewayType("deployment"),
            args: () => ({ restApi: ids.restApi, description: "films", triggers: { body: "1" } }),
            drift: async () => {
                const restApiId = ids.restApi ?? assert.fail();
                const patchOperations = patch("/description", "other");
                for (const deploymentId of await listDeployments(restApiId)) {
                    await clients().gateway.updateDeployment({ restApiId, deploymentId, patchOperations });
                }
            },
            changedKeys: ["description"],
        },
        {
            type: toGatewayType("account"),
            args: () => ({ cloudwatchRoleArn: logsRole }),
            drift: () => clients().gateway.updateAccount({ patchOperations: patch("/cloudwatchRoleArn", "") }),
            changedKeys: "gone",
        },
        {
            type: toGatewayType("stage"),
            args: () => stageArgs(ids),
            drift: () =>
                clients().gateway.updateStage({
                    restApiId: ids.restApi,
                    stageName: "api",
                    patchOperations: patch("/tracingEnabled", "false"),
                }),
            changedKeys: ["xrayTracingEnabled"],
        },
        {
            type: toGatewayType("methodSettings"),
            args: () => settingArgs(ids),
            drift: () =>
                clients().gateway.updateStage({
                    restApiId: ids.restApi,
                    stageName: "kept",
                    patchOperations: patch("/*/*/throttling/rateLimit", "1000"),
                }),
            changedKeys: ["settings"],
        },
        {
            type: toGatewayType("apiKey"),
            args: keyArgs,
            drift: async (apiKey) => {
                return clients().gateway.updateApiKey({ apiKey, patchOperations: patch("/description", "other") });
            },
            changedKeys: ["description"],
        },
        {
            type: toGatewayType("usagePlan"),
            args: () => planArgs(ids),
            drift: async (usagePlanId) => {
                return clients().gateway.updateUsagePlan({
                    usagePlanId,
                    patchOperations: patch("/throttle/rateLimit", "99"),
                });
            },
            changedKeys: ["throttleSettings"],
        },
        {
            type: toGatewayType("usagePlanKey"),
            args: () => ({ keyId: ids.apiKey, keyType: "API_KEY", usagePlanId: ids.usagePlan }),
            drift: () => clients().gateway.deleteUsagePlanKey({ keyId: ids.apiKey, usagePlanId: ids.usagePlan }),
            changedKeys: "gone",
        },
        {
            type: "aws:cloudfront/originAccessControl:OriginAccessControl",
            args: oacArgs,
            drift: async (Id) => {
                const current = await clients().edge.getOriginAccessControlConfig({ Id });
                const has = current.OriginAccessControlConfig;
                const OriginAccessControlConfig = has && { ...has, SigningBehavior: "never" as const };
                return clients().edge.updateOriginAccessControl({
                    Id,
                    IfMatch: current.ETag,
                    OriginAccessControlConfig,
                });
            },
            changedKeys: ["signingBehavior"],
        },
        {
            type: "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy",
            args: headersArgs,
            drift: async (Id) => {
                const current = await clients().edge.getResponseHeadersPolicyConfig({ Id });
                const { SecurityHeadersConfig: has, ...rest } = current.ResponseHeadersPolicyConfig ?? { Name: name };
                const { ContentSecurityPolicy: _, ...others } = has ?? {};
                const ResponseHeadersPolicyConfig = { ...rest, SecurityHeadersConfig: others };
                return clients().edge.updateResponseHeadersPolicy({
                    Id,
                    IfMatch: current.ETag,
                    ResponseHeadersPolicyConfig,
                });
            },
            changedKeys: ["securityHeadersConfig"],
        },
        {
            type: "aws:cloudfront/cachePolicy:CachePolicy",
            args: cacheArgs,
            drift: async (Id) => {
                const current = await clients().edge.getCachePolicyConfig({ Id });
                const CachePolicyConfig = current.CachePolicyConfig && { ...current.CachePolicyConfig, MaxTTL: 60 };
                return clients().edge.updateCachePolicy({ Id, IfMatch: current.ETag, CachePolicyConfig });
            },
            changedKeys: ["maxTtl"],
        },
        {
            type: "aws:cloudfront/distribution:Distribution",
            args: distributionArgs,
            drift: async (Id) => {
                const current = await clients().edge.getDistributionConfig({ Id });
                const has = current.DistributionConfig;
                const DistributionConfig = has && { ...has, CustomErrorResponses: { Quantity: 0 } };
                return clients().edge.updateDistribution({ Id, IfMatch: current.ETag, DistributionConfig });
            },
            changedKeys: ["customErrorResponses"],
        },
    ];
}
