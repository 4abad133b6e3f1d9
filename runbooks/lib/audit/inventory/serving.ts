import {
    APIGatewayClient,
    GetApiKeyCommand,
    GetStagesCommand,
    paginateGetRestApis,
    paginateGetUsagePlans,
} from "@aws-sdk/client-api-gateway";
import {
    CloudFrontClient,
    ListCachePoliciesCommand,
    ListResponseHeadersPoliciesCommand,
    ListTagsForResourceCommand,
    paginateListDistributions,
    paginateListOriginAccessControls,
} from "@aws-sdk/client-cloudfront";
import { DescribeTableCommand, DynamoDBClient, paginateListTables } from "@aws-sdk/client-dynamodb";
import { hasName, shell } from "terminal-text";
import { command, type Listed, lister, type Place, pairs, untagged } from "./item.ts";

/** Free table storage per region and month (AWS, "Amazon DynamoDB pricing"). */
const freeTableBytes = 25 * 1024 ** 3;

/** Lists the API's resources. */
export const servingListers = {
    // AWS bills an on-demand table for calls, and for storage above the free amount. AWS bills other tables by the
    // hour.
    "DynamoDB table": lister(
        DynamoDBClient,
        (client) => paginateListTables({ client }, {}),
        (page) => page.TableNames,
        (TableName, place, client) => ({
            name: TableName,
            arn: `arn:${place.partition}:dynamodb:${place.region}:${place.accountId}:table/${TableName}`,
            usdPerMonth: async () => {
                const { Table } = await client.send(new DescribeTableCommand({ TableName }));
                const onDemand = Table?.BillingModeSummary?.BillingMode === "PAY_PER_REQUEST";
                return onDemand && (Table.TableSizeBytes ?? 0) <= freeTableBytes ? 0 : null;
            },
            remove: async () => [command(place, "dynamodb", "delete-table", "--table-name", TableName)],
        }),
    ),
    // AWS bills a REST API for calls, and the cache of a stage by the hour.
    "REST API": lister(
        APIGatewayClient,
        (client) => paginateGetRestApis({ client }, { limit: 500 }),
        (page) => page.items,
        ({ id: restApiId = "", name = "", createdDate, tags = {} }, place, client) => ({
            name,
            arn: gatewayArn(place, `restapis/${restApiId}`),
            since: createdDate,
            tags: async () => tags,
            usdPerMonth: async () => {
                const { item = [] } = await client.send(new GetStagesCommand({ restApiId }));
                return item.some(({ cacheClusterEnabled }) => cacheClusterEnabled) ? null : 0;
            },
            remove: async () => [gateway(place, "delete-rest-api", "--rest-api-id", restApiId)],
        }),
    ),
    // A usage plan can be deleted only without stages.
    "usage plan": lister(
        APIGatewayClient,
        (client) => paginateGetUsagePlans({ client }, { limit: 500 }),
        (page) => page.items,
        ({ id = "", name = "", apiStages = [], tags = {} }, place) => ({
            name,
            arn: gatewayArn(place, `usageplans/${id}`),
            tags: async () => tags,
            remove: async () => [
                ...apiStages.map(({ apiId, stage }) =>
                    gateway(
                        place,
                        ...["update-usage-plan", "--usage-plan-id", id],
                        ...["--patch-operations", `op=remove,path=/apiStages,value=${apiId}:${stage}`],
                    ),
                ),
                gateway(place, "delete-usage-plan", "--usage-plan-id", id),
            ],
        }),
    ),
    "API key": apiKeys,
};

/**
 * Finds API keys with a project tag. Does not list API keys, because the permission to list keys also gives access to
 * their values.
 * @throws Error if the tagged resources are unknown
 */
async function apiKeys(place: Place): Promise<readonly Listed[]> {
    if (place.tagged === undefined) throw new Error("API keys are found by their tags, which cannot be read");
    const client = new APIGatewayClient(place.settings);
    const prefix = gatewayArn(place, "apikeys/");
    const keys = [...place.tagged.keys()].filter((arn) => arn.startsWith(prefix));
    const listed = keys.map(async (arn): Promise<Listed | undefined> => {
        const apiKey = arn.slice(prefix.length);
        // The tagging API returns deleted keys for a while, so check that the key exists. Any error except "not
        // found" counts as existing.
        const key = await client.send(new GetApiKeyCommand({ apiKey })).catch((error: Error) => {
            return hasName(error, "NotFoundException") ? undefined : { name: apiKey, createdDate: undefined };
        });
        return (
            key && {
                name: key.name ?? apiKey,
                arn,
                since: key.createdDate,
                remove: async () => [gateway(place, "delete-api-key", "--api-key", apiKey)],
            }
        );
    });
    return (await Promise.all(listed)).filter((key) => key !== undefined);
}

/** Returns an API Gateway ARN, which has no account. */
const gatewayArn = ({ partition, region }: Place, path: string) => `arn:${partition}:apigateway:${region}::/${path}`;

const gateway = (place: Place, operation: string, ...words: string[]) =>
    command(place, "apigateway", operation, ...words);

/** CloudFront is a global service, so its ARNs have no region. */
const edgeArn = ({ partition, accountId }: Place, kind: string, id: string) =>
    `arn:${partition}:cloudfront::${accountId}:${kind}/${id}`;

/** A shell expression for the current ETag, which each change needs. */
const version = (kind: string, id: string) =>
    `"$(aws cloudfront get-${kind} --id ${shell(id)} --query ETag --output text)"`;

/** Lists the resources of the page. Only distributions have tags. */
export const distributionListers = {
    // AWS bills a distribution only for requests and bytes, so no hourly price is listed. Before its deletion, a
    // distribution must be disabled at all edge locations.
    distribution: lister(
        CloudFrontClient,
        (client) => paginateListDistributions({ client }, {}),
        (page) => page.DistributionList?.Items,
        ({ Id = "", ARN, Comment, LastModifiedTime, Enabled }, place, client) => {
            const arn = ARN ?? edgeArn(place, "distribution", Id);
            const off = `"$(aws cloudfront get-distribution --id ${Id} --query 'merge(Distribution.DistributionConfig, {Enabled: \`false\`})' --output json)"`;
            const change = `aws cloudfront update-distribution --id ${Id} --if-match ${version("distribution", Id)}`;
            return {
                name: Comment || Id,
                arn,
                since: LastModifiedTime,
                tags: async () =>
                    pairs((await client.send(new ListTagsForResourceCommand({ Resource: arn }))).Tags?.Items),
                remove: async () => [
                    ...(Enabled ? [`${change} --distribution-config ${off}`] : []),
                    `aws cloudfront wait distribution-deployed --id ${Id}`,
                    `aws cloudfront delete-distribution --id ${Id} --if-match ${version("distribution", Id)}`,
                ],
            };
        },
    ),
    "origin access control": lister(
        CloudFrontClient,
        (client) => paginateListOriginAccessControls({ client }, {}),
        (page) => page.OriginAccessControlList?.Items,
        ({ Id, Name }, place) => withoutTags("origin-access-control", place, Id, Name),
    ),
    // The account's own policies, without CloudFront's managed ones.
    "response headers policy": lister(
        CloudFrontClient,
        (client) => onePage(client.send(new ListResponseHeadersPoliciesCommand({ Type: "custom" }))),
        (page) => page.ResponseHeadersPolicyList?.Items,
        ({ ResponseHeadersPolicy: policy }, place) =>
            withoutTags("response-headers-policy", place, policy?.Id, policy?.ResponseHeadersPolicyConfig?.Name),
    ),
    "cache policy": lister(
        CloudFrontClient,
        (client) => onePage(client.send(new ListCachePoliciesCommand({ Type: "custom" }))),
        (page) => page.CachePolicyList?.Items,
        ({ CachePolicy: policy }, place) =>
            withoutTags("cache-policy", place, policy?.Id, policy?.CachePolicyConfig?.Name),
    ),
};

/** Reads the whole list: an account has 20 own policies by default, and a page has 100 (CloudFront, "Quotas"). */
async function* onePage<P>(list: Promise<P>): AsyncGenerator<P> {
    yield await list;
}

function withoutTags(noun: string, place: Place, id = "", name = id): Listed {
    return {
        name,
        arn: edgeArn(place, noun, id),
        importId: id,
        tags: untagged,
        remove: async () => [`aws cloudfront delete-${noun} --id ${shell(id)} --if-match ${version(noun, id)}`],
    };
}
