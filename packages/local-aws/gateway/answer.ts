import type { ServerResponse } from "node:http";

/** A response of the gateway. */
export interface Answer {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string | Buffer;
}

/** The content type of services with AWS's JSON protocol. */
export const awsJson = { "content-type": "application/x-amz-json-1.1" };

/** Returns a JSON response. */
export const jsonAnswer = (status: number, body: object, headers: Readonly<Record<string, string>> = {}) => ({
    status,
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
});

/** Sends a response. */
export const sendAnswer = (response: ServerResponse, { status, headers, body }: Answer): void =>
    void response.writeHead(status, headers).end(body);
