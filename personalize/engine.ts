import { connect } from "node:net";

/** Seconds between two looks whether the engine that would record our work is still there. */
const watchSeconds = 1;

/**
 * Whether the Pulumi engine that started this process still listens. When an engine is killed, its dynamic-provider
 * process lives on and would go on creating what nobody records any more.
 *
 * @throws Error when it is gone, so that the current operation ends before its next call to the service.
 */
export async function assertEngineAlive(argv: readonly string[] = process.argv): Promise<void> {
    const port = enginePort(argv);
    if (port !== undefined && !(await listens(port))) {
        throw new Error("the Pulumi engine is gone; nothing more is asked of AWS. Run the same command again.");
    }
}

function enginePort(argv: readonly string[]): number | undefined {
    const address = argv.find((argument) => /^127\.0\.0\.1:\d+$/.test(argument));
    return address === undefined ? undefined : Number(address.split(":")[1]);
}

/**
 * Ends this process soon after the engine that started it, if one did: what it has half asked is found again by the
 * next run, and a process that nobody talks to would stay for ever.
 */
export function endWithEngine(argv: readonly string[] = process.argv): void {
    const port = enginePort(argv);
    if (port === undefined) {
        return;
    }
    const timer = setInterval(async () => {
        if (!(await listens(port))) {
            process.exit(1);
        }
    }, watchSeconds * 1000);
    timer.unref();
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
