import { createRemoteJWKSet, customFetch, errors, jwtVerify } from "jose";
import { toRecord } from "../../../core/config/records.ts";
import { InvalidTokenError, IssuerAwayError, type VerifyToken, type ViewerAuth } from "../../serving/viewer-auth.ts";

/**
 * Signature algorithms with a private key. With HS256, an attacker could sign with the public key as a secret (RFC
 * 8725).
 */
const algorithms = ["RS256", "PS256", "ES256", "ES384", "EdDSA"];
/** Timeout for one document of the issuer, in milliseconds. */
const timeoutMs = 2000;
/** Milliseconds after which a process reads the issuer's keys again. A removed key is valid until then. */
const keysMs = 10 * 60_000;
/** Milliseconds in which tokens with unknown keys cause at most one read of the issuer's keys. */
const cooldownMs = 30_000;
/** Milliseconds without a call to the issuer after a failed read. */
const pauseMs = 5000;
/** Accepted difference between clocks, in seconds. */
const clockTolerance = 30;

/** Function that reads a document from the issuer. A test replaces it, to count calls. */
type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/**
 * Creates a verifier of tokens from an OpenID Connect issuer. The issuer's discovery document names the keys as
 * `jwks_uri` (OpenID Connect Discovery 1.0, section 4). A process reads both documents at the first token.
 */
export function tokenVerifier({ issuer, audience }: ViewerAuth, fetcher: Fetch = fetch): VerifyToken {
    let keys: Promise<ReturnType<typeof createRemoteJWKSet>> | undefined;
    let failedAt = Number.NEGATIVE_INFINITY;

    /**
     * Calls the issuer. Throws IssuerAwayError if the call fails. For a short time after a failure, throws without a
     * call.
     */
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
        const document = toRecord(await response.json().catch(() => ({})));
        if (document.issuer !== issuer || !isAllowedUrl(document.jwks_uri)) {
            failedAt = performance.now();
            throw new IssuerAwayError();
        }
        return createRemoteJWKSet(new URL(document.jwks_uri), {
            timeoutDuration: timeoutMs,
            cooldownDuration: cooldownMs,
            cacheMaxAge: keysMs,
            [customFetch]: guarded,
        });
    }

    return async function verify(token) {
        keys ??= readKeys().catch((error: unknown) => {
            keys = undefined;
            throw error;
        });
        const keySet = await keys;
        try {
            const { payload, protectedHeader } = await jwtVerify(token, keySet, {
                issuer,
                audience,
                algorithms,
                clockTolerance,
                requiredClaims: ["exp"],
            });
            requireUsualType(protectedHeader.typ);
            return payload;
        } catch (error) {
            if (error instanceof InvalidTokenError) throw error;
            // If the error does not concern the token, the issuer's keys could not be read.
            if (!isOfToken(error)) throw error instanceof IssuerAwayError ? error : new IssuerAwayError();
            throw new InvalidTokenError(explainTokenError(error));
        }
    };
}

/**
 * Throws InvalidTokenError for a JWT of another purpose, such as a logout token, which the issuer signs with the same
 * keys (RFC 8725, section 3.11). ID tokens have the type JWT or none, access tokens also at+jwt (RFC 9068).
 */
function requireUsualType(type = "JWT"): void {
    const name = type.toLowerCase().replace(/^application\//, "");
    if (name.endsWith("+jwt") && name !== "at+jwt") throw new InvalidTokenError(`its type is ${name.slice(0, 40)}`);
}

/** Checks whether an error means that the token is invalid. Errors about the issuer's keys have other error codes. */
const isOfToken = (error: unknown): error is errors.JOSEError =>
    error instanceof errors.JOSEError &&
    !["ERR_JWKS_TIMEOUT", "ERR_JWKS_INVALID", "ERR_JOSE_GENERIC"].includes(error.code);

/**
 * Returns a plain sentence for the usual faults of a token. Leaves out the messages of other faults, which may contain
 * the token's content.
 */
function explainTokenError(error: errors.JOSEError): string {
    if (error instanceof errors.JWTExpired) return "it has expired";
    if (error instanceof errors.JWTClaimValidationFailed) return `the claim ${error.claim} is missing or wrong`;
    if (error instanceof errors.JWKSNoMatchingKey) return "the issuer does not have its key";
    if (error instanceof errors.JOSEAlgNotAllowed) return "its algorithm is not allowed";
    if (error instanceof errors.JWSSignatureVerificationFailed) return "its signature is wrong";
    return "it is not a signed JWT of the issuer";
}

/** Checks whether a URL uses HTTPS. Allows HTTP only for this machine, for tests and development. */
const isAllowedUrl = (text: unknown): text is string =>
    typeof text === "string" &&
    URL.canParse(text) &&
    (new URL(text).protocol === "https:" || /^http:\/\/(127\.0\.0\.1|localhost)(:\d+)?(\/|$)/.test(text));
