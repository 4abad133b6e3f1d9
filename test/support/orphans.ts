import { type Process, running, startedBy } from "../../bench/lib/processes.ts";

/**
 * Processes left by killed engines. Our own providers end by themselves without an engine. Pulumi's language host does
 * not, and forty of them would stay on the machine.
 */
export function orphansOfKilled() {
    const known: Process[] = [];
    return {
        /** Records the processes of an engine, just before it is killed. */
        add: (engine: number): void => void known.push(...startedBy(engine)),
        /** Ends those still running, by their recorded id and command. */
        end(): void {
            const commands = new Map(running().map(({ pid, command }) => [pid, command]));
            for (const { pid } of known.filter((one) => commands.get(one.pid) === one.command)) {
                process.kill(pid, "SIGKILL");
            }
        },
    };
}
