import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { validatorFiles, validatorsCode } from "../../../app/api/write-validators.ts";
import {
    type ApiHarness,
    type Asked,
    gatewayEvent,
    openApi,
    parseResult,
    serviceError,
    startApi,
    throws,
} from "./api-harness.ts";
import { described } from "./described.ts";

const root = join(import.meta.dirname, "../../..");

describe("npm run api:types", () => {
    const hint = "npm run api:types writes it";

    it("app/api/types.ts equals the output of openapi-typescript", async () => {
        const cli = join(root, "node_modules/openapi-typescript/bin/cli.js");
        const { stdout } = await promisify(execFile)(process.execPath, [cli, join(root, "app/api/openapi.yaml")], {
            maxBuffer: 4e6,
        });
        assert.equal(await readFile(join(root, "app/api/types.ts"), "utf8"), stdout, hint);
    });

    for (const [file, allErrors] of Object.entries(validatorFiles)) {
        it(`app/api/${file} equals the validators that Ajv writes`, async () => {
            // assert.equal would print both files.
            assert.ok((await readFile(join(root, "app/api", file), "utf8")) === validatorsCode(allErrors), hint);
        });
    }
});

describe("Request validation", () => {
    let harness: ApiHarness;
    before(() => {
        harness = startApi();
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
        [
            "POST /events",
            { body: { userId: "\ud800", sessionId: "s", events: [{ eventType: "W", itemId: "1" }] } },
            "body",
            /well-formed Unicode/,
        ],
        ["GET /recommendations/{userId}", { query: { context: '{"A":"\\udc00"}' } }, "query context", /well-formed/],
    ];
    for (const [what, input, where, message] of wrong) {
        it(`a request with an invalid ${where} gets 400 with ${message}`, async () => {
            const result = await harness.ask(what, { path: { userId: "a", itemId: "1" }, ...input });
            const problem = parseResult(result);
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

    const events = (count: number, event: (at: number) => unknown) =>
        JSON.stringify({ events: Array.from({ length: count }, (_, at) => event(at)) });
    const hostile: [string, string, string][] = [
        ["30,000 numbers as events", "POST /events", events(30_000, () => 1)],
        ["6,000 objects with an unknown field as events", "POST /events", events(6000, (at) => ({ at }))],
        ["1 MB of texts as events", "POST /events", events(200_000, (at) => `${at}`)],
        ["20,000 empty events", "POST /events", events(20_000, () => ({}))],
        [
            "thousands of unknown fields",
            "POST /events",
            JSON.stringify(Object.fromEntries(Array.from({ length: 5000 }, (_, at) => [`field-${at}`, at]))),
        ],
        ["a field name of 9 kB", "POST /events", JSON.stringify({ ["\u0000".repeat(9000)]: 1 })],
        [
            "fields with control characters",
            "POST /events",
            JSON.stringify(Object.fromEntries(Array.from({ length: 25 }, (_, at) => ["\u0001".repeat(20) + at, 1]))),
        ],
        ["a deeply nested array", "POST /events", "[".repeat(32_000) + "]".repeat(32_000)],
        ["10 MB of text", "POST /events", "x".repeat(10e6)],
    ];
    for (const [what, path, text] of hostile) {
        it(`a request body with ${what} gets a 400 response of less than 4 kB`, async () => {
            for (const type of ["application/json", "text/plain", "application/octet-stream", undefined]) {
                for (const isBase64Encoded of [false, true]) {
                    const body = isBase64Encoded ? Buffer.from(text).toString("base64") : text;
                    const event = { ...gatewayEvent(path, { path: { userId: "a" } }), body, isBase64Encoded };
                    const headers = type === undefined ? {} : { "content-type": type };
                    const begun = process.cpuUsage();
                    const result = await harness.another().handle({ ...event, headers });
                    const { user, system } = process.cpuUsage(begun);
                    assert.ok(user + system < 500_000, `${user + system} µs`);
                    assert.equal(result.statusCode, 400);
                    assert.ok(Buffer.byteLength(result.body) < 4000, `${Buffer.byteLength(result.body)} bytes`);
                    described("Problem", parseResult(result));
                    assert.ok(parseResult(result).errors.length <= 10);
                }
            }
        });
    }

    it("a query with hundreds of errors gets a 400 response of less than 4 kB", async () => {
        const many = Object.fromEntries(Array.from({ length: 400 }, (_, at) => [`${"\u{1F600}".repeat(3)}${at}`, 1]));
        const names = Object.keys(many).map((name) => [name, ["1", "2"]]);
        for (const more of [
            { queryStringParameters: { context: JSON.stringify(many) } },
            { queryStringParameters: {}, multiValueQueryStringParameters: Object.fromEntries(names) },
        ]) {
            const event = { ...gatewayEvent("GET /recommendations/{userId}", { path: { userId: "a" } }), ...more };
            const result = await harness.another().handle(event);
            assert.equal(result.statusCode, 400);
            assert.ok(Buffer.byteLength(result.body) < 4000, `${Buffer.byteLength(result.body)} bytes`);
        }
    });

    it("a request that repeats a query parameter gets 400", async () => {
        const multi = { multiValueQueryStringParameters: { numResults: ["1", "2"] } };
        const event = { ...gatewayEvent("GET /popular", { query: { numResults: "2" } }), ...multi };
        const problem = parseResult(await harness.another().handle(event));
        assert.deepEqual(problem.errors, [{ in: "query numResults", message: "must occur only once" }]);
    });

    it("an unknown path gets 404, and an unknown method 405 with the header Allow", async () => {
        assert.equal((await harness.ask("GET /nothing")).statusCode, 404);
        for (const [what, allowed] of [
            ["DELETE /events", "OPTIONS, POST"],
            ["POST /similar/7", "OPTIONS, GET"],
        ] as const) {
            const result = await harness.ask(what);
            assert.deepEqual([result.statusCode, result.headers.Allow], [405, allowed]);
            described("Problem", parseResult(result));
        }
    });

    for (const id of ["a/b", "a?b", "a#b", "50%", "%41", "a+b c", "🎬/1", "שלום", "a/../b"]) {
        it(`an id in a path can be ${id}`, async () => {
            const encoded = encodeURIComponent(id);
            const asked = [
                gatewayEvent("GET /recommendations/{userId}", { path: { userId: encoded } }),
                gatewayEvent(`GET /recommendations/${encoded}`),
                // An API Gateway that decodes `%2F` before it routes the request.
                gatewayEvent(`GET /recommendations/${encoded.replaceAll("%2F", "/")}`),
            ];
            for (const event of asked) {
                const { state, another } = startApi();
                assert.equal((await another().handle(event)).statusCode, 200);
                assert.deepEqual(
                    state.asks.map(({ userId }) => userId),
                    [id],
                );
            }
        });
    }

    it("an event type that the data lacks gets 400 with the nearest type", async () => {
        const { ask } = startApi({ config: { eventTypes: ["Watch", "Click"] } });
        const send = async (eventType: string) => {
            const events = [{ eventType, itemId: "7" }];
            return parseResult(await ask("POST /events", { body: { userId: "a", sessionId: "s", events } }));
        };
        const where = "body /events/0/eventType";
        const message = "must be a type of the data or of config eventTypes:";
        assert.deepEqual((await send("Wacth")).errors, [{ in: where, message: `${message} did you mean Watch?` }]);
        assert.deepEqual((await send("Bought")).errors, [{ in: where, message: `${message} it can be Watch, Click` }]);
        assert.equal((await send("Click")).tracked, true);
    });

    it("a context with an unknown field gets 400 with the nearest field", async () => {
        const { ask } = startApi({ config: { contextFields: ["DEVICE"] } });
        const context = async (fields: object) =>
            parseResult(
                await ask("GET /recommendations/{userId}", {
                    path: { userId: "a" },
                    query: { context: JSON.stringify(fields) },
                }),
            );
        const { errors } = await context({ DEVCE: "phone" });
        const message = "must have only fields of the interactions: DEVICE, not DEVCE";
        assert.deepEqual(errors, [{ in: "query context", message }]);
        assert.equal((await context({ DEVICE: "phone" })).source, "campaign");
    });

    it("a request through the route `/{proxy+}` logs the template of its path", async () => {
        const fresh = startApi();
        const templateOf = async (what: string) => {
            await fresh.ask(what);
            return fresh.lastLine().template;
        };
        assert.equal(await templateOf("GET /items/7"), "/items/{itemId}");
        assert.equal(await templateOf("OPTIONS /history/viewer-x"), "/history/{userId}");
        assert.equal(await templateOf("GET /openapi.json"), "/openapi.json");
        assert.equal(await templateOf("GET /openapi-json"), "/{proxy+}");
        assert.equal(await templateOf("GET /wp-login.php"), "/{proxy+}");
        await fresh.recommend("viewer-x");
        assert.equal(fresh.lastLine().template, "/recommendations/{userId}");
        assert.doesNotMatch(JSON.stringify(fresh.lines), /viewer-x|wp-login/);
    });

    it("the API returns 500 with the request ID, and logs the stack, for internal errors", async () => {
        const document = JSON.parse(openApi);
        document.paths["/unanswered"] = { get: { operationId: "getUnanswered" } };
        const broken = startApi({ openApi: JSON.stringify(document) });
        const result = await broken.ask("GET /unanswered");
        assert.deepEqual([result.statusCode, result.headers["Cache-Control"]], [500, "no-store"]);
        described("Problem", parseResult(result));
        assert.equal(parseResult(result).requestId, "request-1");
        assert.equal(broken.lastLine().extendedRequestId, "extended-1=");
        assert.doesNotMatch(result.body, /TypeError|router/);
        const logged = broken.lines.find(({ failed }) => failed === "answer a request");
        assert.match(String(logged?.error), /TypeError[\s\S]*router/);
        assert.equal(broken.lastLine().status, 500);
    });

    it("the API decodes percent-encoded path parameters", async () => {
        const result = await harness.ask("GET /items/{itemId}", { path: { itemId: "%31" } });
        assert.equal(parseResult(result).itemId, "1");
        assert.equal((await harness.ask("GET /items/{itemId}", { path: { itemId: "100%" } })).statusCode, 404);
    });

    it("CORS headers allow configured origins only, with Vary: Origin", async () => {
        const ask = (origin: string, what = "GET /popular") => harness.ask(what, { headers: { Origin: origin } });
        const headers = async (origin: string) => (await ask(origin)).headers;
        assert.equal((await headers("https://films.example"))["Access-Control-Allow-Origin"], "https://films.example");
        assert.equal((await headers("https://films.example.evil"))["Access-Control-Allow-Origin"], undefined);
        assert.equal((await headers("https://films.example.evil")).Vary, "Origin");
        const before = await ask("https://films.example", "OPTIONS /events");
        assert.deepEqual([before.statusCode, before.body], [204, ""]);
        assert.equal(before.headers["Access-Control-Allow-Methods"], "OPTIONS, POST");
    });

    it("each request logs one line with metrics and without viewer IDs", async () => {
        const fresh = startApi();
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
