import { createInterface } from "node:readline/promises";
import { exitCodes, RunbookError } from "./runbook.ts";

/**
 * Asks a person on a terminal; elsewhere `--yes` is the answer.
 *
 * @throws RunbookError when the answer is no, or when nobody can be asked.
 */
export async function confirm(question: string, yes: boolean | undefined, signal: AbortSignal): Promise<void> {
    if (yes) {
        return;
    }
    if (!process.stdin.isTTY) {
        throw new RunbookError(`${question} Say so by --yes, or see it first by --dry-run.`, exitCodes.usage);
    }
    const terminal = createInterface({ input: process.stdin, output: process.stderr });
    // The terminal's Ctrl-C is read as a key here, not sent as a signal.
    terminal.once("SIGINT", () => process.emit("SIGINT"));
    try {
        const answer = await terminal.question(`${question} [y/N] `, { signal });
        if (!/^y(es)?$/i.test(answer.trim())) {
            throw new RunbookError("Nothing was changed.", exitCodes.cancelled);
        }
    } finally {
        terminal.close();
    }
}
