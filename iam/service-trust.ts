import type { ConditionBlock, PolicyDocument, Statement } from "policy-evaluator";

/**
 * Conditions against the confused deputy: a service may act only for one account and one ARN or ARN pattern (IAM User
 * Guide, "Cross-service confused deputy prevention").
 */
export const onlyFrom = (accountId: string, source: string): ConditionBlock => ({
    StringEquals: { "aws:SourceAccount": accountId },
    ArnLike: { "aws:SourceArn": source },
});

/** Trust policy of a role for one service. Without a condition only for a service of `servicesWithoutSource`. */
export function serviceTrust(Sid: string, Service: string, Condition?: ConditionBlock): PolicyDocument {
    const trust = { Sid, Effect: "Allow", Principal: { Service }, Action: "sts:AssumeRole" } as const;
    return { Version: "2012-10-17", Statement: [{ ...trust, ...(Condition && { Condition }) }] };
}

/**
 * Services whose role must have no condition on `aws:SourceAccount` or `aws:SourceArn` in its trust policy.
 *
 * CloudTrail's role for CloudWatch Logs does not support these keys (CloudTrail User Guide, "Role policy document for
 * CloudTrail to use CloudWatch Logs for monitoring"). With them, CreateTrail may answer
 * InvalidCloudWatchLogsRoleArnException. API Gateway's log role is shown without them (API Gateway Developer Guide, "Set
 * up CloudWatch logging for REST APIs").
 */
export const servicesWithoutSource = {
    cloudTrail: "cloudtrail.amazonaws.com",
    apiGateway: "apigateway.amazonaws.com",
} as const;

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
