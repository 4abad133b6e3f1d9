import {
    type APIGatewayClient,
    GetApiKeyCommand,
    GetStagesCommand,
    paginateGetRestApis,
    paginateGetUsagePlans,
} from "@aws-sdk/client-api-gateway";
import { DescribeTableCommand, type DynamoDBClient, paginateListTables } from "@aws-sdk/client-dynamodb";
import { hasName } from "pulumi-personalize/errors";
import { shell } from "terminal-text";
import { type Bill, free, type InventoryItem, readPages, type Tags } from "./item.ts";
import type { AccountScope } from "./operations.ts";

/** Free table storage per region and month (AWS, "Amazon DynamoDB pricing"). */
const freeTableBytes = 25 * 1024 ** 3;

const byUse: Bill = { usdPerMonth: null };

/** Lists DynamoDB tables. On-demand tables bill calls, and storage above the free amount; others bill by the hour. */
export async function tables(
    client: DynamoDBClient,
    { partition, region, accountId }: AccountScope,
    taggedOf: (arn: string) => Tags | undefined,
): Promise<InventoryItem[]> {
    const names = await readPages(paginateListTables({ client }, {}), (page) => page.TableNames);
    return names.map((TableName) => {
        const arn = `arn:${partition}:dynamodb:${region}:${accountId}:table/${TableName}`;
        return {
            kind: "DynamoDB table",
            name: TableName,
            arn,
            tags: async () => taggedOf(arn),
            bill: async () => {
                const { Table } = await client.send(new DescribeTableCommand({ TableName }));
                const onDemand = Table?.BillingModeSummary?.BillingMode === "PAY_PER_REQUEST";
                return onDemand && (Table.TableSizeBytes ?? 0) <= freeTableBytes ? free : byUse;
            },
            remove: async () => [
                shell("aws", "dynamodb", "delete-table", "--region", region, "--table-name", TableName),
            ],
        };
    });
}

/** Lists REST APIs, which bill calls. The cache of a stage bills by the hour. */
export async function restApis(client: APIGatewayClient, place: AccountScope): Promise<InventoryItem[]> {
    const apis = await readPages(paginateGetRestApis({ client }, { limit: 500 }), (page) => page.items);
    return apis.map(({ id: restApiId = "", name = "", createdDate, tags = {} }) => ({
        kind: "REST API",
        name,
        arn: gatewayArn(place, `restapis/${restApiId}`),
        since: createdDate,
        tags: async () => tags,
        bill: async () => {
            const { item = [] } = await client.send(new GetStagesCommand({ restApiId }));
            return item.some(({ cacheClusterEnabled }) => cacheClusterEnabled) ? byUse : free;
        },
        remove: async () => [gateway(place, "delete-rest-api", "--rest-api-id", restApiId)],
    }));
}

/** Lists usage plans. A usage plan can be deleted only without stages. */
export async function usagePlans(client: APIGatewayClient, place: AccountScope): Promise<InventoryItem[]> {
    const plans = await readPages(paginateGetUsagePlans({ client }, { limit: 500 }), (page) => page.items);
    return plans.map(({ id = "", name = "", apiStages = [], tags = {} }) => ({
        kind: "usage plan",
        name,
        arn: gatewayArn(place, `usageplans/${id}`),
        tags: async () => tags,
        bill: async () => free,
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
    }));
}

/**
 * Finds API keys with a project tag. Does not list API keys, because the permission to list keys also gives access to
 * their values.
 * @throws Error if the tagged resources are unknown
 */
export async function apiKeys(
    client: APIGatewayClient,
    place: AccountScope,
    tagged: ReadonlyMap<string, Tags> | undefined,
): Promise<InventoryItem[]> {
    if (tagged === undefined) {
        throw new Error("API keys are found by their tags, which cannot be read");
    }
    const prefix = gatewayArn(place, "apikeys/");
    const keyItems = await Promise.all(
        [...tagged]
            .filter(([arn]) => arn.startsWith(prefix))
            .map(async ([arn, tags]): Promise<InventoryItem | undefined> => {
                const apiKey = arn.slice(prefix.length);
                // The tagging API returns deleted keys for a while, so check that the key exists. Any error except "not
                // found" counts as existing.
                const key = await client.send(new GetApiKeyCommand({ apiKey })).catch((error: Error) => {
                    return hasName(error, "NotFoundException") ? undefined : { name: apiKey, createdDate: undefined };
                });
                return (
                    key && {
                        kind: "API key",
                        name: key.name ?? apiKey,
                        arn,
                        since: key.createdDate,
                        tags: async () => tags,
                        bill: async () => free,
                        remove: async () => [gateway(place, "delete-api-key", "--api-key", apiKey)],
                    }
                );
            }),
    );
    return keyItems.filter((key) => key !== undefined);
}

/** Returns an API Gateway ARN, which has no account. */
const gatewayArn = ({ partition, region }: AccountScope, path: string) =>
    `arn:${partition}:apigateway:${region}::/${path}`;

const gateway = ({ region }: AccountScope, operation: string, ...words: readonly string[]) =>
    shell("aws", "apigateway", operation, "--region", region, ...words);
