import {
    GetPolicyCommand,
    IAMClient,
    ListAttachedRolePoliciesCommand,
    ListEntitiesForPolicyCommand,
    ListPolicyVersionsCommand,
    ListRolePoliciesCommand,
    ListRoleTagsCommand,
    paginateListPolicies,
    paginateListRoles,
} from "@aws-sdk/client-iam";
import {
    ListObjectVersionsCommand,
    type ListObjectVersionsCommandOutput,
    paginateListBuckets,
    S3Client,
} from "@aws-sdk/client-s3";
import { shell } from "terminal-text";
import { gatewayLogRole } from "../../../../core/config/names.ts";
import { storageUsdPerMonth } from "../../../../core/config/prices.ts";
import { command, lister, pairs } from "./item.ts";

/** S3's maximum for one DeleteObjects call. */
const objectsPerCall = 1000;

/** Counts objects and bytes of a bucket, including old versions and delete markers. */
async function countStored(client: S3Client, Bucket: string): Promise<{ objects: number; bytes: number }> {
    let objects = 0;
    let bytes = 0;
    let at: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } | undefined = {};
    while (at !== undefined) {
        const { KeyMarker, VersionIdMarker } = at;
        const page: ListObjectVersionsCommandOutput = await client.send(
            new ListObjectVersionsCommand({ Bucket, KeyMarker, VersionIdMarker }),
        );
        objects += (page.Versions?.length ?? 0) + (page.DeleteMarkers?.length ?? 0);
        bytes += (page.Versions ?? []).reduce((sum, { Size = 0 }) => sum + Size, 0);
        at = page.IsTruncated
            ? { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker }
            : undefined;
    }
    return { objects, bytes };
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

/**
 * Comment on the command that deletes API Gateway's log role. A stack creates this role, but other APIs of the account
 * use it, too (components/api/api-stage.ts).
 */
const accountWide =
    "# Keep this role if another API of the account uses it (aws apigateway get-account): without it, no API writes logs.";

/** Lists buckets, roles and policies. */
export const storageAndAccessListers = {
    "S3 bucket": lister(
        S3Client,
        (client, { region }) => paginateListBuckets({ client }, { BucketRegion: region, MaxBuckets: 1000 }),
        (page) => page.Buckets,
        ({ Name = "", CreationDate }, place, client) => ({
            name: Name,
            arn: `arn:${place.partition}:s3:::${Name}`,
            since: CreationDate,
            usdPerMonth: async () => storageUsdPerMonth("s3Storage", (await countStored(client, Name)).bytes),
            remove: async () => [
                ...emptying(Name, place.region, (await countStored(client, Name)).objects),
                command(place, "s3api", "delete-bucket", "--bucket", Name),
            ],
        }),
    ),
    "IAM role": lister(
        IAMClient,
        (client) => paginateListRoles({ client }, {}),
        // AWS services own service-linked roles.
        (page) => page.Roles?.filter(({ Path }) => !Path?.startsWith("/aws-service-role/")),
        ({ RoleName = "", Arn = "", CreateDate }, _place, client) => ({
            name: RoleName,
            arn: Arn,
            since: CreateDate,
            tags: async () => pairs((await client.send(new ListRoleTagsCommand({ RoleName }))).Tags),
            remove: async () => {
                const [attached, inline] = await Promise.all([
                    client.send(new ListAttachedRolePoliciesCommand({ RoleName })),
                    client.send(new ListRolePoliciesCommand({ RoleName })),
                ]);
                const of = (...words: string[]) => shell("aws", "iam", ...words);
                return [
                    ...(RoleName.startsWith(gatewayLogRole) ? [accountWide] : []),
                    ...(attached.AttachedPolicies ?? []).map(({ PolicyArn = "" }) =>
                        of("detach-role-policy", "--role-name", RoleName, "--policy-arn", PolicyArn),
                    ),
                    ...(inline.PolicyNames ?? []).map((name) =>
                        of("delete-role-policy", "--role-name", RoleName, "--policy-name", name),
                    ),
                    of("delete-role", "--role-name", RoleName),
                ];
            },
        }),
    ),
    "IAM policy": lister(
        IAMClient,
        (client) => paginateListPolicies({ client }, { Scope: "Local" }),
        (page) => page.Policies,
        ({ PolicyName = "", Arn = "", CreateDate }, _place, client) => ({
            name: PolicyName,
            arn: Arn,
            importId: Arn,
            since: CreateDate,
            tags: async () => pairs((await client.send(new GetPolicyCommand({ PolicyArn: Arn }))).Policy?.Tags),
            remove: async () => {
                const [users, versions] = await Promise.all([
                    client.send(new ListEntitiesForPolicyCommand({ PolicyArn: Arn })),
                    client.send(new ListPolicyVersionsCommand({ PolicyArn: Arn })),
                ]);
                const of = (...words: string[]) => shell("aws", "iam", ...words, "--policy-arn", Arn);
                return [
                    ...(users.PolicyRoles ?? []).map((by) =>
                        of("detach-role-policy", "--role-name", by.RoleName ?? ""),
                    ),
                    ...(users.PolicyUsers ?? []).map((by) =>
                        of("detach-user-policy", "--user-name", by.UserName ?? ""),
                    ),
                    ...(users.PolicyGroups ?? []).map((by) =>
                        of("detach-group-policy", "--group-name", by.GroupName ?? ""),
                    ),
                    ...(versions.Versions ?? [])
                        .filter(({ IsDefaultVersion }) => !IsDefaultVersion)
                        .map(({ VersionId = "" }) => of("delete-policy-version", "--version-id", VersionId)),
                    of("delete-policy"),
                ];
            },
        }),
    ),
};
