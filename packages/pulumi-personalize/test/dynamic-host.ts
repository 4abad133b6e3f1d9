import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { credentials, type ServiceError } from "@grpc/grpc-js";
import grpc from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import provider from "@pulumi/pulumi/proto/provider_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import { forward } from "../forward.ts";

type Properties = Record<string, unknown>;

/** The folder of a Pulumi program in which the package is installed. */
const projectDir = join(import.meta.dirname, "..", "..", "..");

/**
 * Starts Pulumi's dynamic provider host as a separate process without an engine. `enginePort` is the port on which an
 * engine would listen. Calls use gRPC with the serialized provider of `kind`, as stored in the state, which forwards to
 * `module` from the folder `cwd`.
 */
export async function startDynamicHost(
    kind: string,
    enginePort: number,
    env: NodeJS.ProcessEnv,
    { module = "pulumi-personalize/handlers", cwd = projectDir } = {},
) {
    const entry = createRequire(import.meta.url).resolve("@pulumi/pulumi/cmd/dynamic-provider");
    const child = spawn(process.execPath, [entry, `127.0.0.1:${enginePort}`], {
        cwd,
        env: { ...process.env, ...env },
        stdio: ["ignore", "pipe", "pipe"],
    });
    // The provider process may end soon after its engine, before the test waits for it.
    const exited = once(child, "exit");
    child.stderr.resume();
    const [port] = (await once(createInterface(child.stdout), "line")) as [string];
    const client = new grpc.ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure());

    const text = forward(module, kind);
    const wire = (properties: Properties) =>
        struct.Struct.fromJavaScript({ ...properties, __provider: text } as Parameters<
            typeof struct.Struct.fromJavaScript
        >[0]);
    const plain = (properties: struct.Struct | undefined) => (properties?.toJavaScript() ?? {}) as Properties;
    const call = <Answer>(send: (done: (error: ServiceError | null, answer: Answer) => void) => void) =>
        new Promise<Answer>((resolve, reject) => send((error, answer) => (error ? reject(error) : resolve(answer))));

    const configuration = new provider.ConfigureRequest();
    configuration.setArgs(struct.Struct.fromJavaScript({}));
    await call<unknown>((done) => client.configure(configuration, done));

    return {
        /** The serialized provider, which the engine sends with each call. */
        text,
        async check(olds: Properties, news: Properties) {
            const request = new provider.CheckRequest();
            request.setOlds(wire(olds));
            request.setNews(wire(news));
            const answer = await call<provider.CheckResponse>((done) => client.check(request, done));
            return { inputs: plain(answer.getInputs()), failures: answer.getFailuresList().map((f) => f.toObject()) };
        },
        async diff(id: string, olds: Properties, news: Properties) {
            const request = new provider.DiffRequest();
            request.setId(id);
            request.setOlds(wire(olds));
            request.setNews(wire(news));
            const answer = await call<provider.DiffResponse>((done) => client.diff(request, done));
            return {
                changes: answer.getChanges() === provider.DiffResponse.DiffChanges.DIFF_SOME,
                replaces: answer.getReplacesList(),
                deleteBeforeReplace: answer.getDeletebeforereplace(),
            };
        },
        async create(inputs: Properties) {
            const request = new provider.CreateRequest();
            request.setProperties(wire(inputs));
            const answer = await call<provider.CreateResponse>((done) => client.create(request, done));
            return { id: answer.getId(), outs: plain(answer.getProperties()) };
        },
        async read(id: string, properties: Properties) {
            const request = new provider.ReadRequest();
            request.setId(id);
            request.setProperties(wire(properties));
            const answer = await call<provider.ReadResponse>((done) => client.read(request, done));
            return { id: answer.getId(), props: plain(answer.getProperties()) };
        },
        async update(id: string, olds: Properties, news: Properties) {
            const request = new provider.UpdateRequest();
            request.setId(id);
            request.setOlds(wire(olds));
            request.setNews(wire(news));
            const answer = await call<provider.UpdateResponse>((done) => client.update(request, done));
            return plain(answer.getProperties());
        },
        async delete(id: string, properties: Properties) {
            const request = new provider.DeleteRequest();
            request.setId(id);
            request.setProperties(wire(properties));
            await call<unknown>((done) => client.delete(request, done));
        },
        async stop() {
            client.close();
            child.kill();
            await exited;
        },
    };
}

export type DynamicHost = Awaited<ReturnType<typeof startDynamicHost>>;
