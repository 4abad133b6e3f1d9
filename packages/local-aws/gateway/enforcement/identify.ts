import type { IncomingMessage } from "node:http";
import { isFromWebPage } from "local-personalize";
import type { Directory, Found, Principal } from "./directory.ts";
import { isSignedBy, type Signature, timeFault } from "./signature.ts";

/** The account's root, which needs no policy: on a local AWS, every caller with its well-known key is root. */
export const isAdministrator = (principal: Pick<Principal, "identity">) => principal.identity === undefined;

/**
 * The principal of a request. The key is known and active, the time is now, and the token is the session's. The
 * signature is made with the key's secret over this request. Otherwise the code of AWS's failure. `payloadHash` is the
 * last line of the canonical request.
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
    const found = await directory.principal(signature.accessKeyId, signature.region);
    if ("error" in found) {
        return found;
    }
    if (found.expires !== null && Date.now() > found.expires * 1000) {
        return { error: "ExpiredTokenException" };
    }
    if ((found.token ?? undefined) !== signature.token) {
        return { error: signature.token === undefined ? "UnrecognizedClientException" : "InvalidToken" };
    }
    const { method = "", url = "/", headers, headersDistinct } = request;
    if (!isSignedBy({ method, url, headers, headersDistinct }, signature, found.secret, payloadHash)) {
        return { error: "SignatureDoesNotMatch" };
    }
    // A page in this machine's browser could know the administrator's key, which is public.
    return isAdministrator(found) && isFromWebPage(request) ? { error: "UnrecognizedClientException" } : found;
}
