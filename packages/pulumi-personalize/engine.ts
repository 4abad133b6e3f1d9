import { execFileSync } from "node:child_process";
import { connect } from "node:net";

/** Seconds between two checks that the engine is running. */
const watchSeconds = 1;

/**
 * Checks that the Pulumi engine that started this process is still running. If the engine is killed, its
 * dynamic-provider process continues, and could create resources that are in no state.
 * @throws Error if the engine has stopped, so that the operation ends before its next AWS call
 */
export async function assertEngineAlive(argv: readonly string[] = process.argv): Promise<void> {
    const port = enginePort(argv);
    if (port !== undefined && !(await listens(port))) {
        throw new Error("the Pulumi engine has stopped, so no more AWS calls are made. Run the same command again.");
    }
}

function enginePort(argv: readonly string[]): number | undefined {
    const address = argv.find((argument) => /^127\.0\.0\.1:\d+$/.test(argument));
    return address === undefined ? undefined : Number(address.split(":")[1]);
}

/**
 * Ends this process soon after its engine ends, because a process without an engine would run forever. The next run
 * resumes what was not finished.
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

/**
 * Ends the language host together with the program if the engine was killed. The host itself checks only every five
 * minutes whether its engine is running (pulumi-language-nodejs, rpcutil.Healthcheck).
 */
export function endLanguageHostWithEngine(): void {
    process.once("exit", () => {
        const host = findProcess(process.ppid);
        // After the engine was killed, the parent of the language host is another process, such as init.
        if (host?.command.includes("pulumi-language") && !findProcess(host.parent)?.command.endsWith("pulumi")) {
            process.kill(process.ppid);
        }
    });
}

/** Returns the parent and the command of a process; undefined if the process has ended or `ps` is missing. */
function findProcess(pid: number): { readonly parent: number; readonly command: string } | undefined {
    try {
        const line = execFileSync("ps", ["-o", "ppid=,comm=", "-p", String(pid)], { encoding: "utf8" });
        const [parent, ...command] = line.trim().split(/\s+/);
        return { parent: Number(parent), command: command.join(" ") };
    } catch {
        return undefined;
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
        // An engine that does not answer in time is busy, but running.
        socket.once("timeout", () => answer(true));
    });
}
