/** Whether a process runs, also one of another user. */
export function isAlive(pid: number): boolean;
