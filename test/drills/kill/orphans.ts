import { type Process, running, startedBy } from "../../../bench/lib/processes.ts";

/**
 * What killed engines leave running. Our own providers end by themselves when the engine is gone; Pulumi's language
 * host does not, and forty of them would stay on the machine.
 */
export function orphansOfKilled() {
    const known: Process[] = [];
    return {
        /** Notes what an engine has started, just before it is killed. */
        add: (engine: number): void => void known.push(...startedBy(engine)),
        /** Ends those that still run, by the id and the command under which they were noted. */
        end(): void {
            const commands = new Map(running().map(({ pid, command }) => [pid, command]));
            for (const { pid } of known.filter((one) => commands.get(one.pid) === one.command)) {
                process.kill(pid, "SIGKILL");
            }
        },
    };
}
