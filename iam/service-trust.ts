import type { ConditionBlock, PolicyDocument, Statement } from "policy-evaluator";

/**
 * Conditions against the confused deputy: a service may act only for one account and one ARN or ARN pattern (IAM User
 * Guide, "Cross-service confused deputy prevention").
 */
export const onlyFrom = (accountId: string, source: string): ConditionBlock => ({
    StringEquals: { "aws:SourceAccount": accountId },
    ArnLike: { "aws:SourceArn": source },
});

/** Trust policy of a role for one service, with conditions. */
export function serviceTrust(Sid: string, Service: string, Condition: ConditionBlock): PolicyDocument {
    return {
        Version: "2012-10-17",
        Statement: [{ Sid, Effect: "Allow", Principal: { Service }, Action: "sts:AssumeRole", Condition }],
    };
}

/** Statement of a bucket policy: TLS is required. */
export const onlyWithTls = (bucketArn: string) =>
    ({
        Sid: "OnlyWithTls",
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: [bucketArn, `${bucketArn}/*`],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
    }) as const satisfies Statement;
