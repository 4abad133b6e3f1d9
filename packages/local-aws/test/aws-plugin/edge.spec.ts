import assert from "node:assert/strict";
import {
    APIGatewayClient,
    CreateDeploymentCommand,
    DeleteUsagePlanKeyCommand,
    GetDeploymentsCommand,
    GetRestApisCommand,
    type PatchOperation,
    UpdateAccountCommand,
    UpdateApiKeyCommand,
    UpdateDeploymentCommand,
    UpdateRestApiCommand,
    UpdateStageCommand,
    UpdateUsagePlanCommand,
} from "@aws-sdk/client-api-gateway";
import {
    CloudFrontClient,
    GetCachePolicyConfigCommand,
    GetDistributionConfigCommand,
    GetOriginAccessControlConfigCommand,
    GetResponseHeadersPolicyConfigCommand,
    UpdateCachePolicyCommand,
    UpdateDistributionCommand,
    UpdateOriginAccessControlCommand,
    UpdateResponseHeadersPolicyCommand,
} from "@aws-sdk/client-cloudfront";
import { DynamoDBClient, UpdateContinuousBackupsCommand } from "@aws-sdk/client-dynamodb";
import { CreateRoleCommand } from "@aws-sdk/client-iam";
import { ResourceGroupsTaggingAPIClient } from "@aws-sdk/client-resource-groups-tagging-api";
import { clientsOf, region } from "../../../../test/support/local-aws.ts";
import { restApiEntries } from "../../aws-plugin/api-gateway.ts";
import { apiKeyEntries } from "../../aws-plugin/api-keys.ts";
import { stageEntries } from "../../aws-plugin/api-stage.ts";
import { distributionEntries } from "../../aws-plugin/cloudfront-distribution.ts";
import { edgePolicyEntries } from "../../aws-plugin/cloudfront-policies.ts";
import { tableEntries } from "../../aws-plugin/dynamodb.ts";
import { createProvider } from "../../aws-plugin/provider.ts";
import { localAccountId as account, type Instance } from "../../instance.ts";
import { discardInstance, startInstance } from "../instances.ts";
import { type Life, type Plugin, testLives, urnOf } from "./life.ts";

const name = "films";
const tags = { "pulumi:project": "movie-recommender", "pulumi:stack": "test" };
const theirs = { ...tags, "pulumi:stack": "other" };
const logsRole = `arn:aws:iam::${account}:role/logs`;

const documentOf = (...paths: string[]) =>
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
                            responses: {
                                default: { statusCode: "200", responseTemplates: { "application/json": path } },
                            },
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

describe("the resource types of an API and its page in the local AWS plugin", () => {
    let instance: Instance;
    let plugin: Plugin;
    let clients: ReturnType<typeof makeClients>;
    function makeClients() {
        const settings = {
            endpoint: `http://127.0.0.1:${instance.port}`,
            region,
            credentials: { accessKeyId: "test", secretAccessKey: "test" },
        };
        return {
            dynamo: new DynamoDBClient(settings),
            gateway: new APIGatewayClient(settings),
            tagging: new ResourceGroupsTaggingAPIClient(settings),
            edge: new CloudFrontClient(settings),
        };
    }
    /** Ids of resources that exist before the tests, and of those that they create, by type. */
    const ids: Record<string, string> = {};
    before(async () => {
        instance = await startInstance();
        clients = makeClients();
        const { iam } = clientsOf(instance);
        const trust = {
            Version: "2012-10-17",
            Statement: [
                { Effect: "Allow", Principal: { Service: "apigateway.amazonaws.com" }, Action: "sts:AssumeRole" },
            ],
        };
        await iam.send(new CreateRoleCommand({ RoleName: "logs", AssumeRolePolicyDocument: JSON.stringify(trust) }));
        iam.destroy();
        const endpoint = `http://127.0.0.1:${instance.port}`;
        const where = { region, account: async () => account, endpoint };
        const entries = {
            ...tableEntries(clients.dynamo),
            ...restApiEntries(clients.gateway, where),
            ...stageEntries(clients.gateway, where),
            ...apiKeyEntries(clients.gateway, clients.tagging, region),
            ...edgePolicyEntries(clients.edge, async () => account),
            ...distributionEntries(clients.edge),
        };
        plugin = createProvider(entries, {}) as Plugin;
        const api = await made("restApi", { ...apiArgs, name: "kept" });
        ids.deployment = (await made("deployment", { restApi: api })).toString();
        await made("stage", { restApi: api, deployment: ids.deployment, stageName: "kept", tags });
        await made("apiKey", { name: "kept", tags });
        await made("usagePlan", { name: "kept", tags });
    });
    after(async () => {
        for (const client of Object.values(clients ?? {})) {
            client.destroy();
        }
        await discardInstance(instance);
    });

    const apiArgs = {
        name,
        description: "films",
        body: documentOf("/films"),
        endpointConfiguration: { types: ["REGIONAL"] },
        minimumCompressionSize: "1024",
        tags,
    };
    const typeOf = (kind: string) => `aws:apigateway/${kind}:${kind.charAt(0).toUpperCase()}${kind.slice(1)}`;
    async function made(kind: string, args: Record<string, unknown>): Promise<string> {
        const { id } = await plugin.create(urnOf(typeOf(kind)), args);
        ids[kind] = id;
        return id;
    }
    const patch = (path: string, value?: string, op: "replace" | "remove" = "replace"): PatchOperation[] => [
        { op, path, ...(value !== undefined && { value }) },
    ];
    /** The id of a resource of these tests, which a repeated `create` returns. */
    async function idOf(type: string, args: () => Record<string, unknown>): Promise<string> {
        return (await plugin.create(urnOf(type), args())).id;
    }
    const stageArgs = () => ({
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
    const settings = {
        metricsEnabled: true,
        loggingLevel: "ERROR",
        throttlingBurstLimit: 20,
        throttlingRateLimit: 10.5,
    };
    const settingArgs = () => ({ restApi: ids.restApi, stageName: "kept", methodPath: "*/*", settings });
    const keyArgs = () => ({ name, description: "films", value: "12345678901234567890", tags });
    const planArgs = () => ({
        name,
        apiStages: [{ apiId: ids.restApi, stage: "kept" }],
        quotaSettings: { limit: 1000, period: "DAY" },
        throttleSettings: { burstLimit: 20, rateLimit: 10 },
        tags,
    });
    const oacArgs = () => ({
        name,
        description: "films",
        originAccessControlOriginType: "s3",
        signingBehavior: "always",
        signingProtocol: "sigv4",
    });
    const headersArgs = () => ({
        name,
        comment: "films",
        securityHeadersConfig: {
            contentSecurityPolicy: { contentSecurityPolicy: "default-src 'self'", override: true },
            contentTypeOptions: { override: true },
            frameOptions: { frameOption: "DENY", override: true },
            referrerPolicy: { referrerPolicy: "same-origin", override: true },
            strictTransportSecurity: { accessControlMaxAgeSec: 63_072_000, includeSubdomains: true, override: true },
        },
        customHeadersConfig: { items: [{ header: "permissions-policy", value: "camera=()", override: true }] },
    });
    const cacheArgs = () => ({
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
    const distributionArgs = () => ({
        comment: name,
        enabled: true,
        origins: [
            { originId: "page", domainName: `films.s3.${region}.amazonaws.com`, originAccessControlId: "E2EXAMPLE" },
            {
                originId: "api",
                domainName: `abcd1234.execute-api.${region}.amazonaws.com`,
                originPath: "/v1",
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

    const lives: Life[] = [
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
                pointInTimeRecovery: { enabled: true },
                serverSideEncryption: { enabled: true },
                deletionProtectionEnabled: false,
                tags,
            }),
            drift: () =>
                clients.dynamo.send(
                    new UpdateContinuousBackupsCommand({
                        TableName: name,
                        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: false },
                    }),
                ),
            seen: ["pointInTimeRecovery"],
        },
        {
            type: typeOf("restApi"),
            args: () => apiArgs,
            drift: async () => {
                const restApiId = await idOf(typeOf("restApi"), () => apiArgs);
                const patchOperations = patch("/description", "other");
                return clients.gateway.send(new UpdateRestApiCommand({ restApiId, patchOperations }));
            },
            seen: ["description"],
        },
        {
            type: typeOf("deployment"),
            args: () => ({ restApi: ids.restApi, description: "films", triggers: { body: "1" } }),
            drift: async () => {
                const restApiId = ids.restApi as string;
                const patchOperations = patch("/description", "other");
                for (const deploymentId of await deploymentsOf(restApiId)) {
                    await clients.gateway.send(
                        new UpdateDeploymentCommand({ restApiId, deploymentId, patchOperations }),
                    );
                }
            },
            seen: ["description"],
        },
        {
            type: typeOf("account"),
            args: () => ({ cloudwatchRoleArn: logsRole }),
            drift: () =>
                clients.gateway.send(new UpdateAccountCommand({ patchOperations: patch("/cloudwatchRoleArn", "") })),
            seen: "gone",
        },
        {
            type: typeOf("stage"),
            args: stageArgs,
            drift: () =>
                clients.gateway.send(
                    new UpdateStageCommand({
                        restApiId: ids.restApi,
                        stageName: "api",
                        patchOperations: patch("/tracingEnabled", "false"),
                    }),
                ),
            seen: ["xrayTracingEnabled"],
        },
        {
            type: typeOf("methodSettings"),
            args: settingArgs,
            drift: () =>
                clients.gateway.send(
                    new UpdateStageCommand({
                        restApiId: ids.restApi,
                        stageName: "kept",
                        patchOperations: patch("/*/*/throttling/rateLimit", "1000"),
                    }),
                ),
            seen: ["settings"],
        },
        {
            type: typeOf("apiKey"),
            args: keyArgs,
            drift: async () => {
                const apiKey = await idOf(typeOf("apiKey"), keyArgs);
                return clients.gateway.send(
                    new UpdateApiKeyCommand({ apiKey, patchOperations: patch("/description", "other") }),
                );
            },
            seen: ["description"],
        },
        {
            type: typeOf("usagePlan"),
            args: planArgs,
            drift: async () => {
                const usagePlanId = await idOf(typeOf("usagePlan"), planArgs);
                return clients.gateway.send(
                    new UpdateUsagePlanCommand({ usagePlanId, patchOperations: patch("/throttle/rateLimit", "99") }),
                );
            },
            seen: ["throttleSettings"],
        },
        {
            type: typeOf("usagePlanKey"),
            args: () => ({ keyId: ids.apiKey, keyType: "API_KEY", usagePlanId: ids.usagePlan }),
            drift: () =>
                clients.gateway.send(new DeleteUsagePlanKeyCommand({ keyId: ids.apiKey, usagePlanId: ids.usagePlan })),
            seen: "gone",
        },
        {
            type: "aws:cloudfront/originAccessControl:OriginAccessControl",
            args: oacArgs,
            drift: async () => {
                const Id = await idOf("aws:cloudfront/originAccessControl:OriginAccessControl", oacArgs);
                const found = await clients.edge.send(new GetOriginAccessControlConfigCommand({ Id }));
                const has = found.OriginAccessControlConfig;
                const OriginAccessControlConfig = has && { ...has, SigningBehavior: "never" as const };
                return clients.edge.send(
                    new UpdateOriginAccessControlCommand({ Id, IfMatch: found.ETag, OriginAccessControlConfig }),
                );
            },
            seen: ["signingBehavior"],
        },
        {
            type: "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy",
            args: headersArgs,
            drift: async () => {
                const Id = await idOf("aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy", headersArgs);
                const found = await clients.edge.send(new GetResponseHeadersPolicyConfigCommand({ Id }));
                const { SecurityHeadersConfig: has, ...rest } = found.ResponseHeadersPolicyConfig ?? { Name: name };
                const { ContentSecurityPolicy: _, ...others } = has ?? {};
                const ResponseHeadersPolicyConfig = { ...rest, SecurityHeadersConfig: others };
                return clients.edge.send(
                    new UpdateResponseHeadersPolicyCommand({ Id, IfMatch: found.ETag, ResponseHeadersPolicyConfig }),
                );
            },
            seen: ["securityHeadersConfig"],
        },
        {
            type: "aws:cloudfront/cachePolicy:CachePolicy",
            args: cacheArgs,
            drift: async () => {
                const Id = await idOf("aws:cloudfront/cachePolicy:CachePolicy", cacheArgs);
                const found = await clients.edge.send(new GetCachePolicyConfigCommand({ Id }));
                const CachePolicyConfig = found.CachePolicyConfig && { ...found.CachePolicyConfig, MaxTTL: 60 };
                return clients.edge.send(new UpdateCachePolicyCommand({ Id, IfMatch: found.ETag, CachePolicyConfig }));
            },
            seen: ["maxTtl"],
        },
        {
            type: "aws:cloudfront/distribution:Distribution",
            args: distributionArgs,
            drift: async () => {
                const Id = await idOf("aws:cloudfront/distribution:Distribution", distributionArgs);
                const found = await clients.edge.send(new GetDistributionConfigCommand({ Id }));
                const has = found.DistributionConfig;
                const DistributionConfig = has && { ...has, CustomErrorResponses: { Quantity: 0 } };
                return clients.edge.send(
                    new UpdateDistributionCommand({ Id, IfMatch: found.ETag, DistributionConfig }),
                );
            },
            seen: ["customErrorResponses"],
        },
    ];
    const deploymentsOf = async (restApiId: string) => {
        const { items = [] } = await clients.gateway.send(new GetDeploymentsCommand({ restApiId }));
        return items.map(({ id = "" }) => id);
    };
    testLives(lives, () => plugin);

    it("continues with the leftovers of a killed run of the same stack only", async () => {
        await plugin.create(urnOf(typeOf("account")), { cloudwatchRoleArn: logsRole });
        for (const { type, args } of lives.filter((life) => "tags" in life.args())) {
            const first = await plugin.create(urnOf(type), args());
            const again = await plugin.create(urnOf(type), args());
            assert.deepEqual(without(again, "etag"), without(first, "etag"), type);
            const { props = {} } = await plugin.read(first.id, urnOf(type), again.outs ?? {});
            assert.deepEqual(props.tags, tags, type);
            // A resource with a name of its own is refused. Of a resource with only an id there are then two.
            const another = await plugin.create(urnOf(type), { ...args(), tags: theirs }).catch((error) => error);
            if (another instanceof Error) {
                assert.match(another.message, /exist/, type);
            } else {
                assert.notEqual(another.id, first.id, type);
                await plugin.delete(another.id, urnOf(type), another.outs);
            }
            await plugin.delete(first.id, urnOf(type), args());
        }
    });

    it("resets missing arguments to AWS's defaults, and finds no difference then", async () => {
        const { origins, defaultCacheBehavior, viewerCertificate, restrictions } = distributionArgs();
        const bare: Record<string, Record<string, unknown>> = {
            "aws:dynamodb/table:Table": {
                name,
                billingMode: "PAY_PER_REQUEST",
                hashKey: "pk",
                rangeKey: "sk",
                attributes: [
                    { name: "pk", type: "S" },
                    { name: "sk", type: "S" },
                ],
            },
            [typeOf("restApi")]: { name, body: documentOf("/films", "/health") },
            [typeOf("stage")]: { restApi: ids.restApi, deployment: ids.deployment, stageName: "api" },
            [typeOf("apiKey")]: { name },
            [typeOf("usagePlan")]: { name },
            "aws:cloudfront/distribution:Distribution": {
                enabled: true,
                origins,
                defaultCacheBehavior,
                viewerCertificate,
                restrictions,
            },
        };
        for (const { type, args } of lives.filter(({ type }) => type in bare)) {
            const { id, outs = {} } = await plugin.create(urnOf(type), args());
            const wanted = bare[type] ?? {};
            const { outs: updated } = await plugin.update(id, urnOf(type), outs, wanted);
            const { props = {} } = await plugin.read(id, urnOf(type), updated);
            assert.deepEqual(
                (await plugin.diff(id, urnOf(type), props, wanted)).changes,
                false,
                `${type} ${JSON.stringify(props)}`,
            );
            await plugin.delete(id, urnOf(type), updated);
        }
    });

    it("makes a new deployment before the old one goes, and moves the stage to it", async () => {
        const restApi = await made("restApi", { ...apiArgs, name: "moving" });
        const urn = urnOf(typeOf("deployment"));
        const deployment = (body: string) => ({ restApi, triggers: { body } });
        const first = await plugin.create(urn, deployment("1"));
        const stage = { restApi, stageName: "api", tags };
        const { outs = {} } = await plugin.create(urnOf(typeOf("stage")), { ...stage, deployment: first.id });
        const url = `http://127.0.0.1:${instance.port}/_aws/execute-api/${restApi}/api`;
        assert.equal(outs.invokeUrl, url);
        const answer = async () => (await fetch(`${url}/health`)).status;
        assert.equal(await answer(), 403);

        const api = { ...apiArgs, name: "moving" };
        const more = { ...api, body: documentOf("/films", "/health") };
        assert.equal((await plugin.diff(restApi, urnOf(typeOf("restApi")), api, more)).replaces?.length, 0);
        await plugin.update(restApi, urnOf(typeOf("restApi")), api, more);
        const change = await plugin.diff(first.id, urn, deployment("1"), deployment("2"));
        assert.deepEqual(change, { changes: true, replaces: ["triggers"], deleteBeforeReplace: false });
        const second = await plugin.create(urn, deployment("2"));
        await assert.rejects(plugin.delete(first.id, urn, deployment("1")), /Active stages pointing/);
        assert.equal(await answer(), 403);
        await plugin.update("", urnOf(typeOf("stage")), outs, { ...stage, deployment: second.id });
        await plugin.delete(first.id, urn, deployment("1"));
        assert.equal(await answer(), 200);
        await plugin.delete(restApi, urnOf(typeOf("restApi")), more);
    });

    it("throttles one method below the others, by a path without a leading slash", async () => {
        const body = documentOf("/films", "/films/{filmId}");
        const restApi = await made("restApi", { ...apiArgs, name: "throttled", body });
        const deployment = await made("deployment", { restApi });
        const stage = await plugin.create(urnOf(typeOf("stage")), { restApi, deployment, stageName: "api", tags });
        const urn = urnOf(typeOf("methodSettings"));
        const of = (methodPath: string, throttlingBurstLimit: number) => ({
            restApi,
            stageName: "api",
            methodPath,
            settings: { throttlingRateLimit: 0.001, throttlingBurstLimit },
        });
        await plugin.create(urn, of("*/*", 3));
        const { id, outs = {} } = await plugin.create(urn, of("films/{filmId}/GET", 1));
        const statuses = async (path: string) => {
            const found: number[] = [];
            for (let left = 4; left > 0; left--) found.push((await fetch(`${stage.outs?.invokeUrl}${path}`)).status);
            return found.map((status) => (status === 429 ? "throttled" : "answered"));
        };
        const [answered, throttled] = ["answered", "throttled"];
        assert.deepEqual(await statuses("/films/1"), [answered, throttled, throttled, throttled]);
        assert.deepEqual(await statuses("/films"), [answered, answered, answered, throttled]);
        const { props = {} } = await plugin.read(id, urn, outs);
        assert.deepEqual((await plugin.diff(id, urn, props, of("films/{filmId}/GET", 1))).changes, false);
        await plugin.delete(id, urn, outs);
        assert.deepEqual((await plugin.read(id, urn, outs)).id, "");
        await assert.rejects(plugin.create(urn, of("/films/GET", 1)), /without a leading slash/);
    });

    it("refuses what AWS refuses: a document that is wrong, logs without a role, nothing to deploy", async () => {
        const wrong = { ...apiArgs, name: "wrong", body: '{"openapi":"3.1.0"}' };
        await assert.rejects(plugin.create(urnOf(typeOf("restApi")), wrong), { name: "BadRequestException" });
        const { items = [] } = await clients.gateway.send(new GetRestApisCommand({ limit: 500 }));
        const restApiId = items.find((api) => api.name === "wrong")?.id;
        await assert.rejects(
            clients.gateway.send(new CreateDeploymentCommand({ restApiId })),
            /doesn't contain any methods/,
        );
        await clients.gateway.send(new UpdateAccountCommand({ patchOperations: patch("/cloudwatchRoleArn", "") }));
        const restApi = await made("restApi", { ...apiArgs, name: "silent" });
        const deployment = await made("deployment", { restApi });
        await assert.rejects(plugin.create(urnOf(typeOf("stage")), { ...stageArgs(), restApi, deployment }), {
            message: "CloudWatch Logs role ARN must be set in account settings to enable logging",
        });
        const { failures = [] } = await plugin.check(
            urnOf(typeOf("stage")),
            {},
            { ...stageArgs(), canarySettings: {} },
        );
        assert.deepEqual(
            failures.map(({ property }) => property),
            ["canarySettings"],
        );
    });
});

const without = ({ id, outs = {} }: { id: string; outs?: Record<string, unknown> }, key: string) => {
    const { [key]: _, ...rest } = outs;
    return { id, outs: rest };
};
