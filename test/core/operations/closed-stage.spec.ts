import assert from "node:assert/strict";
import { APIGatewayClient, type UpdateStageCommandInput } from "@aws-sdk/client-api-gateway";
import { SSMClient } from "@aws-sdk/client-ssm";
import { type CloseClients, closeApi } from "../../../core/operations/close-api.ts";
import { fake } from "../../support/fake.ts";

/**
 * Returns clients of a simulated account without a distribution. The account has one REST API, whose stage has settings
 * for the given methods.
 */
function accountWith(methods: readonly string[]) {
    const updates: UpdateStageCommandInput[] = [];
    const tags = { "pulumi:stack": "dev" };
    const answers: Record<string, object> = {
        GetParametersByPathCommand: { Parameters: [] },
        PutParameterCommand: {},
        GetRestApisCommand: { items: [{ id: "a1", name: "films", tags }] },
        GetStageCommand: { methodSettings: Object.fromEntries(methods.map((method) => [method, {}])) },
    };
    const send = async (command: { readonly constructor: { readonly name: string }; readonly input: unknown }) => {
        if (command.constructor.name === "UpdateStageCommand") updates.push(command.input as UpdateStageCommandInput);
        return answers[command.constructor.name] ?? {};
    };
    // Create the fake client with the prototype of the client's class, because the SDK's paginators accept only
    // instances of this class.
    const client = (of: object) => Object.assign(Object.create(of), { send });
    return { updates, tags, client };
}

describe("`closeApi`", () => {
    it("`closeApi` throttles every method to 0 with UpdateStage calls of at most 80 operations", async () => {
        const methods = Array.from({ length: 99 }, (_, n) => `~1films~1${n}/GET`);
        const { updates, tags, client } = accountWith(methods);
        const clients = fake<CloseClients>({
            ssm: client(SSMClient.prototype),
            gateway: client(APIGatewayClient.prototype),
            edge: undefined,
        });
        await closeApi(clients, { stack: "dev", tags, apiName: "films", distribution: undefined }, "test");
        assert.deepEqual(
            updates.map(({ patchOperations = [] }) => patchOperations.length),
            [80, 80, 40],
        );
        const operations = updates.flatMap(({ patchOperations = [] }) => patchOperations);
        assert.deepEqual(new Set(operations.map(({ value }) => value)), new Set(["0"]));
        const paths = operations.map(({ path }) => path);
        for (const method of ["*/*", ...methods]) {
            assert.ok(paths.includes(`/${method}/throttling/rateLimit`), method);
            assert.ok(paths.includes(`/${method}/throttling/burstLimit`), method);
        }
    });
});
