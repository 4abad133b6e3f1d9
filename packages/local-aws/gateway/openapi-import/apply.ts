import * as apiGateway from "@aws-sdk/client-api-gateway";
import { createSender } from "../../calls.ts";
import type { MethodPlan } from "./methods.ts";
import { schemaText } from "./models.ts";
import type { ApiPlan } from "./plan.ts";

/** The page size of list calls, larger than any list of an API (quotas: 300 resources, 400 models). */
const limit = 500;

/** Deletes everything of an API that a document can describe, and keeps deployments and stages. */
export async function emptyApi(client: apiGateway.APIGatewayClient, restApiId: string): Promise<void> {
    const call = createSender(client);
    const of = { restApiId };
    const { items: resources = [] } = await call(apiGateway.GetResourcesCommand)({ ...of, limit });
    for (const { id: resourceId, path, resourceMethods = {} } of resources) {
        if (path !== "/") {
            await call(apiGateway.DeleteResourceCommand)({ ...of, resourceId });
            continue;
        }
        for (const httpMethod of Object.keys(resourceMethods)) {
            await call(apiGateway.DeleteMethodCommand)({ ...of, resourceId, httpMethod });
        }
    }
    const { items: models = [] } = await call(apiGateway.GetModelsCommand)({ ...of, limit });
    for (const { name: modelName } of models) {
        await call(apiGateway.DeleteModelCommand)({ ...of, modelName });
    }
    const { items: validators = [] } = await call(apiGateway.GetRequestValidatorsCommand)({ ...of, limit });
    for (const { id: requestValidatorId } of validators) {
        await call(apiGateway.DeleteRequestValidatorCommand)({ ...of, requestValidatorId });
    }
    const { items: responses = [] } = await call(apiGateway.GetGatewayResponsesCommand)(of);
    for (const { responseType, defaultResponse } of responses) {
        if (!defaultResponse) {
            await call(apiGateway.DeleteGatewayResponseCommand)({ ...of, responseType });
        }
    }
}

/** Creates everything in a plan. The API must be empty. */
export async function fillApi(client: apiGateway.APIGatewayClient, restApiId: string, plan: ApiPlan): Promise<void> {
    const call = createSender(client);
    const of = { restApiId };
    for (const { name, schema } of plan.models) {
        const model = { ...of, name, contentType: "application/json", schema: schemaText(schema, restApiId) };
        await call(apiGateway.CreateModelCommand)(model);
    }
    const validators = new Map<string, string>();
    for (const validator of plan.validators) {
        const { id = "" } = await call(apiGateway.CreateRequestValidatorCommand)({ ...of, ...validator });
        validators.set(validator.name, id);
    }
    for (const response of plan.gatewayResponses) {
        await call(apiGateway.PutGatewayResponseCommand)({ ...of, ...response });
    }
    const resourceOf = await resources(client, restApiId);
    for (const method of plan.methods) {
        const of = { restApiId, resourceId: await resourceOf(method.path), httpMethod: method.httpMethod };
        await putMethod(client, of, method, validators.get(method.validator ?? ""));
    }
}

/** Returns a function that creates the resource of a path, with missing parents, and returns its id. */
async function resources(client: apiGateway.APIGatewayClient, restApiId: string) {
    const call = createSender(client);
    const { items = [] } = await call(apiGateway.GetResourcesCommand)({ restApiId, limit });
    const idsByPath = new Map(items.map(({ path = "", id = "" }) => [path, id]));
    return async function resourceOf(path: string): Promise<string> {
        const there = idsByPath.get(path);
        if (there !== undefined) {
            return there;
        }
        const at = path.lastIndexOf("/");
        const parentId = await resourceOf(path.slice(0, at) || "/");
        const { id = "" } = await call(apiGateway.CreateResourceCommand)({
            restApiId,
            parentId,
            pathPart: path.slice(at + 1),
        });
        idsByPath.set(path, id);
        return id;
    };
}

async function putMethod(
    client: apiGateway.APIGatewayClient,
    of: { restApiId: string; resourceId: string; httpMethod: string },
    { operationName, apiKeyRequired, requestParameters, requestModels, responses, integration }: MethodPlan,
    requestValidatorId: string | undefined,
): Promise<void> {
    const call = createSender(client);
    const settings = { operationName, apiKeyRequired, requestParameters, requestModels, requestValidatorId };
    await call(apiGateway.PutMethodCommand)({ ...of, ...settings, authorizationType: "NONE" });
    for (const response of responses) {
        await call(apiGateway.PutMethodResponseCommand)({ ...of, ...response });
    }
    if (!integration) {
        return;
    }
    const { httpMethod: integrationHttpMethod, ...rest } = integration.settings;
    const put = { ...of, ...rest, integrationHttpMethod };
    await call(apiGateway.PutIntegrationCommand)(put);
    for (const response of integration.responses) {
        await call(apiGateway.PutIntegrationResponseCommand)({ ...of, ...response });
    }
}
