import { type ConditionBlock, type PolicyDocument, personalizeService, regionalArn } from "policy-evaluator";
import { onlyFrom, onlyWithTls, serviceTrust } from "./service-trust.ts";

/**
 * The three documents that let Amazon Personalize read what it imports from one bucket, write what batch inference
 * answers, and nothing else
 * (Personalize Developer Guide, "Giving Amazon Personalize access to Amazon S3 resources").
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
    /** Keys, or key prefixes, that may be read. */
    readonly readPrefixes: readonly string[];
    /** Key prefix under which batch inference writes its answers; undefined without batch inference. */
    readonly writePrefix?: string | undefined;
    /** The customer's key that encrypts the bucket; undefined where S3's own keys do. */
    readonly kmsKeyArn?: string | undefined;
}

/** The ARN pattern of every Personalize resource of one account and region, for `aws:SourceArn`. */
export function personalizeSourceArn(caller: ServiceCaller): string {
    return regionalArn(caller, "personalize", "*");
}

/**
 * Conditions against the confused deputy: the service may act only for this account's Personalize resources
 * (Developer Guide, "Cross-service confused deputy prevention").
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

/** What the guide asks for a role by which batch inference uses a key. */
function useOfKey(kmsKeyArn: string) {
    return {
        Effect: "Allow",
        Action: ["kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey", "kms:ListGrants"],
        Resource: kmsKeyArn,
    } as const;
}

/** Trust policy of the execution role: who may become it. */
export function executionRoleTrust(caller: ServiceCaller): PolicyDocument {
    return serviceTrust("PersonalizeOfThisAccount", personalizeService, onlyForUs(caller));
}

/**
 * Permissions of the execution role. `aws:SourceArn` never stands here: calls made with the role's session do
 * not carry it, so a condition on it would deny every import. A bucket's own key is for batch jobs only: an import needs
 * no more than the key's policy (Developer Guide, "Giving Amazon Personalize permission to use your AWS KMS key").
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
 * Policy of the data bucket: the service may list and read it for this account's Personalize resources,
 * and nobody may use it without TLS.
 */
export function dataBucketPolicy(place: ImportPlace, caller: ServiceCaller): PolicyDocument {
    const { list, get, put } = accessStatements(place);
    const bucketArn = `arn:${place.partition}:s3:::${place.bucketName}`;
    const forService = { Principal: { Service: personalizeService }, Condition: onlyForUs(caller) };
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
