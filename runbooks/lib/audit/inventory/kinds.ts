import { type Kind, type Listed, named, type Place } from "./kind.ts";
import { operationsKinds } from "./operations.ts";
import { partKinds } from "./parts.ts";
import { personalizeKinds } from "./personalize.ts";
import { servingKinds } from "./serving.ts";
import { storageAndAccessKinds } from "./storage-and-access.ts";

const listedKinds = {
    ...servingKinds,
    ...personalizeKinds,
    ...storageAndAccessKinds,
    ...operationsKinds,
    ...partKinds,
};

/**
 * Names of services, as in the ARNs of the listed kinds of resources. The code takes each name from a type of Pulumi's
 * AWS plugin, such as `lambda` from `aws:lambda/function:Function`. It adds `logs`, because the plugin's types of
 * CloudWatch Logs contain another name.
 */
const listedServices = new Set([
    ...["personalize", "logs"],
    ...Object.values(listedKinds).flatMap(({ types }) => types.map((type: string) => type.split(/[:/]/)[1])),
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
const listOthers = async ({ tagged = new Map() }: Place): Promise<readonly Listed[]> =>
    [...tagged.keys()]
        .filter((arn) => !isListed(arn))
        .map((arn) => ({ ...named(arn.split(":").slice(2).join(":"), arn), usdPerMonth: async () => null }));

/** All kinds of resources in the order of deletion: a resource before those that it uses. */
export const kinds = { ...listedKinds, "other resource": { types: [], list: listOthers } } as const satisfies Record<
    string,
    Kind
>;

export type KindName = keyof typeof kinds;

/** A listed resource with its kind and place. */
export interface InventoryItem extends Listed {
    readonly kind: KindName;
    readonly place: Place;
}
