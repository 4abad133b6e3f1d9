import type { CountedAddress } from "./addresses.ts";

/** The sender of a request. */
export interface Caller {
    /** The viewer that a token proves; undefined for a stranger. */
    readonly viewer: string | undefined;
    /** Whether the request may see details of the service: a proven viewer, or a server with the API key. */
    readonly trusted: boolean;
    /** The addresses that the request's events count for. */
    readonly addresses: readonly CountedAddress[];
}
