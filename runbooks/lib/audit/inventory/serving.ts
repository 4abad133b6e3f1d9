import {
    type APIGatewayClient,
    GetApiKeyCommand,
    GetStagesCommand,
    paginateGetRestApis,
    paginateGetUsagePlans,
} from "@aws-sdk/client-api-gateway";
import { DescribeTableCommand, type DynamoDBClient, paginateListTables } from "@aws-sdk/client-dynamodb";
import { hasName } from "pulumi-personalize/errors";
import {
    type AccountScope,
    awsCommand,
    type Bill,
    free,
    type InventoryItem,
    item,
    readPages,
    type TaggedScope,
    type Tags,
} from "./item.ts";

/** Free table storage per region and month (AWS, "Amazon DynamoDB pricing"). */
const freeTableBytes = 25 * 1024 ** 3;

const byUse: Bill = { usdPerMonth: null };

/** Lists DynamoDB tables. On-demand tables bill calls, and storage above the free amount; others bill by the hour. */
export const tables = (client: DynamoDBClient, place: TaggedScope) =>
    readPages(paginateListTables({ client }, {}), (page) =>
        page.TableNames?.map((TableName) => {
            const arn = `arn:${place.partition}:dynamodb:${place.region}:${place.accountId}:table/${TableName}`;
            return item("DynamoDB table", TableName, arn, {
                tags: async () => place.taggedOf(arn),
                bill: async () => {
                    const { Table } = await client.send(new DescribeTableCommand({ TableName }));
                    const onDemand = Table?.BillingModeSummary?.BillingMode === "PAY_PER_REQUEST";
                    return onDemand && (Table.TableSizeBytes ?? 0) <= freeTableBytes ? free : byUse;
                },
                remove: async () => [awsCommand(place, "dynamodb delete-table", "--table-name", TableName)],
            });
        }),
    );

/** Lists REST APIs, which bill calls. The cache of a stage bills by the hour. */
export const restApis = (client: APIGatewayClient, place: AccountScope) =>
    readPages(paginateGetRestApis({ client }, { limit: 500 }), (page) =>
        page.items?.map(({ id: restApiId = "", name = "", createdDate, tags = {} }) =>
            item("REST API", name, gatewayArn(place, `restapis/${restApiId}`), {
                since: createdDate,
                tags: async () => tags,
                bill: async () => {
                    const { item: stages = [] } = await client.send(new GetStagesCommand({ restApiId }));
                    return stages.some(({ cacheClusterEnabled }) => cacheClusterEnabled) ? byUse : free;
                },
                remove: async () => [awsCommand(place, "apigateway delete-rest-api", "--rest-api-id", restApiId)],
            }),
        ),
    );

/** Lists usage plans. A usage plan can be deleted only without stages. */
export const usagePlans = (client: APIGatewayClient, place: AccountScope) =>
    readPages(paginateGetUsagePlans({ client }, { limit: 500 }), (page) =>
        page.items?.map(({ id = "", name = "", apiStages = [], tags = {} }) =>
            item("usage plan", name, gatewayArn(place, `usageplans/${id}`), {
                tags: async () => tags,
                remove: async () => [
                    ...apiStages.map(({ apiId, stage }) =>
                        awsCommand(
                            place,
                            "apigateway update-usage-plan",
                            ...["--usage-plan-id", id],
                            ...["--patch-operations", `op=remove,path=/apiStages,value=${apiId}:${stage}`],
                        ),
                    ),
                    awsCommand(place, "apigateway delete-usage-plan", "--usage-plan-id", id),
                ],
            }),
        ),
    );

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
                    key &&
                    item("API key", key.name ?? apiKey, arn, {
                        since: key.createdDate,
                        tags: async () => tags,
                        remove: async () => [awsCommand(place, "apigateway delete-api-key", "--api-key", apiKey)],
                    })
                );
            }),
    );
    return keyItems.filter((key) => key !== undefined);
}

/** Returns an API Gateway ARN, which has no account. */
const gatewayArn = ({ partition, region }: AccountScope, path: string) =>
    `arn:${partition}:apigateway:${region}::/${path}`;
