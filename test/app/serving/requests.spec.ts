import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Ajv2020 } from "ajv/dist/2020.js";
import { packFilms } from "../../../app/serving/film-scores.ts";
import type { GatewayResult } from "../../../app/serving/gateway-event.ts";
import { contentSecurityPolicy } from "../../../app/serving/headers.ts";
import { pageFiles } from "../../../app/serving/page-files.ts";
import {
    type Asked,
    gatewayEvent,
    idsOf,
    jsonOf,
    openApi,
    serviceError,
    startWorld,
    throws,
    type World,
} from "./world.ts";

const root = join(import.meta.dirname, "../../..");

/** Asserts that a body matches the description of the operation's status. */
const described = (() => {
    const document = JSON.parse(openApi);
    const ajv = new Ajv2020({ strict: false, validateSchema: false, validateFormats: false });
    ajv.addSchema(document, "api");
    return (schema: string, body: unknown) => {
        const validate = ajv.compile({ $ref: `api#/components/schemas/${schema}` });
        assert.ok(validate(body), `${schema}: ${ajv.errorsText(validate.errors)}`);
    };
})();

describe("the API's types", () => {
    it("are made of its description as it is", async () => {
        const cli = join(root, "node_modules/openapi-typescript/bin/cli.js");
        const { stdout } = await promisify(execFile)(process.execPath, [cli, join(root, "app/api/openapi.yaml")], {
            maxBuffer: 4e6,
        });
        assert.equal(
            await readFile(join(root, "app/api/types.ts"), "utf8"),
            stdout,
            "node_modules/.bin/openapi-typescript app/api/openapi.yaml -o app/api/types.ts makes them",
        );
    });
});

describe("a request", () => {
    let world: World;
    before(() => {
        world = startWorld();
    });

    const wrong: [string, Asked, string, RegExp][] = [
        ["GET /recommendations/{userId}", { query: { numResults: "0" } }, "query numResults", />= 1/],
        ["GET /recommendations/{userId}", { query: { numResults: "ten" } }, "query numResults", /integer/],
        [
            "GET /recommendations/{userId}",
            { query: { filter: "none" } },
            "query filter",
            /the stack has unwatched, genre/,
        ],
        ["GET /recommendations/{userId}", { query: { filter: "a b" } }, "query filter", /pattern/],
        ["GET /recommendations/{userId}", { query: { filterValues: "{" } }, "query filterValues", /must be JSON/],
        ["GET /recommendations/{userId}", { query: { filterValues: '{"A":1}' } }, "query filterValues A", /string/],
        [
            "GET /recommendations/{userId}",
            { query: { filterValues: '{"A":"1"}' } },
            "query filterValues",
            /needs a filter/,
        ],
        ["GET /recommendations/{userId}", { query: { since: "9007199254740991" } }, "query since", /revision/],
        ["GET /similar/{itemId}", { path: { itemId: "x".repeat(257) } }, "path itemId", /256/],
        ["GET /items", {}, "query", /query/],
        ["GET /items", { query: { query: "" } }, "query query", /1 character/],
        ["POST /events", {}, "body", /must be JSON/],
        ["POST /events", { body: { userId: "a", sessionId: "s", events: [] } }, "body /events", /1 items/],
        [
            "POST /events",
            { body: { userId: "a", sessionId: "s", events: [{ eventType: "W" }] } },
            "body /events/0",
            /itemId/,
        ],
        ["POST /events", { body: { userId: "a", events: [] } }, "body", /sessionId/],
        ["POST /events", { body: { userId: "a", sessionId: "s", events: [], more: 1 } }, "body", /additional.*more/],
        ["POST /rankings/{userId}", { body: { itemIds: ["1", "1"] } }, "body /itemIds", /duplicate/],
    ];
    for (const [what, asked, where, message] of wrong) {
        it(`that is wrong in ${where} is a problem that names it (${message})`, async () => {
            const result = await world.ask(what, { path: { userId: "a", itemId: "1" }, ...asked });
            const problem = jsonOf(result);
            assert.equal(result.statusCode, 400);
            assert.equal(result.headers["Content-Type"], "application/problem+json");
            assert.equal(result.headers["Cache-Control"], "no-store");
            described("Problem", problem);
            assert.deepEqual(
                [problem.type, problem.status, problem.requestId],
                ["/problems/bad-request", 400, "request-1"],
            );
            const fault = problem.errors.find((error: { in: string }) => error.in === where);
            assert.match(fault?.message ?? `nothing in ${where}: ${JSON.stringify(problem.errors)}`, message);
        });
    }

    it("may name a parameter once", async () => {
        const multi = { multiValueQueryStringParameters: { numResults: ["1", "2"] } };
        const event = { ...gatewayEvent("GET /popular", { query: { numResults: "2" } }), ...multi };
        const problem = jsonOf(await world.another().handle(event));
        assert.deepEqual(problem.errors, [{ in: "query numResults", message: "must occur only once" }]);
    });

    it("to no path is 404, by no method 405 with those that there are", async () => {
        assert.equal((await world.ask("GET /nothing")).statusCode, 404);
        const result = await world.ask("DELETE /events");
        assert.deepEqual([result.statusCode, result.headers.Allow], [405, "OPTIONS, POST"]);
        described("Problem", jsonOf(result));
    });

    it("that meets a fault of ours is 500 with its id, and the log alone has more", async () => {
        const document = JSON.parse(openApi);
        document.paths["/unanswered"] = { get: { operationId: "getUnanswered" } };
        const broken = startWorld({ openApi: JSON.stringify(document) });
        const result = await broken.ask("GET /unanswered");
        assert.deepEqual([result.statusCode, result.headers["Cache-Control"]], [500, "no-store"]);
        described("Problem", jsonOf(result));
        assert.equal(jsonOf(result).requestId, "request-1");
        assert.doesNotMatch(result.body, /TypeError|router/);
        const logged = broken.lines.find(({ failed }) => failed === "answer a request");
        assert.match(String(logged?.error), /TypeError[\s\S]*router/);
        assert.equal(broken.lastLine().status, 500);
    });

    it("reads a path's parameters as a REST API hands them on: encoded", async () => {
        const result = await world.ask("GET /items/{itemId}", { path: { itemId: "%31" } });
        assert.equal(jsonOf(result).itemId, "1");
        assert.equal((await world.ask("GET /items/{itemId}", { path: { itemId: "100%" } })).statusCode, 404);
    });

    it("from an allowed origin is allowed, from any other not, and caches distinguish them", async () => {
        const ask = (origin: string, what = "GET /popular") => world.ask(what, { headers: { Origin: origin } });
        const headers = async (origin: string) => (await ask(origin)).headers;
        assert.equal((await headers("https://films.example"))["Access-Control-Allow-Origin"], "https://films.example");
        assert.equal((await headers("https://films.example.evil"))["Access-Control-Allow-Origin"], undefined);
        assert.equal((await headers("https://films.example.evil")).Vary, "Origin");
        const before = await ask("https://films.example", "OPTIONS /events");
        assert.deepEqual([before.statusCode, before.body], [204, ""]);
        assert.equal(before.headers["Access-Control-Allow-Methods"], "OPTIONS, POST");
    });

    it("leaves one line in the log, with its metrics and without viewer ids", async () => {
        const fresh = startWorld();
        await fresh.recommend("viewer-x", { numResults: "5" });
        await fresh.watch("viewer-x", "277");
        fresh.state.fault = throws(serviceError("ThrottlingException"));
        await fresh.recommend("viewer-x");
        const lines = fresh.lines.filter((line) => "_aws" in line);
        assert.equal(lines.length, 3);
        const [first, second, third] = lines as [
            Record<string, unknown>,
            Record<string, unknown>,
            Record<string, unknown>,
        ];
        assert.deepEqual(
            [first.operation, first.status, first.source, first.layer, first.coldStart, first.CampaignCalls],
            ["getRecommendations", 200, "campaign", "campaign", true, 1],
        );
        assert.deepEqual([second.operation, second.EventsTaken, second.coldStart], ["putEvents", 1, false]);
        assert.deepEqual(
            [third.reason, third.CampaignFailures, third.AnsweredByCache, third.Stack],
            ["throttled", 1, 1, "dev"],
        );
        const { CloudWatchMetrics } = first._aws as { CloudWatchMetrics: { Metrics: { Name: string }[] }[] };
        for (const { Name } of CloudWatchMetrics[0]?.Metrics ?? []) assert.equal(typeof first[Name], "number", Name);
        assert.doesNotMatch(JSON.stringify(fresh.lines), /viewer-x|277/);
    });
});

describe("an answer", () => {
    const world = startWorld();
    const get = (what: string, asked?: Asked) => world.ask(what, asked);

    it("has an ETag, by which it is not sent again while it is the same", async () => {
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

    it("is kept by browsers and CDNs where it is everybody's, by a browser alone where it is a viewer's", async () => {
        const cacheControl = async (what: string, asked?: Asked) =>
            (await get(what, asked)).headers["Cache-Control"] ?? "";
        for (const what of [
            "/popular",
            "/trending",
            "/similar/{itemId}",
            "/items",
            "/items/{itemId}",
            "/openapi.json",
        ]) {
            const asked = { path: { itemId: "1" }, ...(what === "/items" && { query: { query: "film" } }) };
            assert.match(await cacheControl(`GET ${what}`, asked), /^public, .*s-maxage=\d+/, what);
        }
        assert.equal(await cacheControl("GET /health"), "no-store");
        const mine = () => cacheControl("GET /recommendations/{userId}", { path: { userId: `${Math.random()}` } });
        const seconds = (header: string) => Number(/^private, max-age=(\d+)$/.exec(header)?.[1]);
        const personal = seconds(await mine());
        world.state.fault = throws(serviceError("ThrottlingException"));
        assert.ok(seconds(await mine()) < personal);
        world.state.fault = undefined;
    });

    it("matches the description", async () => {
        const film = { path: { itemId: "1", userId: "a" } };
        const schemas: [string, Asked, string][] = [
            ["GET /recommendations/{userId}", film, "FilmList"],
            ["GET /similar/{itemId}", film, "FilmList"],
            ["GET /popular", {}, "FilmList"],
            ["GET /trending", {}, "FilmList"],
            ["GET /items/{itemId}", film, "Film"],
            ["GET /items", { query: { query: "film" } }, "FoundFilms"],
            ["GET /health", {}, "Health"],
        ];
        for (const [what, asked, schema] of schemas) {
            const result = await get(what, asked);
            assert.equal(result.statusCode, 200, what);
            described(schema, jsonOf(result));
            for (const name of ["X-Content-Type-Options", "Referrer-Policy", "X-Request-Id"])
                assert.ok(result.headers[name]);
        }
        described("EventsAnswer", await world.watch("a", "1"));
        assert.deepEqual(jsonOf(await get("GET /openapi.json")), JSON.parse(openApi));
    });

    it("of everybody's films comes from the tables", async () => {
        const ids = async (what: string, asked: Asked = {}) => idsOf(jsonOf(await get(what, asked)));
        assert.deepEqual(await ids("GET /popular", { query: { numResults: "2", genre: "Comedy" } }), ["2", "3"]);
        assert.deepEqual(await ids("GET /popular", { query: { genre: "Western" } }), []);
        assert.deepEqual(await ids("GET /trending", { query: { numResults: "5" } }), ["51", "52", "53", "1", "2"]);
        assert.deepEqual(await ids("GET /similar/{itemId}", { path: { itemId: "5" }, query: { numResults: "2" } }), [
            "6",
            "7",
        ]);
        assert.deepEqual(await ids("GET /items", { query: { query: "film 29", numResults: "2" } }), ["29", "290"]);
        const unknown = jsonOf(
            await get("GET /similar/{itemId}", { path: { itemId: "x" }, query: { numResults: "1" } }),
        );
        assert.deepEqual([unknown.source, idsOf(unknown)], ["popular", ["1"]]);
    });

    it("of a ranking needs its campaign, and without its answer is the order of most viewers", async () => {
        const asked = { path: { userId: "a" }, body: { itemIds: ["9", "x", "4"] } };
        const none = await get("POST /rankings/{userId}", asked);
        assert.equal(none.statusCode, 404);
        assert.match(jsonOf(none).detail, /rankingCampaign/);
        let fault: Error | undefined;
        const ranking = startWorld({
            rank: async (_userId, itemIds) => {
                if (fault !== undefined) throw fault;
                return {
                    films: packFilms(itemIds.toReversed().map((itemId, at) => ({ itemId, score: 0.5 / (at + 1) }))),
                };
            },
        });
        const ranked = jsonOf(await ranking.ask("POST /rankings/{userId}", asked));
        assert.deepEqual([ranked.source, idsOf(ranked), ranked.films[0].score], ["campaign", ["4", "x", "9"], 0.5]);
        fault = serviceError("ThrottlingException");
        const popular = jsonOf(await ranking.ask("POST /rankings/{userId}", asked));
        assert.deepEqual([popular.source, popular.reason, idsOf(popular)], ["popular", "throttled", ["4", "9", "x"]]);
        described("FilmList", popular);
    });
});

describe("the page's files", () => {
    let folder: string;
    let world: World;
    before(async () => {
        folder = await mkdtemp(join(tmpdir(), "page-"));
        await mkdir(join(folder, "assets"));
        await writeFile(join(folder, "index.html"), "<html>é</html>");
        await writeFile(join(folder, "assets", "index-BsT3n_0q.js"), "1");
        await writeFile(join(folder, "icon.png"), Uint8Array.of(255, 0, 1));
        world = startWorld({ pages: pageFiles(folder) });
    });
    after(() => rm(folder, { recursive: true, force: true }));
    const file = (proxy: string, headers = {}): Promise<GatewayResult> =>
        world.ask("GET /storefront/{proxy+}", { path: { proxy }, headers });

    it("are served with their types, for ever where their name changes with them, and with what keeps browsers from harm", async () => {
        const page = await file("index.html");
        assert.deepEqual([page.body, page.headers["Content-Type"]], ["<html>é</html>", "text/html; charset=utf-8"]);
        assert.equal(page.headers["Content-Security-Policy"], contentSecurityPolicy);
        assert.match(page.headers["Cache-Control"] ?? "", /no-cache/);
        assert.equal((await file("index.html", { "If-None-Match": page.headers.ETag ?? "" })).statusCode, 304);
        assert.match((await file("assets/index-BsT3n_0q.js")).headers["Cache-Control"] ?? "", /immutable/);
        const icon = await file("icon.png");
        assert.deepEqual([icon.isBase64Encoded, [...Buffer.from(icon.body, "base64")]], [true, [255, 0, 1]]);
    });

    it("are only these, and none if a CDN serves them", async () => {
        for (const path of ["../index.html", "%2e%2e/index.html", "", "assets"]) {
            assert.equal((await file(path)).statusCode, 404, path);
        }
        assert.equal(
            (await startWorld().ask("GET /storefront/{proxy+}", { path: { proxy: "index.html" } })).statusCode,
            404,
        );
    });
});
