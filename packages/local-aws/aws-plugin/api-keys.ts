import {
    type APIGatewayClient,
    CreateApiKeyCommand,
    CreateUsagePlanCommand,
    CreateUsagePlanKeyCommand,
    DeleteApiKeyCommand,
    DeleteUsagePlanCommand,
    DeleteUsagePlanKeyCommand,
    GetAccountCommand,
    GetApiKeyCommand,
    GetUsagePlanCommand,
    GetUsagePlanKeyCommand,
    type PatchOperation,
    type QuotaPeriodType,
    UpdateAccountCommand,
    UpdateApiKeyCommand,
    UpdateUsagePlanCommand,
    type UsagePlan,
} from "@aws-sdk/client-api-gateway";
import type * as aws from "@pulumi/aws";
import { unlessGone } from "../unless-gone.ts";
import { noSuchThing, replaced, setTags, tagsOf } from "./api-gateway.ts";
import { type AnyEntry, entry, named, type Properties, type Resolved, tagMap, withoutDefaults } from "./entry.ts";

type PlanArgs = Resolved<aws.apigateway.UsagePlanArgs>;

/** API keys, their usage plans, and the account's role for logs. */
export function apiKeyEntries(client: APIGatewayClient, region: string): Record<string, AnyEntry> {
    const arnOf = (kind: "apikeys" | "usageplans", id: string) => `arn:aws:apigateway:${region}::/${kind}/${id}`;
    const keyOf = (apiKey: string) =>
        unlessGone(client.send(new GetApiKeyCommand({ apiKey, includeValue: true })), noSuchThing);
    const planOf = (usagePlanId: string) =>
        unlessGone(client.send(new GetUsagePlanCommand({ usagePlanId })), noSuchThing);
    return {
        "aws:apigateway/apiKey:ApiKey": entry<aws.apigateway.ApiKeyArgs>({
            properties: { name: "replace", value: "replace", description: "update", enabled: "update", tags: "update" },
            filledIn: ["value"],
            async create({ name: given, value, description, enabled = true, tags }) {
                const name = named(given, "name");
                const wanted = { name, value, description, enabled, tags: tagMap(tags) };
                return (await client.send(new CreateApiKeyCommand(wanted))).id ?? "";
            },
            computed: async (apiKey) => ({ arn: arnOf("apikeys", apiKey), value: (await keyOf(apiKey))?.value }),
            async read(apiKey, state) {
                const found = await keyOf(apiKey);
                const tags = found && (await tagsOf(client, arnOf("apikeys", apiKey)));
                const { name, description, enabled, value } = found ?? {};
                return (
                    found && {
                        name,
                        value,
                        ...withoutDefaults({ description, enabled, tags }, state as Properties, {
                            description: "",
                            enabled: true,
                            tags: {},
                        }),
                    }
                );
            },
            async update(apiKey, { description = "", enabled = true, tags }) {
                const patchOperations = [...replaced("description", description), ...replaced("enabled", enabled)];
                await client.send(new UpdateApiKeyCommand({ apiKey, patchOperations }));
                await setTags(client, arnOf("apikeys", apiKey), tags);
                return undefined;
            },
            async delete(apiKey) {
                await unlessGone(client.send(new DeleteApiKeyCommand({ apiKey })), noSuchThing);
            },
        }),

        "aws:apigateway/usagePlan:UsagePlan": entry<aws.apigateway.UsagePlanArgs>({
            properties: {
                name: "update",
                description: "update",
                apiStages: "update",
                quotaSettings: "update",
                throttleSettings: "update",
                tags: "update",
            },
            nested: [
                ...["apiStages.apiId", "apiStages.stage", "throttleSettings.burstLimit", "throttleSettings.rateLimit"],
                ...["quotaSettings.limit", "quotaSettings.offset", "quotaSettings.period"],
            ],
            async create(args) {
                const name = named(args.name, "name");
                const { quotaSettings: quota, throttleSettings: throttle, description, apiStages } = args;
                const wanted = {
                    name,
                    description,
                    throttle,
                    tags: tagMap(args.tags),
                    apiStages: apiStages?.map(({ apiId, stage }) => ({ apiId, stage })),
                    quota: quota && { ...quota, period: quota.period as QuotaPeriodType },
                };
                return (await client.send(new CreateUsagePlanCommand(wanted))).id ?? "";
            },
            computed: async (usagePlanId) => ({ arn: arnOf("usageplans", usagePlanId) }),
            async read(usagePlanId, state) {
                const found = await planOf(usagePlanId);
                return (
                    found &&
                    withoutDefaults(
                        { ...observedPlan(found), tags: await tagsOf(client, arnOf("usageplans", usagePlanId)) },
                        state as Properties,
                        { description: "", apiStages: [], tags: {} },
                    )
                );
            },
            async update(usagePlanId, args) {
                const patchOperations = planPatches(args, (await planOf(usagePlanId)) ?? {});
                await client.send(new UpdateUsagePlanCommand({ usagePlanId, patchOperations }));
                await setTags(client, arnOf("usageplans", usagePlanId), args.tags);
                return undefined;
            },
            async delete(usagePlanId) {
                const found = await planOf(usagePlanId);
                if (!found) {
                    return;
                }
                // API Gateway does not delete a plan that has stages.
                const patchOperations = stagePatches([], found.apiStages);
                await client.send(new UpdateUsagePlanCommand({ usagePlanId, patchOperations }));
                await unlessGone(client.send(new DeleteUsagePlanCommand({ usagePlanId })), noSuchThing);
            },
        }),

        "aws:apigateway/usagePlanKey:UsagePlanKey": entry<aws.apigateway.UsagePlanKeyArgs>({
            properties: { keyId: "replace", keyType: "replace", usagePlanId: "replace" },
            async create({ keyId, keyType, usagePlanId }) {
                await client.send(new CreateUsagePlanKeyCommand({ usagePlanId, keyId, keyType }));
                return keyId;
            },
            imported(importId) {
                const [usagePlanId = "", id = ""] = importId.split("/");
                return { id, args: { usagePlanId } };
            },
            async computed(keyId, { usagePlanId }) {
                const { name, value } = await client.send(new GetUsagePlanKeyCommand({ usagePlanId, keyId }));
                return { name, value };
            },
            async read(keyId, { usagePlanId }) {
                const command = new GetUsagePlanKeyCommand({ usagePlanId, keyId });
                const found = await unlessGone(client.send(command), noSuchThing);
                return found && { keyId: found.id, keyType: found.type };
            },
            async update() {
                return undefined;
            },
            async delete(keyId, { usagePlanId }) {
                const command = new DeleteUsagePlanKeyCommand({ usagePlanId, keyId });
                await unlessGone(client.send(command), noSuchThing);
            },
        }),

        "aws:apigateway/account:Account": entry<aws.apigateway.AccountArgs>({
            properties: { cloudwatchRoleArn: "update" },
            async create(args) {
                await this.update("", args, args);
                return "api-gateway-account";
            },
            async read() {
                const { cloudwatchRoleArn } = await client.send(new GetAccountCommand({}));
                return cloudwatchRoleArn ? { cloudwatchRoleArn } : undefined;
            },
            async update(_id, { cloudwatchRoleArn = "" }) {
                const patchOperations = replaced("cloudwatchRoleArn", cloudwatchRoleArn);
                await client.send(new UpdateAccountCommand({ patchOperations }));
                return undefined;
            },
            async delete() {
                await client.send(new UpdateAccountCommand({ patchOperations: replaced("cloudwatchRoleArn", "") }));
            },
        }),
    };
}

function observedPlan({ name, description, apiStages = [], quota, throttle }: UsagePlan): Properties {
    return {
        name,
        description,
        apiStages: apiStages.map(({ apiId, stage }) => ({ apiId, stage })),
        quotaSettings: quota?.limit === undefined ? undefined : { ...quota, offset: quota.offset || undefined },
        throttleSettings:
            throttle?.rateLimit === undefined && throttle?.burstLimit === undefined ? undefined : throttle,
    };
}

function planPatches(args: PlanArgs, has: UsagePlan): PatchOperation[] {
    const part = (name: "quota" | "throttle", wanted: object | undefined): PatchOperation[] =>
        wanted === undefined
            ? Object.keys(has[name] ?? {}).length > 0
                ? [{ op: "remove", path: `/${name}` }]
                : []
            : Object.entries(wanted).flatMap(([key, value]) => replaced(`${name}/${key}`, value));
    return [
        ...replaced("name", args.name),
        ...replaced("description", args.description ?? ""),
        ...stagePatches(args.apiStages ?? [], has.apiStages),
        ...part("quota", args.quotaSettings),
        ...part("throttle", args.throttleSettings),
    ];
}

function stagePatches(
    wanted: readonly { readonly apiId: string; readonly stage: string }[],
    has: UsagePlan["apiStages"] = [],
): PatchOperation[] {
    const names = (stages: NonNullable<UsagePlan["apiStages"]>) =>
        stages.map(({ apiId, stage }) => `${apiId}:${stage}`);
    const [news, olds] = [names([...wanted]), names(has)];
    return [
        ...olds
            .filter((name) => !news.includes(name))
            .map((value) => ({ op: "remove" as const, path: "/apiStages", value })),
        ...news
            .filter((name) => !olds.includes(name))
            .map((value) => ({ op: "add" as const, path: "/apiStages", value })),
    ];
}
