import { item, type Tags } from "./item.ts";

const listedServices = [
    ...["personalize", "s3", "iam", "lambda", "cloudwatch", "logs", "sns", "budgets", "ssm"],
    ...["sqs", "cloudtrail", "dynamodb", "apigateway", "cloudfront"],
];

/**
 * Checks whether the audit lists the resources of the ARN's service with the service's own API. The tagging API is less
 * exact: it returns deleted resources for a while, and resources without a delete call forever.
 */
export function isListed(arn: string): boolean {
    const [, , service = "", , , rest = ""] = arn.split(":");
    return listedServices.includes(service) || (service === "scheduler" && rest.startsWith("schedule/"));
}

/** Describes a resource that only the tagging API returned. Its price and delete command are unknown. */
export const otherThing = (arn: string, tags: Tags) =>
    item("other resource", arn.split(":").slice(2).join(":"), arn, {
        tags: async () => tags,
        bill: async () => ({ usdPerMonth: null }),
    });
