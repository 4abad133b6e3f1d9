import { connect } from "node:net";

/** Seconds between two looks whether the engine that would record our work is still there. */
const watchSeconds = 1;
let watched = false;

/**
 * Whether the Pulumi engine that started this process still listens. When an engine is killed, its dynamic-provider
 * process lives on and would go on creating what nobody records any more. From the first call on the process is also
 * ended by itself soon after the engine: what is half asked then is found again by the next run.
 *
 * @throws Error when it is gone, so that the current operation ends before its next call to the service.
 */
export async function assertEngineAlive(argv: readonly string[] = process.argv): Promise<void> {
    const port = enginePort(argv);
    if (port === undefined) {
        return;
    }
    if (!watched) {
        watched = true;
        watch(port);
    }
    if (!(await listens(port))) {
        throw new Error("the Pulumi engine is gone; nothing more is asked of AWS. Run the same command again.");
    }
}

function enginePort(argv: readonly string[]): number | undefined {
    const address = argv.find((argument) => /^127\.0\.0\.1:\d+$/.test(argument));
    return address === undefined ? undefined : Number(address.split(":")[1]);
}

function watch(port: number): void {
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
