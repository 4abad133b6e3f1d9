import { faultyRequest } from "./problem.ts";

/** The parts of API Gateway's event that the API reads (API Gateway Developer Guide, "Lambda proxy integrations"). */
export interface GatewayEvent {
    readonly httpMethod: string;
    /** The route of API Gateway, for example `/recommendations/{userId}` or `/{proxy+}`. */
    readonly resource: string;
    readonly path: string;
    readonly pathParameters: Readonly<Record<string, string | undefined>> | null;
    readonly queryStringParameters: Readonly<Record<string, string | undefined>> | null;
    readonly multiValueQueryStringParameters?: Readonly<Record<string, readonly string[] | undefined>> | null;
    readonly headers: Readonly<Record<string, string | undefined>> | null;
    readonly body: string | null;
    readonly isBase64Encoded: boolean;
    readonly requestContext: {
        /** The caller can choose it (API Gateway Developer Guide, "Variables for access logging"). */
        readonly requestId: string;
        /** API Gateway's own ID of the request. */
        readonly extendedRequestId?: string;
        /** The peer of the connection, with its IP address. */
        readonly identity?: {
            readonly sourceIp?: string;
            /** The account whose signature API Gateway verified; only for methods with authorization AWS_IAM. */
            readonly accountId?: string | null;
        };
    };
}

/** The function's result in the format that API Gateway expects. */
export interface GatewayResult {
    readonly statusCode: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
    readonly isBase64Encoded: boolean;
}

/** Returns the value of a header; `name` is in lower case. */
export function headerOf({ headers }: GatewayEvent, name: string): string | undefined {
    for (const [key, value] of Object.entries(headers ?? {})) {
        if (key.toLowerCase() === name) return value;
    }
    return undefined;
}

/**
 * Decodes a path parameter, which a REST API passes URL-encoded: `%40` is an @. Returns invalid encodings unchanged.
 */
export function decoded(text: string): string {
    try {
        return decodeURIComponent(text);
    } catch {
        return text;
    }
}

/** Returns a map without its undefined values. */
export const texts = (values: Readonly<Record<string, string | undefined>> | null): Record<string, string> =>
    Object.fromEntries(
        Object.entries(values ?? {}).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    );

/** Maximum length of a body in bytes. Valid bodies are shorter. */
const longestBody = 64 * 1024;

/**
 * Returns the body as text, decoded from Base64 if it is encoded; undefined without a body. Throws ProblemError above
 * `longestBody`.
 */
export function decodeBody({ body, isBase64Encoded }: GatewayEvent): string | undefined {
    if (body === null) return undefined;
    if (Buffer.byteLength(body, isBase64Encoded ? "base64" : "utf8") > longestBody) {
        throw faultyRequest([{ in: "body", message: `must NOT have more than ${longestBody} bytes` }]);
    }
    return isBase64Encoded ? Buffer.from(body, "base64").toString() : body;
}
