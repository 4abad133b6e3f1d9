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
    const engine = engineAddress(argv);
    if (engine !== undefined && !(await listens(engine))) {
        throw new Error("the Pulumi engine has stopped, so no more AWS calls are made. Run the same command again.");
    }
}

/** Returns the engine's address among the arguments of a process that it started. */
export const engineAddress = (argv: readonly string[]): string | undefined =>
    argv.find((argument) => /^127\.0\.0\.1:\d+$/.test(argument));

/**
 * Ends this process soon after its engine ends, because a process without an engine would run forever. Then also ends
 * the engine's other processes. The next run resumes what was not finished.
 * @param argv has the engine's address as one of its elements; without an address, nothing is done
 */
export function endWithEngine(argv: readonly string[] = process.argv): void {
    const engine = engineAddress(argv);
    if (engine === undefined) return;
    const timer = setInterval(async () => {
        if (!(await listens(engine))) process.exit(1);
    }, watchSeconds * 1000);
    timer.unref();
    // After the engine ends, nobody reads these pipes. Without a listener, a failed write is an uncaught exception, which
    // Pulumi's SDK writes to the same pipe: an endless loop that starves the timer and takes more and more memory.
    for (const stream of [process.stdout, process.stderr]) stream.on("error", () => process.exit(1));
    process.once("exit", () => endProcessesOf(engine));
}

/**
 * Ends the processes that a killed engine leaves. Pulumi's language host itself checks only every five minutes whether
 * its engine is running (pulumi-language-nodejs, rpcutil.Healthcheck).
 */
function endProcessesOf(engine: string): void {
    const all = listProcesses();
    const own = all.filter(({ command }) => command.includes("pulumi") && command.split(" ").includes(engine));
    const parents = all.filter((one) => !own.includes(one) && own.some(({ parent }) => parent === one.pid));
    // After the engine was killed, the parent of its processes is another process, such as init.
    if (parents.some(({ command }) => /^\S*pulumi/.test(command))) return;
    for (const { pid } of own.filter((one) => one.pid !== process.pid)) {
        try {
            process.kill(pid);
        } catch {
            // The process has ended since it was listed.
        }
    }
}

/** Returns the processes of this machine; none if `ps` is missing. */
function listProcesses(): readonly { readonly pid: number; readonly parent: number; readonly command: string }[] {
    try {
        const lines = execFileSync("ps", ["-e", "-o", "pid=,ppid=,args="], { encoding: "utf8" }).trim().split("\n");
        return lines.map((line) => {
            const [pid, parent, ...command] = line.trim().split(/\s+/);
            return { pid: Number(pid), parent: Number(parent), command: command.join(" ") };
        });
    } catch {
        return [];
    }
}

function listens(address: string): Promise<boolean> {
    const [host, port] = address.split(":");
    return new Promise((resolve) => {
        const socket = connect({ host, port: Number(port), timeout: 2000 });
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
