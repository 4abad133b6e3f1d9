import type { ConditionBlock, PolicyDocument } from "./document.ts";

/**
 * The three documents that let Amazon Personalize import one prefix of one bucket, and nothing else
 * (Personalize Developer Guide, "Giving Amazon Personalize access to Amazon S3 resources").
 */

/** The service principal that assumes the execution role and reads the bucket. */
export const personalizeService = "personalize.amazonaws.com";

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
    /** Key, or key prefix, that may be read. */
    readonly keyPrefix: string;
}

/** The ARN pattern of every Personalize resource of one account and region, for `aws:SourceArn`. */
export function personalizeSourceArn({ partition, region, accountId }: ServiceCaller): string {
    return `arn:${partition}:personalize:${region}:${accountId}:*`;
}

/**
 * Conditions against the confused deputy: the service may act only for this account's Personalize resources
 * (Developer Guide, "Cross-service confused deputy prevention").
 */
function onlyForUs(caller: ServiceCaller): ConditionBlock {
    return {
        StringEquals: { "aws:SourceAccount": caller.accountId },
        ArnLike: { "aws:SourceArn": personalizeSourceArn(caller) },
    };
}

function readStatements(place: ImportPlace) {
    const bucketArn = `arn:${place.partition}:s3:::${place.bucketName}`;
    return {
        list: { Effect: "Allow", Action: "s3:ListBucket", Resource: bucketArn },
        get: { Effect: "Allow", Action: "s3:GetObject", Resource: `${bucketArn}/${place.keyPrefix}*` },
    } as const;
}

/** Trust policy of the execution role: who may become it. */
export function executionRoleTrust(caller: ServiceCaller): PolicyDocument {
    return {
        Version: "2012-10-17",
        Statement: [
            {
                Sid: "PersonalizeOfThisAccount",
                Effect: "Allow",
                Principal: { Service: personalizeService },
                Action: "sts:AssumeRole",
                Condition: onlyForUs(caller),
            },
        ],
    };
}

/**
 * Permissions of the execution role. `aws:SourceArn` never stands here: calls made with the role's session do
 * not carry it, so a condition on it would deny every import.
 */
export function executionRolePolicy(place: ImportPlace): PolicyDocument {
    const { list, get } = readStatements(place);
    return {
        Version: "2012-10-17",
        Statement: [
            { Sid: "ListBucket", ...list },
            { Sid: "ReadInteractions", ...get },
        ],
    };
}

/**
 * Policy of the data bucket: the service may list and read it for this account's Personalize resources,
 * and nobody may use it without TLS.
 */
export function dataBucketPolicy(place: ImportPlace, caller: ServiceCaller): PolicyDocument {
    const { list, get } = readStatements(place);
    const bucketArn = `arn:${place.partition}:s3:::${place.bucketName}`;
    const forService = { Principal: { Service: personalizeService }, Condition: onlyForUs(caller) };
    return {
        Version: "2012-10-17",
        Statement: [
            { Sid: "PersonalizeLists", ...list, ...forService },
            { Sid: "PersonalizeReadsInteractions", ...get, ...forService },
            {
                Sid: "OnlyWithTls",
                Effect: "Deny",
                Principal: "*",
                Action: "s3:*",
                Resource: [bucketArn, `${bucketArn}/*`],
                Condition: { Bool: { "aws:SecureTransport": "false" } },
            },
        ],
    };
}
