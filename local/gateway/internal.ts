/** How the gateway's own parts call MiniStack: straight to its port, as the account itself. */
export const endpointOf = (miniStackPort: number) => ({
    endpoint: `http://127.0.0.1:${miniStackPort}`,
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
});
