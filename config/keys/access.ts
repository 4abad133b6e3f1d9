import { flag, matches, members, optional, texts } from "../kinds.ts";

/** Configuration keys for access and observability. */
export const accessKeys = {
    observability: members(
        {
            alarms: flag(true, { description: "alarms, which CloudWatch bills by metric" }),
            dashboard: flag(true, { description: "the dashboard" }),
            customMetrics: flag(true, {
                description: "metrics of cost guard and API; `false` also leaves out the alarms on them",
            }),
            traces: flag(true, { description: "X-Ray traces of the API" }),
        },
        {
            description: "what observes the stack; without all of it, cost guard and notifications remain",
            effect: "alarms and dashboard created or deleted; the functions of API and cost guard, and the API's stage",
            other: { alarms: false, dashboard: false },
        },
    ),
    auditTrail: flag(true, {
        description:
            "a CloudTrail [trail](audit.md); `false` if your organisation already has one, because a second trail is billed",
        changes: "± Trail, ± Bucket",
        effect: "`false` deletes the trail with its records",
    }),
    permissionsBoundary: optional({
        description:
            "ARN of the permissions boundary for the roles of this program: the output `boundaryArn` of `operator/`",
        effect: "all roles updated",
        check: matches(/^arn:[^:]+:iam::\d{12}:policy\/.+$/, "which is not the ARN of a customer managed policy"),
    }),
    kmsKeyArn: optional({
        description:
            "your KMS key, in the same region, that encrypts the bucket; for its key policy see [access-operator.md](access-operator.md)",
        effect: "the bucket's encryption; objects keep theirs until they are uploaded again",
        check: matches(
            /^arn:[^:]+:kms:[^:]+:\d{12}:key\/.+$/,
            "which is not the ARN of a KMS key (a policy cannot use an alias)",
        ),
    }),
    bucketPolicyConditions: flag(true, {
        description:
            "the bucket policy allows Personalize only for this account's resources; `false` leaves these conditions out, if " +
            "[diagnose-access](access.md#every-link-holds-and-it-still-fails) names it",
        effect: "the bucket's policy",
        otherNeeds: { waivers: { "service-without-condition": "a drill needs this for an hour" } },
    }),
    waivers: texts({
        description: "resource rules that do not apply here, by name, each with a reason of at least 20 characters",
        effect: "none: preview reads it",
        other: { "wildcard-action": "a drill needs this for an hour" },
    }),
};
