import { type Process, running, startedBy } from "../../bench/lib/processes.ts";

/**
 * Ends processes that killed engines leave. Our providers end themselves without an engine, but Pulumi's language host
 * does not, and a drill would leave forty of them.
 */
export function orphansOfKilled() {
    const known: Process[] = [];
    return {
        /** Records an engine's child processes before the engine is killed. */
        add: (engine: number): void => void known.push(...startedBy(engine)),
        /** Ends recorded processes that are still running, by id and command. */
        end(): void {
            const commands = new Map(running().map(({ pid, command }) => [pid, command]));
            for (const { pid } of known.filter((one) => commands.get(one.pid) === one.command)) {
                process.kill(pid, "SIGKILL");
            }
        },
    };
}
