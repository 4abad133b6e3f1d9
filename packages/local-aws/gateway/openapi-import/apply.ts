import {
    type APIGatewayClient,
    CreateModelCommand,
    CreateRequestValidatorCommand,
    CreateResourceCommand,
    DeleteGatewayResponseCommand,
    DeleteMethodCommand,
    DeleteModelCommand,
    DeleteRequestValidatorCommand,
    DeleteResourceCommand,
    GetGatewayResponsesCommand,
    GetModelsCommand,
    GetRequestValidatorsCommand,
    GetResourcesCommand,
    PutGatewayResponseCommand,
    PutIntegrationCommand,
    type PutIntegrationCommandInput,
    PutIntegrationResponseCommand,
    PutMethodCommand,
    PutMethodResponseCommand,
} from "@aws-sdk/client-api-gateway";
import type { MethodPlan } from "./methods.ts";
import { schemaText } from "./models.ts";
import type { ApiPlan } from "./plan.ts";

/** Page size for lists: all resources that an API may have (quotas: 300 resources, 400 models). */
const limit = 500;

/** Removes everything of an API that a document may describe, and leaves its deployments and stages. */
export async function emptyApi(client: APIGatewayClient, restApiId: string): Promise<void> {
    const of = { restApiId };
    const { items: resources = [] } = await client.send(new GetResourcesCommand({ ...of, limit }));
    for (const { id: resourceId, path, resourceMethods = {} } of resources) {
        if (path !== "/") {
            await client.send(new DeleteResourceCommand({ ...of, resourceId }));
            continue;
        }
        for (const httpMethod of Object.keys(resourceMethods)) {
            await client.send(new DeleteMethodCommand({ ...of, resourceId, httpMethod }));
        }
    }
    const { items: models = [] } = await client.send(new GetModelsCommand({ ...of, limit }));
    for (const { name: modelName } of models) {
        await client.send(new DeleteModelCommand({ ...of, modelName }));
    }
    const { items: validators = [] } = await client.send(new GetRequestValidatorsCommand({ ...of, limit }));
    for (const { id: requestValidatorId } of validators) {
        await client.send(new DeleteRequestValidatorCommand({ ...of, requestValidatorId }));
    }
    const { items: responses = [] } = await client.send(new GetGatewayResponsesCommand(of));
    for (const { responseType, defaultResponse } of responses) {
        if (!defaultResponse) {
            await client.send(new DeleteGatewayResponseCommand({ ...of, responseType }));
        }
    }
}

/** Creates everything that a plan describes, in addition to what exists. */
export async function fillApi(client: APIGatewayClient, restApiId: string, plan: ApiPlan): Promise<void> {
    const of = { restApiId };
    const { items: has = [] } = await client.send(new GetModelsCommand({ ...of, limit }));
    for (const { name, schema } of plan.models) {
        if (has.some((model) => model.name === name)) {
            await client.send(new DeleteModelCommand({ ...of, modelName: name }));
        }
        const model = { ...of, name, contentType: "application/json", schema: schemaText(schema, restApiId) };
        await client.send(new CreateModelCommand(model));
    }
    const { items: known = [] } = await client.send(new GetRequestValidatorsCommand({ ...of, limit }));
    const validators = new Map<string, string>();
    for (const validator of plan.validators) {
        for (const { id: requestValidatorId } of known.filter(({ name }) => name === validator.name)) {
            await client.send(new DeleteRequestValidatorCommand({ ...of, requestValidatorId }));
        }
        const { id = "" } = await client.send(new CreateRequestValidatorCommand({ ...of, ...validator }));
        validators.set(validator.name, id);
    }
    for (const { responseType, ...response } of plan.gatewayResponses) {
        const put = { ...of, ...response, responseType: responseType as "DEFAULT_4XX" };
        await client.send(new PutGatewayResponseCommand(put));
    }
    const resourceOf = await resources(client, restApiId);
    for (const method of plan.methods) {
        const of = { restApiId, resourceId: await resourceOf(method.path), httpMethod: method.httpMethod };
        await putMethod(client, of, method, validators.get(method.validator ?? ""));
    }
}

/** The resource of a path, created with its parents where missing. */
async function resources(client: APIGatewayClient, restApiId: string) {
    const { items = [] } = await client.send(new GetResourcesCommand({ restApiId, limit }));
    const known = new Map(items.map(({ path = "", id = "" }) => [path, id]));
    return async function resourceOf(path: string): Promise<string> {
        const there = known.get(path);
        if (there !== undefined) {
            return there;
        }
        const at = path.lastIndexOf("/");
        const parentId = await resourceOf(path.slice(0, at) || "/");
        const { id = "" } = await client.send(
            new CreateResourceCommand({ restApiId, parentId, pathPart: path.slice(at + 1) }),
        );
        known.set(path, id);
        return id;
    };
}

async function putMethod(
    client: APIGatewayClient,
    of: { restApiId: string; resourceId: string; httpMethod: string },
    { operationName, apiKeyRequired, requestParameters, requestModels, responses, integration }: MethodPlan,
    requestValidatorId: string | undefined,
): Promise<void> {
    const settings = { operationName, apiKeyRequired, requestParameters, requestModels, requestValidatorId };
    await client.send(new PutMethodCommand({ ...of, ...settings, authorizationType: "NONE" }));
    for (const response of responses) {
        await client.send(new PutMethodResponseCommand({ ...of, ...response }));
    }
    if (!integration) {
        return;
    }
    const { httpMethod: integrationHttpMethod, ...rest } = integration.settings;
    const put = { ...of, ...rest, integrationHttpMethod };
    await client.send(new PutIntegrationCommand(put as PutIntegrationCommandInput));
    for (const { contentHandling, ...response } of integration.responses) {
        const handling = contentHandling && { contentHandling: contentHandling as "CONVERT_TO_TEXT" };
        await client.send(new PutIntegrationResponseCommand({ ...of, ...response, ...handling }));
    }
}
