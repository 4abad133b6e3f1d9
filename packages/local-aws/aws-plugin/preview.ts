import * as grpc from "@grpc/grpc-js";
import proto from "@pulumi/pulumi/proto/provider_pb.js";
import { Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import type { PreviewedUpdate } from "./provider.ts";

type Handle<Request, Response> = (
    call: { readonly request: Request },
    callback: (error: unknown, response?: Response) => void,
) => void;

/** The methods of the SDK's provider server that this file overrides. */
interface Server {
    readonly configure: Handle<proto.ConfigureRequest, proto.ConfigureResponse>;
    readonly create: Handle<proto.CreateRequest, proto.CreateResponse>;
    readonly update: Handle<proto.UpdateRequest, proto.UpdateResponse>;
}

/**
 * Lets the SDK's provider server answer previews of updates, as the AWS plugin does: outputs that the update cannot
 * change keep their values in a preview. By default the SDK does not support previews, so the engine treats every
 * output as unknown.
 */
export function answerPreviews(previewUpdate: PreviewedUpdate): void {
    const { addService } = grpc.Server.prototype;
    grpc.Server.prototype.addService = function (service, implementation) {
        const server = implementation as unknown as Server;
        const previewing: Server = {
            configure: (call, callback) =>
                server.configure(call, (error, response) => {
                    response?.setSupportspreview(true);
                    callback(error, response);
                }),
            create(call, callback) {
                if (!call.request.getPreview()) return server.create(call, callback);
                const response = new proto.CreateResponse();
                response.setProperties(call.request.getProperties());
                callback(undefined, response);
            },
            update(call, callback) {
                const { request } = call;
                if (!request.getPreview()) return server.update(call, callback);
                const [olds = {}, news = {}] = [request.getOlds(), request.getNews()].map((one) => one?.toJavaScript());
                const response = new proto.UpdateResponse();
                const planned = previewUpdate(request.getUrn(), olds, news);
                response.setProperties(Struct.fromJavaScript(planned as Parameters<typeof Struct.fromJavaScript>[0]));
                callback(undefined, response);
            },
        };
        return addService.call(this, service, Object.assign(Object.create(implementation), previewing));
    };
}
