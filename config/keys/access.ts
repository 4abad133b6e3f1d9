import { flag, matches, members, optional, texts } from "../kinds.ts";

/** Configuration keys for access and observability. */
export const accessKeys = {
    observability: members(
        {
            alarms: flag(true, { description: "CloudWatch alarms; each metric of an alarm is billed" }),
            dashboard: flag(true, { description: "the CloudWatch dashboard" }),
            customMetrics: flag(true, {
                description: "metrics of cost guard and API, and the alarms on them",
            }),
            traces: flag(true, { description: "X-Ray traces of the API" }),
        },
        {
            description: "parts that observe the stack; cost guard and notifications work without them",
            effect: "functions of API and cost guard, and the API's stage",
            other: { alarms: false, dashboard: false },
        },
    ),
    auditTrail: flag(true, {
        description:
            "a CloudTrail [trail](audit.md); set `false` if your organisation has one: AWS bills the events of a second trail",
        changes: "± Trail, ± Bucket",
        effect: "`false` deletes the records too",
    }),
    permissionsBoundary: optional({
        description: "ARN of the roles' permissions boundary: output `boundaryArn` of `operator/`",
        check: matches(/^arn:[^:]+:iam::\d{12}:policy\/.+$/, "which is not the ARN of a customer managed policy"),
    }),
    kmsKeyArn: optional({
        description:
            "your KMS key, in the same region, for the bucket; see [its key policy](access-operator.md#a-key-of-your-own)",
        effect: "the bucket; objects keep their encryption until uploaded again",
        check: matches(
            /^arn:[^:]+:kms:[^:]+:\d{12}:key\/.+$/,
            "which is not the ARN of a KMS key (a policy cannot use an alias)",
        ),
    }),
    bucketPolicyConditions: flag(true, {
        description:
            "the bucket policy allows Personalize only for this account; set `false` if [diagnose-access](access.md#every-link-holds-and-it-still-fails) says so",
        otherNeeds: { waivers: { "service-without-condition": "a drill needs this for an hour" } },
    }),
    waivers: texts({
        description:
            "[guard rules](access-operator.md#guard-rules) that do not apply, each with a reason of at least 20 characters",
        other: { "wildcard-action": "a drill needs this for an hour" },
    }),
};
