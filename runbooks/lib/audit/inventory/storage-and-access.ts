import { DescribeTableCommand, DynamoDBClient, paginateListTables } from "@aws-sdk/client-dynamodb";
import * as iam from "@aws-sdk/client-iam";
import {
    ListObjectVersionsCommand,
    type ListObjectVersionsOutput,
    paginateListBuckets,
    S3Client,
} from "@aws-sdk/client-s3";
import { regionalArn } from "policy-evaluator";
import { shell } from "terminal-text";
import { storageUsdPerMonth } from "../../../../core/config/prices.ts";
import { readPages } from "../../stack/stack.ts";
import { all, type Kind, lister, named, pairs } from "./kind.ts";

/** S3's maximum for one DeleteObjects call. */
const objectsPerCall = 1000;

/** Counts objects and bytes of a bucket, including old versions and delete markers. */
async function countStored(client: S3Client, Bucket: string): Promise<{ objects: number; bytes: number }> {
    const total = { objects: 0, bytes: 0 };
    let page: ListObjectVersionsOutput | undefined;
    do {
        const { NextKeyMarker: KeyMarker, NextVersionIdMarker: VersionIdMarker } = page ?? {};
        page = await client.send(new ListObjectVersionsCommand({ Bucket, KeyMarker, VersionIdMarker }));
        const { Versions = [], DeleteMarkers = [] } = page;
        total.objects += Versions.length + DeleteMarkers.length;
        total.bytes += Versions.reduce((sum, { Size = 0 }) => sum + Size, 0);
    } while (page.IsTruncated);
    return total;
}

/**
 * Returns the commands that empty a bucket. `aws s3 rm` keeps old versions, and S3 does not delete a bucket with
 * versions.
 */
function emptying(bucket: string, region: string, objects: number): string[] {
    if (objects === 0) return [];
    const list =
        `aws s3api list-object-versions --region ${region} --bucket ${bucket} --max-items ${objectsPerCall} ` +
        "--output json --query '{Objects: [Versions, DeleteMarkers][].{Key: Key, VersionId: VersionId}}'";
    const once = `aws s3api delete-objects --region ${region} --bucket ${bucket} --delete "$(${list})"`;
    const times = Math.ceil(objects / objectsPerCall);
    return [times === 1 ? once : `for i in $(seq ${times}); do ${once}; done`];
}

/** Free table storage per region and month (AWS, "Amazon DynamoDB pricing"). */
const freeTableBytes = 25 * 1024 ** 3;

/** Start of the name of API Gateway's log role, which earlier releases created for all APIs of the account. */
const gatewayLogRole = "MovieRecommender-ApiGatewayLogs";
/** Comment on the command that deletes this role. */
const accountWide =
    "# Keep this role if another API of the account uses it (aws apigateway get-account): without it, no API writes logs.";

/** Lists roles without the service-linked ones, which AWS services own. */
const ownRoles = async (client: iam.IAMClient) =>
    (await readPages(iam.paginateListRoles({ client }, {}), (page) => page.Roles)).filter(
        ({ Path }) => !Path?.startsWith("/aws-service-role/"),
    );

/** The kinds of buckets, tables and roles. */
export const storageAndAccessKinds = {
    "S3 bucket": {
        types: ["aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2"],
        remove: "s3api delete-bucket --bucket {name}",
        list: lister(
            S3Client,
            all(paginateListBuckets, "Buckets", ({ region }) => ({ BucketRegion: region, MaxBuckets: 1000 })),
            ({ Name = "", CreationDate }, client, { partition, region }) => ({
                ...named(Name, `arn:${partition}:s3:::${Name}`, CreationDate),
                usdPerMonth: async () => storageUsdPerMonth("s3Storage", (await countStored(client, Name)).bytes),
                before: async () => emptying(Name, region, (await countStored(client, Name)).objects),
            }),
        ),
    },
    // AWS bills an on-demand table for calls, and for storage above the free amount. AWS bills other tables by the
    // hour.
    "DynamoDB table": {
        types: ["aws:dynamodb/table:Table"],
        remove: "dynamodb delete-table --table-name {name}",
        list: lister(DynamoDBClient, all(paginateListTables, "TableNames", {}), (TableName, client, place) => ({
            ...named(TableName, regionalArn(place, "dynamodb", `table/${TableName}`)),
            usdPerMonth: async () => {
                const { Table } = await client.send(new DescribeTableCommand({ TableName }));
                const onDemand = Table?.BillingModeSummary?.BillingMode === "PAY_PER_REQUEST";
                return onDemand && (Table.TableSizeBytes ?? 0) <= freeTableBytes ? 0 : null;
            },
        })),
    },
    "IAM role": {
        types: ["aws:iam/role:Role"],
        remove: "iam delete-role --role-name {name}",
        list: lister(iam.IAMClient, ownRoles, ({ RoleName = "", Arn, CreateDate }, client) => {
            const of = (operation: string, ...words: string[]) =>
                shell("aws", "iam", operation, "--role-name", RoleName, ...words);
            return {
                ...named(RoleName, Arn, CreateDate),
                tags: async () => pairs((await client.send(new iam.ListRoleTagsCommand({ RoleName }))).Tags),
                before: async () => {
                    const attached = await client.send(new iam.ListAttachedRolePoliciesCommand({ RoleName }));
                    const inline = await client.send(new iam.ListRolePoliciesCommand({ RoleName }));
                    return [
                        ...(RoleName.startsWith(gatewayLogRole) ? [accountWide] : []),
                        ...(attached.AttachedPolicies ?? []).map(({ PolicyArn = "" }) =>
                            of("detach-role-policy", "--policy-arn", PolicyArn),
                        ),
                        ...(inline.PolicyNames ?? []).map((name) => of("delete-role-policy", "--policy-name", name)),
                    ];
                },
            };
        }),
    },
} as const satisfies Record<string, Kind>;
