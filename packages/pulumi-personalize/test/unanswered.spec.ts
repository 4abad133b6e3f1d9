import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { ListSchemasCommand } from "@aws-sdk/client-personalize";
import { isTransient } from "../errors.ts";
import { personalizeClients } from "../resource.ts";

describe("A call that gets no response from the service", () => {
    /** Runs `use` with clients of a service that answers all calls except the first. */
    async function withUnanswered(use: (clients: ReturnType<typeof personalizeClients>) => Promise<void>) {
        let calls = 0;
        const server = createServer((_, response) => {
            calls += 1;
            if (calls > 1) response.end(JSON.stringify({ schemas: [] }));
        });
        server.listen(0, "127.0.0.1");
        await once(server, "listening");
        const before = process.env;
        const AWS_ENDPOINT_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
        process.env = { ...before, AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" };
        try {
            await use(personalizeClients(200));
        } finally {
            process.env = before;
            server.closeAllConnections();
            server.close();
        }
    }

    it("`personalizeClients` repeats a call after the call's timeout", () =>
        withUnanswered(async (clients) => {
            const { schemas } = await clients("us-east-1").send(new ListSchemasCommand({}));
            assert.deepEqual(schemas, []);
        }));

    it("`personalizeClients` in the mode `once` throws a transient error and does not repeat the call", () =>
        withUnanswered(async (clients) => {
            const call = clients("us-east-1", "once").send(new ListSchemasCommand({}));
            await assert.rejects(call, (error: Error) => error.name === "TimeoutError" && isTransient(error));
        }));
});
