import assert from "node:assert/strict";
import { gatewayDocument, readApiDescription } from "../../../components/api/api-document.ts";

// biome-ignore lint/suspicious/noExplicitAny: each test reads different members of the JSON document
type Json = Record<string, any>;
const wishes = { title: "films", invocation: "arn:of:function", apiKey: false, otherOrigins: false, page: false };
const description = readApiDescription();
const documentOf = (more: Partial<typeof wishes> = {}) => gatewayDocument(description, { ...wishes, ...more }) as Json;

describe("`gatewayDocument`, the OpenAPI document for API Gateway", () => {
    it("API Gateway's document contains every operation of openapi.yaml, integrated with the API function", () => {
        const { paths } = documentOf();
        const names = (of: object) => Object.keys(of).sort();
        assert.deepEqual(names(paths), names(description.paths));
        for (const [path, operations] of Object.entries(description.paths)) {
            assert.deepEqual(names(paths[path]), names({ ...operations, options: {} }), path);
            for (const method of Object.values<Json>(paths[path])) {
                const integration = method["x-amazon-apigateway-integration"];
                assert.deepEqual([integration.type, integration.uri], ["aws_proxy", "arn:of:function"]);
            }
        }
    });

    it("API Gateway validates required parameters, and the API function validates request bodies", () => {
        const document = documentOf();
        assert.equal(document.openapi, "3.0.1");
        const list = document.paths["/recommendations/{userId}"].get.parameters;
        assert.deepEqual(
            list.map(({ name, required }: Json) => [name, required]),
            [
                ["userId", true],
                ["numResults", false],
                ["filter", false],
                ["filterValues", false],
                ["context", false],
                ["since", false],
            ],
        );
        const validator = document["x-amazon-apigateway-request-validators"];
        assert.deepEqual(validator[document["x-amazon-apigateway-request-validator"]], {
            validateRequestBody: false,
            validateRequestParameters: true,
        });
    });

    it("no method of the API uses IAM authorization, in any configuration", () => {
        for (const apiKey of [false, true]) {
            for (const page of [false, true]) {
                const document = documentOf({ apiKey, page, otherOrigins: page });
                assert.doesNotMatch(JSON.stringify(document), /aws_iam|sigv4|x-amazon-apigateway-auth/i);
                for (const operations of Object.values<Json>(document.paths)) {
                    for (const { security = [] } of Object.values<Json>(operations)) {
                        assert.deepEqual(security, security.length === 0 ? [] : [{ apiKey: [] }]);
                    }
                }
            }
        }
    });

    it("the setting `apiKey` requires an API key for every method except OPTIONS", () => {
        const { paths, ...document } = documentOf({ apiKey: true });
        assert.equal(document.components.securitySchemes.apiKey.name, "x-api-key");
        for (const operations of Object.values<Json>(paths)) {
            for (const [verb, method] of Object.entries<Json>(operations)) {
                assert.equal(method.security !== undefined, verb !== "options", verb);
            }
        }
        assert.equal(documentOf().components, undefined);
    });

    it("API Gateway's error responses are problem documents (RFC 9457) with CORS headers", () => {
        for (const otherOrigins of [true, false]) {
            for (const [type, refused] of Object.entries<Json>(
                documentOf({ otherOrigins })["x-amazon-apigateway-gateway-responses"],
            )) {
                const filledTemplate = refused.responseTemplates["application/json"]
                    .replace("$context.error.messageString", '"why"')
                    .replace("$context.requestId", "id-1");
                const problem = JSON.parse(filledTemplate);
                assert.deepEqual([problem.status, problem.requestId], [refused.statusCode, "id-1"], type);
                const headers = refused.responseParameters;
                assert.equal(headers["gatewayresponse.header.Content-Type"], "'application/problem+json'");
                assert.equal("gatewayresponse.header.Access-Control-Allow-Origin" in headers, otherOrigins);
            }
        }
    });

    it("API Gateway's document contains a storefront path if the API serves the page", () => {
        const { get } = documentOf({ page: true }).paths["/storefront/{proxy+}"];
        assert.equal(get.parameters[0].name, "proxy");
    });
});
