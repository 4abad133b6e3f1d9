/** How the gateway's loops call MiniStack: straight to its port, as the account itself. */
export const endpointOf = (miniStackPort: number) => ({
    endpoint: `http://127.0.0.1:${miniStackPort}`,
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    // Who works in a loop tries again by himself, and is not to wait for a MiniStack that hangs.
    maxAttempts: 1,
    requestHandler: { requestTimeout: 5000, throwOnRequestTimeout: true },
});
