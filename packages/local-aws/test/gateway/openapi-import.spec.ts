import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { APIGateway } from "@aws-sdk/client-api-gateway";
import { load } from "js-yaml";
import { readJson } from "../../../../test/support/json.ts";
import { root } from "../../instance.ts";
import {
    answered,
    createDocument,
    deploy,
    importDocument,
    integration,
    makeFunction,
} from "../ministack/rest-apis/support.ts";
import { useEnforcing } from "./enforcement/support.ts";
import { films } from "./openapi-films.ts";

describe("ImportRestApi and PutRestApi of the local AWS", () => {
    const aws = useEnforcing();
    let client: APIGateway;
    before(async () => {
        client = aws.open(APIGateway);
        await makeFunction(aws);
    });

    const pathsOf = async (restApiId: string) => {
        const { items = [] } = await client.getResources({ restApiId, limit: 500 });
        return items
            .map(({ path, resourceMethods = {} }) => [path, ...Object.keys(resourceMethods).sort()].join(" "))
            .sort();
    };

    it("ImportRestApi creates methods, models and validators, and the API applies them to requests", async () => {
        const created = await importDocument(client, films);
        const restApiId = created.id ?? "";
        assert.equal(created.name, "Films");
        assert.equal(created.description, "Films for a viewer");
        assert.deepEqual(
            created.warnings?.map((warning) => warning.split(" at ")[0]),
            [
                "components.schemas.Film.properties.title: example not supported in a model, and left out",
                "Parameter 'session' in cookie is ignored",
                "Response 'default' is ignored",
            ],
        );
        assert.deepEqual(await pathsOf(restApiId), ["/", "/films OPTIONS POST", "/films/{filmId} GET"]);

        const { items = [] } = await client.getResources({ restApiId, limit: 500 });
        const resourceId = items.find(({ path }) => path === "/films/{filmId}")?.id ?? "";
        const method = await client.getMethod({ restApiId, resourceId, httpMethod: "GET" });
        assert.deepEqual(method.requestParameters, {
            "method.request.path.filmId": true,
            "method.request.querystring.since": true,
            "method.request.header.x-viewer": false,
        });
        assert.equal(method.operationName, "getFilm");
        assert.deepEqual(method.methodResponses?.["200"]?.responseModels, { "application/json": "Film" });
        assert.deepEqual(method.methodResponses?.["200"]?.responseParameters, { "method.response.header.ETag": false });
        const storedIntegration = await client.getIntegration({ restApiId, resourceId, httpMethod: "GET" });
        assert.equal(storedIntegration.type, "AWS_PROXY");
        assert.equal(storedIntegration.uri, integration.uri);
        const { schema = "" } = await client.getModel({ restApiId, modelName: "Film" });
        assert.deepEqual(JSON.parse(schema).properties.genres.items, {
            $ref: `https://apigateway.amazonaws.com/restapis/${restApiId}/models/Genre`,
        });

        const url = await deploy(aws, client, restApiId);
        const get = await fetch(`${url}/films/7?since=5`);
        assert.equal(get.status, 200, await get.clone().text());
        assert.deepEqual((await readJson<{ pathParameters: object }>(get)).pathParameters, { filmId: "7" });
        const withoutSince = await fetch(`${url}/films/7`);
        assert.equal(withoutSince.status, 400);
        assert.equal(withoutSince.headers.get("content-type"), "application/problem+json");
        assert.deepEqual(await withoutSince.json(), {
            title: "Missing required request parameters: [since]",
            requestId: withoutSince.headers.get("x-amzn-requestid"),
        });
        const post = async (film: object) =>
            (await fetch(`${url}/films`, { method: "POST", body: JSON.stringify(film) })).status;
        assert.equal(await post({ title: "Alien", genres: ["Drama"] }), 200);
        assert.equal(await post({ title: "A" }), 400);
        assert.equal(await post({ title: "Alien", genres: ["Cooking"] }), 400);
        const preflight = await fetch(`${url}/films`, {
            method: "OPTIONS",
            headers: { origin: "https://films.example", "access-control-request-method": "POST" },
        });
        assert.equal(preflight.status, 204);
        assert.equal(preflight.headers.get("access-control-allow-origin"), "https://films.example");
    });

    it("PutRestApi overwrites the API, and callers see the change after a deployment", async () => {
        const { id: restApiId = "" } = await importDocument(client, films);
        const url = await deploy(aws, client, restApiId);
        const body = Buffer.from(JSON.stringify(createDocument({ "/health": { get: answered() } })));
        await assert.rejects(client.putRestApi({ restApiId, body }), {
            name: "BadRequestException",
            message: "The local AWS does not support the mode 'merge' of PutRestApi: use overwrite",
        });
        const { name } = await client.putRestApi({ restApiId, mode: "overwrite", body });
        assert.equal(name, "Films");
        assert.deepEqual(await pathsOf(restApiId), ["/", "/health GET"]);
        const { items = [] } = await client.getRestApis({ limit: 500 });
        assert.equal(items.filter(({ id }) => id === restApiId).length, 1);
        await assert.rejects(client.getModel({ restApiId, modelName: "Film" }), {
            name: "NotFoundException",
        });

        assert.equal((await fetch(`${url}/films/7?since=1`)).status, 200);
        assert.equal((await fetch(`${url}/films/7`)).status, 400);
        assert.equal((await fetch(`${url}/health`)).status, 403);
        const { id: value } = await client.createDeployment({ restApiId });
        const patchOperations = [{ op: "replace" as const, path: "/deploymentId", value }];
        await client.updateStage({ restApiId, stageName: "api", patchOperations });
        assert.equal((await fetch(`${url}/films/7?since=1`)).status, 403);
        assert.equal((await fetch(`${url}/health`)).status, 200);
    });

    it("ImportRestApi rejects an invalid document with AWS's reason and creates nothing", async () => {
        const before = (await client.getRestApis({ limit: 500 })).items?.length;
        const cases: [what: RegExp, document: unknown][] = [
            [/Invalid OpenAPI input/, { swagger: "2.0", paths: {} }],
            [/Invalid OpenAPI input/, { ...films, openapi: "3.1.0" }],
            [/Invalid OpenAPI input/, "films"],
            [
                /Unable to resolve reference '#\/components\/parameters\/nobody' at paths\.\/a\.get\.parameters\[0\]/,
                createDocument({
                    "/a": { get: answered({ parameters: [{ $ref: "#/components/parameters/nobody" }] }) },
                }),
            ],
            [
                /Unable to resolve reference '#\/components\/schemas\/Nobody'/,
                createDocument(
                    {},
                    {
                        components: {
                            schemas: { A: { type: "array", items: { $ref: "#/components/schemas/Nobody" } } },
                        },
                    },
                ),
            ],
            [
                /Invalid request validator 'strict' specified at paths\.\/a\.get/,
                createDocument({ "/a": { get: answered({ "x-amazon-apigateway-request-validator": "strict" }) } }),
            ],
            [
                /path parameter 'id' is not in path '\/a\/\{key\}'/,
                createDocument({
                    "/a/{key}": { get: answered({ parameters: [{ name: "id", in: "path", required: true }] }) },
                }),
            ],
            [/A sibling \(\{a\}\)/, createDocument({ "/x/{a}": { get: answered() }, "/x/{b}/y": { get: answered() } })],
            [/Resource's path part only allow/, createDocument({ "/x{a}": { get: answered() } })],
            [
                /names must be alphanumeric/,
                createDocument({}, { components: { schemas: { "a-b": { type: "string" } } } }),
            ],
            [/type is a list/, createDocument({}, { components: { schemas: { A: { type: ["string", "null"] } } } })],
            [
                /Invalid integration type 'lambda'/,
                createDocument({ "/a": { get: { "x-amazon-apigateway-integration": { type: "lambda", uri: "x" } } } }),
            ],
            [
                /tlsConfig of .* is not supported/,
                createDocument({
                    "/a": { get: { "x-amazon-apigateway-integration": { ...integration, tlsConfig: {} } } },
                }),
            ],
            [
                /x-amazon-apigateway-documentation at the document's root is not supported/,
                createDocument({}, { "x-amazon-apigateway-documentation": { version: "1" } }),
            ],
            [
                /x-amazon-apigateway-auth at paths\.\/a\.get is not supported/,
                createDocument({ "/a": { get: answered({ "x-amazon-apigateway-auth": { type: "AWS_IAM" } }) } }),
            ],
            [
                /Security scheme 'oidc' is not supported/,
                createDocument({}, { components: { securitySchemes: { oidc: { type: "openIdConnect" } } } }),
            ],
        ];
        for (const [message, document] of cases) {
            await assert.rejects(
                importDocument(client, document),
                { name: "BadRequestException", message },
                String(message),
            );
        }
        const warned = { name: "BadRequestException", message: /Parameter 'session' in cookie is ignored/ };
        await assert.rejects(importDocument(client, films, { failOnWarnings: true }), warned);
        await assert.rejects(
            client.putRestApi({
                restApiId: "nobody",
                mode: "overwrite",
                body: Buffer.from(JSON.stringify(films)),
            }),
            { name: "NotFoundException" },
        );
        assert.equal((await client.getRestApis({ limit: 500 })).items?.length, before);
    });

    it("ImportRestApi accepts the project's own openapi.yaml", async () => {
        const document = load(await readFile(join(root, "app", "api", "openapi.yaml"), "utf8")) as {
            paths: Record<string, object>;
        };
        const { id: restApiId = "", warnings = [] } = await importDocument(client, { ...asOpenApi30(document) });
        const paths = await pathsOf(restApiId);
        for (const path of Object.keys(document.paths)) {
            assert.ok(
                paths.some((listedPath) => listedPath.startsWith(`${path} `)),
                `${path} of ${paths}`,
            );
        }
        assert.ok(
            warnings.every((warning) => /not supported in a model/.test(warning)),
            String(warnings),
        );
        const url = await deploy(aws, client, restApiId);
        const answer = await fetch(
            `${url}/recommendations/22?numResults=3&filterValues=${encodeURIComponent('{"GENRE":"\\"Drama\\""}')}`,
        );
        assert.equal(answer.status, 200, await answer.clone().text());
        const { queryStringParameters } = await readJson<{ queryStringParameters: object }>(answer);
        assert.deepEqual(queryStringParameters, { numResults: "3", filterValues: '{"GENRE":"\\"Drama\\""}' });
    });

    /**
     * Converts the API description `document` to OpenAPI 3.0, and adds the Lambda function as the integration of every
     * method.
     */
    function asOpenApi30(document: { paths: Record<string, object> }): object {
        const old = JSON.parse(
            JSON.stringify({ ...document, openapi: "3.0.3" }, (key, value) => {
                // Omit the security scheme, as the program does, because the function verifies tokens, and API Gateway
                // does not.
                if (key === "security" || key === "securitySchemes") return undefined;
                const isNullable = key === "type" && Array.isArray(value);
                return isNullable ? value.find((type) => type !== "null") : value;
            }),
        );
        for (const item of Object.values(old.paths as Record<string, Record<string, object>>)) {
            for (const [verb, operation] of Object.entries(item)) {
                item[verb] = { ...operation, "x-amazon-apigateway-integration": integration };
            }
        }
        return old;
    }
});
