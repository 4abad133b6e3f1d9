import * as dynamo from "@aws-sdk/client-dynamodb";
import type * as aws from "@pulumi/aws";
import { createSender } from "../calls.ts";
import { type AnyEntry, named, type Properties, type Resolved, tagList } from "./entry.ts";
import { asItIs, list, memberAt, struct, unordered, value, withDefault } from "./kinds.ts";
import { resource } from "./resource.ts";

type Args = Resolved<aws.dynamodb.TableArgs>;

const off = { enabled: false };
const isOn = (status: string | undefined) => status === "ENABLED" || status === "ENABLING";

/** Returns the plugin's resource type for DynamoDB tables in on-demand mode, without indexes and streams. */
export function tableEntries(client: dynamo.DynamoDBClient): Record<string, AnyEntry> {
    const call = createSender(client);
    const wait = { client, maxWaitTime: 600, minDelay: 0.2, maxDelay: 5 };
    async function fetchTtl(key: Properties) {
        const { TimeToLiveDescription: of } = await call(dynamo.DescribeTimeToLiveCommand)(key);
        return isOn(of?.TimeToLiveStatus) ? { enabled: true, attributeName: of?.AttributeName } : off;
    }
    /** Sets TTL only if it changes: DynamoDB rejects an update without a change. */
    async function setTtl(key: Properties, wanted: Args["ttl"] = off) {
        const has: Args["ttl"] = await fetchTtl(key);
        const set = (AttributeName: string | undefined, Enabled: boolean) =>
            call(dynamo.UpdateTimeToLiveCommand)({ ...key, TimeToLiveSpecification: { AttributeName, Enabled } });
        const isSame = wanted.enabled && has.attributeName === wanted.attributeName;
        if (has.enabled && !isSame) await set(has.attributeName, false);
        if (wanted.enabled && !isSame) await set(wanted.attributeName, true);
    }
    return {
        "aws:dynamodb/table:Table": resource<aws.dynamodb.TableArgs>({
            replace: {
                name: memberAt("TableName"),
                billingMode: value,
                hashKey: memberAt("HASH"),
                rangeKey: memberAt("RANGE"),
                attributes: memberAt(
                    "AttributeDefinitions",
                    unordered(list(struct({ name: memberAt("AttributeName"), type: memberAt("AttributeType") }))),
                ),
            },
            update: {
                ttl: withDefault(off, struct({ attributeName: value, enabled: value }, asItIs)),
            },
            outputs: { arn: memberAt("TableArn") },
            gone: ["ResourceNotFoundException"],
            tags: {
                member: "Tags",
                form: tagList,
                list: async (ResourceArn) => (await call(dynamo.ListTagsOfResourceCommand)({ ResourceArn })).Tags,
                add: (ResourceArn, Tags) => call(dynamo.TagResourceCommand)({ ResourceArn, Tags }),
                remove: (ResourceArn, TagKeys) => call(dynamo.UntagResourceCommand)({ ResourceArn, TagKeys }),
            },
            async create(input, { name }) {
                const TableName = named(name, "name");
                await call(dynamo.CreateTableCommand)(newTable(input));
                await dynamo.waitUntilTableExists(wait, { TableName });
                return TableName;
            },
            settles: true,
            key: "TableName",
            async get(key) {
                const { Table } = await call(dynamo.DescribeTableCommand)(key);
                return {
                    BillingMode: Table?.BillingModeSummary?.BillingMode ?? "PROVISIONED",
                    ...Table,
                    ...Object.fromEntries((Table?.KeySchema ?? []).map((of) => [of.KeyType, of.AttributeName])),
                    Ttl: await fetchTtl(key),
                };
            },
            put: (_input, { key, args }) => setTtl(key, args.ttl),
            async delete(key, TableName) {
                await call(dynamo.DeleteTableCommand)(key);
                await dynamo.waitUntilTableNotExists(wait, { TableName });
            },
        }),
    };
}

function newTable({ HASH, RANGE, Ttl, ...table }: Properties): Properties {
    if (table.BillingMode !== "PAY_PER_REQUEST") {
        throw new Error(`table ${table.TableName}: the local AWS plugin supports only the billingMode PAY_PER_REQUEST`);
    }
    const keys = Object.entries({ HASH: named(HASH, "hashKey"), RANGE });
    const KeySchema = keys.flatMap(([KeyType, AttributeName]) =>
        AttributeName === undefined ? [] : [{ AttributeName, KeyType }],
    );
    return { ...table, KeySchema };
}
