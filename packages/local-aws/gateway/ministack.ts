/** Where MiniStack listens, and the secret of this start, without which it answers nothing. */
export interface MiniStackAddress {
    readonly port: number;
    readonly secret: string;
}

/** The header of the secret; packages/local-aws/ministack/gateway_only.py reads it. A value from outside is dropped. */
export const secretHeader = "x-from-gateway";

/** The header of a request that the gateway has checked; it counts only beside the secret. */
export const judgedHeader = "x-judged-by-gateway";

interface Sent {
    request: { readonly headers: Record<string, string> };
}

/** An extension of an AWS client: each request carries the secret, which is not a part of its signature. */
function withSecret(secret: string) {
    return {
        configure(client: {
            httpHandler(): { handle(request: never, options?: never): Promise<unknown> };
            setHttpHandler(handler: never): void;
        }): void {
            const handler = client.httpHandler();
            const { handle } = handler;
            const sending = (request: Sent["request"], options: never) => {
                request.headers[secretHeader] = secret;
                return handle.call(handler, request as never, options);
            };
            client.setHttpHandler(Object.assign(handler, { handle: sending }) as never);
        },
    };
}

/** Settings with which an AWS client calls MiniStack itself, as the account. */
export const settingsOf = ({ port, secret }: MiniStackAddress) => ({
    endpoint: `http://127.0.0.1:${port}`,
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    extensions: [withSecret(secret)],
});
