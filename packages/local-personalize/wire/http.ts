import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Server } from "node:net";
import type { Emulator, EmulatorResponse, ServiceName } from "../contract.ts";
import type { ServiceError } from "../errors.ts";

export interface CredentialScope {
    readonly accessKeyId: string;
    readonly region: string;
    readonly service: string;
}

/** The service and the operation of a call, by their names in the service model. */
export interface Operation {
    readonly service: ServiceName;
    readonly operation: string;
}

const restOperations: Record<string, Operation> = {
    "/recommendations": { service: "personalize-runtime", operation: "GetRecommendations" },
    "/personalize-ranking": { service: "personalize-runtime", operation: "GetPersonalizedRanking" },
    "/action-recommendations": { service: "personalize-runtime", operation: "GetActionRecommendations" },
    "/events": { service: "personalize-events", operation: "PutEvents" },
    "/items": { service: "personalize-events", operation: "PutItems" },
    "/users": { service: "personalize-events", operation: "PutUsers" },
    "/actions": { service: "personalize-events", operation: "PutActions" },
    "/action-interactions": { service: "personalize-events", operation: "PutActionInteractions" },
};

/**
 * Returns the Personalize call of an HTTP request. It is identified by its `X-Amz-Target` header
 * (`AmazonPersonalize.<Operation>`), or by the REST path of the runtime and events services. `path` has no query.
 * Undefined for any other request.
 */
export function findOperation(method: string, path: string, target: string | undefined): Operation | undefined {
    if (method !== "POST") return undefined;
    const control = target?.match(/^AmazonPersonalize\.(\w+)$/);
    if (control?.[1]) return { service: "personalize", operation: control[1] };
    return target === undefined ? restOperations[path] : undefined;
}

/** Returns the access key ID, region and service of a signature, from the Authorization header or a presigned URL. */
export function credentialScope(request: IncomingMessage, url: URL): CredentialScope | undefined {
    const inHeader = /Credential=([^,\s]+)/.exec(request.headers.authorization ?? "")?.[1];
    const [accessKeyId, , region, service] = (inHeader ?? url.searchParams.get("X-Amz-Credential") ?? "").split("/");
    return accessKeyId && region && service ? { accessKeyId, region, service } : undefined;
}

/** Checks whether a browser sent a request for a web page, by headers that every browser adds. */
export function isFromWebPage({ headers }: Pick<IncomingMessage, "headers">): boolean {
    const site = headers["sec-fetch-site"];
    return headers.origin !== undefined || (site !== undefined && site !== "none");
}

/** Host names of the endpoints below /_local. Any other name may be a web site that resolves to this machine. */
const toolHost = /^(127\.0\.0\.1|\[::1\]|localhost)$/;

/** Returns the name in the Host header, without the port: behind a tunnel, the port differs from the server's. */
export const hostOf = ({ headers }: Pick<IncomingMessage, "headers">): string =>
    (headers.host ?? "").toLowerCase().replace(/:\d+$/, "");

/** Checks whether a request names this machine as its host, which the endpoints below /_local require. */
export const isForTools = (request: Pick<IncomingMessage, "headers">): boolean => toolHost.test(hostOf(request));

/** Returns the whole body, in memory; undefined if it has more than `most` bytes, which are then read and dropped. */
export async function readBody(request: IncomingMessage, most: number): Promise<Buffer | undefined>;
export async function readBody(request: IncomingMessage): Promise<Buffer>;
export async function readBody(request: IncomingMessage, most = Number.POSITIVE_INFINITY): Promise<Buffer | undefined> {
    let chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of request as AsyncIterable<Buffer>) {
        length += chunk.length;
        if (length <= most) chunks.push(chunk);
        else chunks = [];
    }
    return length <= most ? Buffer.concat(chunks) : undefined;
}

/** Returns the port on which a server listens. Throws an Error if the server does not listen on a port. */
export function portOf(server: Server): number {
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("The server does not listen on a port");
    return address.port;
}

/** Parses a JSON body. Returns invalid JSON as text, which the emulator's validation rejects as AWS does. */
export function parseJson(body: Buffer): unknown {
    const text = body.toString("utf8");
    try {
        return JSON.parse(text === "" ? "{}" : text);
    } catch {
        return text;
    }
}

/** Writes an answer, and then records in the request log that the caller received it. */
export function writeAnswer(emulator: Emulator, answer: EmulatorResponse, response: ServerResponse): void {
    const { logged } = answer;
    // Node.js does not emit `finish` if the caller has closed the connection, and so has not received the answer.
    if (logged !== undefined) response.once("finish", () => emulator.answered(logged));
    // With a content length, the answer is sent in one write and not in chunks.
    const length = { "content-length": Buffer.byteLength(answer.body) };
    response.writeHead(answer.status, Object.assign(length, answer.headers));
    response.end(answer.body);
}

/** Returns a successful response in the service's protocol. An operation without an output has an empty body. */
export function success(service: ServiceName, output: object | undefined): EmulatorResponse {
    return { status: 200, headers: createHeaders(service), body: output === undefined ? "" : JSON.stringify(output) };
}

/** Returns an error response. Its code is in the body (`__type`) and in the header that the REST services use. */
export function failure(service: ServiceName, { code, message, status }: ServiceError): EmulatorResponse {
    const headers = { ...createHeaders(service), "x-amzn-ErrorType": code };
    return { status, headers, body: JSON.stringify({ __type: code, message }) };
}

const createHeaders = (service: ServiceName): Record<string, string> => ({
    "content-type": service === "personalize" ? "application/x-amz-json-1.1" : "application/json",
    "x-amzn-RequestId": randomUUID(),
});

/**
 * Functions that return another valid form of a text in an answer. The keys are the names of the answer's members that
 * contain such texts. AWS does not document in which form the service returns these texts, so a client must accept
 * both.
 */
const forms: Readonly<Record<string, (text: string) => string>> = {
    datasetType: (type) => type.charAt(0) + type.slice(1).toLowerCase(),
    filterExpression: otherFilter,
    schema: (schema) => JSON.stringify(reversed(JSON.parse(schema)), null, 4),
    schedulingExpression: (schedule) => schedule.replace(/days?/, (unit) => (unit === "day" ? "days" : "day")),
};

/** Returns an answer in which each text that has another valid form is replaced by that form, at any depth. */
export function inOtherForms(answer: unknown): unknown {
    if (Array.isArray(answer)) return answer.map(inOtherForms);
    if (typeof answer !== "object" || answer === null) return answer;
    const members = Object.entries(answer).map(([name, value]) => [
        name,
        typeof value === "string" && Object.hasOwn(forms, name) ? forms[name]?.(value) : inOtherForms(value),
    ]);
    return Object.fromEntries(members);
}

/** Returns a filter expression in lower case and with doubled spaces, except in quoted strings and placeholders. */
function otherFilter(expression: string): string {
    const parts = expression.match(/"(?:[^"\\]|\\.)*"|\$\w+|[^"$]+/gsu) ?? [];
    return parts.map((part) => (/^["$]/.test(part) ? part : part.toLowerCase().replaceAll(" ", "  "))).join("");
}

/** Returns an object with its members in the opposite order. */
const reversed = (document: object) => Object.fromEntries(Object.entries(document).reverse());
