import type { Limits } from "./limits.ts";
import type { Log, TablePort } from "./ports.ts";
import type { Resilience } from "./resilience.ts";
import type { Tables } from "./table-answers.ts";
import type { ViewerMemory } from "./viewers.ts";

/** What the functions of one API process share. */
export interface Context {
    /** Returns the fallback tables in use, which are empty if the process could load none. */
    readonly tables: () => Tables;
    /** The word for an item, such as "film". */
    readonly noun: string;
    readonly table: TablePort;
    readonly tableResilience: Resilience;
    readonly memory: ViewerMemory;
    /** Returns the time in epoch milliseconds. */
    readonly clock: () => number;
    readonly log: Log;
    readonly limits: Limits;
}
