import {
    GetPolicyCommand,
    type IAMClient,
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
    type S3Client,
} from "@aws-sdk/client-s3";
import { shell } from "terminal-text";
import { gatewayLogRole } from "../../../../config/names.ts";
import { storageUsdPerMonth } from "../../../../config/prices.ts";
import { awsCommand, item, readPages, type TaggedScope, tagsIn } from "./item.ts";

/** S3's maximum for one DeleteObjects call. */
const objectsPerCall = 1000;

/** Lists the account's buckets in the region. */
export const buckets = (client: S3Client, place: TaggedScope) =>
    readPages(paginateListBuckets({ client }, { BucketRegion: place.region, MaxBuckets: 1000 }), (page) =>
        page.Buckets?.map(({ Name = "", CreationDate }) => {
            const arn = `arn:${place.partition}:s3:::${Name}`;
            const versions = () => storedIn(client, Name);
            return item("S3 bucket", Name, arn, {
                since: CreationDate,
                tags: async () => place.taggedOf(arn),
                bill: async () => ({ usdPerMonth: storageUsdPerMonth("s3Storage", (await versions()).bytes) }),
                remove: async () => [
                    ...emptying(Name, place.region, (await versions()).objects),
                    awsCommand(place, "s3api delete-bucket", "--bucket", Name),
                ],
            });
        }),
    );

/** Counts objects and bytes of a bucket, including old versions and delete markers. */
async function storedIn(client: S3Client, Bucket: string): Promise<{ objects: number; bytes: number }> {
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
    if (objects === 0) {
        return [];
    }
    const list =
        `aws s3api list-object-versions --region ${region} --bucket ${bucket} --max-items ${objectsPerCall} ` +
        "--output json --query '{Objects: [Versions, DeleteMarkers][].{Key: Key, VersionId: VersionId}}'";
    const once = `aws s3api delete-objects --region ${region} --bucket ${bucket} --delete "$(${list})"`;
    const times = Math.ceil(objects / objectsPerCall);
    return [times === 1 ? once : `for i in $(seq ${times}); do ${once}; done`];
}

/** A stack creates this role, but other APIs of the account use it, too (components/api/api-stage.ts). */
const accountWide =
    "# Keep this role if another API of the account uses it (aws apigateway get-account): without it, no API writes logs.";

/** Lists the account's roles except service-linked ones. */
export const roles = (client: IAMClient) =>
    readPages(paginateListRoles({ client }, {}), (page) =>
        page.Roles?.filter(({ Path }) => !Path?.startsWith("/aws-service-role/")).map(
            ({ RoleName = "", Arn = "", CreateDate }) =>
                item("IAM role", RoleName, Arn, {
                    since: CreateDate,
                    tags: async () => tagsIn((await client.send(new ListRoleTagsCommand({ RoleName }))).Tags),
                    remove: async () => {
                        const [attached, inline] = await Promise.all([
                            client.send(new ListAttachedRolePoliciesCommand({ RoleName })),
                            client.send(new ListRolePoliciesCommand({ RoleName })),
                        ]);
                        const of = (call: string, ...words: string[]) =>
                            shell("aws", "iam", call, "--role-name", RoleName, ...words);
                        return [
                            ...(RoleName.startsWith(gatewayLogRole) ? [accountWide] : []),
                            ...(attached.AttachedPolicies ?? []).map(({ PolicyArn = "" }) =>
                                of("detach-role-policy", "--policy-arn", PolicyArn),
                            ),
                            ...(inline.PolicyNames ?? []).map((name) =>
                                of("delete-role-policy", "--policy-name", name),
                            ),
                            of("delete-role"),
                        ];
                    },
                }),
        ),
    );

/** Lists the account's own managed policies. */
export const policies = (client: IAMClient) =>
    readPages(paginateListPolicies({ client }, { Scope: "Local" }), (page) =>
        page.Policies?.map(({ PolicyName = "", Arn: PolicyArn = "", CreateDate }) =>
            item("IAM policy", PolicyName, PolicyArn, {
                importId: PolicyArn,
                since: CreateDate,
                tags: async () => tagsIn((await client.send(new GetPolicyCommand({ PolicyArn }))).Policy?.Tags),
                remove: async () => {
                    const [users, versions] = await Promise.all([
                        client.send(new ListEntitiesForPolicyCommand({ PolicyArn })),
                        client.send(new ListPolicyVersionsCommand({ PolicyArn })),
                    ]);
                    const of = (...words: string[]) => shell("aws", "iam", ...words, "--policy-arn", PolicyArn);
                    return [
                        ...(users.PolicyRoles ?? []).map(({ RoleName = "" }) =>
                            of("detach-role-policy", "--role-name", RoleName),
                        ),
                        ...(users.PolicyUsers ?? []).map(({ UserName = "" }) =>
                            of("detach-user-policy", "--user-name", UserName),
                        ),
                        ...(users.PolicyGroups ?? []).map(({ GroupName = "" }) =>
                            of("detach-group-policy", "--group-name", GroupName),
                        ),
                        ...(versions.Versions ?? [])
                            .filter(({ IsDefaultVersion }) => !IsDefaultVersion)
                            .map(({ VersionId = "" }) => of("delete-policy-version", "--version-id", VersionId)),
                        of("delete-policy"),
                    ];
                },
            }),
        ),
    );
