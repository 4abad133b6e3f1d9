/** What API Gateway hands to a function (API Gateway Developer Guide, "Lambda proxy integrations"), as much as is read. */
export interface GatewayEvent {
    readonly httpMethod: string;
    /** The path as the API describes it, such as `/similar/{itemId}`. */
    readonly resource: string;
    readonly path: string;
    readonly pathParameters: Readonly<Record<string, string | undefined>> | null;
    readonly queryStringParameters: Readonly<Record<string, string | undefined>> | null;
    readonly multiValueQueryStringParameters?: Readonly<Record<string, readonly string[] | undefined>> | null;
    readonly headers: Readonly<Record<string, string | undefined>> | null;
    readonly body: string | null;
    readonly isBase64Encoded: boolean;
    readonly requestContext: { readonly requestId: string };
}

/** What it takes back. */
export interface GatewayResult {
    readonly statusCode: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
    readonly isBase64Encoded: boolean;
}

/** A header, by its name in lower case. */
export function headerOf({ headers }: GatewayEvent, name: string): string | undefined {
    for (const [key, value] of Object.entries(headers ?? {})) {
        if (key.toLowerCase() === name) return value;
    }
    return undefined;
}

/** A REST API hands on a path's parameters as they stand in the URL: `%40` is an @. What is no such encoding stays. */
export function decoded(text: string): string {
    try {
        return decodeURIComponent(text);
    } catch {
        return text;
    }
}

/** Those that are there, as text. */
export const texts = (values: Readonly<Record<string, string | undefined>> | null): Record<string, string> =>
    Object.fromEntries(
        Object.entries(values ?? {}).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    );

export const bodyOf = ({ body, isBase64Encoded }: GatewayEvent): string | undefined =>
    body === null ? undefined : isBase64Encoded ? Buffer.from(body, "base64").toString() : body;
