import { APIGateway, type PatchOperation, type RestApi } from "@aws-sdk/client-api-gateway";
import { toError } from "terminal-text";
import { type Answer, jsonAnswer } from "../answer.ts";
import { createLoopSettings } from "../loop.ts";
import type { MiniStackAddress } from "../ministack.ts";
import { emptyApi, fillApi } from "./apply.ts";
import { ImportRefusedError } from "./findings.ts";
import { type ApiPlan, parseOpenApi } from "./plan.ts";

/** The import options in the query string. */
interface Asked {
    /** The id of the API to overwrite; undefined for a new API. */
    readonly apiId?: string;
    readonly failOnWarnings: boolean;
    readonly endpointType?: string;
}

/** Checks whether a call is ImportRestApi or PutRestApi. MiniStack does not read the document of these calls. */
export const isImport = (method: string | undefined, { pathname, searchParams }: URL) =>
    (method === "POST" && pathname === "/restapis" && searchParams.get("mode") === "import") ||
    (method === "PUT" && /^\/restapis\/[^/]+$/.test(pathname));

/**
 * Answers ImportRestApi and PutRestApi. Validates the whole document first, and then creates each part with a call of
 * its own. The response contains `warnings` about ignored parts.
 * @param where MiniStack's address, and the region of the call
 * @param body the OpenAPI 3.0 document, as JSON
 */
export async function importApi(
    where: { readonly miniStack: MiniStackAddress; readonly region: string },
    url: URL,
    body: Buffer,
): Promise<Answer> {
    const client = new APIGateway({ ...createLoopSettings(where.miniStack), region: where.region });
    try {
        const request = parseImportParameters(url);
        const plan = parseOpenApi(body.toString("utf8"));
        if (request.failOnWarnings && plan.warnings.length > 0) {
            throw new ImportRefusedError(`Warnings found during import:\n\t${plan.warnings.join("\n\t")}`);
        }
        const api =
            request.apiId === undefined
                ? await create(client, request, plan)
                : await write(client, request.apiId, plan);
        const warnings = plan.warnings.length > 0 ? { warnings: [...plan.warnings] } : {};
        return jsonAnswer(request.apiId === undefined ? 201 : 200, toWire({ ...api, ...warnings }));
    } catch (error) {
        return refusal(toError(error));
    } finally {
        client.destroy();
    }
}

function parseImportParameters({ pathname, searchParams }: URL): Asked {
    const mode = searchParams.get("mode") ?? "merge";
    if (mode !== "import" && mode !== "overwrite") {
        throw new ImportRefusedError(`The local AWS does not support the mode '${mode}' of PutRestApi: use overwrite`);
    }
    const supportedNames = ["mode", "failonwarnings", "endpointConfigurationTypes", "ignore", "basepath"];
    for (const [name, value] of searchParams) {
        const isKnown = supportedNames.includes(name) && (name !== "basepath" || value === "ignore");
        if (!isKnown) {
            throw new ImportRefusedError(`The local AWS does not support the import parameter ${name}=${value}`);
        }
    }
    const apiId = pathname.split("/")[2];
    const endpointType = searchParams.get("endpointConfigurationTypes");
    return {
        failOnWarnings: searchParams.get("failonwarnings") === "true",
        ...(apiId !== undefined && { apiId }),
        ...(endpointType !== null && { endpointType }),
    };
}

async function create(client: APIGateway, { endpointType }: Asked, plan: ApiPlan): Promise<RestApi> {
    const endpointConfiguration = { types: [(endpointType ?? "EDGE") as "EDGE"] };
    const { id: restApiId = "" } = await client.createRestApi({ name: plan.name, endpointConfiguration });
    try {
        return await write(client, restApiId, plan);
    } catch (error) {
        await client.deleteRestApi({ restApiId });
        throw error;
    }
}

async function write(client: APIGateway, restApiId: string, plan: ApiPlan): Promise<RestApi> {
    const there = await client.getRestApi({ restApiId });
    await emptyApi(client, restApiId);
    await fillApi(client, restApiId, plan);
    return client.updateRestApi({ restApiId, patchOperations: changes(there, plan) });
}

/** Returns the patch operations for the API itself. Keeps values that the document omits. */
function changes(there: RestApi, plan: ApiPlan): PatchOperation[] {
    const { name, description, version, apiKeySource, minimumCompressionSize, policy } = plan;
    const apiFields = { name, description, version, apiKeySource, minimumCompressionSize, policy };
    const media = (op: "add" | "remove", types: readonly string[] = []) =>
        types.map((type) => ({ op, path: `/binaryMediaTypes/${type.replaceAll("~", "~0").replaceAll("/", "~1")}` }));
    const isGiven = plan.binaryMediaTypes.length > 0;
    return [
        ...Object.entries(apiFields).flatMap(([key, value]) =>
            value === undefined || value === ""
                ? []
                : [{ op: "replace" as const, path: `/${key}`, value: String(value) }],
        ),
        ...(isGiven ? media("remove", there.binaryMediaTypes) : []),
        ...media("add", plan.binaryMediaTypes),
    ];
}

/** Formats an API as API Gateway's JSON response, with dates in epoch seconds. */
function toWire({ createdDate, ...api }: RestApi & { readonly $metadata?: unknown }): object {
    const { $metadata: _, ...rest } = api;
    return { ...rest, ...(createdDate && { createdDate: createdDate.getTime() / 1000 }) };
}

function refusal(error: Error & { readonly $metadata?: { readonly httpStatusCode?: number } }): Answer {
    const status = error instanceof ImportRefusedError ? 400 : error.$metadata?.httpStatusCode;
    if (status === undefined || status >= 500) {
        throw error;
    }
    const code = error instanceof ImportRefusedError ? "BadRequestException" : error.name;
    return jsonAnswer(status, { message: error.message }, { "x-amzn-errortype": code });
}
