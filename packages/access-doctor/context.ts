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
    readonly noOrganisation: boolean;
}

const anything = [] as const;
const organisation = { "aws:PrincipalOrgID": anything, "aws:PrincipalOrgPaths": anything };

/**
 * Returns the condition keys of an import's requests whose value this program cannot know. Sources: the "Availability"
 * of each key in the IAM User Guide ("AWS global condition context keys"), and the Service Authorization Reference of
 * S3, KMS and STS.
 */
export function findUnknownKeys({ caller, action, resource }: AccessRequest, knownValues: Known): Unknowns {
    const isRole = "arn" in caller;
    return {
        "aws:UserAgent": anything,
        "aws:ResourceOrgID": knownValues.noOrganisation ? [null] : anything,
        "aws:ResourceOrgPaths": knownValues.noOrganisation ? [null] : anything,
        ...(isRole && {
            ...(!knownValues.noOrganisation && organisation),
            "aws:TokenIssueTime": anything,
            // Temporary credentials of a service have no MFA. AWS does not document whether their requests contain
            // aws:MultiFactorAuthPresent, so both values are possible: `false`, and no value.
            "aws:MultiFactorAuthPresent": ["false", null],
            ...(!knownValues.roleTags && { "aws:PrincipalTag/*": anything }),
            ...(!knownValues.roleId && { "aws:userid": anything }),
        }),
        ...(!isRole && !knownValues.noOrganisation && { "aws:SourceOrgID": anything, "aws:SourceOrgPaths": anything }),
        ...ofService(action, resource, knownValues),
    };
}

/**
 * Condition keys of kms:Decrypt (Service Authorization Reference, "AWS Key Management Service") whose value is unknown.
 */
const ofDecrypt = [
    ...["aws:ResourceTag/*", "kms:EncryptionContext:*", "kms:EncryptionContextKeys", "kms:KeyOrigin", "kms:KeySpec"],
    ...["kms:KeyUsage", "kms:MultiRegion*", "kms:RequestAlias", "kms:ResourceAliases"],
];

function ofService(action: string, resource: string, knownValues: Known): Unknowns {
    if (action.startsWith("sts:")) {
        const tags = { "aws:ResourceTag/*": anything, "iam:ResourceTag/*": anything };
        return { "sts:RoleSessionName": anything, ...(!knownValues.roleTags && tags) };
    }
    if (action.startsWith("kms:")) return Object.fromEntries(ofDecrypt.map((key) => [key, anything]));
    const isTagged = knownValues.taggedObjects.some((key) => resource.endsWith(`/${key}`));
    return {
        "s3:TlsVersion": ["1.2", "1.3"],
        "s3:signatureAge": anything,
        "s3:x-amz-content-sha256": anything,
        // The values of aws:ResourceTag are unknown, because a bucket's tags have an effect only if the owner enabled
        // attribute-based access control.
        "aws:ResourceTag/*": anything,
        ...(!knownValues.bucketAccount && { "aws:ResourceAccount": anything, "s3:ResourceAccount": anything }),
        ...(action === "s3:ListBucket" && { "s3:delimiter": anything, "s3:max-keys": anything }),
        ...(action === "s3:GetObject" && !isTagged && { "s3:ExistingObjectTag/*": anything }),
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
 * Returns the existing condition key closest to a misspelt one; undefined if no key is close, or two are equally close.
 */
export function nearestKey(key: string): string | undefined {
    const near = [...keyNames]
        .map(([lower, name]) => ({ name, far: distance(key.toLowerCase(), lower) }))
        .toSorted((a, b) => a.far - b.far);
    const [first, second] = near;
    return first && first.far <= 3 && first.far !== second?.far ? first.name : undefined;
}
