import { createHash } from "node:crypto";
import type { VerifyToken } from "./viewer-auth.ts";

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
