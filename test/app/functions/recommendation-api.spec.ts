import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { CreateTableCommand, DynamoDBClient, GetItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { CreateFilterCommand, PersonalizeClient } from "@aws-sdk/client-personalize";
import { tablePort } from "../../../app/functions/recommendation-api/table.ts";
import { packFilms, unpackFilms } from "../../../app/serving/film-scores.ts";
import type { GatewayResult } from "../../../app/serving/gateway-event.ts";
import type { KeptList } from "../../../app/serving/ports.ts";
import { bundleText } from "../../../components/common/lambda-bundle.ts";
import { watchedFilterExpression } from "../../../config/watched.ts";
import { type Cinema, campaignArn, startCinema } from "../../../packages/local-aws/test/gateway/cinema.ts";
import { syntheticRatings } from "../../../packages/local-personalize/test/interactions.ts";
import { arn, until } from "../../../packages/local-personalize/test/support.ts";
import { type Asked, config, gatewayEvent, idsOf, jsonOf, openApi, tablesDocument } from "../serving/world.ts";

const TableName = "films";
const signal = new AbortController().signal;

describe("the recommendation API on a local AWS", () => {
    let cinema: Cinema;
    let dynamo: DynamoDBClient;
    before(async () => {
        cinema = await startCinema();
        dynamo = new DynamoDBClient(cinema.settings);
        await dynamo.send(
            new CreateTableCommand({
                TableName,
                BillingMode: "PAY_PER_REQUEST",
                KeySchema: [
                    { AttributeName: "pk", KeyType: "HASH" },
                    { AttributeName: "sk", KeyType: "RANGE" },
                ],
                AttributeDefinitions: ["pk", "sk"].map((AttributeName) => ({
                    AttributeName,
                    AttributeType: "S" as const,
                })),
            }),
        );
    });
    after(async () => {
        dynamo?.destroy();
        await cinema?.discard();
    });

    describe("its table", () => {
        const list: KeptList = {
            key: "k",
            madeAt: 1_800_000_000_123,
            revision: 5,
            from: "campaign",
            solutionVersion: "v",
            recommendationId: "R",
            films: packFilms([{ itemId: "a,b", score: 0.0123457 }, { itemId: "Ж" }]),
        };

        it("gives back a list as it was put, for its viewer and its key alone", async () => {
            const table = tablePort(dynamo, TableName);
            await table.putList("u", list, 2_000_000_000, signal);
            const found = await table.viewer("u", "k", signal);
            assert.deepEqual(found, { recent: { revision: 0, films: [] }, list });
            assert.deepEqual(unpackFilms(found.list?.films ?? list.films), [
                { itemId: "a,b", score: 0.0123457 },
                { itemId: "Ж" },
            ]);
            assert.equal((await table.viewer("u", "", signal)).list, undefined);
            assert.equal((await table.viewer("u2", "k", signal)).list, undefined);
        });

        it("keeps no list in the place of one that knows later events", async () => {
            const table = tablePort(dynamo, TableName);
            await table.putList("w", list, 2_000_000_000, signal);
            await table.putList("w", { ...list, revision: 4, madeAt: list.madeAt + 1 }, 2_000_000_000, signal);
            assert.equal((await table.viewer("w", "k", signal)).list?.madeAt, list.madeAt);
            await table.putList("w", { ...list, madeAt: list.madeAt + 2 }, 2_000_000_000, signal);
            assert.equal((await table.viewer("w", "k", signal)).list?.madeAt, list.madeAt + 2);
        });

        it("notes newest films only over those that were read", async () => {
            const table = tablePort(dynamo, TableName);
            const put = (revision: number, before: number) =>
                table.putRecent(
                    "v",
                    { revision, films: [{ itemId: "1", at: revision }] },
                    before,
                    2_000_000_000,
                    signal,
                );
            assert.deepEqual(
                [await put(7, 0), await put(8, 0), await put(9, 7), await put(9, 7)],
                [true, false, true, false],
            );
            assert.deepEqual(await table.recent("v", signal), { revision: 9, films: [{ itemId: "1", at: 9 }] });
        });

        it("lets one of those who looked at the campaign note it, and keeps when all was flushed", async () => {
            const table = tablePort(dynamo, TableName);
            assert.deepEqual(await table.stack(signal), {});
            const at = { checkedAt: 10, activeAt: 10 };
            const seen = { status: "ACTIVE", solutionVersionArn: "v", minProvisionedTPS: 2, ...at };
            await table.putCampaign(seen, undefined, signal);
            await table.putCampaign({ ...seen, checkedAt: 11 }, undefined, signal);
            assert.deepEqual(await table.stack(signal), { campaign: seen });
            await dynamo.send(
                new UpdateItemCommand({
                    TableName,
                    Key: { pk: { S: "stack" }, sk: { S: "campaign" } },
                    UpdateExpression: "SET flushed = :at",
                    ExpressionAttributeValues: { ":at": { N: "3" } },
                }),
            );
            await table.putCampaign({ status: "", checkedAt: 20 }, 10, signal);
            const gone = { status: "", checkedAt: 20, activeAt: 10 };
            assert.deepEqual(await table.stack(signal), { campaign: gone, flushed: 3 });
            await dynamo.send(
                new UpdateItemCommand({
                    TableName,
                    Key: { pk: { S: "stack" }, sk: { S: "campaign" } },
                    UpdateExpression: "REMOVE flushed, checkedAt, activeAt",
                }),
            );
        });

        it("adds up who asked", async () => {
            const table = tablePort(dynamo, TableName);
            for (const requests of [2, 3]) await table.addAsked(495_000, "u", requests, 2_000_000_000, signal);
            const Key = { pk: { S: "asked#495000" }, sk: { S: "u" } };
            const { Item } = await dynamo.send(new GetItemCommand({ TableName, Key }));
            assert.deepEqual([Item?.requests?.N, Item?.expiresAt?.N], ["5", "2000000000"]);
        });
    });

    describe("its function, as Lambda runs the bundle", () => {
        let folder: string;
        let running: ChildProcess;
        let lines: string[];
        let answers: AsyncIterator<string>;

        before(async () => {
            const personalize = new PersonalizeClient(cinema.settings);
            const of = { name: "unwatched", datasetGroupArn: arn("dataset-group/films") };
            await personalize.send(new CreateFilterCommand({ ...of, filterExpression: watchedFilterExpression }));
            personalize.destroy();
            folder = await mkdtemp(join(tmpdir(), "recommendation-api-"));
            const code = bundleText("recommendation-api");
            assert.ok(code.length < 1e6, `${code.length}`);
            await writeFile(join(folder, "index.mjs"), code);
            await writeFile(join(folder, "openapi.json"), openApi);
            await writeFile(join(folder, "fallback-tables.json"), JSON.stringify(tablesDocument));
            await writeFile(
                join(folder, "run.mjs"),
                `import { createInterface } from "node:readline";
                const { handler } = await import("./index.mjs");
                for await (const line of createInterface(process.stdin)) {
                    process.stderr.write(JSON.stringify(await handler(JSON.parse(line))) + "\\n");
                }`,
            );
            const watchedFilterArn = arn("filter/unwatched");
            const ofCinema = { campaignArn, watchedFilterArn, trackingId: cinema.trackingId };
            const api = { ...config, ...ofCinema, tableName: TableName };
            running = spawn(process.execPath, [join(folder, "run.mjs")], {
                stdio: "pipe",
                env: {
                    PATH: process.env.PATH,
                    AWS_REGION: "eu-central-1",
                    AWS_ENDPOINT_URL: cinema.url,
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

        async function ask(what: string, asked?: Asked): Promise<GatewayResult> {
            running.stdin?.write(`${JSON.stringify(gatewayEvent(what, asked))}\n`);
            const { value } = await answers.next();
            return JSON.parse(value);
        }
        const recommend = async (userId: string, query = {}) =>
            jsonOf(await ask("GET /recommendations/{userId}", { path: { userId }, query }));

        /** Once the campaign is quick enough: a busy machine is not always. */
        const ofCampaign = (userId: string, query = {}) =>
            until(async () => {
                const answer = await recommend(userId, query);
                return answer.source === "campaign" && answer;
            });

        it("answers from the campaign, keeps it, learns of an event, and continues while the campaign is away", async () => {
            await recommend("warm");
            await until(async () => jsonOf(await ask("GET /health")).campaign.solutionVersionArn !== undefined);
            assert.equal(jsonOf(await ask("GET /health")).campaign.solutionVersionArn, cinema.solutionVersionArn);

            const first = await ofCampaign("1");
            assert.equal(first.films.length, 25);
            const watched = new Set(syntheticRatings().flatMap(({ user, item }) => (user === 1 ? [`${item}`] : [])));
            assert.deepEqual(
                idsOf(first).filter((itemId) => watched.has(itemId)),
                [],
            );
            assert.ok(first.films[0].score > 0 && first.recommendationId);
            assert.equal((await recommend("1")).source, "cache");

            const events = first.films
                .slice(0, 2)
                .map(({ itemId }: { itemId: string }) => ({ eventType: "Watch", itemId }));
            const body = { userId: "1", sessionId: "s", events };
            const { revision, tracked } = jsonOf(await ask("POST /events", { body }));
            assert.equal(tracked, true);
            const after = await ofCampaign("1", { since: String(revision) });
            assert.notDeepEqual(idsOf(after), idsOf(first));
            const kept = () => tablePort(dynamo, TableName).viewer("1", "", signal);
            await until(async () => (await kept()).list?.revision === revision);

            await cinema.park();
            await until(async () => (await recommend("nobody")).reason === "away");
            assert.equal((await recommend("1", { since: String(revision) })).films.length, 25);
            assert.equal(jsonOf(await ask("GET /health")).campaign.state, "away");
            await cinema.resume();
            await until(async () => (await recommend(`new${Math.random()}`)).source === "campaign");
            assert.ok(lines.every((line) => JSON.parse(line)));
            const requests = lines.map((line) => JSON.parse(line)).filter((line) => "_aws" in line);
            assert.ok(requests.every(({ status }) => status < 300));
            assert.equal(requests[0].coldStart, true);
        });
    });
});
