import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { type APIGatewayClient, UpdateAccountCommand, UpdateStageCommand } from "@aws-sdk/client-api-gateway";
import { CloudWatchLogsClient, CreateLogGroupCommand, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { region } from "../../../../../test/support/local-aws.ts";
import { account, administrator, type Enforcing, startEnforcing } from "../../gateway/enforcement/support.ts";
import { fetchSum } from "../metric-sums.ts";
import { answered, createDocument, createGateway, deploy, importDocument, makeFunction } from "./support.ts";

const logGroupName = "films-access";
const format = JSON.stringify({
    requestId: "$context.requestId",
    method: "$context.httpMethod",
    resource: "$context.resourcePath",
    status: "$context.status",
    bytes: "$context.responseLength",
    error: "$context.error.responseType",
    nothing: "$context.authorizer.principalId",
});

describe("Access log and metrics of a REST API", () => {
    let aws: Enforcing;
    let client: APIGatewayClient;
    let logs: CloudWatchLogsClient;
    let settings: { endpoint: string; region: string; credentials: typeof administrator };
    let url: string;
    before(async () => {
        aws = await startEnforcing();
        client = createGateway(aws);
        settings = { endpoint: aws.url, region, credentials: administrator };
        logs = new CloudWatchLogsClient(settings);
        await makeFunction(aws);
        const role = await aws.role("logs", { Service: "apigateway.amazonaws.com" });
        const path = "/cloudwatchRoleArn";
        await client.send(new UpdateAccountCommand({ patchOperations: [{ op: "replace", path, value: role }] }));
        await logs.send(new CreateLogGroupCommand({ logGroupName }));
        const { id: restApiId = "" } = await importDocument(
            client,
            createDocument({ "/films/{filmId}": { get: answered() } }),
        );
        url = await deploy(aws, client, restApiId);
        const destination = `arn:aws:logs:${region}:${account}:log-group:${logGroupName}`;
        await client.send(
            new UpdateStageCommand({
                restApiId,
                stageName: "api",
                patchOperations: [
                    { op: "replace", path: "/accessLogSettings/destinationArn", value: destination },
                    { op: "replace", path: "/accessLogSettings/format", value: format },
                ],
            }),
        );
    });
    after(async () => {
        for (const each of [client, logs]) each.destroy();
        await aws.discard();
    });

    it("a call adds one line to the access log, and metrics for the API and the stage", async () => {
        const good = await fetch(`${url}/films/7?since=5`);
        const bytes = (await good.text()).length;
        const bad = await fetch(`${url}/nowhere`);
        const { events = [] } = await logs.send(new FilterLogEventsCommand({ logGroupName }));
        assert.deepEqual(
            events.map(({ message = "" }) => JSON.parse(message)),
            [
                {
                    requestId: good.headers.get("x-amzn-requestid"),
                    method: "GET",
                    resource: "/films/{filmId}",
                    status: "200",
                    bytes: String(bytes),
                    error: "-",
                    nothing: "-",
                },
                {
                    requestId: bad.headers.get("x-amzn-requestid"),
                    method: "GET",
                    resource: "",
                    status: "403",
                    bytes: String((await bad.text()).length),
                    error: "MISSING_AUTHENTICATION_TOKEN",
                    nothing: "-",
                },
            ],
        );
        const sum = (name: string, stage?: string) =>
            fetchSum(settings, "AWS/ApiGateway", name, {
                ApiName: "Films",
                ...(stage !== undefined && { Stage: stage }),
            });
        while ((await sum("Count")) < 2) await sleep(50);
        assert.deepEqual(
            [await sum("Count", "api"), await sum("4XXError", "api"), await sum("5XXError", "api")],
            [2, 1, 0],
        );
        assert.ok((await sum("Latency", "api")) >= (await sum("IntegrationLatency", "api")));
        assert.equal(await sum("Count", "other"), 0);
    });
});
