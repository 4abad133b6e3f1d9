import { execFileSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { signalProcess } from "../../packages/local-aws/control.ts";

export interface Process {
    readonly pid: number;
    readonly parent: number;
    readonly command: string;
}

/**
 * Returns the running processes of this machine, without ended processes whose parent has not collected their exit code
 * yet.
 */
function running(): readonly Process[] {
    const lines = execFileSync("ps", ["-e", "-o", "pid=,ppid=,stat=,args="], { encoding: "utf8" }).split("\n");
    return lines.flatMap((line) => {
        const [, pid, parent, command] = /^\s*(\d+)\s+(\d+)\s+[^Z]\S*\s+(.*)$/.exec(line) ?? [];
        return command === undefined ? [] : [{ pid: Number(pid), parent: Number(parent), command }];
    });
}

/** Returns the descendants of a process. */
export function startedBy(pid: number, all = running()): readonly Process[] {
    const children = all.filter(({ parent }) => parent === pid);
    return [...children, ...children.flatMap((child) => startedBy(child.pid, all))];
}

/** Milliseconds in which all processes of a killed engine must end. */
const deadline = 10_000;
/**
 * Pulumi's own language host does no work for a resource. After the engine's death, it ends at its next check of the
 * engine, which can take minutes.
 */
const isLanguageHost = ({ command }: Process) => /\/pulumi-language-\w+ /.test(command);

/**
 * Waits until all processes that a killed engine had started have ended, for at most ten seconds. Ends Pulumi's language
 * host, and does not report it.
 * @returns the commands of processes that are still running; these processes are then ended
 */
export async function findOrphans(started: readonly Process[]): Promise<readonly string[]> {
    // A new process can have the id of an ended one, so also compare the command.
    const left = () => {
        const commands = new Map(running().map(({ pid, command }) => [pid, command]));
        return started.filter(({ pid, command }) => commands.get(pid) === command);
    };
    const giveUp = performance.now() + deadline;
    while (!left().every(isLanguageHost) && performance.now() < giveUp) await sleep(50);
    const orphans = left();
    for (const { pid } of orphans) signalProcess(pid, "SIGKILL");
    return orphans.filter((each) => !isLanguageHost(each)).map(({ command }) => command);
}
