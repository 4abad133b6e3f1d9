import {
    APIGatewayClient,
    GetApiKeyCommand,
    paginateGetRestApis,
    paginateGetUsagePlans,
} from "@aws-sdk/client-api-gateway";
import * as cloudfront from "@aws-sdk/client-cloudfront";
import { LambdaClient, paginateListFunctions } from "@aws-sdk/client-lambda";
import { paginateListSchedules, SchedulerClient } from "@aws-sdk/client-scheduler";
import { hasName, shell } from "terminal-text";
import { readPages } from "../../stack/stack.ts";
import { all, type Kind, type Listed, lister, named, type Place, pairs, removal, untagged } from "./kind.ts";

/** Returns an API Gateway ARN, which has no account. */
const gatewayArn = ({ partition, region }: Place, path: string) => `arn:${partition}:apigateway:${region}::/${path}`;

/**
 * Finds API keys with a project tag. Does not list API keys, because the permission to list keys also gives access to
 * their values.
 * @throws Error if the tagged resources are unknown
 */
async function apiKeys(place: Place): Promise<readonly Listed[]> {
    if (place.tagged === undefined) throw new Error("API keys are found by their tags, which cannot be read");
    const client = new APIGatewayClient(place.settings);
    const prefix = gatewayArn(place, "apikeys/");
    const arns = [...place.tagged.keys()].filter((arn) => arn.startsWith(prefix));
    const keys = arns.map(async (arn) => {
        const id = arn.slice(prefix.length);
        // The tagging API returns deleted keys for a while, so check that the key exists. Any error except "not
        // found" counts as existing.
        return client.send(new GetApiKeyCommand({ apiKey: id })).then(
            ({ name = id, createdDate }) => [{ ...named(name, arn, createdDate), id }],
            (error: Error) => (hasName(error, "NotFoundException") ? [] : [{ ...named(id, arn), id }]),
        );
    });
    return (await Promise.all(keys)).flat();
}

/** A resource of CloudFront, which only distributions have more of than id and name. */
interface EdgeItem {
    readonly Id?: string | undefined;
    readonly Name?: string | undefined;
    readonly LastModifiedTime?: Date | undefined;
    readonly Enabled?: boolean | undefined;
}

/**
 * Declares a kind of CloudFront, a global service. Each change needs the current ETag. A distribution can be deleted
 * after it is disabled at all edge locations.
 */
const edgeKind = (
    noun: string,
    type: string,
    read: (client: cloudfront.CloudFrontClient) => Promise<readonly EdgeItem[]>,
): Kind => {
    const isDistribution = noun === "distribution";
    const list = lister(cloudfront.CloudFrontClient, read, (item, client, { partition, accountId }) => {
        const { Id: id = "", Name, LastModifiedTime, Enabled } = item;
        const arn = `arn:${partition}:cloudfront::${accountId}:${noun}/${id}`;
        const version = `--if-match "$(aws cloudfront get-${noun} --id ${shell(id)} --query ETag --output text)"`;
        const disabled = `"$(aws cloudfront get-distribution --id ${id} --query 'merge(Distribution.DistributionConfig, {Enabled: \`false\`})' --output json)"`;
        const tagsOf = new cloudfront.ListTagsForResourceCommand({ Resource: arn });
        return {
            ...named(Name || id, arn, LastModifiedTime),
            id,
            tags: isDistribution ? async () => pairs((await client.send(tagsOf)).Tags?.Items) : untagged,
            before: async () => [
                ...(Enabled
                    ? [`aws cloudfront update-distribution --id ${id} ${version} --distribution-config ${disabled}`]
                    : []),
                ...(isDistribution ? [`aws cloudfront wait distribution-deployed --id ${id}`] : []),
                `aws cloudfront delete-${noun} --id ${shell(id)} ${version}`,
            ],
        };
    });
    return { types: [`aws:cloudfront/${type}`], ...(isDistribution && { isDoubled: true }), list };
};

/** The account's own policies, without CloudFront's managed ones: 20 by default, on one page (CloudFront, "Quotas"). */
const own = { Type: "custom" } as const;

/** The kinds of resources that serve requests. AWS bills them only for calls. */
export const servingKinds = {
    distribution: edgeKind("distribution", "distribution:Distribution", async (client) => {
        const pages = cloudfront.paginateListDistributions({ client }, {});
        const items = await readPages(pages, (page) => page.DistributionList?.Items);
        return items.map((item) => ({ ...item, Name: item.Comment }));
    }),
    "origin access control": edgeKind("origin-access-control", "originAccessControl:OriginAccessControl", (client) =>
        readPages(
            cloudfront.paginateListOriginAccessControls({ client }, {}),
            (page) => page.OriginAccessControlList?.Items,
        ),
    ),
    "response headers policy": edgeKind(
        "response-headers-policy",
        "responseHeadersPolicy:ResponseHeadersPolicy",
        async (client) =>
            (
                await client.send(new cloudfront.ListResponseHeadersPoliciesCommand(own))
            ).ResponseHeadersPolicyList?.Items?.map(({ ResponseHeadersPolicy: policy }) => ({
                Id: policy?.Id,
                Name: policy?.ResponseHeadersPolicyConfig?.Name,
            })) ?? [],
    ),
    "cache policy": edgeKind(
        "cache-policy",
        "cachePolicy:CachePolicy",
        async (client) =>
            (await client.send(new cloudfront.ListCachePoliciesCommand(own))).CachePolicyList?.Items?.map(
                ({ CachePolicy: policy }) => ({ Id: policy?.Id, Name: policy?.CachePolicyConfig?.Name }),
            ) ?? [],
    ),
    // A usage plan can be deleted only without stages.
    "usage plan": {
        types: ["aws:apigateway/usagePlan:UsagePlan"],
        isDoubled: true,
        remove: "apigateway delete-usage-plan --usage-plan-id {id}",
        list: lister(APIGatewayClient, all(paginateGetUsagePlans, "items", { limit: 500 }), (plan, _client, place) => {
            const { id = "", name, tags = {}, apiStages = [] } = plan;
            const item = { ...named(name, gatewayArn(place, `usageplans/${id}`)), id };
            const patch = "apigateway update-usage-plan --usage-plan-id {id} --patch-operations";
            const detach = apiStages.map(({ apiId, stage }) =>
                removal(`${patch} op=remove,path=/apiStages,value=${apiId}:${stage}`, item, place),
            );
            return { ...item, tags: async () => tags, before: async () => detach };
        }),
    },
    "API key": {
        types: ["aws:apigateway/apiKey:ApiKey"],
        isDoubled: true,
        remove: "apigateway delete-api-key --api-key {id}",
        list: apiKeys,
    },
    "REST API": {
        types: ["aws:apigateway/restApi:RestApi"],
        isDoubled: true,
        remove: "apigateway delete-rest-api --rest-api-id {id}",
        list: lister(APIGatewayClient, all(paginateGetRestApis, "items", { limit: 500 }), (api, _client, place) => {
            const { id = "", name, createdDate, tags = {} } = api;
            return { ...named(name, gatewayArn(place, `restapis/${id}`), createdDate), id, tags: async () => tags };
        }),
    },
    schedule: {
        types: ["aws:scheduler/schedule:Schedule"],
        remove: "scheduler delete-schedule --group-name default --name {name}",
        list: lister(SchedulerClient, all(paginateListSchedules, "Schedules", { GroupName: "default" }), (one) => ({
            ...named(one.Name, one.Arn, one.CreationDate),
            id: `default/${one.Name}`,
            tags: untagged,
        })),
    },
    "Lambda function": {
        types: ["aws:lambda/function:Function"],
        remove: "lambda delete-function --function-name {name}",
        list: lister(LambdaClient, all(paginateListFunctions, "Functions", {}), (one) =>
            named(one.FunctionName, one.FunctionArn, one.LastModified),
        ),
    },
} as const satisfies Record<string, Kind>;
