/** MiniStack's port, and the secret that is generated at each start. MiniStack rejects requests without the secret. */
export interface MiniStackAddress {
    readonly port: number;
    readonly secret: string;
}

/**
 * The header with the secret, which packages/local-aws/ministack/gateway_only.py reads. The gateway removes this header
 * from callers' requests.
 */
export const secretHeader = "x-from-gateway";

/** The header that marks requests that the gateway has checked. MiniStack ignores this header without the secret. */
export const judgedHeader = "x-judged-by-gateway";

interface Sent {
    request: { readonly headers: Record<string, string> };
}

/** A plugin of AWS clients that adds the secret to each request. The signature does not cover the secret. */
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

/** Settings of AWS clients that call MiniStack directly, as the account's root user. */
export const createClientSettings = ({ port, secret }: MiniStackAddress) => ({
    endpoint: `http://127.0.0.1:${port}`,
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    extensions: [withSecret(secret)],
});
