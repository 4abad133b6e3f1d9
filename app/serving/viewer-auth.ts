import type { Caller } from "./context.ts";
import { idBytes } from "./event-faults.ts";
import { type GatewayEvent, headerOf } from "./gateway-event.ts";
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
