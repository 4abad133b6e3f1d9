import * as apiGateway from "@aws-sdk/client-api-gateway";
import type * as aws from "@pulumi/aws";
import { createSender } from "../calls.ts";
import { type ApiLocation, apiTags, ofApiGateway, patches, patching } from "./api-gateway.ts";
import type { AnyEntry, Properties } from "./entry.ts";
import { asItIs, type Kind, memberAt, memberOf, ownCalls, partialMap, struct, value, withDefault } from "./kinds.ts";
import { resource } from "./resource.ts";

/** The data from which the invoke URL of a stage is composed. */
interface StageLocation extends ApiLocation {
    /** The endpoint of the local AWS, without a final slash. */
    readonly endpoint: string;
}

/** The ARN of a log group without the final `:*`, which API Gateway rejects. */
const logGroup: Kind = { to: (arn) => String(arn).replace(/:\*$/, "") };

/** Returns the plugin's resource types for deployments, stages, and method settings of stages. */
export function stageEntries(
    client: apiGateway.APIGatewayClient,
    { region, account, endpoint }: StageLocation,
): Record<string, AnyEntry> {
    const call = createSender(client);
    return {
        "aws:apigateway/deployment:Deployment": resource<aws.apigateway.DeploymentArgs>({
            ...ofApiGateway,
            replace: { restApi: memberAt("restApiId"), triggers: ownCalls },
            update: { description: withDefault("") },
            create: async (input) => (await call(apiGateway.CreateDeploymentCommand)(input)).id,
            key: (deploymentId, { restApi }) => ({ restApiId: restApi, deploymentId }),
            get: call(apiGateway.GetDeploymentCommand),
            put: patching(call(apiGateway.UpdateDeploymentCommand)),
            delete: call(apiGateway.DeleteDeploymentCommand),
        }),

        "aws:apigateway/stage:Stage": resource<aws.apigateway.StageArgs>({
            ...ofApiGateway,
            replace: { restApi: memberAt("restApiId"), stageName: value },
            update: {
                deployment: memberAt("deploymentId"),
                description: withDefault(""),
                variables: withDefault({}),
                xrayTracingEnabled: memberAt("tracingEnabled", value, false),
                accessLogSettings: struct({ destinationArn: logGroup, format: value }, asItIs),
            },
            tags: apiTags(client),
            outputs: async (_id, { restApi, stageName }) => ({
                arn: `arn:aws:apigateway:${region}::/restapis/${restApi}/stages/${stageName}`,
                executionArn: `arn:aws:execute-api:${region}:${await account()}:${restApi}/${stageName}`,
                invokeUrl: `${endpoint}/_aws/execute-api/${restApi}/${stageName}`,
            }),
            imported(importId) {
                const [restApi = "", stageName = ""] = importId.split("/");
                return { id: `ags-${restApi}-${stageName}`, args: { restApi, stageName } };
            },
            async create({ accessLogSettings, ...input }) {
                await call(apiGateway.CreateStageCommand)(input);
                return `ags-${input.restApiId}-${input.stageName}`;
            },
            settles: true,
            get: call(apiGateway.GetStageCommand),
            put: patching(call(apiGateway.UpdateStageCommand)),
            delete: call(apiGateway.DeleteStageCommand),
        }),

        "aws:apigateway/methodSettings:MethodSettings": resource<aws.apigateway.MethodSettingsArgs>({
            ...ofApiGateway,
            replace: { restApi: memberAt("restApiId"), stageName: value, methodPath: value },
            // Reads only settings that the program gives, because AWS may change the defaults of the others.
            update: { settings: { ...partialMap(asItIs), nested: Object.keys(settingPaths) } },
            id: ({ restApi, stageName, methodPath }) => `${restApi}-${stageName}-${methodPath}`,
            async get({ methodPath, ...stage }) {
                const { methodSettings } = await call(apiGateway.GetStageCommand)(stage);
                const settings = memberOf(methodSettings, String(methodPath));
                return settings === undefined ? undefined : { settings };
            },
            async put({ restApiId, stageName, methodPath, settings }, { before }) {
                const patchOperations = settingPatches(String(methodPath), settings, before.settings);
                await call(apiGateway.UpdateStageCommand)({ restApiId, stageName, patchOperations });
            },
            async delete({ methodPath, ...stage }) {
                const patchOperations = [{ op: "remove", path: `/${methodPath}` }];
                const removal = call(apiGateway.UpdateStageCommand)({ ...stage, patchOperations });
                await removal.catch((error: Error) => {
                    if (!/no method setting for this method/.test(error.message)) throw error;
                });
            },
        }),
    };
}

/**
 * For each method setting, the part after the method in the path of a patch operation of UpdateStage, such as
 * `throttling/rateLimit` in `/~1films/GET/throttling/rateLimit` (API reference, "Patch operations").
 */
const settingPaths = {
    metricsEnabled: "metrics/enabled",
    loggingLevel: "logging/loglevel",
    dataTraceEnabled: "logging/dataTrace",
    throttlingBurstLimit: "throttling/burstLimit",
    throttlingRateLimit: "throttling/rateLimit",
};

/**
 * A create sends only settings that differ from `unset`. If the program omits a setting, its value is the one in
 * `settingDefaults`. Both are as in terraform-provider-aws, method_settings.go.
 */
const unset = {
    metricsEnabled: false,
    loggingLevel: "",
    dataTraceEnabled: false,
    throttlingBurstLimit: 0,
    throttlingRateLimit: 0,
};
const settingDefaults = { throttlingBurstLimit: -1, throttlingRateLimit: -1 };

/**
 * Returns the patch operations for changed method settings. Sends the method's path as the program writes it. A create
 * does not send throttling limits of 0.
 */
function settingPatches(methodPath: string, settings: unknown, olds: unknown = unset): apiGateway.PatchOperation[] {
    const [wanted, had] = [settings, olds].map((given): Properties => ({ ...settingDefaults, ...Object(given) }));
    return patches(had ?? {}, wanted ?? {}).flatMap(({ op, path = "", value }) => {
        const to = memberOf(settingPaths, path.slice(1));
        return op === "replace" ? [{ op, path: `/${methodPath}/${to}`, value }] : [];
    });
}
