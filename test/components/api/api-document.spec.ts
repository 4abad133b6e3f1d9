import assert from "node:assert/strict";
import { gatewayDocument } from "../../../components/api/api-document.ts";
import { throttles, toRates } from "../../../core/config/throttles.ts";
import { good } from "../../core/config/parsed.ts";

// biome-ignore lint/suspicious/noExplicitAny: each test reads different members of the JSON document
type Json = Record<string, any>;
const wishes = { title: "films", invocation: "arn:of:function", apiKey: false, otherOrigins: false, page: false };
const documentOf = (more: Partial<typeof wishes> = {}) => gatewayDocument({ ...wishes, ...more }) as Json;
const any = "x-amazon-apigateway-any-method";
/** Returns the methods of a document with their routes: `GET /events`. */
const methodsOf = ({ paths }: Json) =>
    Object.entries<Json>(paths).flatMap(([path, methods]) =>
        Object.entries<Json>(methods).map(
            ([verb, method]) => [`${verb === any ? "ANY" : verb.toUpperCase()} ${path}`, method] as const,
        ),
    );

describe("`gatewayDocument`, the OpenAPI document for API Gateway", () => {
    it("every method calls the API's function, and the page has a route only if the API serves the page", () => {
        const api = [
            ...["GET /recommendations/{userId}", "OPTIONS /recommendations/{userId}"],
            ...["POST /events", "OPTIONS /events"],
            ...["GET /{proxy+}", "OPTIONS /{proxy+}", "ANY /{proxy+}"],
        ];
        for (const page of [true, false]) {
            const methods = methodsOf(documentOf({ page }));
            const expected = page ? [...api, "GET /storefront/{proxy+}"] : api;
            assert.deepEqual(methods.map(([name]) => name).toSorted(), expected.toSorted());
            for (const [name, method] of methods) {
                const { type, uri } = method["x-amazon-apigateway-integration"];
                assert.deepEqual([type, uri], ["aws_proxy", "arn:of:function"], name);
            }
        }
    });

    for (const storefront of ["api", "cloudfront"] as const) {
        it(`each route has a throttle of its own if \`storefront\` is ${storefront}`, () => {
            const methods = methodsOf(documentOf({ page: storefront === "api" })).map(([name]) => name);
            const own = methods.filter((name) => /^(GET|POST) /.test(name)).map((name) => name.split(" "));
            assert.deepEqual(
                throttles({ ...toRates(good()), storefront })
                    .map(({ methodPath }) => methodPath)
                    .toSorted(),
                [...own.map(([verb, path = ""]) => `${path.replaceAll("/", "~1")}/${verb}`), "*/*"].toSorted(),
            );
        });
    }

    it("`throttles` allows preflight requests at the rate of other paths only for pages of other origins", () => {
        const rateOf = (key: string, values: Record<string, string> = {}) =>
            throttles(toRates(good(values))).find(({ methodPath }) => methodPath === key)?.rate;
        assert.equal(rateOf("*/*"), 0.2);
        const allowed = { allowedOrigins: '["https://films.example"]' };
        assert.equal(rateOf("*/*", allowed), rateOf("~1{proxy+}/GET", allowed));
    });

    it("no method of the API uses IAM authorization, in any configuration", () => {
        for (const apiKey of [false, true]) {
            for (const page of [false, true]) {
                const document = documentOf({ apiKey, page, otherOrigins: page });
                assert.doesNotMatch(JSON.stringify(document), /aws_iam|sigv4|x-amazon-apigateway-auth/i);
                for (const [, { security = [] }] of methodsOf(document)) {
                    assert.deepEqual(security, security.length === 0 ? [] : [{ apiKey: [] }]);
                }
            }
        }
    });

    it("the setting `apiKey` requires an API key for every method except OPTIONS and the page's files", () => {
        const document = documentOf({ apiKey: true, page: true });
        assert.equal(document.components.securitySchemes.apiKey.name, "x-api-key");
        for (const [name, { security }] of methodsOf(document)) {
            assert.equal(security === undefined, /^OPTIONS|storefront/.test(name), name);
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
                assert.equal("gatewayresponse.header.Retry-After" in headers, refused.statusCode === 429);
            }
        }
    });
});
