import { exitCodes } from "./runbook.ts";

/** Runs work that Ctrl-C may cut short; then says what goes on and ends with 8. */
export async function untilCancelled(
    signal: AbortSignal,
    goesOn: string,
    work: () => Promise<number>,
): Promise<number> {
    try {
        return await work();
    } catch (error) {
        if (!signal.aborted) {
            throw error;
        }
        process.stderr.write(`Stopped. ${goesOn}\n`);
        return exitCodes.cancelled;
    }
}
