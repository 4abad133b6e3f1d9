import { answered, createDocument } from "../ministack/rest-apis/support.ts";

const problem = {
    "application/problem+json": '{"title":$context.error.messageString,"requestId":"$context.requestId"}',
};

/** The OpenAPI document of a film API, with every part that an import supports. */
export const films = createDocument(
    {
        "/films/{filmId}": {
            parameters: [{ $ref: "#/components/parameters/filmId" }],
            get: answered({
                operationId: "getFilm",
                parameters: [
                    { name: "since", in: "query", required: true, schema: { type: "integer" } },
                    { name: "x-viewer", in: "header", schema: { type: "string" } },
                    { name: "session", in: "cookie", schema: { type: "string" } },
                ],
                responses: {
                    "200": {
                        description: "The film",
                        headers: { ETag: { schema: { type: "string" } } },
                        content: { "application/json": { schema: { $ref: "#/components/schemas/Film" } } },
                    },
                    default: { description: "Something else" },
                },
            }),
        },
        "/films": {
            post: answered({
                "x-amazon-apigateway-request-validator": "body",
                requestBody: { content: { "application/json": { schema: { $ref: "#/components/schemas/Film" } } } },
            }),
            options: {
                responses: { "204": { description: "It may", headers: { "Access-Control-Allow-Origin": {} } } },
                "x-amazon-apigateway-integration": {
                    type: "mock",
                    requestTemplates: { "application/json": '{"statusCode": 204}' },
                    responses: {
                        default: {
                            statusCode: "204",
                            responseParameters: {
                                "method.response.header.Access-Control-Allow-Origin": "'https://films.example'",
                            },
                        },
                    },
                },
            },
        },
    },
    {
        components: {
            parameters: { filmId: { name: "filmId", in: "path", required: true, schema: { type: "string" } } },
            schemas: {
                Film: {
                    type: "object",
                    required: ["title"],
                    properties: {
                        title: { type: "string", minLength: 2, example: "Alien" },
                        genres: { type: "array", items: { $ref: "#/components/schemas/Genre" } },
                    },
                },
                Genre: { type: "string", enum: ["Drama", "Crime"] },
            },
        },
        "x-amazon-apigateway-request-validator": "parameters",
        "x-amazon-apigateway-request-validators": {
            body: { validateRequestBody: true },
            parameters: { validateRequestParameters: true },
        },
        "x-amazon-apigateway-gateway-responses": {
            DEFAULT_4XX: {
                responseParameters: { "gatewayresponse.header.content-type": "'application/problem+json'" },
                responseTemplates: { "application/json": problem["application/problem+json"] },
            },
        },
    },
);
