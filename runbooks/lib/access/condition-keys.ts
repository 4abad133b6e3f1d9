/**
 * Global condition keys (IAM User Guide, "AWS global condition context keys"), and those keys of S3, KMS and STS that
 * matter for reads.
 */
const globalKeys = new Set(
    [
        ...["CalledVia", "CalledViaFirst", "CalledViaLast", "CurrentTime", "EpochTime", "FederatedProvider"],
        ...[
            "MultiFactorAuthAge",
            "MultiFactorAuthPresent",
            "PrincipalAccount",
            "PrincipalArn",
            "PrincipalIsAWSService",
        ],
        ...[
            "PrincipalOrgID",
            "PrincipalOrgPaths",
            "PrincipalServiceName",
            "PrincipalServiceNamesList",
            "PrincipalType",
        ],
        ...["Referer", "RequestedRegion", "ResourceAccount", "ResourceOrgID", "ResourceOrgPaths", "SecureTransport"],
        ...["SourceAccount", "SourceArn", "SourceIdentity", "SourceIp", "SourceOrgID", "SourceOrgPaths", "SourceVpc"],
        ...[
            "SourceVpcArn",
            "SourceVpce",
            "TagKeys",
            "TokenIssueTime",
            "UserAgent",
            "userid",
            "username",
            "ViaAWSService",
        ],
        ...["VpceAccount", "VpceOrgID", "VpceOrgPaths", "VpcSourceIp", "AssumedRoot", "IsMcpServiceAction"],
    ]
        .map((key) => `aws:${key}`)
        .concat(
            ["authType", "delimiter", "max-keys", "prefix", "ResourceAccount", "signatureAge", "signatureversion"].map(
                (key) => `s3:${key}`,
            ),
            ["TlsVersion", "DataAccessPointAccount", "DataAccessPointArn", "AccessPointNetworkOrigin", "versionid"].map(
                (key) => `s3:${key}`,
            ),
            ["x-amz-content-sha256", "x-amz-acl", "x-amz-server-side-encryption", "ExistingJobPriority"].map(
                (key) => `s3:${key}`,
            ),
            ["ViaService", "CallerAccount", "EncryptionContextKeys", "GrantIsForAWSResource"].map(
                (key) => `kms:${key}`,
            ),
            ["ExternalId", "RoleSessionName", "SourceIdentity", "TransitiveTagKeys"].map((key) => `sts:${key}`),
        )
        .map((key) => key.toLowerCase()),
);
const families =
    /^(aws:(principaltag|requesttag|resourcetag)\/.|s3:(existingobjecttag|requestobjecttag)\/.|kms:encryptioncontext:.)/;

/** Whether a condition key exists; always true for services other than these. */
export function isConditionKey(key: string): boolean {
    const lower = key.toLowerCase();
    return !/^(aws|s3|kms|sts):/.test(lower) || globalKeys.has(lower) || families.test(lower);
}

/** The existing key closest to a misspelt one; undefined if none is close. */
export function meantKey(key: string): string | undefined {
    const lower = key.toLowerCase();
    const [best] = [...globalKeys]
        .map((each) => ({ each, distance: distance(lower, each) }))
        .toSorted((a, b) => a.distance - b.distance);
    return best !== undefined && best.distance <= 3 ? best.each : undefined;
}

/** Levenshtein distance: the number of letters to insert, delete or replace. */
export function distance(from: string, to: string): number {
    let row = Array.from({ length: to.length + 1 }, (_, index) => index);
    for (let i = 1; i <= from.length; i++) {
        const next = [i];
        for (let j = 1; j <= to.length; j++) {
            const change = (row[j - 1] as number) + (from[i - 1] === to[j - 1] ? 0 : 1);
            next.push(Math.min(change, (row[j] as number) + 1, (next[j - 1] as number) + 1));
        }
        row = next;
    }
    return row[to.length] as number;
}
