import { connect } from "node:net";

/**
 * Whether the Pulumi engine that started this process still listens. When an engine is killed, its
 * dynamic-provider process lives on and would go on creating what nobody records any more.
 *
 * @throws Error when it is gone, so that the current operation ends before its next call to the service.
 */
export async function assertEngineAlive(argv: readonly string[] = process.argv): Promise<void> {
    const address = argv.find((argument) => /^127\.0\.0\.1:\d+$/.test(argument));
    if (address !== undefined && !(await listens(Number(address.split(":")[1])))) {
        throw new Error("the Pulumi engine is gone; nothing more is asked of AWS. Run the same command again.");
    }
}

function listens(port: number): Promise<boolean> {
    return new Promise((resolve) => {
        const socket = connect({ host: "127.0.0.1", port, timeout: 2000 });
        const answer = (alive: boolean) => {
            socket.destroy();
            resolve(alive);
        };
        socket.once("connect", () => answer(true));
        socket.once("error", () => answer(false));
        // A busy engine is not a dead one.
        socket.once("timeout", () => answer(true));
    });
}
