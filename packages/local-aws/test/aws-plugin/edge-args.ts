import type { PatchOperation } from "@aws-sdk/client-api-gateway";
import { region } from "../../../../test/support/local-aws.ts";
import { localAccountId as account } from "../../instance.ts";

/** The ids of existing resources, by resource type, to which the tested resources refer. */
export type Ids = Record<string, string>;

export const name = "films";
export const tags = { "pulumi:project": "movie-recommender", "pulumi:stack": "test" };
export const logsRole = `arn:aws:iam::${account}:role/logs`;

export const createDocument = (...paths: string[]) =>
    JSON.stringify({
        openapi: "3.0.1",
        info: { title: "Films", version: "1" },
        paths: Object.fromEntries(
            paths.map((path) => [
                path,
                {
                    get: {
                        responses: {},
                        "x-amazon-apigateway-integration": {
                            type: "mock",
                            requestTemplates: { "application/json": '{"statusCode":200}' },
                        },
                    },
                },
            ]),
        ),
    });

const behavior = (targetOriginId: string) => ({
    targetOriginId,
    viewerProtocolPolicy: "redirect-to-https",
    allowedMethods: ["GET", "HEAD"],
    cachedMethods: ["GET", "HEAD"],
    compress: true,
    cachePolicyId: "658327ea-f89d-4fab-a63d-7e88639e58f6",
});

export const apiArgs = {
    name,
    description: "films",
    body: createDocument("/films"),
    endpointConfiguration: { types: ["REGIONAL"] },
    minimumCompressionSize: "1024",
    tags,
};
export const toGatewayType = (kind: string) => `aws:apigateway/${kind}:${kind.charAt(0).toUpperCase()}${kind.slice(1)}`;
export const patch = (path: string, value?: string, op: "replace" | "remove" = "replace"): PatchOperation[] => [
    { op, path, ...(value !== undefined && { value }) },
];
export const stageArgs = (ids: Ids) => ({
    restApi: ids.restApi,
    deployment: ids.deployment,
    stageName: "api",
    description: "films",
    variables: { table: "films" },
    xrayTracingEnabled: true,
    accessLogSettings: {
        destinationArn: `arn:aws:logs:${region}:${account}:log-group:films`,
        format: '{"requestId":"$context.requestId"}',
    },
    tags,
});
export const settings = {
    metricsEnabled: true,
    loggingLevel: "ERROR",
    throttlingBurstLimit: 20,
    throttlingRateLimit: 10.5,
};
export const settingArgs = (ids: Ids) => ({ restApi: ids.restApi, stageName: "kept", methodPath: "*/*", settings });
export const keyArgs = () => ({ name, description: "films", value: "12345678901234567890", tags });
export const planArgs = (ids: Ids) => ({
    name,
    apiStages: [{ apiId: ids.restApi, stage: "kept" }],
    throttleSettings: { burstLimit: 20, rateLimit: 10 },
    tags,
});
export const oacArgs = () => ({
    name,
    description: "films",
    originAccessControlOriginType: "s3",
    signingBehavior: "always",
    signingProtocol: "sigv4",
});
export const headersArgs = () => ({
    name,
    comment: "films",
    securityHeadersConfig: {
        contentSecurityPolicy: { contentSecurityPolicy: "default-src 'self'", override: true },
        contentTypeOptions: { override: true },
        frameOptions: { frameOption: "DENY", override: true },
        referrerPolicy: { referrerPolicy: "same-origin", override: true },
        strictTransportSecurity: { accessControlMaxAgeSec: 63_072_000, includeSubdomains: true, override: true },
    },
    corsConfig: {
        accessControlAllowCredentials: false,
        accessControlAllowHeaders: { items: ["*"] },
        accessControlAllowMethods: { items: ["GET"] },
        accessControlAllowOrigins: { items: ["*"] },
        originOverride: true,
    },
    customHeadersConfig: { items: [{ header: "permissions-policy", value: "camera=()", override: true }] },
});
export const cacheArgs = () => ({
    name,
    comment: "films",
    defaultTtl: 0,
    maxTtl: 3600,
    minTtl: 0,
    parametersInCacheKeyAndForwardedToOrigin: {
        enableAcceptEncodingBrotli: true,
        enableAcceptEncodingGzip: true,
        cookiesConfig: { cookieBehavior: "none" },
        headersConfig: { headerBehavior: "whitelist", headers: { items: ["origin"] } },
        queryStringsConfig: { queryStringBehavior: "all" },
    },
});
export const distributionArgs = () => ({
    comment: name,
    enabled: true,
    origins: [
        { originId: "page", domainName: `films.s3.${region}.amazonaws.com`, originAccessControlId: "E2EXAMPLE" },
        {
            originId: "api",
            domainName: `abcd1234.execute-api.${region}.amazonaws.com`,
            customOriginConfig: {
                httpPort: 80,
                httpsPort: 443,
                originProtocolPolicy: "https-only",
                originSslProtocols: ["TLSv1.2"],
            },
        },
    ],
    defaultCacheBehavior: behavior("page"),
    orderedCacheBehaviors: [
        {
            ...behavior("api"),
            pathPattern: "/api/*",
            allowedMethods: ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"],
            originRequestPolicyId: "b689b0a8-53d0-40ab-baf2-68738e2966ac",
        },
    ],
    customErrorResponses: [{ errorCode: 404, responseCode: 200, responsePagePath: "/index.html" }],
    defaultRootObject: "index.html",
    priceClass: "PriceClass_100",
    httpVersion: "http2and3",
    isIpv6Enabled: true,
    viewerCertificate: { cloudfrontDefaultCertificate: true },
    restrictions: { geoRestriction: { restrictionType: "none" } },
    tags,
});
