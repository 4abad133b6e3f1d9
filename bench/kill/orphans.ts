import { execFileSync } from "node:child_process";

interface Process {
    readonly pid: number;
    readonly parent: number;
    readonly command: string;
}

function processes(): readonly Process[] {
    const lines = execFileSync("ps", ["-e", "-o", "pid=,ppid=,args="], { encoding: "utf8" }).split("\n");
    return lines.flatMap((line) => {
        const [, pid, parent, command] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
        return command === undefined ? [] : [{ pid: Number(pid), parent: Number(parent), command }];
    });
}

/**
 * What killed engines leave running. Our own providers end by themselves when the engine is gone; Pulumi's language
 * host does not, and forty of them would stay on the machine.
 */
export function orphansOfKilled() {
    const known: Process[] = [];
    return {
        /** Notes what an engine has started, just before it is killed. */
        add(engine: number): void {
            const all = processes();
            const family = new Set([engine]);
            // A child's id is mostly higher than its parent's, but ids start anew.
            for (let size = 0; size < family.size; ) {
                size = family.size;
                for (const one of all.filter(({ parent }) => family.has(parent))) {
                    family.add(one.pid);
                }
            }
            known.push(...all.filter(({ pid }) => pid !== engine && family.has(pid)));
        },
        /** Ends those that still run, by the id and the command under which they were noted. */
        end(): void {
            const running = new Map(processes().map(({ pid, command }) => [pid, command]));
            for (const { pid } of known.filter((one) => running.get(one.pid) === one.command)) {
                process.kill(pid, "SIGKILL");
            }
        },
    };
}
