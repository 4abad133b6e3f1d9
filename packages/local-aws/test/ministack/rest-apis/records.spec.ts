import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { APIGateway } from "@aws-sdk/client-api-gateway";
import { CloudWatch } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import { region } from "../../../../../test/support/local-aws.ts";
import { start, stop } from "../../../control.ts";
import { account, useEnforcing } from "../../gateway/enforcement/support.ts";
import { fetchSum } from "../metric-sums.ts";
import { answered, createDocument, deploy, importDocument, makeFunction } from "./support.ts";

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

describe("Access log, metrics and restart of a REST API", () => {
    const aws = useEnforcing();
    let client: APIGateway;
    let logs: CloudWatchLogs;
    let cloudWatch: CloudWatch;
    let url: string;
    before(async () => {
        client = aws.open(APIGateway);
        logs = aws.open(CloudWatchLogs);
        cloudWatch = aws.open(CloudWatch);
        await makeFunction(aws);
        const role = await aws.role("logs", { Service: "apigateway.amazonaws.com" });
        const path = "/cloudwatchRoleArn";
        await client.updateAccount({ patchOperations: [{ op: "replace", path, value: role }] });
        await logs.createLogGroup({ logGroupName });
        const restApiId = await importDocument(client, createDocument({ "/films/{filmId}": { get: answered() } }));
        url = await deploy(aws, client, restApiId);
        const destination = `arn:aws:logs:${region}:${account}:log-group:${logGroupName}`;
        await client.updateStage({
            restApiId,
            stageName: "api",
            patchOperations: [
                { op: "replace", path: "/accessLogSettings/destinationArn", value: destination },
                { op: "replace", path: "/accessLogSettings/format", value: format },
            ],
        });
    });

    it("a call adds one line to the access log, and metrics for the API and the stage", async () => {
        const good = await fetch(`${url}/films/7?since=5`);
        const bytes = (await good.text()).length;
        const bad = await fetch(`${url}/nowhere`);
        const { events = [] } = await logs.filterLogEvents({ logGroupName });
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
            fetchSum(cloudWatch, "AWS/ApiGateway", name, {
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

    it("the stage still serves its deployment after the restart, and undeployed changes of the API are kept", async () => {
        const restApiId = await importDocument(client, createDocument({ "/films": { get: answered() } }));
        const url = await deploy(aws, client, restApiId);
        const changed = Buffer.from(JSON.stringify(createDocument({ "/health": { get: answered() } })));
        await client.putRestApi({ restApiId, mode: "overwrite", body: changed });
        await stop(aws.instance);
        await start(aws.instance, () => {});
        const statuses = async () => [(await fetch(`${url}/films`)).status, (await fetch(`${url}/health`)).status];
        assert.deepEqual(await statuses(), [200, 403]);
        const { items = [] } = await client.getResources({ restApiId });
        assert.deepEqual(items.map(({ path }) => path).sort(), ["/", "/health"]);
        const { id: value } = await client.createDeployment({ restApiId });
        const patchOperations = [{ op: "replace" as const, path: "/deploymentId", value }];
        await client.updateStage({ restApiId, stageName: "api", patchOperations });
        assert.deepEqual(await statuses(), [403, 200]);
    });
});
