import type { CountedAddress } from "./addresses.ts";

/** The sender of a request. */
export interface Caller {
    /** The viewer that a token proves; undefined for a stranger. */
    readonly viewer: string | undefined;
    /** Whether the request may see details of the service: a proven viewer, or a server with the API key. */
    readonly trusted: boolean;
    /**
     * Whether API Gateway verified a signature of the account. No method of the deployed API requires one, so `signed`
     * is false there. Only the state of the service depends on it.
     */
    readonly signed: boolean;
    /** Addresses for which the request's events count. */
    readonly addresses: readonly CountedAddress[];
}
