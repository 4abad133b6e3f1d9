import { createHash } from "node:crypto";
import type { VerifyToken } from "./viewer-auth.ts";

/** Milliseconds for which a verified token is not verified again. A removed key is valid for this time longer. */
const rememberMs = 60_000;
/** Most tokens of a process; each takes about 500 bytes. */
const mostTokens = 10_000;

/**
 * Remembers tokens that were verified, because a signature takes longer than a list from memory. A token counts at most
 * until it expires. Invalid tokens are not remembered. `clock` returns milliseconds since 1970.
 */
export function rememberTokens(verify: VerifyToken, clock: () => number): VerifyToken {
    const known = new Map<string, { readonly claims: Awaited<ReturnType<VerifyToken>>; readonly until: number }>();
    return async (token) => {
        const key = createHash("sha256").update(token).digest("base64");
        const found = known.get(key);
        if (found !== undefined && clock() < found.until) return found.claims;
        known.delete(key);
        const claims = await verify(token);
        const expires = Number(claims.exp) * 1000;
        if (known.size >= mostTokens) known.delete(known.keys().next().value ?? "");
        known.set(key, { claims, until: Math.min(clock() + rememberMs, expires) });
        return claims;
    };
}
