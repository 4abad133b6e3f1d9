import assert from "node:assert/strict";
import { APIGateway } from "@aws-sdk/client-api-gateway";
import { ResourceGroupsTaggingAPI } from "@aws-sdk/client-resource-groups-tagging-api";
import { itemAt } from "../../../../../test/support/item-at.ts";
import { readJson } from "../../../../../test/support/json.ts";
import { region } from "../../../../../test/support/local-aws.ts";
import { account, useEnforcing } from "../../gateway/enforcement/support.ts";
import { allowApi, answered, createDocument, deploy, functionName, importDocument, makeFunction } from "./support.ts";

interface Event {
    readonly httpMethod: string;
    readonly headers: Record<string, string>;
    readonly queryStringParameters: Record<string, string>;
    readonly requestContext: { readonly requestId: string };
    readonly body: string | null;
}

const any = { "x-amazon-apigateway-any-method": answered() };
const document = createDocument(
    {
        "/films": any,
        "/keyed": { get: answered({ security: [{ key: [] }] }) },
    },
    {
        components: { securitySchemes: { key: { type: "apiKey", name: "x-api-key", in: "header" } } },
        "x-amazon-apigateway-gateway-responses": {
            THROTTLED: {
                statusCode: "429",
                responseParameters: {
                    "gatewayresponse.header.Content-Type": "'application/problem+json'",
                    "gatewayresponse.header.Retry-After": "'1'",
                },
                responseTemplates: {
                    "application/json": '{"title":"Too many requests","status":429,"requestId":"$context.requestId"}',
                },
            },
            INVALID_API_KEY: { statusCode: "403", responseTemplates: { "application/json": '{"title":"No key"}' } },
        },
    },
);

describe("Calls of a REST API of the local AWS", () => {
    const aws = useEnforcing();
    let client: APIGateway;
    let restApiId: string;
    let url: string;
    before(async () => {
        client = aws.open(APIGateway);
        await makeFunction(aws, false);
        restApiId = await importDocument(client, document);
        url = await deploy(aws, client, restApiId);
    });
    const eventOf = async (answer: Response) => {
        assert.equal(answer.status, 200, await answer.clone().text());
        return await readJson<Event>(answer);
    };

    it("an API call returns 500 unless the function's policy allows this API", async () => {
        const refused = async () => {
            const answer = await fetch(`${url}/films`);
            assert.equal(answer.status, 500);
            assert.match(await answer.text(), /Internal server error/);
        };
        await refused();
        await allowApi(aws, "otherapi");
        await refused();
        // API Gateway sends no aws:SourceAccount, so a permission with this condition has no effect.
        const withAccount = { StatementId: "with-account", SourceAccount: account };
        await allowApi(aws, restApiId, withAccount);
        await refused();
        await allowApi(aws, restApiId);
        await eventOf(await fetch(`${url}/films`));
        await assert.rejects(allowApi(aws, restApiId), {
            name: "ResourceConflictException",
            message: /The statement id \(api-\w+\) provided already exists/,
        });
        const permission = { FunctionName: functionName, StatementId: `api-${restApiId}` };
        await aws.admin.lambda.removePermission(permission);
        await refused();
        await allowApi(aws, restApiId);
    });

    it("unsigned API calls reach the function unchanged, also from another origin", async () => {
        const values = '{"GENRE":"\\"Drama\\" & more"}';
        const origin = "https://films.example";
        const answer = await fetch(`${url}/films?values=${encodeURIComponent(values)}&since=5`, {
            headers: { origin, "sec-fetch-site": "cross-site", "if-none-match": '"1"' },
        });
        const event = await eventOf(answer);
        assert.deepEqual(event.queryStringParameters, { values, since: "5" });
        assert.equal(event.headers.origin, origin);
        assert.equal(event.headers["if-none-match"], '"1"');
        assert.match(event.requestContext.requestId, /^[0-9a-f-]{36}$/);
        assert.equal(answer.headers.get("x-amzn-requestid"), event.requestContext.requestId);

        const preflight = await fetch(`${url}/films`, {
            method: "OPTIONS",
            headers: { origin, "access-control-request-method": "POST" },
        });
        assert.equal((await eventOf(preflight)).httpMethod, "OPTIONS");
        const posted = await fetch(`${url}/films`, { method: "POST", body: '{"title":"Älien"}', headers: { origin } });
        assert.equal((await eventOf(posted)).body, '{"title":"Älien"}');
    });

    it("the Resource Groups Tagging API lists an API key by its tag", async () => {
        const { id } = await client.createApiKey({ name: "tagged", tags: { team: "films" } });
        const TagFilters = [{ Key: "team", Values: ["films"] }];
        const { ResourceTagMappingList = [] } = await aws.open(ResourceGroupsTaggingAPI).getResources({ TagFilters });
        assert.deepEqual(
            ResourceTagMappingList.map(({ ResourceARN }) => ResourceARN),
            [`arn:aws:apigateway:${region}::/apikeys/${id}`],
        );
    });

    it("a call of a method with apiKeyRequired needs an API key of the usage plan", async () => {
        const { id: keyId = "", value = "" } = await client.createApiKey({ name: "films", enabled: true });
        const call = (key?: string) =>
            fetch(`${url}/keyed`, key === undefined ? {} : { headers: { "x-api-key": key } });
        for (const key of [undefined, "not-a-key-at-all-0000", value]) {
            const answer = await call(key);
            assert.equal(answer.status, 403);
            assert.deepEqual(await answer.json(), { title: "No key" });
        }
        const apiStages = [{ apiId: restApiId, stage: "api" }];
        const { id: usagePlanId = "" } = await client.createUsagePlan({ name: "films", apiStages });
        await client.createUsagePlanKey({ usagePlanId, keyId, keyType: "API_KEY" });
        assert.equal((await call(value)).status, 200);
        await client.updateUsagePlan({
            usagePlanId,
            patchOperations: [
                { op: "replace", path: "/throttle/rateLimit", value: "0.001" },
                { op: "replace", path: "/throttle/burstLimit", value: "1" },
            ],
        });
        assert.deepEqual([(await call(value)).status, (await call(value)).status], [200, 429]);
    });

    it("calls above the stage's rate limit return 429 with the API's configured gateway response", async () => {
        const set = (path: string, value: string) => ({
            op: "replace" as const,
            path: `/*/*/throttling/${path}`,
            value,
        });
        const limits = [set("rateLimit", "0.001"), set("burstLimit", "2")];
        const stage = { restApiId, stageName: "api" };
        await client.updateStage({ ...stage, patchOperations: limits });
        const answers = [await fetch(`${url}/films`), await fetch(`${url}/films`), await fetch(`${url}/films`)];
        assert.deepEqual(
            answers.map(({ status }) => status),
            [200, 200, 429],
        );
        const last = itemAt(answers, 2);
        assert.equal(last.headers.get("content-type"), "application/problem+json");
        assert.equal(last.headers.get("retry-after"), "1");
        const requestId = last.headers.get("x-amzn-requestid");
        assert.deepEqual(await last.json(), { title: "Too many requests", status: 429, requestId });
        await client.updateStage({ ...stage, patchOperations: [{ op: "remove", path: "/*/*" }] });
        assert.equal((await fetch(`${url}/films`)).status, 200);
    });

    it("PutRestApi overwrites the API, and callers see the change after a deployment", async () => {
        const restApiId = await importDocument(client, document);
        await allowApi(aws, restApiId);
        const url = await deploy(aws, client, restApiId);
        const put = (document: object) =>
            client.putRestApi({ restApiId, mode: "overwrite", body: Buffer.from(JSON.stringify(document)) });
        const proxy = createDocument({ "/films": { get: answered() }, "/{proxy+}": { ...any, get: answered() } });
        assert.equal((await put({ ...proxy, info: { title: "Renamed" } })).name, "Renamed");
        const { items = [] } = await client.getResources({ restApiId });
        assert.deepEqual(items.map(({ path }) => path).sort(), ["/", "/films", "/{proxy+}"]);
        const resources = async (method: string, ...paths: string[]) => {
            const answers = paths.map((path) => fetch(`${url}${path}`, { method }));
            const texts = (await Promise.all(answers)).map((answer) => answer.text());
            return (await Promise.all(texts)).map((text) => JSON.parse(text).resource);
        };
        assert.deepEqual(await resources("GET", "/films", "/other"), ["/films", undefined]);
        const { id: value } = await client.createDeployment({ restApiId });
        const patchOperations = [{ op: "replace" as const, path: "/deploymentId", value }];
        await client.updateStage({ restApiId, stageName: "api", patchOperations });
        const paths = ["/films", "/films/7", "/other"];
        assert.deepEqual(await resources("GET", ...paths), ["/films", "/{proxy+}", "/{proxy+}"]);
        assert.deepEqual(await resources("POST", ...paths), ["/{proxy+}", "/{proxy+}", "/{proxy+}"]);
    });

    it("PutRestApi rejects an invalid or unsupported document, and changes nothing", async () => {
        const id = await importDocument(client, document);
        const authorized = answered({ security: [{ key: [] }], "x-amazon-apigateway-auth": { type: "AWS_IAM" } });
        const schemes = { oidc: { type: "openIdConnect", name: "token" } };
        for (const [message, wrong] of [
            [/^Invalid OpenAPI input/, { ...document, openapi: "3.1.0" }],
            [/^Invalid OpenAPI input/, "films"],
            [/^Invalid OpenAPI input/, createDocument({ "/films": { get: { responses: {} } } })],
            [/: x-amazon-apigateway-policy$/, { ...document, "x-amazon-apigateway-policy": {} }],
            [/: x-amazon-apigateway-auth of get \/films$/, createDocument({ "/films": { get: authorized } })],
            [/: parameters of \/films$/, createDocument({ "/films": { ...any, parameters: [] } })],
            [/: oidc$/, createDocument({}, { components: { securitySchemes: schemes } })],
            [/: NO_KEY$/, createDocument({}, { "x-amazon-apigateway-gateway-responses": { NO_KEY: {} } })],
            [
                /: type http of get \/films$/,
                createDocument({ "/films": { get: { "x-amazon-apigateway-integration": { type: "http" } } } }),
            ],
            [/: schemas$/, createDocument({}, { components: { schemas: {} } })],
        ] as const) {
            const body = Buffer.from(JSON.stringify(wrong));
            const put = client.putRestApi({ restApiId: id, mode: "overwrite", body });
            await assert.rejects(put, { name: "BadRequestException", message });
        }
        const body = Buffer.from(JSON.stringify(document));
        await assert.rejects(client.putRestApi({ restApiId: id, body }), {
            message: /: mode merge \(use overwrite\)$/,
        });
        const unknown = client.putRestApi({ restApiId: "nobody", mode: "overwrite", body });
        await assert.rejects(unknown, { name: "NotFoundException" });
        const { items = [] } = await client.getResources({ restApiId: id });
        assert.deepEqual(items.map(({ path }) => path).sort(), ["/", "/films", "/keyed"]);
    });

    it("an unknown path or stage returns 403 with API Gateway's message", async () => {
        const nowhere = await fetch(`${url}/nowhere`);
        assert.deepEqual([nowhere.status, await nowhere.json()], [403, { message: "Missing Authentication Token" }]);
        const noStage = await fetch(url.replace(/api$/, "v1"));
        assert.deepEqual([noStage.status, await noStage.json()], [403, { message: "Forbidden" }]);
    });
});
