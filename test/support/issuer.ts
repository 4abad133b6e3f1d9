import { createServer } from "node:http";
import { exportJWK, type GenerateKeyPairResult, generateKeyPair, type JWTPayload, SignJWT } from "jose";
import { portOf } from "../../packages/local-personalize/wire/http.ts";

type PrivateKey = GenerateKeyPairResult["privateKey"];

/** Starts an OpenID Connect issuer on this machine, whose keys and responses tests can change. */
export async function startIssuer() {
    const state: { status: number; asked: string[]; named?: string } = { status: 200, asked: [] };
    const keys: { kid: string; privateKey: PrivateKey; jwk: object }[] = [];
    const server = createServer(({ url = "" }, response) => {
        state.asked.push(url);
        response.writeHead(state.status, { "content-type": "application/json" });
        const documents: Record<string, object> = {
            "/.well-known/openid-configuration": { issuer: state.named ?? issuer, jwks_uri: `${issuer}/keys` },
            "/keys": { keys: keys.map(({ jwk }) => jwk) },
        };
        response.end(JSON.stringify(documents[url] ?? {}));
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const issuer = `http://127.0.0.1:${portOf(server)}`;

    async function addKey(kid: string, alg: string): Promise<void> {
        const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
        keys.unshift({ kid, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: "sig" } });
    }
    await addKey("first", "RS256");

    return {
        issuer,
        audience: "films",
        state,
        keys,
        addKey,
        /** Creates a signed token with these claims and headers, valid for an hour unless `endless`. */
        token: async (
            claims: JWTPayload,
            { endless = false, ...header }: { alg?: string; kid?: string; typ?: string; endless?: boolean } = {},
            key?: PrivateKey | Uint8Array,
        ) => {
            const now = Math.floor(Date.now() / 1000);
            const [newest] = keys;
            if (newest === undefined) throw new Error("the test's issuer has no key");
            return await new SignJWT({
                iss: issuer,
                aud: "films",
                iat: now,
                ...(!endless && { exp: now + 3600 }),
                ...claims,
            })
                .setProtectedHeader({ alg: "RS256", kid: newest.kid, ...header })
                .sign(key ?? newest.privateKey);
        },
        close: () => new Promise<void>((done) => server.close(() => done())),
    };
}

export type Issuer = Awaited<ReturnType<typeof startIssuer>>;
