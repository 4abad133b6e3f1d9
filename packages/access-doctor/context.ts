import { distance } from "fastest-levenshtein";
import type { AccessRequest } from "policy-evaluator";

/**
 * Condition keys whose value in a request is unknown, each with its possible values. `null` stands for a request
 * without the key; an empty list means that the request may have any value, or lack the key. A name that ends in `*`
 * stands for all keys with this prefix. A request has no keys except those in this table and in its context.
 */
export type Unknowns = Readonly<Record<string, readonly (string | null)[]>>;

/** Which values of condition keys the snapshot contains. */
export interface Known {
    readonly roleTags: boolean;
    readonly roleId: boolean;
    readonly bucketAccount: boolean;
    /** Names of the S3 objects whose tags were read. */
    readonly taggedObjects: readonly string[];
    /** Whether the account belongs to no organization. */
    readonly noOrganization: boolean;
}

/** Returns condition keys that may have any value, or be absent. */
const anyValue = (...keys: readonly string[]): Unknowns => Object.fromEntries(keys.map((key) => [key, []]));

/**
 * Returns the condition keys of an import's requests whose value this program cannot know. Sources: the "Availability"
 * of each key in the IAM User Guide ("AWS global condition context keys"), and the Service Authorization Reference of
 * S3, KMS and STS.
 */
export function findUnknownKeys({ caller, action, resource }: AccessRequest, knownValues: Known): Unknowns {
    const { noOrganization, roleTags, roleId } = knownValues;
    const isRole = "arn" in caller;
    const organization = isRole ? "aws:PrincipalOrg" : "aws:SourceOrg";
    return {
        ...anyValue("aws:UserAgent"),
        ...(noOrganization
            ? { "aws:ResourceOrgID": [null], "aws:ResourceOrgPaths": [null] }
            : anyValue("aws:ResourceOrgID", "aws:ResourceOrgPaths", `${organization}ID`, `${organization}Paths`)),
        ...(isRole && {
            ...anyValue("aws:TokenIssueTime"),
            // Temporary credentials of a service have no MFA. AWS does not document whether their requests contain
            // aws:MultiFactorAuthPresent, so both values are possible: `false`, and no value.
            "aws:MultiFactorAuthPresent": ["false", null],
            ...(!roleTags && anyValue("aws:PrincipalTag/*")),
            ...(!roleId && anyValue("aws:userid")),
        }),
        ...ofService(action, resource, knownValues),
    };
}

/**
 * Condition keys of kms:Decrypt (Service Authorization Reference, "AWS Key Management Service") whose value is unknown.
 */
const ofDecrypt = anyValue(
    ...["aws:ResourceTag/*", "kms:EncryptionContext:*", "kms:EncryptionContextKeys", "kms:KeyOrigin", "kms:KeySpec"],
    ...["kms:KeyUsage", "kms:MultiRegion*", "kms:RequestAlias", "kms:ResourceAliases"],
);

function ofService(action: string, resource: string, { roleTags, bucketAccount, taggedObjects }: Known): Unknowns {
    if (action.startsWith("sts:")) {
        return anyValue("sts:RoleSessionName", ...(roleTags ? [] : ["aws:ResourceTag/*", "iam:ResourceTag/*"]));
    }
    if (action.startsWith("kms:")) return ofDecrypt;
    const isTagged = taggedObjects.some((key) => resource.endsWith(`/${key}`));
    return {
        "s3:TlsVersion": ["1.2", "1.3"],
        // The values of aws:ResourceTag are unknown, because a bucket's tags have an effect only if the owner enabled
        // attribute-based access control.
        ...anyValue("s3:signatureAge", "s3:x-amz-content-sha256", "aws:ResourceTag/*"),
        ...(!bucketAccount && anyValue("aws:ResourceAccount", "s3:ResourceAccount")),
        ...(action === "s3:ListBucket" && anyValue("s3:delimiter", "s3:max-keys")),
        ...(action === "s3:GetObject" && !isTagged && anyValue("s3:ExistingObjectTag/*")),
    };
}

/**
 * Names of the global condition keys, and of the keys of S3, KMS and STS that concern reads, by the name in lower case.
 */
const keyNames = new Map(
    Object.entries({
        aws:
            "CalledVia CalledViaFirst CalledViaLast CurrentTime EpochTime FederatedProvider MultiFactorAuthAge " +
            "MultiFactorAuthPresent PrincipalAccount PrincipalArn PrincipalIsAWSService PrincipalOrgID PrincipalOrgPaths " +
            "PrincipalServiceName PrincipalServiceNamesList PrincipalType Referer RequestedRegion ResourceAccount " +
            "ResourceOrgID ResourceOrgPaths SecureTransport SourceAccount SourceArn SourceIdentity SourceIp SourceOrgID " +
            "SourceOrgPaths SourceVpc SourceVpcArn SourceVpce TagKeys TokenIssueTime UserAgent userid username " +
            "ViaAWSService VpceAccount VpceOrgID VpceOrgPaths VpcSourceIp AssumedRoot IsMcpServiceAction",
        s3:
            "authType delimiter max-keys prefix ResourceAccount signatureAge signatureversion TlsVersion versionid " +
            "DataAccessPointAccount DataAccessPointArn AccessPointNetworkOrigin x-amz-content-sha256 x-amz-acl " +
            "x-amz-server-side-encryption x-amz-server-side-encryption-aws-kms-key-id ExistingJobPriority",
        kms:
            "ViaService CallerAccount EncryptionContextKeys GrantIsForAWSResource EncryptionAlgorithm KeyOrigin KeySpec " +
            "KeyUsage MultiRegion RequestAlias ResourceAliases",
        sts: "ExternalId RoleSessionName SourceIdentity TransitiveTagKeys",
    }).flatMap(([service, names]) =>
        names.split(" ").map((name) => [`${service}:${name}`.toLowerCase(), `${service}:${name}`] as const),
    ),
);
const families =
    /^(aws:(principaltag|requesttag|resourcetag)\/.|s3:(existingobjecttag|requestobjecttag)\/.|kms:encryptioncontext:.)/;

/** Checks whether a condition key exists. Returns true for every key of a service other than S3, KMS and STS. */
export function isConditionKey(key: string): boolean {
    const lower = key.toLowerCase();
    return !/^(aws|s3|kms|sts):/.test(lower) || keyNames.has(lower) || families.test(lower);
}

/**
 * Returns the existing condition key closest to a misspelled one; undefined if no key is close, or two are equally close.
 */
export function nearestKey(key: string): string | undefined {
    const near = [...keyNames]
        .map(([lower, name]) => ({ name, far: distance(key.toLowerCase(), lower) }))
        .toSorted((a, b) => a.far - b.far);
    const [first, second] = near;
    return first && first.far <= 3 && first.far !== second?.far ? first.name : undefined;
}
