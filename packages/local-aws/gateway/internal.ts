/** Settings with which the gateway's loops call MiniStack: on its own port, as the account itself. */
export const endpointOf = (miniStackPort: number) => ({
    endpoint: `http://127.0.0.1:${miniStackPort}`,
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    // A loop tries again by itself, and must not wait for a MiniStack that hangs.
    maxAttempts: 1,
    requestHandler: { requestTimeout: 5000, throwOnRequestTimeout: true },
});
