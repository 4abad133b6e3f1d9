import { createRemoteJWKSet, customFetch, errors, type FetchImplementation, jwtVerify } from "jose";
import { InvalidTokenError, IssuerAwayError, type VerifyToken, type ViewerAuth } from "../../serving/viewer-auth.ts";

/** Only signatures with a private key. By HS256 an attacker could sign with the public key as a secret (RFC 8725). */
const algorithms = ["RS256", "PS256", "ES256", "ES384", "EdDSA"];
/** Milliseconds for one document of the issuer. */
const timeoutMs = 2000;
/** A process reads the keys again after this time. A removed key is valid until then. */
const keysMs = 10 * 60_000;
/** A token with an unknown key causes at most one read in this time. */
const cooldownMs = 30_000;
/** After a failed read the issuer is not called for this time. */
const pauseMs = 5000;
/** Accepted difference of clocks, in seconds. */
const clockTolerance = 30;

/** Reads a document of the issuer; `fetch` in a test of limits counts calls. */
type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/**
 * Verifies tokens of an OpenID Connect issuer. The keys are at `jwks_uri` of its discovery document (OpenID Connect
 * Discovery 1.0, section 4). A process reads both at the first token.
 */
export function tokenVerifier({ issuer, audience }: ViewerAuth, fetcher: Fetch = fetch): VerifyToken {
    let keys: Promise<ReturnType<typeof createRemoteJWKSet>> | undefined;
    let failedAt = Number.NEGATIVE_INFINITY;

    /** Throws IssuerAwayError, also without a call shortly after a failure. */
    const guarded: Fetch = async (url, init) => {
        if (performance.now() - failedAt < pauseMs) throw new IssuerAwayError();
        try {
            const response = await fetcher(url, init);
            if (response.status !== 200) throw new Error(`HTTP ${response.status}`);
            return response;
        } catch {
            failedAt = performance.now();
            throw new IssuerAwayError();
        }
    };

    async function readKeys(): Promise<ReturnType<typeof createRemoteJWKSet>> {
        const url = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
        const response = await guarded(url, { redirect: "error", signal: AbortSignal.timeout(timeoutMs) });
        const document = (await response.json().catch(() => ({}))) as { issuer?: unknown; jwks_uri?: unknown };
        if (document.issuer !== issuer || !isAllowedUrl(document.jwks_uri)) {
            failedAt = performance.now();
            throw new IssuerAwayError();
        }
        return createRemoteJWKSet(new URL(document.jwks_uri), {
            timeoutDuration: timeoutMs,
            cooldownDuration: cooldownMs,
            cacheMaxAge: keysMs,
            [customFetch]: guarded as FetchImplementation,
        });
    }

    return async function verify(token) {
        keys ??= readKeys().catch((error: unknown) => {
            keys = undefined;
            throw error;
        });
        const found = await keys;
        try {
            const { payload } = await jwtVerify(token, found, {
                issuer,
                audience,
                algorithms,
                clockTolerance,
                requiredClaims: ["exp"],
            });
            return payload;
        } catch (error) {
            // Anything but a fault of the token is a fault of the issuer's keys.
            if (!isOfToken(error)) throw error instanceof IssuerAwayError ? error : new IssuerAwayError();
            throw new InvalidTokenError(reasonOf(error));
        }
    };
}

/** Faults of the issuer's keys have codes of their own. */
const isOfToken = (error: unknown): error is errors.JOSEError =>
    error instanceof errors.JOSEError &&
    !["ERR_JWKS_TIMEOUT", "ERR_JWKS_INVALID", "ERR_JOSE_GENERIC"].includes(error.code);

/** Plain words for the usual faults. The message of others may contain the token's content. */
function reasonOf(error: errors.JOSEError): string {
    if (error instanceof errors.JWTExpired) return "it has expired";
    if (error instanceof errors.JWTClaimValidationFailed) return `its claim ${error.claim} is missing or wrong`;
    if (error instanceof errors.JWKSNoMatchingKey) return "the issuer does not have its key";
    if (error instanceof errors.JOSEAlgNotAllowed) return "its algorithm is not allowed";
    if (error instanceof errors.JWSSignatureVerificationFailed) return "its signature is wrong";
    return "it is not a signed JWT of the issuer";
}

/** HTTPS; HTTP only on this machine, for tests and development. */
export const isAllowedUrl = (text: unknown): text is string =>
    typeof text === "string" &&
    URL.canParse(text) &&
    (new URL(text).protocol === "https:" || /^http:\/\/(127\.0\.0\.1|localhost)(:\d+)?(\/|$)/.test(text));
