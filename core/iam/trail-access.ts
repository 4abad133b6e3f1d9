import { onlyWithTls, type PolicyDocument, regionalArn, type ServiceCaller, serviceTrust } from "policy-evaluator";
import type { Names } from "../config/names.ts";
import { allow, allowService, document } from "./function-access.ts";
import { cloudTrail } from "./resource-rules.ts";

/** Name, account and region of the stack's trail. */
export interface TrailScope extends ServiceCaller {
    readonly names: Pick<Names, "trail">;
}

/** Returns the ARN of the stack's trail. */
export const trailArn = (scope: TrailScope): string => regionalArn(scope, "cloudtrail", `trail/${scope.names.trail}`);

/** Returns the name of the trail's log group. */
export const trailLogGroup = ({ names }: Pick<TrailScope, "names">): string => `/aws/cloudtrail/${names.trail}`;

/**
 * Returns the policy of the trail's bucket: CloudTrail may check the bucket and write to it for this one trail, and TLS
 * is required (CloudTrail User Guide, "Amazon S3 bucket policy for CloudTrail").
 */
export function trailBucketPolicy(scope: TrailScope, bucketName: string): PolicyDocument {
    const bucketArn = `arn:${scope.partition}:s3:::${bucketName}`;
    const StringEquals = { "aws:SourceAccount": scope.accountId, "aws:SourceArn": trailArn(scope) };
    return document([
        allowService("CloudTrailReadsAcl", cloudTrail, "s3:GetBucketAcl", bucketArn, { StringEquals }),
        allowService("CloudTrailWrites", cloudTrail, "s3:PutObject", `${bucketArn}/AWSLogs/${scope.accountId}/*`, {
            StringEquals: { ...StringEquals, "s3:x-amz-acl": "bucket-owner-full-control" },
        }),
        onlyWithTls(bucketArn),
    ]);
}

/** Returns the trust policy of CloudTrail's role for the log group. */
export const trailRoleTrust = (): PolicyDocument => serviceTrust("CloudTrailForThisTrail", cloudTrail);

/**
 * Returns the permissions of CloudTrail's role for the log group: create its own log streams and write to them
 * (CloudTrail User Guide, "Role policy document for CloudTrail to use CloudWatch Logs for monitoring", which has the
 * stream names).
 */
export function trailRolePolicy(scope: TrailScope): PolicyDocument {
    const streams = `log-stream:${scope.accountId}_CloudTrail_${scope.region}*`;
    const arn = regionalArn(scope, "logs", `log-group:${trailLogGroup(scope)}:${streams}`);
    return document([allow("WriteTrail", ["logs:CreateLogStream", "logs:PutLogEvents"], arn)]);
}
