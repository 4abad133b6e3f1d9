import * as apiGateway from "@aws-sdk/client-api-gateway";
import type * as aws from "@pulumi/aws";
import { createSender } from "../calls.ts";
import { apiTags, ofApiGateway, patch, patches, patching } from "./api-gateway.ts";
import type { AnyEntry } from "./entry.ts";
import { asItIs, elementsOf, list, memberAt, memberOf, struct, value, withDefault } from "./kinds.ts";
import { resource } from "./resource.ts";

/** Returns the plugin's resource types for API keys, usage plans, and the log role of the API Gateway account. */
export function apiKeyEntries(client: apiGateway.APIGatewayClient, region: string): Record<string, AnyEntry> {
    const call = createSender(client);
    const updateAccount = call(apiGateway.UpdateAccountCommand);
    const updatePlan = call(apiGateway.UpdateUsagePlanCommand);
    return {
        "aws:apigateway/apiKey:ApiKey": resource<aws.apigateway.ApiKeyArgs>({
            ...ofApiGateway,
            replace: { name: value, value },
            filledIn: ["value"],
            update: { description: withDefault(""), enabled: withDefault(true) },
            outputs: { arn: value, value },
            tags: apiTags(client),
            create: async (input) => (await call(apiGateway.CreateApiKeyCommand)(input)).id,
            key: "apiKey",
            async get(key, id) {
                const apiKey = await call(apiGateway.GetApiKeyCommand)({ ...key, includeValue: true });
                return { ...apiKey, arn: `arn:aws:apigateway:${region}::/apikeys/${id}` };
            },
            put: patching(call(apiGateway.UpdateApiKeyCommand)),
            delete: call(apiGateway.DeleteApiKeyCommand),
        }),

        "aws:apigateway/usagePlan:UsagePlan": resource<aws.apigateway.UsagePlanArgs>({
            ...ofApiGateway,
            update: {
                name: value,
                description: withDefault(""),
                apiStages: withDefault([], list(struct({ apiId: value, stage: value }, asItIs))),
                throttleSettings: memberAt("throttle", struct({ burstLimit: value, rateLimit: value }, asItIs)),
            },
            outputs: (id) => ({ arn: `arn:aws:apigateway:${region}::/usageplans/${id}` }),
            tags: apiTags(client),
            create: async (input) => (await call(apiGateway.CreateUsagePlanCommand)(input)).id,
            key: "usagePlanId",
            get: call(apiGateway.GetUsagePlanCommand),
            async put({ apiStages, ...input }, { key, before: { apiStages: olds, ...before } }) {
                const patchOperations = [...patches(before, input), ...stagePatches(olds, apiStages)];
                await patch(updatePlan, key, patchOperations);
            },
            async delete(key) {
                const { apiStages } = await call(apiGateway.GetUsagePlanCommand)(key);
                // API Gateway does not delete a usage plan that still contains stages.
                await patch(updatePlan, key, stagePatches(apiStages, []));
                await call(apiGateway.DeleteUsagePlanCommand)(key);
            },
        }),

        "aws:apigateway/usagePlanKey:UsagePlanKey": resource<aws.apigateway.UsagePlanKeyArgs>({
            ...ofApiGateway,
            replace: { keyId: value, keyType: value, usagePlanId: value },
            outputs: { name: value, value },
            id: ({ keyId }) => keyId,
            imported(importId) {
                const [usagePlanId = "", id = ""] = importId.split("/");
                return { id, args: { usagePlanId } };
            },
            key: (keyId, { usagePlanId }) => ({ usagePlanId, keyId }),
            put: call(apiGateway.CreateUsagePlanKeyCommand),
            async get(key) {
                const { type: keyType, ...found } = await call(apiGateway.GetUsagePlanKeyCommand)(key);
                return { ...found, keyType };
            },
            delete: call(apiGateway.DeleteUsagePlanKeyCommand),
        }),

        "aws:apigateway/account:Account": resource<aws.apigateway.AccountArgs>({
            ...ofApiGateway,
            update: { cloudwatchRoleArn: withDefault("") },
            id: () => "api-gateway-account",
            put: patching(updateAccount),
            async get(key) {
                const account = await call(apiGateway.GetAccountCommand)(key);
                return account.cloudwatchRoleArn ? account : undefined;
            },
            delete: () => patch(updateAccount, {}, patches({}, { cloudwatchRoleArn: "" })),
        }),
    };
}

/** Returns the patch operations that change the stages of a usage plan. The value of each is `<API id>:<stage>`. */
function stagePatches(before: unknown, after: unknown): apiGateway.PatchOperation[] {
    const [olds = [], news = []] = [before, after].map((stages) =>
        elementsOf(stages).map((each) => `${memberOf(each, "apiId")}:${memberOf(each, "stage")}`),
    );
    const changed = (op: "add" | "remove", stages: readonly string[]) =>
        stages.map((value) => ({ op, path: "/apiStages", value }));
    return [
        ...changed(
            "remove",
            olds.filter((stage) => !news.includes(stage)),
        ),
        ...changed(
            "add",
            news.filter((stage) => !olds.includes(stage)),
        ),
    ];
}
