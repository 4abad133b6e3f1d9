import { AccessError } from "access-doctor";
import { exitCodes, RunbookError } from "../cli/runbook.ts";

/**
 * Wraps the action of a runbook that uses access-doctor, so that access-doctor's errors lead to the runbooks' exit
 * codes.
 */
export const asRunbook =
    (action: (signal: AbortSignal) => Promise<number>) =>
    (signal: AbortSignal): Promise<number> =>
        action(signal).catch((error: unknown) => {
            throw error instanceof AccessError ? new RunbookError(error.message, exitCodes[error.kind]) : error;
        });
