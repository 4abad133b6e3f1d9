import assert from "node:assert/strict";
import fc from "fast-check";
import { tokenVerifier } from "../../../app/functions/recommendation-api/verify-token.ts";
import { startIssuer } from "../../support/issuer.ts";
import { type ApiHarness, idsOf, parseResult, startApi, tablesDocument } from "./api-harness.ts";

const second = 1000;
/** Viewer 22 watched films 1, 2 and 3, the newest first. */
const listed = { films: [0, 1, 2], timestamps: [30, 20, 10] };
const tables = { ...tablesDocument, histories: { "22": listed } };

describe("GET /history/{userId}", () => {
    const history = (harness: ApiHarness, userId: string, query: Record<string, string> = {}, headers = {}) =>
        harness.ask("GET /history/{userId}", { path: { userId }, query, headers });

    it("the history contains each film of the events and the data once, newest first", async () => {
        const harness = startApi({ tables });
        await harness.watch("22", "2");
        harness.clock.at += second;
        await harness.watch("22", "50");
        const answer = parseResult(await history(harness, "22"));
        assert.deepEqual(idsOf(answer), ["50", "2", "1", "3"]);
        assert.deepEqual([answer.from, answer.eventDays, answer.total], [["events", "data"], 30, 4]);
        assert.deepEqual(
            [answer.items[2].at, answer.items[2].title, answer.nextToken],
            ["1970-01-01T00:00:30.000Z", "Film 1", undefined],
        );
    });

    it("the history of a new viewer contains watched films, but no clicked films", async () => {
        const harness = startApi({ tables });
        assert.deepEqual(parseResult(await history(harness, "6")), {
            from: ["events"],
            eventDays: 30,
            mostEvents: 20,
            total: 0,
            items: [],
        });
        const body = { userId: "6", sessionId: "s", events: [{ eventType: "Click", itemId: "9" }] };
        await harness.ask("POST /events", { body });
        await harness.watch("6", "8");
        assert.deepEqual(idsOf(parseResult(await history(harness, "6"))), ["8"]);
        // A viewer's ID may equal a property name of JavaScript objects, such as "constructor".
        assert.equal(parseResult(await history(harness, "constructor")).total, 0);
    });

    it("the pages together contain the whole history, even if the viewer watches films between two requests", async () => {
        await fc.assert(
            fc.asyncProperty(
                fc.array(fc.nat(3), { maxLength: 40 }),
                fc.integer({ min: 1, max: 9 }),
                async (ages, size) => {
                    const own = { films: ages.map((_, at) => at), timestamps: ages.toSorted((a, b) => b - a) };
                    const harness = startApi({ tables: { ...tablesDocument, histories: { "22": own } } });
                    const itemIds: string[] = [];
                    for (let query: Record<string, string> = {}; ; ) {
                        const page = parseResult(await history(harness, "22", { ...query, limit: String(size) }));
                        itemIds.push(...idsOf(page));
                        if (page.nextToken === undefined) break;
                        query = { nextToken: page.nextToken };
                        await harness.watch("22", "300");
                        harness.clock.at += second;
                    }
                    assert.deepEqual(itemIds.toSorted(), own.films.map((film) => String(film + 1)).toSorted());
                },
            ),
            { numRuns: 50 },
        );
    });

    it("the history contains the films of the data if DynamoDB is unavailable", async () => {
        const harness = startApi({ tables });
        harness.table.state.gate = () => Promise.reject(new Error("away"));
        const answer = parseResult(await history(harness, "22"));
        assert.deepEqual([answer.from, idsOf(answer)], [["data"], ["1", "2", "3"]]);
        assert.equal(harness.lastLine().TableFailures, 1);
    });

    it("a request with an invalid `nextToken` or `limit` gets 400", async () => {
        const harness = startApi({ tables });
        const token = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
        for (const nextToken of ["x", token({}), token(["1", 1]), token([1]), token(null)]) {
            const answer = await history(harness, "22", { nextToken });
            assert.deepEqual(
                [answer.statusCode, parseResult(answer).errors[0].in],
                [400, "query nextToken"],
                nextToken,
            );
        }
        for (const limit of ["0", "101", "many"]) {
            assert.equal((await history(harness, "22", { limit })).statusCode, 400, limit);
        }
    });

    it("the response of GET /history has Cache-Control: no-store", async () => {
        const { headers } = await history(startApi({ tables }), "22");
        assert.deepEqual(
            [headers["Cache-Control"], headers.Vary, headers.ETag],
            ["private, no-store", "Origin, Authorization", undefined],
        );
    });

    it("a caller without credentials gets 403 unless `publicHistories` is true", async () => {
        const harness = startApi({ tables, config: { publicHistories: false } });
        let reads = 0;
        harness.table.state.gate = async (call) => {
            if (call === "recent") reads += 1;
        };
        for (const userId of ["22", "nobody"]) {
            const answer = await history(harness, userId);
            assert.deepEqual([answer.statusCode, parseResult(answer).type], [403, "/problems/private-history"]);
            assert.match(parseResult(answer).detail, /`publicHistories`/);
        }
        assert.equal(reads, 0);
        const keyed = startApi({ tables, config: { publicHistories: false, apiKey: true } });
        assert.equal((await history(keyed, "22")).statusCode, 200);
    });

    it("a viewer's token gives access only to that viewer's history, even with `publicHistories`", async () => {
        const issuer = await startIssuer();
        try {
            const auth = { issuer: issuer.issuer, audience: issuer.audience, claim: "sub" };
            for (const publicHistories of [false, true]) {
                const config = { viewerAuth: auth, publicHistories };
                const harness = startApi({ tables, config, verifyToken: tokenVerifier(auth) });
                const Authorization = `Bearer ${await issuer.token({ sub: "22" })}`;
                const codes = [
                    await history(harness, "22", {}, { Authorization }),
                    await history(harness, "6", {}, { Authorization }),
                    await history(harness, "22"),
                ].map(({ statusCode }) => statusCode);
                assert.deepEqual(codes, [200, 403, 401]);
            }
        } finally {
            await issuer.close();
        }
    });
});
