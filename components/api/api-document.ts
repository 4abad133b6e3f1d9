import { readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";

type Json = Readonly<Record<string, unknown>>;

/** The parts of app/api/openapi.yaml that this file reads. */
export interface ApiDescription extends Json {
    readonly info: { readonly title: string; readonly version: string; readonly description: string };
    readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
    readonly components: {
        readonly parameters: Readonly<Record<string, Parameter>>;
    };
}

interface Operation {
    readonly operationId: string;
    readonly summary: string;
    readonly parameters?: readonly { readonly $ref: string }[];
}

interface Parameter {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
}

export interface GatewayWishes {
    readonly title: string;
    /** URI with which API Gateway invokes the function. */
    readonly invocation: string;
    readonly apiKey: boolean;
    /**
     * Whether web pages of other origins may call the API. If so, they must be able to read the error responses of API
     * Gateway.
     */
    readonly otherOrigins: boolean;
    /** Whether the API also serves the page's files. */
    readonly page: boolean;
}

/** Reads app/api/openapi.yaml, from which the program derives everything about the API. */
export const readApiDescription = () =>
    load(readFileSync(join(import.meta.dirname, "..", "..", "app", "api", "openapi.yaml"), "utf8")) as ApiDescription;

const problem = (status: number, title: string) =>
    `{"type":"about:blank","title":"${title}","status":${status},"detail":$context.error.messageString,"requestId":"$context.requestId"}`;

/** API Gateway's own errors with their status; the last two cover all other errors. */
const gatewayErrors: Readonly<Record<string, readonly [status: number, title: string]>> = {
    BAD_REQUEST_PARAMETERS: [400, "A parameter is missing"],
    INVALID_API_KEY: [403, "The API key is missing or wrong"],
    MISSING_AUTHENTICATION_TOKEN: [404, "Path not found"],
    THROTTLED: [429, "Too many requests"],
    QUOTA_EXCEEDED: [429, "Too many requests"],
    REQUEST_TOO_LARGE: [413, "The request is too large"],
    UNSUPPORTED_MEDIA_TYPE: [415, "The body must be JSON"],
    INTEGRATION_FAILURE: [502, "The function failed"],
    INTEGRATION_TIMEOUT: [504, "The function took too long"],
    DEFAULT_4XX: [400, "The request was rejected"],
    DEFAULT_5XX: [500, "The service failed"],
};

/**
 * Returns the document that API Gateway imports: the description's paths and parameters in OpenAPI 3.0, the newest
 * version that API Gateway supports (API Gateway Developer Guide, "Develop REST APIs using OpenAPI"). Every method
 * calls the function. API Gateway checks that required parameters exist, and names a missing one. It would reject a
 * body without naming the field, and it ignores bounds of numbers and lists ("Amazon API Gateway important notes"), so
 * the function validates everything else.
 */
export function gatewayDocument(description: ApiDescription, wishes: GatewayWishes): Json {
    const { info, paths, components } = description;
    const integration = {
        type: "aws_proxy",
        httpMethod: "POST",
        uri: wishes.invocation,
        passthroughBehavior: "never",
    };
    const method = (more: Json, withKey = wishes.apiKey): Json => ({
        ...more,
        responses: { default: { description: "See app/api/openapi.yaml" } },
        ...(withKey && { security: [{ apiKey: [] }] }),
        "x-amazon-apigateway-integration": integration,
    });
    // A browser sends its preflight request without an API key, so the preflight method does not require one.
    const preflight = (parameters: readonly Json[]) => method({ parameters }, false);

    const apiPaths: Record<string, Json> = {};
    for (const [path, operations] of Object.entries(paths)) {
        const methods: Record<string, Json> = {};
        let inPath: readonly Json[] = [];
        for (const [verb, { operationId, summary, parameters = [] }] of Object.entries(operations)) {
            const resolvedParameters = parameters.map(({ $ref }) => resolveParameter(components.parameters, $ref));
            inPath = resolvedParameters.filter((parameter) => parameter.in === "path");
            methods[verb] = method({ operationId, summary, parameters: resolvedParameters });
        }
        apiPaths[path] = { ...methods, options: preflight(inPath) };
    }
    if (wishes.page) {
        const parameters = [{ name: "proxy", in: "path", required: true, schema: { type: "string" } }];
        apiPaths["/storefront/{proxy+}"] = { get: method({ operationId: "getPage", parameters }, false) };
    }
    return {
        openapi: "3.0.1",
        info: { title: wishes.title, version: info.version, description: info.description },
        paths: apiPaths,
        ...(wishes.apiKey && {
            components: { securitySchemes: { apiKey: { type: "apiKey", name: "x-api-key", in: "header" } } },
            "x-amazon-apigateway-api-key-source": "HEADER",
        }),
        "x-amazon-apigateway-request-validators": {
            parameters: { validateRequestBody: false, validateRequestParameters: true },
        },
        "x-amazon-apigateway-request-validator": "parameters",
        "x-amazon-apigateway-gateway-responses": gatewayResponses(wishes.otherOrigins),
    };
}

/** Returns a parameter with the type string, because only the function validates its content. */
function resolveParameter(parameters: Readonly<Record<string, Parameter>>, $ref: string): Json & Parameter {
    const parameter = parameters[$ref.split("/").at(-1) ?? ""];
    if (parameter === undefined) {
        throw new Error(`app/api/openapi.yaml has no parameter ${$ref}`);
    }
    const { name, required = false } = parameter;
    return { name, in: parameter.in, required, schema: { type: "string" } };
}

/** Returns API Gateway's error responses in the format of RFC 9457, as the API's function returns them. */
function gatewayResponses(otherOrigins: boolean): Record<string, Json> {
    const headers = {
        "gatewayresponse.header.Content-Type": "'application/problem+json'",
        "gatewayresponse.header.Cache-Control": "'no-store'",
        // Any origin may read these responses, because they contain no data of viewers.
        ...(otherOrigins && { "gatewayresponse.header.Access-Control-Allow-Origin": "'*'" }),
    };
    return Object.fromEntries(
        Object.entries(gatewayErrors).map(([type, [statusCode, title]]) => [
            type,
            {
                statusCode,
                responseParameters: headers,
                responseTemplates: { "application/json": problem(statusCode, title) },
            },
        ]),
    );
}
