import { createServer, type IncomingMessage } from "node:http";
import { createBucket, startService } from "../../test/support.ts";
import { findOperation, portOf, readBody } from "../../wire/http.ts";
import { sampleFiles } from "./files.ts";

/** A call of a sample and its answer. */
export interface SampleCall {
    readonly operation: string;
    readonly status: number;
    /** Code of the error; empty for a success. */
    readonly code: string;
}

export type SampleService = Awaited<ReturnType<typeof startSampleService>>;

/**
 * Returns a local Personalize of its own for one suite, behind a server that records each call. The server also serves
 * the objects of the suite's bucket, and the CloudWatch metrics of the local Personalize.
 */
export async function startSampleService() {
    const bucket = createBucket(sampleFiles());
    const service = await startService({ access: bucket.access, speed: "samples" });
    const calls: SampleCall[] = [];
    const server = createServer(async (request, response) => {
        const path = request.url ?? "/";
        const body = await readBody(request);
        if (path === "/_metrics") {
            response.end(JSON.stringify(service.emulator.takeMetrics({ all: true })));
            return;
        }
        if (path.startsWith(objects)) {
            const name = path.slice(objects.length);
            if (request.method === "PUT") bucket.objects[name] = body;
            response.writeHead(name in bucket.objects ? 200 : 404).end(bucket.objects[name]);
            return;
        }
        const answer = await fetch(service.endpoint + path, { method: "POST", headers: headersOf(request), body });
        const code = answer.headers.get("x-amzn-errortype") ?? "";
        const target = request.headers["x-amz-target"]?.toString();
        const operation = findOperation("POST", path, target)?.operation ?? path;
        calls.push({ operation, status: answer.status, code });
        const headers = Object.fromEntries([...answer.headers].filter(([name]) => name.startsWith("x-amzn")));
        response.writeHead(answer.status, { ...headers, "content-type": answer.headers.get("content-type") ?? "" });
        response.end(Buffer.from(await answer.arrayBuffer()));
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const endpoint = `http://127.0.0.1:${portOf(server)}`;
    return {
        endpoint,
        /** The HTTP address of the objects in the suite's bucket. */
        bucket: `${endpoint}${objects.slice(0, -1)}`,
        calls,
        async stop() {
            server.closeAllConnections();
            server.close();
            await service.discard();
        },
    };
}

const objects = "/_objects/";

/** Returns the headers to forward. Omits the headers of the connection, because the call uses a new one. */
function headersOf({ headers }: IncomingMessage): Record<string, string> {
    const kept = ["content-type", "x-amz-target", "authorization", "x-amz-date"];
    return Object.fromEntries(kept.flatMap((name) => (headers[name] ? [[name, String(headers[name])]] : [])));
}
