import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { DynamoDB } from "@aws-sdk/client-dynamodb";
import { Personalize } from "@aws-sdk/client-personalize";
import { S3 } from "@aws-sdk/client-s3";
import { storedTables } from "../../../app/functions/recommendation-api/stored-tables.ts";
import { tablePort } from "../../../app/functions/recommendation-api/table.ts";
import type { GatewayResult } from "../../../app/serving/gateway-event.ts";
import { bundleFile } from "../../../components/common/lambda-bundle.ts";
import { newestTablesKey, tablesKey } from "../../../config/names.ts";
import { watchedFilterExpression } from "../../../config/watched.ts";
import { campaignArn, type Harness } from "../../../packages/local-aws/test/gateway/harness.ts";
import { syntheticRatings } from "../../../packages/local-personalize/test/interactions.ts";
import { arn, until } from "../../../packages/local-personalize/test/support.ts";
import {
    type Asked,
    config,
    gatewayEvent,
    idsOf,
    openApi,
    parseResult,
    tablesDocument,
} from "../serving/api-harness.ts";
import { startFilmsTable } from "./films-table.ts";

const TableName = "films";
const signal = new AbortController().signal;

describe("Recommendation API on the local AWS", () => {
    let harness: Harness;
    let dynamo: DynamoDB;
    before(async () => {
        ({ harness, dynamo } = await startFilmsTable(TableName));
    });
    after(async () => {
        dynamo?.destroy();
        await harness?.discard();
    });

    describe("Recommendation Lambda bundle", () => {
        let folder: string;
        let running: ChildProcess;
        let lines: string[];
        let answers: AsyncIterator<string>;

        before(async () => {
            const personalize = new Personalize(harness.settings);
            const of = { name: "unwatched", datasetGroupArn: arn("dataset-group/films") };
            await personalize.createFilter({ ...of, filterExpression: watchedFilterExpression() });
            personalize.destroy();
            folder = await mkdtemp(join(tmpdir(), "recommendation-api-"));
            const code = await readFile(bundleFile("recommendation-api"));
            assert.ok(code.length < 1.1e6, `${code.length}`);
            await writeFile(join(folder, "index.mjs"), code);
            await writeFile(join(folder, "openapi.json"), openApi);
            const s3 = new S3({ ...harness.settings, forcePathStyle: true });
            await s3.createBucket({ Bucket: TableName });
            const own = tablesKey(harness.solutionVersionArn.split("/").at(-1) ?? "");
            const objects = { [own]: JSON.stringify(tablesDocument), [newestTablesKey]: "another" };
            for (const [Key, Body] of Object.entries(objects)) {
                await s3.putObject({ Bucket: TableName, Key, Body });
            }
            s3.destroy();
            await writeFile(
                join(folder, "run.mjs"),
                `import { createInterface } from "node:readline";
                const { handler } = await import("./index.mjs");
                for await (const line of createInterface(process.stdin)) {
                    process.stderr.write(JSON.stringify(await handler(JSON.parse(line))) + "\\n");
                }`,
            );
            const watchedFilterArn = arn("filter/unwatched");
            const ofFilms = { campaignArn, watchedFilterArn, trackingId: harness.trackingId };
            // With the API key, GET /health returns its details.
            const api = { ...config, ...ofFilms, tableName: TableName, bucketName: TableName, apiKey: true };
            running = spawn(process.execPath, [join(folder, "run.mjs")], {
                stdio: "pipe",
                env: {
                    PATH: process.env.PATH,
                    AWS_REGION: "eu-central-1",
                    AWS_ENDPOINT_URL: harness.url,
                    AWS_ACCESS_KEY_ID: "test",
                    AWS_SECRET_ACCESS_KEY: "test",
                    API_CONFIG: JSON.stringify(api),
                },
            });
            lines = [];
            assert.ok(running.stdout && running.stderr);
            createInterface(running.stdout).on("line", (line) => lines.push(line));
            answers = createInterface(running.stderr)[Symbol.asyncIterator]();
        });
        after(async () => {
            running?.stdin?.end();
            if (running?.exitCode === null) await once(running, "exit");
            await rm(folder, { recursive: true, force: true });
        });

        async function ask(what: string, input?: Asked): Promise<GatewayResult> {
            running.stdin?.write(`${JSON.stringify(gatewayEvent(what, input))}\n`);
            const { value } = await answers.next();
            return JSON.parse(value);
        }
        const recommend = async (userId: string, query = {}) =>
            parseResult(await ask("GET /recommendations/{userId}", { path: { userId }, query }));

        /** Waits until the campaign answers within its timeout, because a busy machine may be slower. */
        const ofCampaign = (userId: string, query = {}) =>
            until(async () => {
                const answer = await recommend(userId, query);
                return answer.source === "campaign" && answer;
            });

        it("the API function serves campaign lists, uses events, and responds after the campaign's deletion", async () => {
            await recommend("warm");
            await until(async () => parseResult(await ask("GET /health")).campaign.solutionVersionArn !== undefined);
            assert.equal(parseResult(await ask("GET /health")).campaign.solutionVersionArn, harness.solutionVersionArn);

            const first = await ofCampaign("1");
            assert.equal(first.films.length, 25);
            const watched = new Set(syntheticRatings().flatMap(({ user, item }) => (user === 1 ? [`${item}`] : [])));
            assert.deepEqual(
                idsOf(first).filter((itemId) => watched.has(itemId)),
                [],
            );
            assert.ok(first.films[0].score > 0 && first.recommendationId);
            assert.equal((await recommend("1")).source, "cache");
            assert.equal(parseResult(await ask("GET /popular")).films[0].title, "Film 1");

            const events = first.films
                .slice(0, 2)
                .map(({ itemId }: { itemId: string }) => ({ eventType: "Watch", itemId }));
            const body = { userId: "1", sessionId: "s", events };
            const { revision, tracked } = parseResult(await ask("POST /events", { body }));
            assert.equal(tracked, true);
            const after = await ofCampaign("1", { since: String(revision) });
            assert.notDeepEqual(idsOf(after), idsOf(first));
            const kept = () => tablePort(dynamo, TableName).viewer("1", "", signal);
            await until(async () => (await kept()).list?.revision === revision);

            const client = new S3({ ...harness.settings, forcePathStyle: true });
            const version = harness.solutionVersionArn.split("/").at(-1) ?? "";
            const stored = storedTables(client, TableName);
            const { etag } = (await stored.read(version, undefined, signal)) ?? {};
            assert.equal(await stored.read(version, etag, signal), undefined, "the tables are not read twice");
            client.destroy();

            await harness.park();
            await until(async () => (await recommend("nobody")).reason === "away");
            assert.equal((await recommend("1", { since: String(revision) })).films.length, 25);
            assert.equal(parseResult(await ask("GET /health")).campaign.state, "away");
            await harness.resume();
            await until(async () => (await recommend(`new${Math.random()}`)).source === "campaign");
            assert.ok(lines.every((line) => JSON.parse(line)));
            const requests = lines.map((line) => JSON.parse(line)).filter((line) => "_aws" in line);
            assert.ok(requests.every(({ status }) => status < 300));
            assert.equal(requests[0].coldStart, true);
        });
    });
});
