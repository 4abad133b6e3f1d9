import { inventoryKinds, type Listed, type Place } from "./item.ts";

/**
 * Names of services, as in the ARNs of the listed kinds of resources. The code takes each name from a type of Pulumi's
 * AWS plugin, such as `lambda` from `aws:lambda/function:Function`. It adds `logs`, because the plugin's types of
 * CloudWatch Logs contain another name.
 */
const listedServices = new Set([
    ...["personalize", "logs"],
    ...Object.values(inventoryKinds).flatMap((types) => types.map((type: string) => type.split(/[:/]/)[1])),
]);

/**
 * Checks whether the audit lists the resources of the ARN's service with the service's own API. The tagging API is less
 * exact: it returns deleted resources for a while, and resources without a delete call forever.
 */
function isListed(arn: string): boolean {
    const [, , service = "", , , rest = ""] = arn.split(":");
    return listedServices.has(service) && (service !== "scheduler" || rest.startsWith("schedule/"));
}

/** Lists resources that only the tagging API returns. Their price and delete commands are unknown. */
export const otherResources = async ({ tagged = new Map() }: Place): Promise<readonly Listed[]> =>
    [...tagged.keys()]
        .filter((arn) => !isListed(arn))
        .map((arn) => ({
            name: arn.split(":").slice(2).join(":"),
            arn,
            bill: async () => ({ usdPerMonth: null }),
        }));
