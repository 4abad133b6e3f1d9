import type { Readable } from "node:stream";
import { PersonalizeClient } from "@aws-sdk/client-personalize";
import { PersonalizeRuntimeClient } from "@aws-sdk/client-personalize-runtime";
import { append, recordingVariable } from "./recording.ts";

/**
 * Adds a middleware to every Personalize client that records requests and responses without changing them. `node
 * --import` loads this module into each process of the drill: Pulumi's dynamic providers and the runbooks.
 */

interface WireResponse {
    readonly statusCode: number;
    readonly headers: Readonly<Record<string, string>>;
    body: Readable | Uint8Array;
}

type AnyClient = PersonalizeClient | PersonalizeRuntimeClient;

const file = process.env[recordingVariable];
if (file !== undefined) {
    record(PersonalizeClient, "personalize", file);
    record(PersonalizeRuntimeClient, "personalize-runtime", file);
}

function record(client: { prototype: AnyClient }, service: string, target: string): void {
    const prototype = client.prototype as unknown as { send(...args: unknown[]): unknown };
    const { send } = prototype;
    prototype.send = function (this: AnyClient, ...args: unknown[]) {
        const stack = this.middlewareStack as unknown as { add(...of: unknown[]): void };
        stack.add(recording(service, target), {
            step: "deserialize",
            // With priority low, the middleware sees the response before the SDK parses it.
            priority: "low",
            name: "recording",
            override: true,
        });
        return send.apply(this, args);
    };
}

function recording(service: string, target: string) {
    type Next = (args: { request: { body?: unknown } }) => Promise<{ response: WireResponse }>;
    return (next: Next, context: { readonly commandName?: string }) => async (args: Parameters<Next>[0]) => {
        const operation = String(context.commandName).replace(/Command$/, "");
        const request = parsed(args.request.body);
        let result: Awaited<ReturnType<Next>>;
        try {
            result = await next(args);
        } catch (error) {
            const { code, name } = error as NodeJS.ErrnoException;
            append(target, { service, operation, request, status: 0, error: code ?? name, response: null });
            throw error;
        }
        const { response } = result;
        const bytes = await collected(response.body);
        response.body = bytes;
        const answer = parsed(bytes);
        const error = response.statusCode >= 300 ? errorCode(response.headers, answer) : undefined;
        append(target, {
            service,
            operation,
            request,
            status: response.statusCode,
            ...(error !== undefined && { error }),
            response: answer,
        });
        return result;
    };
}

async function collected(body: Readable | Uint8Array): Promise<Uint8Array> {
    if (body instanceof Uint8Array) return body;
    const chunks: Buffer[] = [];
    for await (const chunk of body) chunks.push(Buffer.from(chunk));
    return Buffer.concat(chunks);
}

function parsed(body: unknown): unknown {
    const text = body instanceof Uint8Array ? new TextDecoder().decode(body) : body;
    if (typeof text !== "string" || text === "") return null;
    try {
        return JSON.parse(text);
    } catch {
        return text;
    }
}

/** Returns the error code in AWS's JSON protocols, from a header or from the body (`prefix#Code:uri`). */
function errorCode(headers: Readonly<Record<string, string>>, answer: unknown): string {
    const { __type, code } = (answer ?? {}) as { __type?: string; code?: string };
    return (headers["x-amzn-errortype"] ?? __type ?? code ?? "unknown").replace(/^.*#/, "").replace(/:.*$/, "");
}
