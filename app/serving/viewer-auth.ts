import { createHash } from "node:crypto";
import type { Caller } from "./context.ts";
import { type GatewayEvent, headerOf } from "./gateway-event.ts";
import { idBytes } from "./limits.ts";
import { ProblemError } from "./problem.ts";

/** The issuer of viewers' tokens. The fields have the names that OpenID Connect uses. */
export interface ViewerAuth {
    readonly issuer: string;
    readonly audience: string;
    /** Name of the claim that contains the viewer's ID. */
    readonly claim: string;
}

/**
 * Function that returns the claims of a valid token.
 *
 * @throws InvalidTokenError with the reason, or IssuerAwayError while the issuer's keys cannot be read
 */
export type VerifyToken = (token: string) => Promise<Readonly<Record<string, unknown>>>;

/** The error for an invalid or expired token of a viewer. The API answers 401. */
export class InvalidTokenError extends Error {
    override readonly name = "InvalidTokenError";
}

/** The error if the issuer's keys cannot be fetched. The API answers 503, with the time of the next attempt. */
export class IssuerAwayError extends Error {
    override readonly name = "IssuerAwayError";
}

/** Seconds until the next attempt while the issuer does not answer. */
const issuerRetrySeconds = 5;

/** Returns the viewer of a request's token; undefined without a token. Throws ProblemError for an invalid token. */
export async function authenticateViewer(
    event: GatewayEvent,
    auth: ViewerAuth,
    verify: VerifyToken,
): Promise<string | undefined> {
    const header = headerOf(event, "authorization");
    if (header === undefined) return undefined;
    const [, token] = /^Bearer +([\w.~+/=-]+)$/i.exec(header.trim()) ?? [];
    if (token === undefined) throw unauthorized("The header Authorization must be: Bearer <token>.");
    try {
        return requireViewer(await verify(token), auth.claim);
    } catch (error) {
        if (error instanceof InvalidTokenError) throw unauthorized(`The token is not valid: ${error.message}.`);
        if (!(error instanceof IssuerAwayError)) throw error;
        throw new ProblemError("issuer-away", "The keys of the token's issuer cannot be read. Try again.", {
            headers: { "Retry-After": String(issuerRetrySeconds) },
        });
    }
}

function requireViewer(claims: Readonly<Record<string, unknown>>, claim: string): string {
    const value = claims[claim];
    // Anybody can register an address of another viewer without verifying it.
    if (claim === "email" && String(claims.email_verified) !== "true") {
        throw new InvalidTokenError("the claim email_verified is not true");
    }
    const viewer = typeof value === "number" && Number.isSafeInteger(value) ? String(value) : value;
    if (typeof viewer !== "string" || viewer === "" || !viewer.isWellFormed() || /\p{Cc}/u.test(viewer)) {
        throw new InvalidTokenError(`the claim ${claim} is not a viewer ID`);
    }
    if (Buffer.byteLength(viewer) > idBytes) {
        throw new InvalidTokenError(`the claim ${claim} is longer than ${idBytes} bytes`);
    }
    return viewer;
}

/** Throws ProblemError unless the caller's token names this viewer. */
export function checkViewer({ viewer }: Pick<Caller, "viewer">, userId: string): void {
    if (viewer === undefined)
        throw unauthorized("This request needs the viewer's token: Authorization: Bearer <token>.");
    if (viewer !== userId) throw new ProblemError("forbidden", "The token names another viewer.");
}

/** Returns the error for a 401 response, with the header that RFC 6750, section 3, requires. */
const unauthorized = (detail: string): ProblemError =>
    new ProblemError("unauthorized", detail, {
        headers: { "WWW-Authenticate": 'Bearer realm="movie-recommender", error="invalid_token"' },
    });

/**
 * Milliseconds for which a verified token is not verified again. A token with a removed key stays valid for this time.
 */
const rememberMs = 60_000;
/** Maximum number of tokens of a process. Each takes about 500 bytes. */
const maxTokens = 10_000;

/**
 * Caches verified tokens, because verifying a signature takes longer than reading a list from memory. A token is valid
 * at most until it expires. Does not remember invalid tokens. `clock` returns milliseconds since 1970.
 */
export function rememberTokens(verify: VerifyToken, clock: () => number): VerifyToken {
    const verifiedTokens = new Map<
        string,
        { readonly claims: Awaited<ReturnType<VerifyToken>>; readonly until: number }
    >();
    return async (token) => {
        const key = createHash("sha256").update(token).digest("base64");
        const cached = verifiedTokens.get(key);
        if (cached !== undefined && clock() < cached.until) return cached.claims;
        verifiedTokens.delete(key);
        const claims = await verify(token);
        const expires = Number(claims.exp) * 1000;
        if (verifiedTokens.size >= maxTokens) verifiedTokens.delete(verifiedTokens.keys().next().value ?? "");
        verifiedTokens.set(key, { claims, until: Math.min(clock() + rememberMs, expires) });
        return claims;
    };
}
