import { readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";

type Json = Readonly<Record<string, unknown>>;

interface GatewayWishes {
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

/** Reads app/api/openapi.yaml, by which the API's function finds operations and validates requests. */
export const readApiDescription = () =>
    load(readFileSync(join(import.meta.dirname, "..", "..", "app", "api", "openapi.yaml"), "utf8")) as Json;

/**
 * API Gateway's own errors with their status; the last two cover all other errors. `retryAfter` is in seconds: the
 * throttle lets requests pass again within one.
 */
const gatewayErrors: Readonly<Record<string, readonly [status: number, title: string, retryAfter?: number]>> = {
    INVALID_API_KEY: [403, "The API key is missing or wrong"],
    MISSING_AUTHENTICATION_TOKEN: [404, "Path not found"],
    THROTTLED: [429, "Too many requests", 1],
    REQUEST_TOO_LARGE: [413, "The request is too large"],
    INTEGRATION_FAILURE: [502, "The function failed"],
    INTEGRATION_TIMEOUT: [504, "The function took too long"],
    DEFAULT_4XX: [400, "The request was rejected"],
    DEFAULT_5XX: [500, "The service failed"],
};

/**
 * Returns the OpenAPI document that API Gateway imports: a route for each path with a throttle of its own, and a route
 * for all other paths. The function validates requests, because API Gateway ignores bounds of numbers and lists ("Amazon
 * API Gateway important notes"). An import replaces the routes of a deployed API in one call, and keeps the API's ID.
 */
export function gatewayDocument({ title, invocation, apiKey, otherOrigins, page }: GatewayWishes): Json {
    const open = {
        responses: { default: { description: "See app/api/openapi.yaml" } },
        "x-amazon-apigateway-integration": { type: "aws_proxy", httpMethod: "POST", uri: invocation },
    };
    const keyed = { ...open, ...(apiKey && { security: [{ apiKey: [] }] }) };
    return {
        openapi: "3.0.1",
        info: { title, version: "1.0.0" },
        // A browser sends its preflight request (OPTIONS) without an API key. A request with another method, which its
        // route does not have, reaches the method ANY of `/{proxy+}`, so the function answers 405.
        paths: {
            "/recommendations/{userId}": { get: keyed, options: open },
            "/events": { post: keyed, options: open },
            ...(page && { "/storefront/{proxy+}": { get: open } }),
            "/{proxy+}": { get: keyed, options: open, "x-amazon-apigateway-any-method": keyed },
        },
        ...(apiKey && {
            components: { securitySchemes: { apiKey: { type: "apiKey", name: "x-api-key", in: "header" } } },
        }),
        "x-amazon-apigateway-gateway-responses": gatewayResponses(otherOrigins),
    };
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
        Object.entries(gatewayErrors).map(([type, [statusCode, title, retryAfter]]) => {
            const problem = `{"type":"about:blank","title":"${title}","status":${statusCode},"detail":$context.error.messageString,"requestId":"$context.requestId"}`;
            const retry = retryAfter !== undefined && { "gatewayresponse.header.Retry-After": `'${retryAfter}'` };
            const responseParameters = { ...headers, ...retry };
            return [type, { statusCode, responseParameters, responseTemplates: { "application/json": problem } }];
        }),
    );
}
