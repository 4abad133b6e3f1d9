import {
    APIGatewayClient,
    GetApiKeyCommand,
    GetStagesCommand,
    paginateGetRestApis,
    paginateGetUsagePlans,
} from "@aws-sdk/client-api-gateway";
import { DescribeTableCommand, DynamoDBClient, paginateListTables } from "@aws-sdk/client-dynamodb";
import { hasName } from "terminal-text";
import { command, type Listed, lister, type Place } from "./item.ts";

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
    if (place.tagged === undefined) {
        throw new Error("API keys are found by their tags, which cannot be read");
    }
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
