import { APIGatewayClient, GetStageCommand, GetUsagePlanKeyCommand } from "@aws-sdk/client-api-gateway";
import { GetPolicyCommand, LambdaClient } from "@aws-sdk/client-lambda";
import type { InterruptedCreate } from "../../stack/all-stacks.ts";
import { type InventoryKind, inventoryKinds, type Lister, type Place, untagged } from "./item.ts";

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
 * Lists the existing parts of a kind (such as the parts of an API) that an interrupted update created. It uses the
 * inputs in the state, because no API call lists all parts in an account.
 */
const createPartsLister =
    (kind: InventoryKind, exists: (inputs: Inputs, settings: Place["settings"]) => Promise<boolean>): Lister =>
    async ({ interrupted, settings }) => {
        const types: readonly string[] = inventoryKinds[kind];
        const items = interrupted.map(async ({ type, inputs, urn }) =>
            types.includes(type) && (await exists(inputs, settings))
                ? [{ name: partName(inputs) ?? "", arn: urn, tags: untagged }]
                : [],
        );
        return (await Promise.all(items)).flat();
    };

export const partListers = {
    "API stage": createPartsLister("API stage", ({ restApi, stageName }, settings) => {
        const command = new GetStageCommand({ restApiId: `${restApi}`, stageName: `${stageName}` });
        return answers(new APIGatewayClient(settings).send(command));
    }),
    "usage plan key": createPartsLister("usage plan key", ({ usagePlanId, keyId }, settings) => {
        const command = new GetUsagePlanKeyCommand({ usagePlanId: `${usagePlanId}`, keyId: `${keyId}` });
        return answers(new APIGatewayClient(settings).send(command));
    }),
    "function permission": createPartsLister("function permission", async ({ function: of, statementId }, settings) => {
        const command = new GetPolicyCommand({ FunctionName: `${of}` });
        const policy = await unlessGone(new LambdaClient(settings).send(command));
        const { Statement = [] } = JSON.parse(policy?.Policy ?? "{}") as { Statement?: { Sid?: string }[] };
        return Statement.some(({ Sid }) => Sid === statementId);
    }),
};

const answers = async (call: Promise<unknown>) => (await unlessGone(call)) !== undefined;

async function unlessGone<T>(call: Promise<T>): Promise<T | undefined> {
    return call.catch((error: Error) => {
        if (/NotFound/.test(error.name)) return undefined;
        throw error;
    });
}
