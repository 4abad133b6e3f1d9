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
    paginateGetUsagePlans,
    type QuotaPeriodType,
    UpdateAccountCommand,
    UpdateApiKeyCommand,
    UpdateUsagePlanCommand,
    type UsagePlan,
} from "@aws-sdk/client-api-gateway";
import { paginateGetResources, type ResourceGroupsTaggingAPIClient } from "@aws-sdk/client-resource-groups-tagging-api";
import type * as aws from "@pulumi/aws";
import { unlessGone } from "../unless-gone.ts";
import { noSuchThing, replaced, setTags, tagsOf } from "./api-gateway.ts";
import {
    type AnyEntry,
    entry,
    named,
    type Properties,
    plainTags,
    type Resolved,
    sameStack,
    tagMap,
    withoutDefaults,
} from "./entry.ts";

type PlanArgs = Resolved<aws.apigateway.UsagePlanArgs>;

/** API keys, their usage plans, and the account's role for logs. */
export function apiKeyEntries(
    client: APIGatewayClient,
    tagging: ResourceGroupsTaggingAPIClient,
    region: string,
): Record<string, AnyEntry> {
    const arnOf = (kind: "apikeys" | "usageplans", id: string) => `arn:aws:apigateway:${region}::/${kind}/${id}`;
    /** Found by tags. A caller who may list keys may read their values. AWS's own plugin does not list them. */
    async function keyLeftBehind(name: string, tags: object | undefined) {
        const input = { TagFilters: [{ Key: "pulumi:stack" }] };
        for await (const { ResourceTagMappingList: found = [] } of paginateGetResources({ client: tagging }, input)) {
            for (const { ResourceARN = "", Tags } of found) {
                const [, apiKey] = ResourceARN.split("::/apikeys/");
                if (apiKey && sameStack(plainTags(Tags), tags)) {
                    const key = await keyOf(apiKey);
                    if (key?.name === name) return key;
                }
            }
        }
        return undefined;
    }
    async function planLeftBehind(name: string, tags: object | undefined) {
        for await (const { items = [] } of paginateGetUsagePlans({ client }, {})) {
            const found = items.find((plan) => plan.name === name && sameStack(plan.tags ?? {}, tags));
            if (found) return found;
        }
        return undefined;
    }
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
                const there = await keyLeftBehind(name, tags);
                const isOurs = there && (value === undefined || there.value === value);
                const { id = "", value: made } = isOurs ? there : await client.send(new CreateApiKeyCommand(wanted));
                await this.update(id, { name, description, enabled, tags }, {});
                return { id, computed: { arn: arnOf("apikeys", id), value: made } };
            },
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
                const there = await planLeftBehind(name, args.tags);
                const { id = "" } = there ?? (await client.send(new CreateUsagePlanCommand(wanted)));
                await this.update(id, args, args);
                return { id, computed: { arn: arnOf("usageplans", id) } };
            },
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
                const place = { usagePlanId, keyId };
                const made = await client
                    .send(new CreateUsagePlanKeyCommand({ ...place, keyType }))
                    .catch((error: Error) => {
                        // The key is in the plan already: nothing else to do.
                        if (error.name !== "ConflictException") throw error;
                        return client.send(new GetUsagePlanKeyCommand(place));
                    });
                return { id: keyId, computed: { name: made.name, value: made.value } };
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
                return { id: "api-gateway-account" };
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
