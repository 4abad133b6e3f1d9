import assert from "node:assert/strict";
import { type ApiDescription, gatewayDocument, readApiDescription } from "../../../components/api/api-document.ts";

// biome-ignore lint/suspicious/noExplicitAny: whatever the document has
type Json = Record<string, any>;
const wishes = { title: "films", invocation: "arn:of:function", apiKey: false, otherOrigins: false, page: false };
const description = readApiDescription();
const documentOf = (more: Partial<typeof wishes> = {}, of: ApiDescription = description) =>
    gatewayDocument(of, { ...wishes, ...more }) as Json;

describe("what API Gateway imports", () => {
    it("has every path and operation of the description, each handed to the function", () => {
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

    it("judges what is required, and the bodies by their schemas, which are self-contained", () => {
        const document = documentOf();
        assert.equal(document.openapi, "3.0.1");
        assert.deepEqual(Object.keys(document.components.schemas).sort(), [
            "Event",
            "EventsRequest",
            "Id",
            "RankingRequest",
        ]);
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
        assert.equal(document["x-amazon-apigateway-request-validator"], "all");
    });

    it("refuses a body that OpenAPI 3.0 cannot express", () => {
        const schemas = { ...description.components.schemas, Id: { type: ["string", "null"] } };
        const other = { ...description, components: { ...description.components, schemas } };
        assert.throws(() => documentOf({}, other), /Id .* is not valid in OpenAPI 3\.0/);
    });

    it("wants a key for everything but a browser's question, where there is one", () => {
        const { paths, ...document } = documentOf({ apiKey: true });
        assert.equal(document.components.securitySchemes.apiKey.name, "x-api-key");
        for (const operations of Object.values<Json>(paths)) {
            for (const [verb, method] of Object.entries<Json>(operations)) {
                assert.equal(method.security !== undefined, verb !== "options", verb);
            }
        }
        assert.equal(documentOf().components.securitySchemes, undefined);
    });

    it("answers what it refuses itself as a problem, for pages of other origins where these may call", () => {
        for (const otherOrigins of [true, false]) {
            for (const [type, refused] of Object.entries<Json>(
                documentOf({ otherOrigins })["x-amazon-apigateway-gateway-responses"],
            )) {
                const told = refused.responseTemplates["application/json"]
                    .replace("$context.error.messageString", '"why"')
                    .replace("$context.requestId", "id-1");
                const problem = JSON.parse(told);
                assert.deepEqual([problem.status, problem.requestId], [refused.statusCode, "id-1"], type);
                const headers = refused.responseParameters;
                assert.equal(headers["gatewayresponse.header.Content-Type"], "'application/problem+json'");
                assert.equal("gatewayresponse.header.Access-Control-Allow-Origin" in headers, otherOrigins);
            }
        }
    });

    it("has the page's files where the API serves it", () => {
        const { get } = documentOf({ page: true }).paths["/storefront/{proxy+}"];
        assert.equal(get.parameters[0].name, "proxy");
    });
});
