import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { regionalArn, type ServiceCaller } from "policy-evaluator";
import type { StackConfig } from "../../core/config/config.ts";
import { trailBucketPolicy, trailLogGroup, trailRolePolicy, trailRoleTrust } from "../../core/iam/trail-access.ts";
import { closedBucket } from "../common/closed-bucket.ts";
import { knownAfter } from "../common/known-after.ts";
import { serviceRole } from "../common/service-role.ts";

export interface AuditTrailArgs {
    readonly config: StackConfig;
    readonly caller: ServiceCaller;
    /** Name of a new trail's bucket. */
    readonly bucketName: string;
}

/** Days for which the bucket and the log group keep the trail's events: the same period that LookupEvents covers. */
const keptDays = 90;

/** A trail of CloudTrail's management events in all regions, with its own bucket and a log group. */
export class AuditTrail extends pulumi.ComponentResource {
    public readonly trailArn: pulumi.Output<string>;

    constructor(name: string, args: AuditTrailArgs, opts?: pulumi.ComponentResourceOptions) {
        super("movie-recommender:audit:AuditTrail", name, {}, opts);
        const { config, caller } = args;
        const { names, tags } = config;
        const scope = { ...caller, names };
        const child = { parent: this };

        // Use S3 managed keys, because the policy of a customer managed key would also have to allow CloudTrail.
        const closed = { bucketName: args.bucketName, keepsName: true, forceDestroy: true, tags };
        const { bucketName: s3BucketName, setPolicy } = closedBucket(name, closed, child);
        new aws.s3.BucketLifecycleConfiguration(
            name,
            {
                bucket: s3BucketName,
                rules: [
                    { id: "old-events", status: "Enabled", filter: { prefix: "" }, expiration: { days: keptDays } },
                ],
            },
            child,
        );
        const bucketPolicy = setPolicy(s3BucketName.apply((its) => trailBucketPolicy(scope, its)));
        const logGroup = trailLogGroup({ names });
        const logs = new aws.cloudwatch.LogGroup(name, { name: logGroup, retentionInDays: keptDays, tags }, child);
        const streams = regionalArn(caller, "logs", `log-group:${logGroup}:*`);
        const cloudWatchLogsRoleArn = serviceRole(
            name,
            {
                roleName: names.trailRole,
                caller,
                description: "CloudTrail uses this role to write into the trail's log group",
                trust: trailRoleTrust(),
                policy: trailRolePolicy(scope),
                config,
            },
            child,
        );
        const trail = new aws.cloudtrail.Trail(
            name,
            {
                name: names.trail,
                s3BucketName,
                // IAM and CloudFront log to us-east-1, and only a multi-Region trail of another region contains these
                // events (CloudTrail User Guide, "Global service events").
                isMultiRegionTrail: true,
                includeGlobalServiceEvents: true,
                // Each use of a key is a management event. Programs of the account may cause millions of them.
                eventSelectors: [{ excludeManagementEventSources: ["kms.amazonaws.com", "rdsdata.amazonaws.com"] }],
                enableLogFileValidation: true,
                cloudWatchLogsRoleArn,
                // CloudTrail needs the ARN that ends in `:*`, which names the group's streams. It rejects the ARN of
                // the group alone.
                cloudWatchLogsGroupArn: knownAfter(streams, logs),
                tags,
            },
            // Wait for the bucket policy, because CloudTrail checks at the trail's creation whether it may write to the
            // bucket.
            { ...child, dependsOn: bucketPolicy },
        );
        this.trailArn = trail.arn;
        this.registerOutputs({ trailArn: this.trailArn });
    }
}
