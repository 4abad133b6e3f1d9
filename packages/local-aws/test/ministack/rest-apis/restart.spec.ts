import assert from "node:assert/strict";
import {
    type APIGatewayClient,
    CreateDeploymentCommand,
    GetResourcesCommand,
    PutRestApiCommand,
    UpdateStageCommand,
} from "@aws-sdk/client-api-gateway";
import { start, stop } from "../../../control.ts";
import { type Enforcing, startEnforcing } from "../../gateway/enforcement/support.ts";
import { answered, createDocument, createGateway, deploy, importDocument, makeFunction } from "./support.ts";

describe("REST API after a restart of the local AWS", () => {
    let aws: Enforcing;
    let client: APIGatewayClient;
    before(async () => {
        aws = await startEnforcing();
        client = createGateway(aws);
        await makeFunction(aws);
    });
    after(async () => {
        client.destroy();
        await aws.discard();
    });

    it("the stage still serves its deployment after the restart, and undeployed changes of the API are kept", async () => {
        const { id: restApiId = "" } = await importDocument(client, createDocument({ "/films": { get: answered() } }));
        const url = await deploy(aws, client, restApiId);
        const changed = Buffer.from(JSON.stringify(createDocument({ "/health": { get: answered() } })));
        await client.send(new PutRestApiCommand({ restApiId, mode: "overwrite", body: changed }));
        await stop(aws.instance);
        await start(aws.instance, () => {});
        const statuses = async () => [(await fetch(`${url}/films`)).status, (await fetch(`${url}/health`)).status];
        assert.deepEqual(await statuses(), [200, 403]);
        const { items = [] } = await client.send(new GetResourcesCommand({ restApiId }));
        assert.deepEqual(items.map(({ path }) => path).sort(), ["/", "/health"]);
        const { id: value } = await client.send(new CreateDeploymentCommand({ restApiId }));
        const patchOperations = [{ op: "replace" as const, path: "/deploymentId", value }];
        await client.send(new UpdateStageCommand({ restApiId, stageName: "api", patchOperations }));
        assert.deepEqual(await statuses(), [403, 200]);
    });
});
