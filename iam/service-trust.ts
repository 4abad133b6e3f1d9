export { onlyFrom, onlyWithTls, serviceTrust } from "policy-evaluator";

/**
 * Services whose role must have no condition on `aws:SourceAccount` or `aws:SourceArn` in its trust policy.
 *
 * CloudTrail's role for CloudWatch Logs does not support these keys (CloudTrail User Guide, "Role policy document for
 * CloudTrail to use CloudWatch Logs for monitoring"). With them, CreateTrail may return
 * InvalidCloudWatchLogsRoleArnException. The documentation shows API Gateway's log role without them (API Gateway
 * Developer Guide, "Set up CloudWatch logging for REST APIs").
 */
export const servicesWithoutSource = {
    cloudTrail: "cloudtrail.amazonaws.com",
    apiGateway: "apigateway.amazonaws.com",
} as const;
