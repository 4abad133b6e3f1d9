import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { createBucket, type Service, startService } from "../../local-personalize/test/support.ts";
import { type DynamicHost, startDynamicHost } from "./dynamic-host.ts";

const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const common = {
    region: "eu-central-1",
    tags: { "pulumi:project": "movie-recommender", "pulumi:stack": "host" },
    pollSeconds: 0.01,
    deadlineMinutes: 1,
};

describe("Pulumi's dynamic provider host with the provider's code from the state", () => {
    let service: Service;
    /** A server on the engine's port. The handlers must detect when the engine ends. */
    let engine: Server;
    const hosts: DynamicHost[] = [];

    before(async () => {
        service = await startService({ access: createBucket().access });
        engine = createServer((socket) => socket.destroy()).listen(0, "127.0.0.1");
        await once(engine, "listening");
    });
    after(async () => {
        await Promise.all(hosts.map((host) => host.stop()));
        engine?.close();
        await service?.discard();
    });

    const hostOf = async (kind: string, place: { module?: string; cwd?: string } = {}) => {
        const { port } = engine.address() as { port: number };
        const env = {
            AWS_ENDPOINT_URL: service.endpoint,
            AWS_ACCESS_KEY_ID: "test",
            AWS_SECRET_ACCESS_KEY: "test",
            AWS_EC2_METADATA_DISABLED: "true",
            NO_PROXY: "127.0.0.1",
        };
        const host = await startDynamicHost(kind, port, env, place);
        hosts.push(host);
        return host;
    };

    it("the host creates, reads, updates and deletes a dataset group", async () => {
        const host = await hostOf("DatasetGroup");
        const { __provider, ...inputs } = (await host.check({}, { ...common, name: "host" })).inputs;
        assert.equal(__provider, host.text);
        assert.deepEqual(inputs, { ...common, name: "host" });

        const { id, outs } = await host.create(inputs);
        assert.equal(id, "arn:aws:personalize:eu-central-1:000000000000:dataset-group/host");
        assert.deepEqual(outs, { ...inputs, arn: id, status: "ACTIVE", __provider: host.text });

        assert.deepEqual(await host.diff(id, outs, inputs), {
            changes: false,
            replaces: [],
            deleteBeforeReplace: false,
        });
        const renamed = await host.diff(id, outs, { ...inputs, name: unknownValue });
        assert.deepEqual(renamed, { changes: true, replaces: ["name"], deleteBeforeReplace: false });
        const failed = await host.diff(id, { ...outs, status: "CREATE FAILED" }, inputs);
        assert.deepEqual(failed, { changes: true, replaces: ["status"], deleteBeforeReplace: true });

        assert.deepEqual(await host.read(id, outs), { id, props: outs });
        const tags = { ...common.tags, team: "films" };
        assert.deepEqual(await host.update(id, outs, { ...inputs, tags }), { ...outs, tags });

        // `pulumi destroy` starts another provider process, so delete through a new host. The first host does not
        // delete resources that it created itself.
        await (await hostOf("DatasetGroup")).delete(id, outs);
        const gone = service.personalize.describeDatasetGroup({ datasetGroupArn: id });
        await assert.rejects(gone, { name: "ResourceNotFoundException" });
        assert.equal((await host.read(id, outs)).id, "");
    });

    it("the provider host in another folder loads the package that is installed beside the Pulumi SDK", async () => {
        const host = await hostOf("Schema", { cwd: tmpdir() });
        assert.deepEqual((await host.check({}, { ...common, name: "elsewhere" })).failures, []);
    });

    it("the error contains the missing module and both searched folders if the package with the handlers is not installed", async () => {
        const host = await hostOf("Schema", { module: "no-such-package", cwd: tmpdir() });
        await assert.rejects(
            host.check({}, { ...common, name: "nowhere" }),
            /Cannot find module 'no-such-package' from .*; Cannot find .*dynamic-provider.* npm install/,
        );
    });

    it("`create` sends no AWS request after the engine has ended", async () => {
        const host = await hostOf("DatasetGroup");
        await new Promise((closed) => engine.close(closed));
        await assert.rejects(
            host.create({ ...common, name: "late" }),
            // The process may also end before it answers.
            /the Pulumi engine has stopped, so no more AWS calls are made\. Run the same command again\.|UNAVAILABLE/,
        );
        const late = "arn:aws:personalize:eu-central-1:000000000000:dataset-group/late";
        const look = service.personalize.describeDatasetGroup({ datasetGroupArn: late });
        await assert.rejects(look, { name: "ResourceNotFoundException" });
    });
});
