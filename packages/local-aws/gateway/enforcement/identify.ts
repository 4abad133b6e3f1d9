import type { IncomingMessage } from "node:http";
import { isFromWebPage } from "local-personalize";
import type { Directory, Found, Principal } from "./directory.ts";
import { isSignedBy, type Signature, timeFault } from "./signature.ts";

/**
 * Checks whether the principal is the account's root user, who needs no policy. On the local AWS, every caller with the
 * well-known key is root.
 */
export const isAdministrator = (principal: Pick<Principal, "identity">) => principal.identity === undefined;

/**
 * Returns the principal of a request if its access key is active, its time is valid, its token belongs to the session,
 * and its signature was created with the key's secret. Otherwise returns AWS's error code. `payloadHash` is the last
 * line of the canonical request.
 */
export async function identify(
    directory: Directory,
    request: IncomingMessage,
    signature: Signature,
    payloadHash: string,
): Promise<Found> {
    const late = timeFault(signature, Date.now());
    if (late) {
        return { error: late };
    }
    const principal = await directory.principal(signature.accessKeyId, signature.region);
    if ("error" in principal) {
        return principal;
    }
    if ((principal.token ?? undefined) !== signature.token) {
        return { error: signature.token === undefined ? "UnrecognizedClientException" : "InvalidToken" };
    }
    const { method = "", url = "/", headers, headersDistinct } = request;
    if (!isSignedBy({ method, url, headers, headersDistinct }, signature, principal.secret, payloadHash)) {
        return { error: "SignatureDoesNotMatch" };
    }
    // Reject requests of web pages that are signed with the administrator's key. This key is public, so any page in a
    // browser on this machine could use it.
    return isAdministrator(principal) && isFromWebPage(request) ? { error: "UnrecognizedClientException" } : principal;
}
