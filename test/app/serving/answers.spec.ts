import assert from "node:assert/strict";
import {
    type Asked,
    idsOf,
    openApi,
    parseResult,
    serviceError,
    startApi,
    tablesDocument,
    throws,
} from "./api-harness.ts";
import { described } from "./described.ts";

describe("Answers of the API", () => {
    const harness = startApi();
    const get = (what: string, input?: Asked) => harness.ask(what, input);

    it("a request with the current ETag gets 304", async () => {
        const first = await get("GET /similar/{itemId}", { path: { itemId: "5" } });
        const etag = first.headers.ETag ?? "";
        assert.match(etag, /^"[\w-]{27}"$/);
        const again = await get("GET /similar/{itemId}", {
            path: { itemId: "5" },
            headers: { "if-none-match": `"x", W/${etag}` },
        });
        assert.deepEqual([again.statusCode, again.body, again.headers.ETag], [304, "", etag]);
        assert.equal(again.headers["Cache-Control"], first.headers["Cache-Control"]);
        const other = await get("GET /similar/{itemId}", { path: { itemId: "6" }, headers: { "if-none-match": etag } });
        assert.equal(other.statusCode, 200);
    });

    it("`exclude` leaves items out of the campaign's list, its kept copy, and similar, popular and trending lists", async () => {
        const viewer = { path: { userId: "excluding" } };
        const requests: [what: string, input: Asked][] = [
            ["GET /recommendations/{userId}", viewer],
            ["GET /recommendations/{userId}", viewer],
            ["GET /similar/{itemId}", { path: { itemId: "5" } }],
            ["GET /popular", {}],
            ["GET /trending", {}],
        ];
        const sources: unknown[] = [];
        for (const [what, input] of requests) {
            const ids = idsOf(parseResult(await get(what, { ...input, query: { numResults: "20" } })));
            const exclude = ids.slice(0, 3).join(",");
            const answer = parseResult(await get(what, { ...input, query: { numResults: "17", exclude } }));
            assert.deepEqual(idsOf(answer), ids.slice(3, 20), what);
            sources.push(answer.source);
        }
        assert.ok(sources.includes("cache"), String(sources));
        const many = Array.from({ length: 101 }, (_, n) => n).join(",");
        const refused = await get("GET /popular", { query: { exclude: many } });
        assert.equal(refused.statusCode, 400);
        assert.match(refused.body, /exclude.*must have at most 100 ids, and has 101/);
    });

    it("caches may share responses that are equal for all viewers, but not a viewer's responses", async () => {
        const cacheControl = async (what: string, input?: Asked) =>
            (await get(what, input)).headers["Cache-Control"] ?? "";
        for (const [what, expected] of [
            ["/popular", /^public, max-age=30$/],
            ["/trending", /^public, max-age=30$/],
            ["/similar/{itemId}", /^public, max-age=30$/],
            ["/items", /^public, max-age=30$/],
            ["/items/{itemId}", /^public, .*s-maxage=3600/],
            ["/openapi.json", /^public, .*s-maxage=3600/],
        ] as const) {
            const input = { path: { itemId: "1" }, ...(what === "/items" && { query: { query: "film" } }) };
            assert.match(await cacheControl(`GET ${what}`, input), expected, what);
        }
        assert.equal(await cacheControl("GET /health"), "no-store");
        const mine = () => cacheControl("GET /recommendations/{userId}", { path: { userId: `${Math.random()}` } });
        const seconds = (header: string) => Number(/^private, max-age=(\d+)$/.exec(header)?.[1]);
        const personal = seconds(await mine());
        harness.state.fault = throws(serviceError("ThrottlingException"));
        assert.ok(seconds(await mine()) < personal);
        harness.state.fault = undefined;
    });

    it("the response of each operation matches the operation's schema in the OpenAPI document", async () => {
        const film = { path: { itemId: "1", userId: "a" } };
        const schemas: [string, Asked, string][] = [
            ["GET /recommendations/{userId}", film, "ItemList"],
            ["GET /similar/{itemId}", film, "ItemList"],
            ["GET /popular", {}, "ItemList"],
            ["GET /trending", {}, "ItemList"],
            ["GET /items/{itemId}", film, "Item"],
            ["GET /items", { query: { query: "film" } }, "FoundItems"],
            ["GET /health", {}, "Health"],
        ];
        for (const [what, input, schema] of schemas) {
            const result = await get(what, input);
            assert.equal(result.statusCode, 200, what);
            described(schema, parseResult(result));
            for (const name of ["X-Content-Type-Options", "Referrer-Policy", "X-Request-Id"])
                assert.ok(result.headers[name]);
        }
        described("EventsAnswer", await harness.watch("a", "1"));
        described("History", parseResult(await get("GET /history/{userId}", film)));
        assert.deepEqual(parseResult(await get("GET /openapi.json")), JSON.parse(openApi));
    });

    it("the OpenAPI document names no films, because a shop uses the same API", () => {
        assert.doesNotMatch(openApi, /films?\b/i);
    });

    it("no list contains a sold-out item, but history, search and /items/{itemId} do", async () => {
        const soldOut = ["1", "6", "51", "100"];
        const details = tablesDocument.films.ids.map((itemId) => ({ stock: soldOut.includes(itemId) ? 0 : 9 }));
        const shop = startApi({ tables: { ...tablesDocument, films: { ...tablesDocument.films, details } } });
        const ids = async (what: string, input: Asked = {}) =>
            idsOf(parseResult(await shop.ask(what, { query: { numResults: "2" }, ...input })));
        assert.deepEqual(await ids("GET /recommendations/{userId}", { path: { userId: "a" } }), ["a:0", "101"]);
        assert.deepEqual(await ids("GET /similar/{itemId}", { path: { itemId: "5" } }), ["7", "8"]);
        assert.deepEqual(await ids("GET /popular"), ["2", "3"]);
        assert.deepEqual(await ids("GET /trending"), ["52", "53"]);
        await shop.watch("b", "6");
        assert.deepEqual(await ids("GET /history/{userId}", { path: { userId: "b" }, query: {} }), ["6"]);
        assert.deepEqual(await ids("GET /items", { query: { query: "film 51", numResults: "1" } }), ["51"]);
        assert.equal(parseResult(await shop.ask("GET /items/{itemId}", { path: { itemId: "1" } })).stock, 0);
    });

    it("/popular, /trending, /similar and /items return films from the fallback tables", async () => {
        const ids = async (what: string, input: Asked = {}) => idsOf(parseResult(await get(what, input)));
        assert.deepEqual(await ids("GET /popular", { query: { numResults: "2", genre: "Comedy" } }), ["2", "3"]);
        assert.deepEqual(await ids("GET /popular", { query: { genre: "Western" } }), []);
        assert.deepEqual(await ids("GET /trending", { query: { numResults: "5" } }), ["51", "52", "53", "1", "2"]);
        assert.deepEqual(await ids("GET /similar/{itemId}", { path: { itemId: "5" }, query: { numResults: "2" } }), [
            "6",
            "7",
        ]);
        assert.deepEqual(await ids("GET /items", { query: { query: "film 29", numResults: "2" } }), ["29", "290"]);
        const unknown = parseResult(
            await get("GET /similar/{itemId}", { path: { itemId: "x" }, query: { numResults: "1" } }),
        );
        assert.deepEqual([unknown.source, idsOf(unknown)], ["popular", ["1"]]);
    });
});
