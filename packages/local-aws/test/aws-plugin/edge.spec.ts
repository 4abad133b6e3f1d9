import assert from "node:assert/strict";
import { APIGateway } from "@aws-sdk/client-api-gateway";
import { useEnforcing } from "../gateway/enforcement/support.ts";
import {
    apiArgs,
    createDocument,
    type Ids,
    logsRole,
    name,
    patch,
    stageArgs,
    tags,
    toGatewayType,
} from "./edge-args.ts";
import { edgeScenarios } from "./edge-scenarios.ts";
import { createPlugin, createUrn, type Plugin, testBareUpdates, testLives } from "./life.ts";

describe("Local AWS plugin: API, DynamoDB and CloudFront resources", () => {
    const aws = useEnforcing();
    let plugin: Plugin;
    let gateway: APIGateway;
    /** Maps each type to the id of a resource, prepared before or created by the tests. */
    const ids: Ids = {};
    before(async () => {
        gateway = aws.open(APIGateway);
        await aws.role("logs", { Service: "apigateway.amazonaws.com" });
        plugin = createPlugin(aws);
        const api = await createResource("restApi", { ...apiArgs, name: "kept" });
        ids.deployment = (await createResource("deployment", { restApi: api })).toString();
        await createResource("stage", { restApi: api, deployment: ids.deployment, stageName: "kept", tags });
        await createResource("apiKey", { name: "kept", tags });
        await createResource("usagePlan", { name: "kept", tags });
    });

    async function createResource(kind: string, args: Record<string, unknown>): Promise<string> {
        const { id } = await plugin.create(createUrn(toGatewayType(kind)), args);
        ids[kind] = id;
        return id;
    }
    const lives = edgeScenarios(ids);
    testLives(lives, () => plugin);

    it("`update` resets removed arguments to AWS's defaults, and a later `diff` finds no change", async () => {
        await plugin.create(createUrn(toGatewayType("account")), { cloudwatchRoleArn: logsRole });
        await testBareUpdates(lives, plugin, {
            "aws:dynamodb/table:Table": ["name", "billingMode", "hashKey", "rangeKey", "attributes"],
            [toGatewayType("restApi")]: { name, body: createDocument("/films", "/health") },
            [toGatewayType("stage")]: ["restApi", "deployment", "stageName"],
            [toGatewayType("apiKey")]: ["name"],
            [toGatewayType("usagePlan")]: ["name"],
            "aws:cloudfront/distribution:Distribution": [
                ...["enabled", "origins", "defaultCacheBehavior", "viewerCertificate", "restrictions"],
            ],
        });
    });

    it("a stage moves to the new deployment before the old one is deleted", async () => {
        const restApi = await createResource("restApi", { ...apiArgs, name: "moving" });
        const urn = createUrn(toGatewayType("deployment"));
        const deployment = (body: string) => ({ restApi, triggers: { body } });
        const first = await plugin.create(urn, deployment("1"));
        const stage = { restApi, stageName: "api", tags };
        const { outs = {} } = await plugin.create(createUrn(toGatewayType("stage")), {
            ...stage,
            deployment: first.id,
        });
        const url = `${aws.url}/_aws/execute-api/${restApi}/api`;
        assert.equal(outs.invokeUrl, url);
        const answer = async () => (await fetch(`${url}/health`)).status;
        assert.equal(await answer(), 403);

        const api = { ...apiArgs, name: "moving" };
        const more = { ...api, body: createDocument("/films", "/health") };
        assert.equal((await plugin.diff(restApi, createUrn(toGatewayType("restApi")), api, more)).replaces?.length, 0);
        await plugin.update(restApi, createUrn(toGatewayType("restApi")), api, more);
        const change = await plugin.diff(first.id, urn, deployment("1"), deployment("2"));
        assert.deepEqual(change, { changes: true, replaces: ["triggers"], deleteBeforeReplace: false });
        const second = await plugin.create(urn, deployment("2"));
        await assert.rejects(plugin.delete(first.id, urn, deployment("1")), /Active stages pointing/);
        assert.equal(await answer(), 403);
        await plugin.update("", createUrn(toGatewayType("stage")), outs, { ...stage, deployment: second.id });
        await plugin.delete(first.id, urn, deployment("1"));
        assert.equal(await answer(), 200);
        await plugin.delete(restApi, createUrn(toGatewayType("restApi")), more);
    });

    it("MethodSettings throttles a path with several segments only if the path is encoded", async () => {
        const body = createDocument("/films", "/films/{filmId}");
        const restApi = await createResource("restApi", { ...apiArgs, name: "throttled", body });
        const deployment = await createResource("deployment", { restApi });
        const stage = await plugin.create(createUrn(toGatewayType("stage")), {
            restApi,
            deployment,
            stageName: "api",
            tags,
        });
        const urn = createUrn(toGatewayType("methodSettings"));
        const of = (methodPath: string, throttlingBurstLimit: number) => ({
            restApi,
            stageName: "api",
            methodPath,
            settings: { throttlingRateLimit: 0.001, throttlingBurstLimit },
        });
        await plugin.create(urn, of("*/*", 3));
        const unheard = await plugin.create(urn, of("films/{filmId}/GET", 1));
        const statuses = async (path: string) => {
            const statusCodes: number[] = [];
            for (let left = 4; left > 0; left--)
                statusCodes.push((await fetch(`${stage.outs?.invokeUrl}${path}`)).status);
            return statusCodes.map((status) => (status === 429 ? "throttled" : "answered"));
        };
        const [answered, throttled] = ["answered", "throttled"];
        assert.deepEqual(await statuses("/films/1"), [answered, answered, answered, throttled]);
        await plugin.delete(unheard.id, urn, unheard.outs ?? {});
        const key = "~1films~1{filmId}/GET";
        const { id, outs = {} } = await plugin.create(urn, of(key, 0));
        const settingsOf = async () =>
            (await gateway.getStage({ restApiId: restApi, stageName: "api" })).methodSettings;
        // As in Pulumi's AWS plugin, a create does not send limits of 0, so the account's limit applies.
        assert.equal((await settingsOf())?.[key]?.throttlingBurstLimit, 5000);
        await plugin.update(id, urn, outs, of(key, 1));
        await plugin.update(id, urn, of(key, 1), of(key, 0));
        assert.deepEqual(Object.keys((await settingsOf()) ?? {}).toSorted(), ["*/*", key]);
        assert.deepEqual(await statuses("/films/1"), [throttled, throttled, throttled, throttled]);
        assert.deepEqual(await statuses("/films"), [answered, answered, answered, throttled]);
        const { props = {} } = await plugin.read(id, urn, outs);
        assert.deepEqual((await plugin.diff(id, urn, props, of(key, 0))).changes, false);
        await plugin.delete(id, urn, outs);
        await plugin.delete(id, urn, outs);
        assert.deepEqual((await plugin.read(id, urn, outs)).id, "");
    });

    it("`create` rejects an invalid OpenAPI document, and access logs without a log role in the account", async () => {
        const wrong = { ...apiArgs, name: "wrong", body: '{"openapi":"3.1.0"}' };
        await assert.rejects(plugin.create(createUrn(toGatewayType("restApi")), wrong), {
            name: "BadRequestException",
        });
        const { items = [] } = await gateway.getRestApis({ limit: 500 });
        const restApiId = items.find((api) => api.name === "wrong")?.id;
        await assert.rejects(gateway.createDeployment({ restApiId }), /doesn't contain any methods/);
        await gateway.updateAccount({ patchOperations: patch("/cloudwatchRoleArn", "") });
        const restApi = await createResource("restApi", { ...apiArgs, name: "silent" });
        const deployment = await createResource("deployment", { restApi });
        await assert.rejects(
            plugin.create(createUrn(toGatewayType("stage")), { ...stageArgs(ids), restApi, deployment }),
            {
                message: "CloudWatch Logs role ARN must be set in account settings to enable logging",
            },
        );
        const { failures = [] } = await plugin.check(
            createUrn(toGatewayType("stage")),
            {},
            { ...stageArgs(ids), canarySettings: {} },
        );
        assert.deepEqual(
            failures.map(({ property }) => property),
            ["canarySettings"],
        );
    });
});
