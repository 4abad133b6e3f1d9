import type { Tags, Thing } from "./thing.ts";

const listedServices = [
    ...["personalize", "s3", "iam", "lambda", "cloudwatch", "logs", "sns", "budgets", "ssm"],
    ...["sqs", "cloudtrail", "dynamodb", "apigateway", "cloudfront"],
];

/**
 * Whether this audit lists the resources of the ARN's service itself. The tagging API still returns deleted resources
 * for a while, and records without a delete call forever.
 */
export function isListed(arn: string): boolean {
    const [, , service = "", , , rest = ""] = arn.split(":");
    return listedServices.includes(service) || (service === "scheduler" && rest.startsWith("schedule/"));
}

/** A resource that only the tagging API returns: its price and removal are unknown. */
export function otherThing(arn: string, tags: Tags): Thing {
    return {
        kind: "other resource",
        name: arn.split(":").slice(2).join(":"),
        arn,
        tags: async () => tags,
        bill: async () => ({ usdPerMonth: null }),
        remove: async () => [],
    };
}
