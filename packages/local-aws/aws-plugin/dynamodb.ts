import {
    CreateTableCommand,
    DeleteTableCommand,
    DescribeContinuousBackupsCommand,
    DescribeTableCommand,
    DescribeTimeToLiveCommand,
    type DynamoDBClient,
    ListTagsOfResourceCommand,
    type ScalarAttributeType,
    TagResourceCommand,
    UntagResourceCommand,
    UpdateContinuousBackupsCommand,
    UpdateTableCommand,
    UpdateTimeToLiveCommand,
    waitUntilTableExists,
    waitUntilTableNotExists,
} from "@aws-sdk/client-dynamodb";
import type * as aws from "@pulumi/aws";
import { unlessGone } from "../unless-gone.ts";
import {
    type AnyEntry,
    entry,
    goneKeys,
    named,
    type Properties,
    plainTags,
    type Resolved,
    sameMembers,
    tagList,
    withoutDefaults,
} from "./entry.ts";

const gone = "ResourceNotFoundException";

type Args = Resolved<aws.dynamodb.TableArgs>;

/** The defaults of a table (API reference of CreateTable). */
const defaults = {
    deletionProtectionEnabled: false,
    ttl: { enabled: false },
    pointInTimeRecovery: { enabled: false },
    serverSideEncryption: { enabled: false },
    tags: {},
};

/** Tables with payment per request, without indexes and streams. */
export function tableEntries(dynamo: DynamoDBClient): Record<string, AnyEntry> {
    const describe = async (TableName: string) =>
        (await unlessGone(dynamo.send(new DescribeTableCommand({ TableName })), gone))?.Table;
    async function tagsOf(ResourceArn: string) {
        return plainTags((await dynamo.send(new ListTagsOfResourceCommand({ ResourceArn }))).Tags);
    }
    const wait = { client: dynamo, maxWaitTime: 600, minDelay: 0.2, maxDelay: 5 };
    async function observedTtl(TableName: string) {
        const { TimeToLiveDescription: of } = await dynamo.send(new DescribeTimeToLiveCommand({ TableName }));
        const enabled = of?.TimeToLiveStatus === "ENABLED" || of?.TimeToLiveStatus === "ENABLING";
        return { enabled, ...(enabled && { attributeName: of?.AttributeName }) };
    }
    async function recovers(TableName: string): Promise<boolean> {
        const { ContinuousBackupsDescription: of } = await dynamo.send(
            new DescribeContinuousBackupsCommand({ TableName }),
        );
        return of?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus === "ENABLED";
    }
    /** DynamoDB refuses a change that changes nothing. */
    async function setTtl(TableName: string, wanted: Args["ttl"]) {
        const has = await observedTtl(TableName);
        const isOn = wanted?.enabled ?? false;
        if (has.enabled && (!isOn || has.attributeName !== wanted?.attributeName)) {
            const off = { AttributeName: has.attributeName, Enabled: false };
            await dynamo.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification: off }));
        }
        if (isOn && has.attributeName !== wanted?.attributeName) {
            const on = { AttributeName: wanted?.attributeName, Enabled: true };
            await dynamo.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification: on }));
        }
    }
    return {
        "aws:dynamodb/table:Table": entry<aws.dynamodb.TableArgs>({
            properties: {
                name: "replace",
                billingMode: "replace",
                hashKey: "replace",
                rangeKey: "replace",
                attributes: "replace",
                ttl: "update",
                pointInTimeRecovery: "update",
                serverSideEncryption: "update",
                deletionProtectionEnabled: "update",
                tags: "update",
            },
            nested: [
                ...["attributes.name", "attributes.type", "ttl.attributeName", "ttl.enabled"],
                ...["pointInTimeRecovery.enabled", "serverSideEncryption.enabled", "serverSideEncryption.kmsKeyArn"],
            ],
            async create(args) {
                const TableName = named(args.name, "name");
                await dynamo.send(new CreateTableCommand(wantedTable(TableName, args)));
                await waitUntilTableExists(wait, { TableName });
                await this.update(TableName, args, args);
                return TableName;
            },
            computed: async (TableName) => ({ arn: (await describe(TableName))?.TableArn }),
            async read(TableName, state) {
                const found = await describe(TableName);
                if (!found) {
                    return undefined;
                }
                const keyOf = (kind: string) => found.KeySchema?.find((key) => key.KeyType === kind)?.AttributeName;
                const attributes = (found.AttributeDefinitions ?? []).map((each) => ({
                    name: each.AttributeName ?? "",
                    type: each.AttributeType ?? "",
                }));
                const { kmsKeyArn } = state.serverSideEncryption ?? {};
                const isEncrypted = ["ENABLED", "ENABLING"].includes(found.SSEDescription?.Status ?? "");
                const key = kmsKeyArn !== undefined && { kmsKeyArn: found.SSEDescription?.KMSMasterKeyArn };
                const observed = {
                    name: found.TableName,
                    billingMode: found.BillingModeSummary?.BillingMode ?? "PROVISIONED",
                    hashKey: keyOf("HASH"),
                    rangeKey: keyOf("RANGE"),
                    attributes: sameMembers(state.attributes as typeof attributes, attributes),
                    ttl: await observedTtl(TableName),
                    pointInTimeRecovery: { enabled: await recovers(TableName) },
                    serverSideEncryption: { enabled: isEncrypted, ...(isEncrypted && key) },
                    deletionProtectionEnabled: found.DeletionProtectionEnabled ?? false,
                    tags: await tagsOf(found.TableArn ?? ""),
                };
                return withoutDefaults(observed, state as Properties, defaults);
            },
            async update(TableName, args) {
                const found = await describe(TableName);
                const isProtected = args.deletionProtectionEnabled ?? false;
                if ((found?.DeletionProtectionEnabled ?? false) !== isProtected) {
                    const change = { TableName, DeletionProtectionEnabled: isProtected };
                    await dynamo.send(new UpdateTableCommand(change));
                    await waitUntilTableExists(wait, { TableName });
                }
                const encryption = args.serverSideEncryption;
                if ((found?.SSEDescription?.Status === "ENABLED") !== (encryption?.enabled ?? false)) {
                    await dynamo.send(new UpdateTableCommand({ TableName, SSESpecification: sse(encryption) }));
                    await waitUntilTableExists(wait, { TableName });
                }
                await setTtl(TableName, args.ttl);
                const PointInTimeRecoveryEnabled = args.pointInTimeRecovery?.enabled ?? false;
                if ((await recovers(TableName)) !== PointInTimeRecoveryEnabled) {
                    const PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled };
                    await dynamo.send(
                        new UpdateContinuousBackupsCommand({ TableName, PointInTimeRecoverySpecification }),
                    );
                }
                const ResourceArn = found?.TableArn ?? "";
                const TagKeys = goneKeys(await tagsOf(ResourceArn), args.tags);
                if (TagKeys.length > 0) {
                    await dynamo.send(new UntagResourceCommand({ ResourceArn, TagKeys }));
                }
                const Tags = tagList(args.tags);
                if (Tags.length > 0) {
                    await dynamo.send(new TagResourceCommand({ ResourceArn, Tags }));
                }
                return undefined;
            },
            async delete(TableName) {
                if (await unlessGone(dynamo.send(new DeleteTableCommand({ TableName })), gone)) {
                    await waitUntilTableNotExists(wait, { TableName });
                }
            },
        }),
    };
}

const sse = (wanted: Args["serverSideEncryption"]) => ({
    Enabled: wanted?.enabled ?? false,
    ...(wanted?.enabled && { SSEType: "KMS" as const, KMSMasterKeyId: wanted.kmsKeyArn }),
});

function wantedTable(TableName: string, args: Args) {
    if (args.billingMode !== "PAY_PER_REQUEST") {
        throw new Error(`table ${TableName}: the local AWS plugin makes tables of billingMode PAY_PER_REQUEST only`);
    }
    const key = (AttributeName: string | undefined, KeyType: "HASH" | "RANGE") =>
        AttributeName === undefined ? [] : [{ AttributeName, KeyType }];
    return {
        TableName,
        BillingMode: "PAY_PER_REQUEST" as const,
        KeySchema: [...key(named(args.hashKey, "hashKey"), "HASH"), ...key(args.rangeKey, "RANGE")],
        AttributeDefinitions: (args.attributes ?? []).map(({ name, type }) => ({
            AttributeName: name,
            AttributeType: type as ScalarAttributeType,
        })),
        DeletionProtectionEnabled: args.deletionProtectionEnabled ?? false,
        ...(args.serverSideEncryption?.enabled && { SSESpecification: sse(args.serverSideEncryption) }),
        Tags: tagList(args.tags),
    };
}
