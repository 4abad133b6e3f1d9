import { type Process, running, startedBy } from "../../bench/lib/processes.ts";
import { signalProcess } from "../../packages/local-aws/control.ts";

/**
 * Returns functions that end child processes which a killed Pulumi engine leaves, so that a drill does not leave dozens
 * of them.
 */
export function orphansOfKilled() {
    const recorded: Process[] = [];
    return {
        /** Records an engine's child processes before the engine is killed. */
        add: (engine: number): void => void recorded.push(...startedBy(engine)),
        /** Ends recorded processes that are still running, by id and command. */
        end(): void {
            const commands = new Map(running().map(({ pid, command }) => [pid, command]));
            for (const { pid } of recorded.filter((one) => commands.get(one.pid) === one.command)) {
                signalProcess(pid, "SIGKILL");
            }
        },
    };
}
