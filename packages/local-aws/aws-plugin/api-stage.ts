import {
    type APIGatewayClient,
    CreateDeploymentCommand,
    CreateStageCommand,
    DeleteDeploymentCommand,
    DeleteStageCommand,
    GetDeploymentCommand,
    GetStageCommand,
    type PatchOperation,
    UpdateDeploymentCommand,
    UpdateStageCommand,
} from "@aws-sdk/client-api-gateway";
import type * as aws from "@pulumi/aws";
import { unlessGone } from "../unless-gone.ts";
import { type ApiPlace, noSuchThing, replaced, setTags, tagsOf } from "./api-gateway.ts";
import { type AnyEntry, entry, goneKeys, type Properties, type Resolved, tagMap, withoutDefaults } from "./entry.ts";

/** The address of stages. */
export interface StagePlace extends ApiPlace {
    /** The endpoint of the local AWS, without a slash at its end. */
    readonly endpoint: string;
}

type StageArgs = Resolved<aws.apigateway.StageArgs>;

const stageDefaults = {
    description: "",
    variables: {},
    xrayTracingEnabled: false,
    cacheClusterEnabled: false,
    tags: {},
};

/** Deployments, and the stages that serve them. */
export function stageEntries(
    client: APIGatewayClient,
    { region, account, endpoint }: StagePlace,
): Record<string, AnyEntry> {
    const arnOf = (api: string, stage: string) => `arn:aws:apigateway:${region}::/restapis/${api}/stages/${stage}`;
    const idOf = ({ restApiId, stageName }: ReturnType<typeof placeOf>) => `ags-${restApiId}-${stageName}`;
    const placeOf = (args: StageArgs) => ({ restApiId: args.restApi as string, stageName: args.stageName });
    return {
        "aws:apigateway/deployment:Deployment": entry<aws.apigateway.DeploymentArgs>({
            properties: { restApi: "replace", description: "update", triggers: "replace" },
            async create({ restApi, description }) {
                const restApiId = restApi as string;
                return (await client.send(new CreateDeploymentCommand({ restApiId, description }))).id ?? "";
            },
            async read(deploymentId, state) {
                const command = new GetDeploymentCommand({ restApiId: state.restApi as string, deploymentId });
                const found = await unlessGone(client.send(command), noSuchThing);
                const { description } = found ?? {};
                return found && withoutDefaults({ description }, state as Properties, { description: "" });
            },
            async update(deploymentId, { restApi, description = "" }) {
                const patchOperations = replaced("description", description);
                await client.send(
                    new UpdateDeploymentCommand({ restApiId: restApi as string, deploymentId, patchOperations }),
                );
                return undefined;
            },
            async delete(deploymentId, { restApi }) {
                const command = new DeleteDeploymentCommand({ restApiId: restApi as string, deploymentId });
                await unlessGone(client.send(command), noSuchThing);
            },
        }),

        "aws:apigateway/stage:Stage": entry<aws.apigateway.StageArgs>({
            properties: {
                restApi: "replace",
                stageName: "replace",
                deployment: "update",
                description: "update",
                variables: "update",
                xrayTracingEnabled: "update",
                accessLogSettings: "update",
                cacheClusterEnabled: "update",
                tags: "update",
            },
            nested: ["accessLogSettings.destinationArn", "accessLogSettings.format"],
            async create(args) {
                await client.send(
                    new CreateStageCommand({
                        ...placeOf(args),
                        deploymentId: args.deployment as string,
                        description: args.description,
                        variables: args.variables as Record<string, string> | undefined,
                        tracingEnabled: args.xrayTracingEnabled,
                        cacheClusterEnabled: args.cacheClusterEnabled,
                        tags: tagMap(args.tags),
                    }),
                );
                await this.update("", args, args);
                return idOf(placeOf(args));
            },
            imported(importId) {
                const [restApi = "", stageName = ""] = importId.split("/");
                return { id: idOf({ restApiId: restApi, stageName }), args: { restApi, stageName } };
            },
            async computed(_id, args) {
                const { restApiId, stageName } = placeOf(args);
                return {
                    arn: arnOf(restApiId, stageName),
                    executionArn: `arn:aws:execute-api:${region}:${await account()}:${restApiId}/${stageName}`,
                    invokeUrl: `${endpoint}/_aws/execute-api/${restApiId}/${stageName}`,
                };
            },
            async read(_id, state) {
                const place = placeOf(state);
                const found = await unlessGone(client.send(new GetStageCommand(place)), noSuchThing);
                const { destinationArn, format } = found?.accessLogSettings ?? {};
                return (
                    found &&
                    withoutDefaults(
                        {
                            deployment: found.deploymentId,
                            description: found.description,
                            variables: found.variables ?? {},
                            xrayTracingEnabled: found.tracingEnabled ?? false,
                            accessLogSettings: destinationArn ? { destinationArn, format } : undefined,
                            cacheClusterEnabled: found.cacheClusterEnabled ?? false,
                            tags: await tagsOf(client, arnOf(place.restApiId, place.stageName)),
                        },
                        state as Properties,
                        stageDefaults,
                    )
                );
            },
            async update(_id, args, olds) {
                const place = placeOf(args);
                await client.send(new UpdateStageCommand({ ...place, patchOperations: stagePatches(args, olds) }));
                await setTags(client, arnOf(place.restApiId, place.stageName), args.tags);
                return undefined;
            },
            async delete(_id, state) {
                await unlessGone(client.send(new DeleteStageCommand(placeOf(state))), noSuchThing);
            },
        }),

        "aws:apigateway/methodSettings:MethodSettings": entry<aws.apigateway.MethodSettingsArgs>({
            properties: { restApi: "replace", stageName: "replace", methodPath: "replace", settings: "update" },
            nested: Object.keys(settingPaths).map((name) => `settings.${name}`),
            async create(args) {
                await this.update("", args, { ...args, settings: unset });
                return `${args.restApi}-${args.stageName}-${args.methodPath}`;
            },
            async read(_id, state) {
                const place = { restApiId: state.restApi as string, stageName: state.stageName };
                const found = await unlessGone(client.send(new GetStageCommand(place)), noSuchThing);
                const has = found?.methodSettings?.[state.methodPath] as Properties | undefined;
                // AWS may change the default of an argument that the program does not give.
                const said = Object.keys(state.settings);
                return has && { settings: Object.fromEntries(said.map((name) => [name, has[name]])) };
            },
            async update(_id, { restApi, stageName, methodPath, settings }, olds) {
                const patchOperations = settingPatches(methodPath, settings, olds.settings);
                await client.send(new UpdateStageCommand({ restApiId: restApi as string, stageName, patchOperations }));
                return undefined;
            },
            async delete(_id, { restApi, stageName, methodPath }) {
                const patchOperations: PatchOperation[] = [{ op: "remove", path: `/${methodPath}` }];
                const command = new UpdateStageCommand({ restApiId: restApi as string, stageName, patchOperations });
                await unlessGone(client.send(command), noSuchThing).catch((error: Error) => {
                    if (!/no method setting for this method/.test(error.message)) throw error;
                });
            },
        }),
    };
}

/** The path of each method setting in UpdateStage, after the method's path (API reference, "Patch operations"). */
const settingPaths = {
    metricsEnabled: "metrics/enabled",
    loggingLevel: "logging/loglevel",
    dataTraceEnabled: "logging/dataTrace",
    throttlingBurstLimit: "throttling/burstLimit",
    throttlingRateLimit: "throttling/rateLimit",
};

type Settings = Resolved<aws.apigateway.MethodSettingsArgs>["settings"];

/** The values from which a create differs, and the provider's defaults (terraform-provider-aws, method_settings.go). */
const unset = {
    metricsEnabled: false,
    loggingLevel: "",
    dataTraceEnabled: false,
    throttlingBurstLimit: 0,
    throttlingRateLimit: 0,
};
const settingDefaults = { throttlingBurstLimit: -1, throttlingRateLimit: -1 };

/** The settings that change; the path is sent as the program writes it, and a create never sends a 0. */
function settingPatches(methodPath: string, settings: Settings, olds: Settings): PatchOperation[] {
    const [wanted, had]: Properties[] = [settings, olds].map((given) => ({ ...settingDefaults, ...given }));
    return Object.entries(wanted ?? {}).flatMap(([name, value]) =>
        value === had?.[name]
            ? []
            : replaced(`${methodPath}/${settingPaths[name as keyof typeof settingPaths]}`, value as number),
    );
}

function stagePatches(args: StageArgs, olds: StageArgs): PatchOperation[] {
    const logs = args.accessLogSettings;
    return [
        ...replaced("deploymentId", args.deployment as string),
        ...replaced("description", args.description ?? stageDefaults.description),
        ...replaced("tracingEnabled", args.xrayTracingEnabled ?? stageDefaults.xrayTracingEnabled),
        ...replaced("cacheClusterEnabled", args.cacheClusterEnabled ?? stageDefaults.cacheClusterEnabled),
        ...Object.entries(args.variables ?? {}).flatMap(([name, value]) => replaced(`variables/${name}`, value)),
        ...goneKeys(olds.variables, args.variables).map((name) => ({
            op: "remove" as const,
            path: `/variables/${name}`,
        })),
        ...(logs
            ? [
                  // API Gateway takes a log group by its own ARN, not by that of all its streams.
                  ...replaced("accessLogSettings/destinationArn", logs.destinationArn.replace(/:\*$/, "")),
                  ...replaced("accessLogSettings/format", logs.format),
              ]
            : olds.accessLogSettings
              ? [{ op: "remove" as const, path: "/accessLogSettings" }]
              : []),
    ];
}
