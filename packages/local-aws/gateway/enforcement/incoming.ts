import type { IncomingMessage } from "node:http";
import { bodyOf, type EmulatorRequest, operationOf } from "local-personalize";
import type { CallFacts } from "./directory.ts";
import type { Circumstances } from "./judge.ts";

/** The largest body that is read into memory: a function's code in base64, and some. */
const largestBody = 128 * 1024 * 1024;

/** The body of a call of any service but S3, whose objects are not read into memory. */
export async function smallBodyOf(request: IncomingMessage): Promise<Buffer> {
    const length = Number(request.headers["content-length"] ?? 0);
    if (length > largestBody) {
        throw new Error(`a call of ${length} bytes is larger than any service takes`);
    }
    return bodyOf(request);
}

/** A body as the JSON it may be; no members for any other. */
export function parse(body: Buffer | undefined): unknown {
    try {
        return JSON.parse(body?.length ? body.toString("utf8") : "{}");
    } catch {
        return {};
    }
}

/** A request as MiniStack's process is told of it. */
export function factsOf(request: IncomingMessage, region: string, account: string): CallFacts {
    const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)]);
    return {
        method: request.method ?? "GET",
        target: request.url ?? "/",
        headers: Object.fromEntries(headers),
        region,
        account,
    };
}

/** The Personalize call that a request is; `service` is what it is signed for, undefined for an unsigned one. */
export function personalizeCallOf(
    request: IncomingMessage,
    path: string,
    service: string | undefined,
    region: string,
    body: Buffer | undefined,
): EmulatorRequest | undefined {
    const target = request.headers["x-amz-target"]?.toString();
    const ours = service === "personalize" || (service === undefined && target?.startsWith("AmazonPersonalize."));
    const operation = ours ? operationOf(request.method ?? "", path, target) : undefined;
    return operation && { ...operation, region, body: parse(body) };
}

/** What policies may ask of a request's circumstances. */
export function circumstancesOf(request: IncomingMessage, region: string): Circumstances {
    return {
        region,
        sourceIp: request.socket.remoteAddress ?? "127.0.0.1",
        // The gateway stands for endpoints that speak TLS; who wants to try what happens without says so.
        secure: request.headers["x-forwarded-proto"] !== "http",
        userAgent: request.headers["user-agent"],
        now: new Date(),
    };
}

/** Whether a request without a signature is of a service whose calls are all POSTs to one place, as S3's are not. */
export const isRemoteCall = ({ headers }: IncomingMessage) =>
    headers["x-amz-target"] !== undefined ||
    /^application\/(x-www-form-urlencoded|cbor)/.test(headers["content-type"] ?? "");
