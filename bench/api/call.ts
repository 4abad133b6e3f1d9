import { randomUUID } from "node:crypto";
import type { Service } from "../../app/serving/service.ts";
import { toRecord } from "../../core/config/records.ts";

/** A request to the API, which a caller sends over HTTP or passes to the handler directly. */
export interface ApiRequest {
    readonly method: "GET" | "POST";
    /**
     * Path in the API description, such as `/recommendations/{userId}`. `path` has the values of the path parameters.
     */
    readonly resource: string;
    readonly path?: Readonly<Record<string, string>>;
    readonly query?: Readonly<Record<string, string>>;
    readonly body?: unknown;
}

export interface ApiAnswer {
    readonly status: number;
    // biome-ignore lint/suspicious/noExplicitAny: JSON; each caller reads the members that its operation returns
    readonly body: any;
    /**
     * The source of the list according to the `Server-Timing` header: `memory`, `table`, `campaign` or `tables`;
     * `function` without that header.
     */
    readonly layer: string;
    readonly milliseconds: number;
}

/** Sends one request and returns the answer. */
export type Call = (request: ApiRequest) => Promise<ApiAnswer>;

const layerOf = (timing: string | null | undefined) => timing?.split(";")[0] ?? "function";

/** Returns a token for a viewer. */
type TokenOf = (userId: string) => Promise<string>;

/**
 * Returns a function that calls the API's own handler in this process, without HTTP. `tokenOf` creates the viewer's
 * token.
 */
export const handlerCaller =
    (service: Service, tokenOf?: TokenOf): Call =>
    async ({ method, resource, path = {}, query = {}, body }) => {
        const viewer = path.userId ?? String(toRecord(body).userId ?? "");
        const headers = tokenOf === undefined ? {} : { Authorization: `Bearer ${await tokenOf(viewer)}` };
        const begun = performance.now();
        const result = await service.handle({
            httpMethod: method,
            resource,
            path: resource,
            pathParameters: path,
            queryStringParameters: query,
            headers,
            body: body === undefined ? null : JSON.stringify(body),
            isBase64Encoded: false,
            requestContext: { requestId: randomUUID() },
        });
        return {
            milliseconds: performance.now() - begun,
            status: result.statusCode,
            layer: layerOf(result.headers["Server-Timing"]),
            body: result.body === "" ? undefined : JSON.parse(result.body),
        };
    };

/** Returns a function that sends requests over HTTP to a stack's `apiUrl`. */
export const httpCaller =
    (apiUrl: string): Call =>
    async ({ method, resource, path = {}, query = {}, body }) => {
        const filled = resource.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(path[name] ?? ""));
        const search = new URLSearchParams(query).toString();
        const begun = performance.now();
        const response = await fetch(`${apiUrl}${filled}${search && `?${search}`}`, {
            method,
            ...(body !== undefined && {
                headers: { "content-type": "application/json" },
                body: JSON.stringify(body),
            }),
            signal: AbortSignal.timeout(30_000),
        });
        const text = await response.text();
        return {
            milliseconds: performance.now() - begun,
            status: response.status,
            layer: layerOf(response.headers.get("server-timing")),
            body: text === "" ? undefined : JSON.parse(text),
        };
    };

/** A body of POST /events, as `load` sends it. */
export interface WatchedBody {
    readonly userId: string;
    readonly sessionId: string;
    readonly events: readonly { readonly eventType: string; readonly itemId: string }[];
}

/**
 * Returns a client without any cache or fallback: it asks the campaign for each list, sends each event, and returns
 * status 502 for each error.
 */
export const directCaller =
    (
        ask: (userId: string, numResults: number) => Promise<unknown>,
        putEvents: (body: WatchedBody) => Promise<unknown>,
    ): Call =>
    async ({ resource, path, query, body }) => {
        const begun = performance.now();
        const answered = (status: number, more: object = {}) => ({
            status,
            body: { source: "campaign", ...more },
            layer: "campaign",
            milliseconds: performance.now() - begun,
        });
        try {
            if (resource === "/events") {
                await putEvents(body as WatchedBody);
                return answered(202, { revision: Date.now() });
            }
            await ask(path?.userId ?? "", Number(query?.numResults));
            return answered(200);
        } catch {
            return answered(502);
        }
    };
