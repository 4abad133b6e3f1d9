import { setTimeout as sleep } from "node:timers/promises";
import { type Process, running } from "../../bench/lib/processes.ts";
import { signalProcess } from "../../packages/local-aws/control.ts";

/** Milliseconds in which all processes of a killed engine must end. */
const deadline = 3000;

/**
 * Waits until all processes that a killed engine had started have ended, for at most three seconds.
 * @returns the commands of processes that are still running; these processes are then ended
 */
export async function findOrphans(started: readonly Process[]): Promise<readonly string[]> {
    // A new process can have the id of an ended one, so also compare the command.
    const left = () => {
        const commands = new Map(running().map(({ pid, command }) => [pid, command]));
        return started.filter(({ pid, command }) => commands.get(pid) === command);
    };
    const giveUp = performance.now() + deadline;
    while (left().length > 0 && performance.now() < giveUp) await sleep(50);
    const orphans = left();
    for (const { pid } of orphans) signalProcess(pid, "SIGKILL");
    return orphans.map(({ command }) => command);
}
