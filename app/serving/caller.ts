import type { CountedAddress } from "./addresses.ts";

/** The sender of a request. */
export interface Caller {
    /** The viewer that a token proves; undefined for a stranger. */
    readonly viewer: string | undefined;
    /** The addresses that the request's events count for. */
    readonly addresses: readonly CountedAddress[];
}
