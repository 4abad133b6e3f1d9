import type { LoggedRequest } from "../../../packages/local-personalize/emulator.ts";

/** What a life from `up` to `destroy` asked of the service more than once. */
export interface Excess {
    /** Resources that were made beside one that was there. */
    readonly duplicates: number;
    /** Imports, trainings and campaigns beyond the one of each that a life needs. */
    readonly paidTwice: number;
}

const billed = ["CreateDatasetImportJob", "CreateSolutionVersion", "CreateCampaign"];

/** Counts accepted calls; what failed to be made and was made again is no duplicate. */
export function excessOf(requests: readonly LoggedRequest[]): Excess {
    const made = new Map<string, number>();
    for (const { operation, outcome } of requests) {
        if (operation.startsWith("Create") && outcome === "accepted") {
            made.set(operation, (made.get(operation) ?? 0) + 1);
        }
    }
    const beyond = (operations: readonly string[]) =>
        operations.reduce((sum, operation) => sum + Math.max(0, (made.get(operation) ?? 0) - 1), 0);
    return { duplicates: beyond([...made.keys()]), paidTwice: beyond(billed) };
}
