import { execFileSync } from "node:child_process";

export interface Process {
    readonly pid: number;
    readonly parent: number;
    readonly command: string;
}

/**
 * Returns the running processes of this machine, without ended processes whose parent has not collected their exit code
 * yet.
 */
export function running(): readonly Process[] {
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
