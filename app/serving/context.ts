import type { CountedAddress } from "./addresses.ts";
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

/** The sender of a request. */
export interface Caller {
    /** The viewer whose identity a valid token proves; undefined without a valid token. */
    readonly viewer: string | undefined;
    /**
     * Whether the caller may see details of the service. True for a viewer with a valid token, and for a server with
     * the API key.
     */
    readonly trusted: boolean;
    /**
     * Whether API Gateway verified an AWS signature of the request. In the deployed API, no method requires a
     * signature, so the value is false. A signed request gets the details in the `/health` response, but no other
     * rights.
     */
    readonly signed: boolean;
    /** Addresses for which the request's events count. */
    readonly addresses: readonly CountedAddress[];
}
