import type { CountedAddress } from "./addresses.ts";

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
