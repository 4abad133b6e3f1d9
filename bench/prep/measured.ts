import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";

/** Time and memory of one run of a program. */
export interface Measured {
    readonly seconds: number;
    /** Largest resident memory of the process in MiB, on Linux; undefined elsewhere. */
    readonly peakMib: number | undefined;
}

/**
 * Runs a program until it ends, discards its output, and measures its time and memory.
 *
 * @throws Error with the last lines of the program's stderr if its exit code is not 0
 */
export async function measured(command: string, args: readonly string[]): Promise<Measured> {
    const begun = performance.now();
    const child = spawn(command, args, { stdio: ["ignore", "ignore", "pipe"] });
    let errors = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
        errors = (errors + text).slice(-2000);
    });
    let peakMib = readPeakMemory(child.pid);
    const looking = setInterval(() => {
        peakMib = readPeakMemory(child.pid) ?? peakMib;
    }, 20);
    const [code] = await once(child, "exit");
    clearInterval(looking);
    const seconds = (performance.now() - begun) / 1000;
    if (code !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${code}:\n${errors}`);
    return { seconds, peakMib };
}

/** Returns the maximum memory of a process in MiB, as the kernel recorded it, including short peaks. */
function readPeakMemory(pid: number | undefined): number | undefined {
    try {
        const kib = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
        return kib === undefined ? undefined : Number(kib) / 1024;
    } catch {
        return undefined;
    }
}
