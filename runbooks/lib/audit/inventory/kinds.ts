import { APIGatewayClient, GetStageCommand, GetUsagePlanKeyCommand } from "@aws-sdk/client-api-gateway";
import { GetPolicyCommand, LambdaClient } from "@aws-sdk/client-lambda";
import type { InterruptedCreate } from "../../stack/all-stacks.ts";
import { type Kind, type Listed, named, type Place, untagged } from "./kind.ts";
import { operationsKinds } from "./operations.ts";
import { personalizeKinds } from "./personalize.ts";
import { servingKinds } from "./serving.ts";
import { storageAndAccessKinds } from "./storage-and-access.ts";

type Inputs = InterruptedCreate["inputs"];

/** Inputs that identify a resource that is a part of another resource. */
const identifying = [
    ["restApi", "stageName"],
    ["usagePlanId", "keyId"],
    ["function", "statementId"],
];

/**
 * Returns the name of a part from its inputs, which is also its id for `pulumi import` (Pulumi Registry, "Import" of
 * each type); undefined for other resources.
 */
export const partName = (inputs: Inputs): string | undefined =>
    identifying
        .find((keys) => keys.every((key) => key in inputs))
        ?.map((key) => inputs[key])
        .join("/");

/**
 * Declares a kind of parts (such as the parts of an API). The list has the existing ones that an interrupted update
 * created, by the inputs in the state, because no API call lists all parts in an account. `read` returns false or fails
 * with a "not found" if the part does not exist.
 */
const partKind = (type: string, read: (inputs: Inputs, settings: Place["settings"]) => Promise<unknown>): Kind => ({
    types: [type],
    list: async ({ interrupted, settings }) => {
        const items = interrupted.map(async ({ type: created, inputs, urn }) => {
            if (created !== type) return [];
            const exists = await read(inputs, settings).catch((error: Error) => {
                if (/NotFound/.test(error.name)) return false;
                throw error;
            });
            return exists === false ? [] : [{ ...named(partName(inputs), urn), tags: untagged }];
        });
        return (await Promise.all(items)).flat();
    },
});

const partKinds = {
    "API stage": partKind("aws:apigateway/stage:Stage", ({ restApi, stageName }, settings) =>
        new APIGatewayClient(settings).send(
            new GetStageCommand({ restApiId: String(restApi), stageName: String(stageName) }),
        ),
    ),
    "function permission": partKind("aws:lambda/permission:Permission", async (inputs, settings) => {
        const command = new GetPolicyCommand({ FunctionName: String(inputs.function) });
        const { Policy = "{}" } = await new LambdaClient(settings).send(command);
        const { Statement = [] } = JSON.parse(Policy) as { Statement?: { Sid?: string }[] };
        return Statement.some(({ Sid }) => Sid === inputs.statementId);
    }),
    "usage plan key": partKind("aws:apigateway/usagePlanKey:UsagePlanKey", ({ usagePlanId, keyId }, settings) =>
        new APIGatewayClient(settings).send(
            new GetUsagePlanKeyCommand({ usagePlanId: String(usagePlanId), keyId: String(keyId) }),
        ),
    ),
} as const satisfies Record<string, Kind>;

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
