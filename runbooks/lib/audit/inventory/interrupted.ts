import { type APIGatewayClient, GetStageCommand, GetUsagePlanKeyCommand } from "@aws-sdk/client-api-gateway";
import { GetPolicyCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import type { InterruptedCreate } from "../../stack/all-stacks.ts";
import { type InventoryItem, type InventoryKind, item, mapLimited } from "./item.ts";

type Inputs = InterruptedCreate["inputs"];

/** A type of resources that are parts of other resources, so that no API call lists all of them in an account. */
interface Part {
    readonly kind: InventoryKind;
    /**
     * The resource's id for `pulumi import`, which the audit also uses as its name (Pulumi Registry, "Import" of each
     * type).
     */
    name(inputs: Inputs): string;
    exists(inputs: Inputs, clients: PartClients): Promise<boolean>;
}

export interface PartClients {
    readonly gateway: APIGatewayClient;
    readonly lambda: LambdaClient;
}

const parts: Readonly<Record<string, Part>> = {
    "aws:apigateway/stage:Stage": {
        kind: "API stage",
        name: ({ restApi, stageName }) => `${restApi}/${stageName}`,
        exists: ({ restApi, stageName }, { gateway }) =>
            answers(gateway.send(new GetStageCommand({ restApiId: `${restApi}`, stageName: `${stageName}` }))),
    },
    "aws:apigateway/usagePlanKey:UsagePlanKey": {
        kind: "usage plan key",
        name: ({ usagePlanId, keyId }) => `${usagePlanId}/${keyId}`,
        exists: ({ usagePlanId, keyId }, { gateway }) =>
            answers(gateway.send(new GetUsagePlanKeyCommand({ usagePlanId: `${usagePlanId}`, keyId: `${keyId}` }))),
    },
    "aws:lambda/permission:Permission": {
        kind: "function permission",
        name: ({ function: of, statementId }) => `${of}/${statementId}`,
        async exists({ function: of, statementId }, { lambda }) {
            const command = new GetPolicyCommand({ FunctionName: `${of}` });
            const policy = await unlessGone(lambda.send(command));
            const { Statement = [] } = JSON.parse(policy?.Policy ?? "{}") as { Statement?: { Sid?: string }[] };
            return Statement.some(({ Sid }) => Sid === statementId);
        },
    },
};

/** Returns the name of a part from its inputs; undefined for other types. */
export const partName = (type: string, inputs: Inputs): string | undefined => parts[type]?.name(inputs);

/** Lists existing parts that an interrupted update created. */
export async function interruptedParts(
    creates: readonly InterruptedCreate[],
    clients: PartClients,
): Promise<InventoryItem[]> {
    const items = await mapLimited(creates, async ({ type, inputs, urn }): Promise<InventoryItem[]> => {
        const part = parts[type];
        if (!part || !(await part.exists(inputs, clients))) return [];
        return [item(part.kind, part.name(inputs), urn, {})];
    });
    return items.flat();
}

const answers = async (call: Promise<unknown>) => (await unlessGone(call)) !== undefined;

async function unlessGone<T>(call: Promise<T>): Promise<T | undefined> {
    return call.catch((error: Error) => {
        if (/NotFound/.test(error.name)) return undefined;
        throw error;
    });
}
