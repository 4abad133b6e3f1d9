import type { CountedAddress } from "./addresses.ts";

/** The sender of a request. */
export interface Caller {
    /** The viewer that a token proves; undefined for a stranger. */
    readonly viewer: string | undefined;
    /** Whether the request may see details of the service: a proven viewer, or a server with the API key. */
    readonly trusted: boolean;
    /**
     * Whether API Gateway verified a signature of the account. No method of the deployed API asks for one, so it is false
     * there; only the service's state is shown for it.
     */
    readonly signed: boolean;
    /** The addresses that the request's events count for. */
    readonly addresses: readonly CountedAddress[];
}
