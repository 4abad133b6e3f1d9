import assert from "node:assert/strict";
import { InvalidTokenError, rememberTokens } from "../../../app/serving/viewer-auth.ts";

describe("`rememberTokens`", () => {
    let now: number;
    let verified: string[];
    const verify = (expires: number) =>
        rememberTokens(
            async (token) => {
                verified.push(token);
                if (token.startsWith("bad")) throw new InvalidTokenError("its signature is wrong");
                return { sub: token, exp: expires / 1000 };
            },
            () => now,
        );
    beforeEach(() => {
        now = 1_000_000;
        verified = [];
    });

    it("`rememberTokens` verifies the same token only once a minute", async () => {
        const remember = verify(now + 3_600_000);
        for (const step of [0, 30_000, 29_999]) {
            now += step;
            assert.equal((await remember("a")).sub, "a");
        }
        assert.deepEqual(verified, ["a"]);
        now += 1;
        await remember("a");
        assert.deepEqual(verified, ["a", "a"]);
    });

    it("`rememberTokens` verifies a token again after its expiry", async () => {
        const remember = verify(now + 1000);
        await remember("a");
        now += 1000;
        await remember("a");
        assert.deepEqual(verified, ["a", "a"]);
    });

    it("`rememberTokens` does not confuse two tokens, and does not cache invalid tokens", async () => {
        const remember = verify(now + 3_600_000);
        await remember("a");
        assert.equal((await remember("b")).sub, "b");
        for (let each = 0; each < 2; each++) await assert.rejects(remember("bad"), InvalidTokenError);
        assert.deepEqual(verified, ["a", "b", "bad", "bad"]);
    });

    it("`rememberTokens` caches at most 10,000 tokens and removes the oldest", async () => {
        const remember = verify(now + 3_600_000);
        for (let each = 0; each <= 10_000; each++) await remember(`t${each}`);
        verified = [];
        await remember("t10000");
        await remember("t0");
        assert.deepEqual(verified, ["t0"]);
    });
});
