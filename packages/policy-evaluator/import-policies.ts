import { regionalArn } from "./arn.ts";
import type { ConditionBlock, PolicyDocument, Statement } from "./document.ts";
import { personalizeService } from "./import-requests.ts";

/**
 * The three policy documents that allow Amazon Personalize to read imports from one bucket and to write batch results,
 * and nothing else (Personalize Developer Guide, "Giving Amazon Personalize access to Amazon S3 resources").
 */

export interface ServiceCaller {
    /** `aws`, `aws-cn`, `aws-us-gov`. */
    readonly partition: string;
    readonly region: string;
    /** Twelve digits. */
    readonly accountId: string;
}

export interface ImportPlace {
    readonly partition: string;
    readonly bucketName: string;
    /** Object keys or key prefixes that the role may read. */
    readonly readPrefixes: readonly string[];
    /** Key prefix for the results of batch inference; undefined without batch inference. */
    readonly writePrefix?: string | undefined;
    /** ARN of the customer managed key that encrypts the bucket; undefined with S3 managed keys. */
    readonly kmsKeyArn?: string | undefined;
}

/** Returns the ARN pattern of every Personalize resource of one account and region, for `aws:SourceArn`. */
export function personalizeSourceArn(caller: ServiceCaller): string {
    return regionalArn(caller, "personalize", "*");
}

/**
 * Returns conditions against the confused deputy problem: the service may act only for Personalize resources of this
 * account (Developer Guide, "Cross-service confused deputy prevention").
 */
export function onlyForUs(caller: ServiceCaller): ConditionBlock {
    return onlyFrom(caller.accountId, personalizeSourceArn(caller));
}

function accessStatements({ partition, bucketName, readPrefixes, writePrefix }: ImportPlace) {
    const bucketArn = `arn:${partition}:s3:::${bucketName}`;
    const readable = readPrefixes.map((prefix) => `${bucketArn}/${prefix}*`);
    const [only] = readable;
    return {
        list: { Effect: "Allow", Action: "s3:ListBucket", Resource: bucketArn },
        get: { Effect: "Allow", Action: "s3:GetObject", Resource: readable.length === 1 && only ? only : readable },
        put: writePrefix
            ? ({ Effect: "Allow", Action: "s3:PutObject", Resource: `${bucketArn}/${writePrefix}*` } as const)
            : undefined,
    } as const;
}

/** Returns the statement that the Developer Guide requires for batch inference with a KMS key. */
function useOfKey(kmsKeyArn: string) {
    return {
        Effect: "Allow",
        Action: ["kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey", "kms:ListGrants"],
        Resource: kmsKeyArn,
    } as const;
}

/**
 * Actions in the guide's key policy (Developer Guide, "Giving Amazon Personalize permission to use your AWS KMS key").
 */
export const keyActions = [
    ...["kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey", "kms:CreateGrant", "kms:ListGrants"],
] as const;

/** Returns the trust policy of the execution role. */
export function executionRoleTrust(caller: ServiceCaller): PolicyDocument {
    return serviceTrust("PersonalizeOfThisAccount", personalizeService, onlyForUs(caller));
}

/**
 * Returns the permissions of the execution role. Never add `aws:SourceArn` to them: calls with the role's session do
 * not have this key, so a condition on it would deny every import. Only batch jobs need a permission for the bucket's
 * key; for an import, the key's policy is enough (Developer Guide, "Giving Amazon Personalize permission to use your
 * AWS KMS key").
 */
export function executionRolePolicy(place: ImportPlace): PolicyDocument {
    const { list, get, put } = accessStatements(place);
    return {
        Version: "2012-10-17",
        Statement: [
            { Sid: "ListBucket", ...list },
            { Sid: "ReadInteractions", ...get },
            ...(put ? [{ Sid: "WriteRecommendations", ...put }] : []),
            ...(put && place.kmsKeyArn ? [{ Sid: "UseKeyForBatch", ...useOfKey(place.kmsKeyArn) }] : []),
        ],
    };
}

/**
 * Returns the policy of the data bucket: Personalize may list and read it for this account's resources, and TLS is
 * required.
 *
 * @param conditions false omits the limit to this account. The Developer Guide shows this limit for the trust policy,
 * and its bucket policy has no condition.
 */
export function dataBucketPolicy(place: ImportPlace, caller: ServiceCaller, conditions = true): PolicyDocument {
    const { list, get, put } = accessStatements(place);
    const bucketArn = `arn:${place.partition}:s3:::${place.bucketName}`;
    const forService = {
        Principal: { Service: personalizeService },
        ...(conditions && { Condition: onlyForUs(caller) }),
    };
    return {
        Version: "2012-10-17",
        Statement: [
            { Sid: "PersonalizeLists", ...list, ...forService },
            { Sid: "PersonalizeReadsInteractions", ...get, ...forService },
            ...(put ? [{ Sid: "PersonalizeWritesRecommendations", ...put, ...forService }] : []),
            onlyWithTls(bucketArn),
        ],
    };
}

/**
 * Returns conditions against the confused deputy problem: a service may act only for one account, and for ARNs or ARN
 * patterns (IAM User Guide, "Cross-service confused deputy prevention").
 */
export const onlyFrom = (accountId: string, source: string | readonly string[]): ConditionBlock => ({
    StringEquals: { "aws:SourceAccount": accountId },
    ArnLike: { "aws:SourceArn": source },
});

/**
 * Returns the trust policy of a role for one service. Omit the condition only for a service of `servicesWithoutSource`.
 */
export function serviceTrust(Sid: string, Service: string, Condition?: ConditionBlock): PolicyDocument {
    const trust = { Sid, Effect: "Allow", Principal: { Service }, Action: "sts:AssumeRole" } as const;
    return { Version: "2012-10-17", Statement: [{ ...trust, ...(Condition && { Condition }) }] };
}

/** Returns the statement of a bucket policy that requires TLS. */
export const onlyWithTls = (bucketArn: string) =>
    ({
        Sid: "OnlyWithTls",
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: [bucketArn, `${bucketArn}/*`],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
    }) as const satisfies Statement;
