import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { S3 } from "@aws-sdk/client-s3";
import { storedTables } from "../../../app/functions/recommendation-api/table.ts";
import { maxTablesBytes, type TablesDocument } from "../../../data-prep/tables/document.ts";
import { portOf } from "../../../packages/local-personalize/wire/http.ts";
import { type ApiHarness, hangs, idsOf, parseResult, startApi, tablesDocument } from "./api-harness.ts";

const [second, minute] = [1000, 60_000];

/** Fallback tables of other data: films 1001 to 1300. */
const otherData: TablesDocument = {
    ...tablesDocument,
    interactions: { ...tablesDocument.interactions, sha256: "def" },
    films: { ...tablesDocument.films, ids: tablesDocument.films.ids.map((id) => String(Number(id) + 1000)) },
};

describe("`storedTables`", () => {
    it("`read` rejects tables that are too large for the function's memory before it reads them", async () => {
        const server = createServer((_, response) => {
            response.writeHead(200, { "content-length": String(maxTablesBytes + 1) });
            response.write("{");
        }).listen(0, "127.0.0.1");
        await once(server, "listening");
        const credentials = { accessKeyId: "a", secretAccessKey: "b" };
        const endpoint = `http://127.0.0.1:${portOf(server)}`;
        const s3 = new S3({ endpoint, region: "eu-central-1", credentials, forcePathStyle: true, maxAttempts: 1 });
        await assert.rejects(storedTables(s3, "films").read("v1", undefined, AbortSignal.timeout(5000)), {
            name: "TablesFormatError",
            message: /has 25165825 bytes, more than the 25165824 that the API reads/,
        });
        s3.destroy();
        server.closeAllConnections();
        server.close();
    });
});

describe("Fallback tables of a solution version", () => {
    let harness: ApiHarness;
    beforeEach(() => {
        harness = startApi({ config: { apiKey: true } });
        harness.store.documents.set("v2", otherData);
    });
    const popular = async () => idsOf(parseResult(await harness.ask("GET /popular", { query: { numResults: "2" } })));
    const health = async () => parseResult(await harness.ask("GET /health"));
    /**
     * Sends two requests: the first one starts the check for a new version, and the second one uses the check's result.
     */
    const later = async (milliseconds = minute) => {
        harness.clock.at += milliseconds;
        await popular();
        await new Promise((resolve) => setTimeout(resolve, 5));
    };

    it("the API keeps the fallback tables during training and upload of a newer version", async () => {
        assert.deepEqual(await popular(), ["1", "2"]);
        harness.store.newest = "v2";
        await later();
        assert.deepEqual(await popular(), ["1", "2"]);
        harness.restart();
        assert.deepEqual(await popular(), ["1", "2"]);
    });

    it("the API switches the fallback tables with the campaign's version, also after a rollback", async () => {
        await popular();
        harness.state.version = "v2";
        await later();
        assert.deepEqual(await popular(), ["1001", "1002"]);
        assert.equal((await health()).tables.interactionsSha256, "def");
        harness.state.version = "v1";
        await later();
        assert.deepEqual(await popular(), ["1", "2"]);
    });

    it("the solution version and the fallback tables change in the same response", async () => {
        await popular();
        const loading = Promise.withResolvers<void>();
        harness.store.gate = () => loading.promise;
        harness.state.version = "v2";
        await later();
        const during = await health();
        assert.deepEqual(
            [during.campaign.solutionVersionArn, during.tables.interactionsSha256],
            ["v1", "abc"],
            "while the new tables load",
        );
        loading.resolve();
        await new Promise((resolve) => setTimeout(resolve, 5));
        const after = await health();
        assert.deepEqual([after.campaign.solutionVersionArn, after.tables.interactionsSha256], ["v2", "def"]);
    });

    it("the API keeps the fallback tables after the campaign's deletion, also after a restart", async () => {
        harness.state.version = "v2";
        await later();
        harness.state.status = undefined;
        harness.store.newest = "v1";
        await later();
        await later();
        assert.equal((await health()).campaign.state, "away");
        assert.deepEqual(await popular(), ["1001", "1002"]);
        harness.restart();
        assert.deepEqual(await popular(), ["1001", "1002"]);
    });

    it("the API keeps the fallback tables while a campaign with another version is created", async () => {
        await popular();
        harness.state.status = "CREATE IN_PROGRESS";
        harness.state.version = "v2";
        await later();
        assert.deepEqual(await popular(), ["1", "2"]);
        harness.state.status = "ACTIVE";
        await later();
        assert.deepEqual(await popular(), ["1001", "1002"]);
    });

    it("the API uses the newest fallback tables if there has never been a campaign", async () => {
        harness = startApi({ unseen: true });
        harness.store.documents.set("v2", otherData);
        harness.state.status = undefined;
        harness.store.newest = "v2";
        assert.deepEqual(await popular(), ["1001", "1002"]);
    });

    it("the first response of a new stack uses the fallback tables of the campaign's version", async () => {
        harness = startApi({ unseen: true });
        harness.store.documents.set("v2", otherData);
        harness.store.newest = "v2";
        assert.deepEqual(await popular(), ["1", "2"]);
    });

    it("the fallback tables are loaded once and compared with those in S3 every five minutes", async () => {
        for (let passed = 0; passed < 4; passed += 1) await later();
        assert.deepEqual(harness.store.reads, ["v1"]);
        harness.store.documents.set("v1", otherData);
        await later(2 * minute);
        assert.deepEqual(await popular(), ["1001", "1002"]);
        assert.deepEqual(harness.store.reads, ["v1", "v1"]);
    });

    for (const [what, broken] of [
        ["missing", () => Promise.reject(Object.assign(new Error(), { name: "NoSuchKey" }))],
        ["slow to load", hangs],
    ] as const) {
        it(`the API keeps the previous fallback tables if the new tables are ${what}`, async () => {
            harness = startApi({ config: { apiKey: true }, limits: { tables: 1 } });
            harness.store.documents.set("v2", otherData);
            await popular();
            harness.store.gate = broken;
            harness.state.version = "v2";
            await later();
            assert.deepEqual(await popular(), ["1", "2"]);
            assert.equal((await health()).campaign.solutionVersionArn, "v2");
            const failures = () => harness.lines.reduce((sum, line) => sum + Number(line.TablesFailures ?? 0), 0);
            assert.equal(failures(), 1);
            harness.store.gate = async () => {};
            await later(5 * minute + second);
            assert.deepEqual(await popular(), ["1001", "1002"]);
        });
    }

    it("the API keeps the previous fallback tables if the new tables are invalid JSON", async () => {
        await popular();
        harness.store.documents.set("v2", "{");
        harness.state.version = "v2";
        await later();
        assert.deepEqual(await popular(), ["1", "2"]);
        assert.ok(harness.lines.some(({ error, version }) => error === "TablesFormatError" && version === "v2"));
    });

    it("the API uses the newest tables for an automatically trained version without tables, and logs no failure", async () => {
        harness = startApi({ config: { autoTraining: true } });
        harness.store.newest = "v2";
        harness.store.documents.set("v2", otherData);
        harness.store.gate = async (version) => {
            if (version === "v1") throw new Error("NoSuchKey");
        };
        assert.deepEqual(await popular(), ["1001", "1002"]);
        assert.equal(harness.lastLine().TablesFailures, 0);
    });

    it("lists contain only items of the catalog if the data has a catalog", async () => {
        const list = async () => idsOf(await harness.recommend("1", { numResults: "100" }));
        assert.ok((await list()).includes("1:0"), "no film of the tables");
        const { films } = tablesDocument;
        harness.store.documents.set("v1", { ...tablesDocument, hasCatalogue: true, films: { ...films } });
        await later(6 * minute);
        const shown = await list();
        assert.ok(!shown.includes("1:0") && shown.length > 90, `${shown.length}`);
    });

    it("without a campaign, the API replaces a cached list with popular films if no film of the list is in the catalog", async () => {
        assert.equal((await harness.recommend("1")).source, "campaign");
        harness.store.documents.set("v2", { ...otherData, hasCatalogue: true });
        harness.state.version = "v2";
        await later();
        harness.state.status = undefined;
        const { source, reason, items } = await harness.recommend("1");
        assert.deepEqual([source, reason, items[0].itemId], ["popular", "away", "1001"]);
    });

    it("lists of the campaign have IDs instead of titles if no fallback tables can be read", async () => {
        harness.store.gate = () => Promise.reject(new Error());
        const { source, items } = await harness.recommend("1");
        assert.equal(source, "campaign");
        assert.equal(items[1].title, items[1].itemId);
        assert.equal((await harness.ask("GET /popular")).statusCode, 500);
        harness.state.status = undefined;
        assert.equal((await harness.recommend("2")).status, 500);
        assert.equal((await harness.watch("1", "anything")).revision > 0, true);
    });
});
