import { AccessError } from "access-doctor";
import { exitCodes, RunbookError } from "../cli/runbook.ts";

/** The action of a runbook over access-doctor, whose errors get the runbooks' exit codes. */
export const asRunbook =
    (action: (signal: AbortSignal) => Promise<number>) =>
    (signal: AbortSignal): Promise<number> =>
        action(signal).catch((error: unknown) => {
            throw error instanceof AccessError ? new RunbookError(error.message, exitCodes[error.kind]) : error;
        });
