import assert from "node:assert/strict";
import { exportSPKI, generateKeyPair, importJWK } from "jose";
import { tokenVerifier } from "../../../app/functions/recommendation-api/verify-token.ts";
import { campaignCallsPerViewer } from "../../../app/serving/limits.ts";
import { type Issuer, startIssuer } from "../../support/issuer.ts";
import { type ApiHarness, idsOf, parseResult, serviceError, startApi, throws } from "./api-harness.ts";

const base64 = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");

describe("Viewer tokens (JWT)", () => {
    let issuer: Issuer;
    let harness: ApiHarness;
    before(async () => {
        issuer = await startIssuer();
    });
    after(() => issuer.close());
    beforeEach(() => {
        issuer.state.asked = [];
        const auth = { issuer: issuer.issuer, audience: issuer.audience, claim: "sub" };
        harness = startApi({ config: { viewerAuth: auth }, verifyToken: tokenVerifier(auth) });
    });

    const as = (token: string | undefined) => (token === undefined ? {} : { Authorization: `Bearer ${token}` });
    const list = (userId: string, token?: string) =>
        harness.ask("GET /recommendations/{userId}", { path: { userId }, headers: as(token) });
    const watch = (userId: string, token?: string, itemId = "20") =>
        harness.ask("POST /events", {
            headers: as(token),
            body: { userId, sessionId: "s", events: [{ eventType: "Watch", itemId }] },
        });

    it("a viewer's token gives access only to that viewer's list and events", async () => {
        const token = await issuer.token({ sub: "22" });
        assert.equal((await list("22", token)).statusCode, 200);
        assert.equal((await watch("22", token)).statusCode, 202);
        for (const answer of [await list("6", token), await watch("6", token)]) {
            assert.deepEqual([answer.statusCode, parseResult(answer).type], [403, "/problems/forbidden"]);
            assert.equal(answer.headers["Cache-Control"], "no-store");
        }
        assert.deepEqual(
            harness.state.put.map(({ userId }) => userId),
            ["22"],
        );
    });

    it("requests for lists and events return 401 without a token, and public paths need no token", async () => {
        for (const answer of [await list("22"), await watch("22")]) {
            assert.deepEqual([answer.statusCode, parseResult(answer).type], [401, "/problems/unauthorized"]);
            assert.match(answer.headers["WWW-Authenticate"] ?? "", /^Bearer /);
        }
        assert.equal(harness.state.asks.length + harness.state.put.length, 0);
        for (const what of ["/popular", "/trending", "/similar/{itemId}", "/items/{itemId}", "/openapi.json"]) {
            assert.equal((await harness.ask(`GET ${what}`, { path: { itemId: "1" } })).statusCode, 200, what);
        }
    });

    it("GET /health returns details with a token, and only the campaign's state without a token", async () => {
        const health = async (token?: string) => parseResult(await harness.ask("GET /health", { headers: as(token) }));
        assert.deepEqual(await health(), { status: "ok", campaign: { state: "serving" }, viewers: [] });
        const { cost, campaign } = await health(await issuer.token({ sub: "22" }));
        assert.deepEqual([cost.monthlyLimitUsd, campaign.solutionVersionArn], [200, "v1"]);
    });

    it("a viewer's list has Cache-Control: private and Vary: Authorization", async () => {
        const { headers } = await list("22", await issuer.token({ sub: "22" }));
        assert.match(headers["Cache-Control"] ?? "", /^private/);
        assert.equal(headers.Vary, "Origin, Authorization");
    });

    it("`viewerAuth.claim` names the token's claim with the viewer ID, which may be an integer", async () => {
        const auth = { issuer: issuer.issuer, audience: "films", claim: "movielens_id" };
        harness = startApi({ config: { viewerAuth: auth }, verifyToken: tokenVerifier(auth) });
        const token = await issuer.token({ sub: "someone", movielens_id: 22 });
        assert.deepEqual([(await list("22", token)).statusCode, (await list("someone", token)).statusCode], [200, 403]);
    });

    it("with `viewerAuth.claim` email, a token needs a verified email address", async () => {
        const auth = { issuer: issuer.issuer, audience: "films", claim: "email" };
        harness = startApi({ config: { viewerAuth: auth }, verifyToken: tokenVerifier(auth) });
        const email = "ann@example.com";
        const answerTo = async (claims: object) => list(email, await issuer.token({ email, ...claims }));
        assert.equal((await answerTo({ email_verified: true })).statusCode, 200);
        for (const claims of [{}, { email_verified: false }]) {
            const answer = await answerTo(claims);
            assert.equal(answer.statusCode, 401);
            assert.match(parseResult(answer).detail, /the claim email_verified is not true/);
        }
    });

    it("an access token of type at+jwt is accepted", async () => {
        assert.equal((await list("22", await issuer.token({ sub: "22" }, { typ: "at+jwt" }))).statusCode, 200);
    });

    const hour = 3600;
    const now = () => Math.floor(Date.now() / 1000);
    const foreign = async () => (await generateKeyPair("RS256")).privateKey;
    const publicAsSecret = async () => {
        const key = await importJWK(issuer.keys[0]?.jwk as object, "RS256", { extractable: true });
        return new TextEncoder().encode(await exportSPKI(key as Extract<typeof key, { type: string }>));
    };
    const bad: [string, () => Promise<string>, RegExp][] = [
        ["of another issuer", () => issuer.token({ sub: "22", iss: "https://evil.example" }), /claim iss/],
        ["for another audience", () => issuer.token({ sub: "22", aud: "other" }), /claim aud/],
        ["that has expired", () => issuer.token({ sub: "22", exp: now() - hour }), /expired/],
        ["that is not valid yet", () => issuer.token({ sub: "22", nbf: now() + hour }), /claim nbf/],
        ["without exp", () => issuer.token({ sub: "22" }, { endless: true }), /claim exp/],
        ["without the viewer ID", () => issuer.token({}), /claim sub is not a viewer ID/],
        ["with an empty viewer ID", () => issuer.token({ sub: "" }), /claim sub is not a viewer ID/],
        [
            "with control characters in the viewer ID",
            () => issuer.token({ sub: "22\u0000" }),
            /claim sub is not a viewer ID/,
        ],
        ["with a viewer ID of 257 bytes", () => issuer.token({ sub: "2".repeat(257) }), /longer than 256 bytes/],
        ["signed by a stranger's key", async () => issuer.token({ sub: "22" }, {}, await foreign()), /signature/],
        ["with an unknown key", async () => issuer.token({ sub: "22" }, { kid: "x" }, await foreign()), /have its key/],
        [
            "signed with the public key as secret",
            async () => issuer.token({ sub: "22" }, { alg: "HS256" }, await publicAsSecret()),
            /algorithm is not allowed/,
        ],
        [
            "without a signature",
            async () =>
                `${base64({ alg: "none" })}.${base64({ iss: issuer.issuer, aud: "films", sub: "22", exp: now() + hour })}.`,
            /algorithm is not allowed|not a signed JWT/,
        ],
        ["for a logout", () => issuer.token({ sub: "22" }, { typ: "logout+jwt" }), /its type is logout\+jwt/],
        ["that is not a JWT", async () => "22", /not a signed JWT/],
    ];
    for (const [what, token, reason] of bad) {
        it(`a request with a token ${what} gets 401 with the reason`, async () => {
            const answer = await list("22", await token());
            assert.equal(answer.statusCode, 401);
            assert.match(parseResult(answer).detail, reason);
        });
    }

    it("a request whose Authorization header is not of the form `Bearer TOKEN` gets 401", async () => {
        for (const header of ["Basic dXNlcjpwYXNz", "Bearer", "Bearer a b"]) {
            const headers = { authorization: header };
            const answer = await harness.ask("GET /recommendations/{userId}", { path: { userId: "22" }, headers });
            assert.equal(answer.statusCode, 401, header);
        }
    });

    it("a token is accepted until 30 seconds after its expiry", async () => {
        assert.equal((await list("22", await issuer.token({ sub: "22", exp: now() - 20 }))).statusCode, 200);
    });

    it("the API reads the issuer's keys once despite 100 tokens with unknown key IDs", async () => {
        const key = await foreign();
        await list("22", await issuer.token({ sub: "22" }));
        for (let at = 0; at < 100; at++) {
            assert.equal((await list("22", await issuer.token({ sub: "22" }, { kid: `${at}` }, key))).statusCode, 401);
        }
        assert.deepEqual(issuer.state.asked, ["/.well-known/openid-configuration", "/keys"]);
    });

    it("requests get 503 while the issuer's OpenID configuration is unavailable or contains another issuer", async () => {
        for (const fault of [{ status: 500 }, { named: "https://evil.example" }]) {
            Object.assign(issuer.state, fault, { asked: [] });
            const auth = { issuer: issuer.issuer, audience: issuer.audience, claim: "sub" };
            harness = startApi({ config: { viewerAuth: auth }, verifyToken: tokenVerifier(auth) });
            for (let at = 0; at < 20; at++) {
                const answer = await list("22", await issuer.token({ sub: "22" }));
                assert.deepEqual([answer.statusCode, parseResult(answer).type], [503, "/problems/issuer-away"]);
            }
            assert.equal(issuer.state.asked.length, 1);
            Object.assign(issuer.state, { status: 200, named: undefined });
        }
    });

    describe("Campaign rate limit with viewer tokens", () => {
        let limited: ApiHarness;
        const ask = async (sub: string, query: Record<string, string>, by = limited) =>
            parseResult(
                await by.ask("GET /recommendations/{userId}", {
                    path: { userId: sub },
                    query,
                    headers: { Authorization: `Bearer ${await issuer.token({ sub })}` },
                }),
            );
        const contexts = (count: number) =>
            Array.from({ length: count }, (_, at) => ({ context: JSON.stringify({ DEVICE: `d${at}` }) }));
        beforeEach(() => {
            const auth = { issuer: issuer.issuer, audience: issuer.audience, claim: "sub" };
            const config = { viewerAuth: auth, campaignPerSecond: 10 };
            limited = startApi({ config, verifyToken: tokenVerifier(auth) });
        });

        it("one viewer causes at most 30 campaign calls a minute", async () => {
            for (const query of contexts(300)) await ask("mallory", query);
            assert.equal(limited.state.asks.length, campaignCallsPerViewer);
            assert.equal((await ask("ann", {})).source, "campaign");
            limited.clock.at += 60_000;
            const another = { context: JSON.stringify({ DEVICE: "another" }) };
            assert.equal((await ask("mallory", another)).source, "campaign");
        });

        it("the limit of campaign calls per viewer applies to all processes together", async () => {
            const auth = { issuer: issuer.issuer, audience: issuer.audience, claim: "sub" };
            const { table, state } = limited;
            const other = startApi({
                config: { viewerAuth: auth, campaignPerSecond: 10 },
                verifyToken: tokenVerifier(auth),
                table,
            });
            for (const query of contexts(300)) await ask("mallory", query);
            for (const query of contexts(300)) await ask("mallory", query, other);
            assert.equal(state.asks.length, campaignCallsPerViewer);
            assert.ok(other.state.asks.length <= campaignCallsPerViewer / 10, `${other.state.asks.length}`);
        });

        it("all signed-in viewers share the campaign's rate limit, and callers without a token cause no campaign call", async () => {
            for (let at = 0; at < 300; at++) await limited.recommend(`stranger-${at}`);
            assert.equal(limited.state.asks.length, 0, "a stranger has no list with viewerAuth");
            for (let at = 0; at < 300; at++) await ask(`viewer-${at}`, {});
            assert.equal(limited.state.asks.length, 100, "ten seconds at ten requests a second");
        });
    });

    it("a signed-in viewer's response contains the watched films on which the list is based", async () => {
        const token = await issuer.token({ sub: "22" });
        await watch("22", token);
        harness.state.fault = throws(serviceError("ThrottlingException"));
        assert.deepEqual(idsOf({ items: parseResult(await list("22", token)).because }), ["20"]);
    });
});

describe("Events without a viewer token", () => {
    const auth = { issuer: "https://login.example", audience: "films", claim: "sub" };
    const verifyToken = async (sub: string) => ({ sub });
    const send = (harness: ApiHarness, itemId: string, headers = {}) =>
        harness.ask("POST /events", {
            headers,
            body: { userId: "22", sessionId: "s", events: [{ eventType: "Watch", itemId }] },
        });
    const recent = (harness: ApiHarness) => {
        const { items = [], proven } = harness.table.recents.get("22") ?? {};
        return [items.map(({ itemId }) => itemId), proven];
    };

    it("events without a token are ignored once the same viewer sends a token", async () => {
        const harness = startApi();
        await send(harness, "66");
        assert.deepEqual([harness.state.put[0]?.sessionId, recent(harness)], ["unproven:s", [["66"], undefined]]);
        const later = startApi({ table: harness.table, config: { viewerAuth: auth }, verifyToken });
        for (const itemId of ["20", "21"]) {
            later.clock.at += 1000;
            await send(later, itemId, { authorization: "Bearer 22" });
        }
        assert.deepEqual(recent(later), [["21", "20"], true], "the stranger's film is left out");
        assert.equal(later.state.put[0]?.sessionId, "s");
    });

    it("events without a token are not sent to Personalize if `trackUnproven` is false", async () => {
        const none = startApi({ config: { trackUnproven: false } });
        assert.equal(parseResult(await send(none, "66")).tracked, false);
        assert.deepEqual([none.state.put, recent(none)[0]], [[], ["66"]]);
        const keyed = startApi({ config: { trackUnproven: false, apiKey: true } });
        assert.equal(parseResult(await send(keyed, "66")).tracked, true);
        const jwt = startApi({ config: { trackUnproven: false, viewerAuth: auth }, verifyToken });
        assert.equal(parseResult(await send(jwt, "66", { authorization: "Bearer 22" })).tracked, true);
    });
});

describe("Lists without a viewer token", () => {
    it("only with `publicHistories`, a list contains the watched films on which the list is based", async () => {
        for (const publicHistories of [false, true]) {
            const harness = startApi({ config: { publicHistories } });
            await harness.watch("22", "20", "66");
            harness.state.fault = throws(serviceError("ThrottlingException"));
            const { source, because } = await harness.recommend("22");
            assert.equal(source, "similar");
            assert.deepEqual(because && idsOf({ items: because }), publicHistories ? ["66", "20"] : undefined);
        }
    });
});
