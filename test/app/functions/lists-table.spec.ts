import assert from "node:assert/strict";
import { CreateTableCommand, DynamoDB, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { firstState } from "../../../app/batch/state.ts";
import { stateItem } from "../../../app/functions/batch-lists/state-item.ts";
import { experimentRecords } from "../../../app/functions/recommendation-api/experiment-records.ts";
import {
    fetchRequestCounts,
    putNotification,
    putSpend,
    tablePort,
} from "../../../app/functions/recommendation-api/table.ts";
import {
    itemBytes,
    itemKey,
    serving,
    toServedLists,
    toServedVersions,
} from "../../../app/functions/recommendation-api/table-items.ts";
import { operateTable } from "../../../app/functions/table-operations/operate-table.ts";
import { isControl, subjectId } from "../../../app/serving/experiment.ts";
import { packItems, unpackItems } from "../../../app/serving/item-scores.ts";
import { recentLength } from "../../../app/serving/limits.ts";
import type { KeptList, RecentItem } from "../../../app/serving/ports.ts";
import { epochHour } from "../../../app/serving/traffic.ts";
import { type Harness, startHarness } from "../../../packages/local-aws/test/gateway/harness.ts";
import { seededRandom } from "../../../packages/local-personalize/test/random.ts";
import { itemAt } from "../../support/item-at.ts";
import { startApi } from "../serving/api-harness.ts";
import { memoryTable } from "../serving/memory-table.ts";

/** Starts a local AWS with film data, and creates a DynamoDB table with the given name. */
async function startFilmsTable(TableName: string) {
    const harness = await startHarness();
    const dynamo = new DynamoDB(harness.settings);
    await dynamo.send(
        new CreateTableCommand({
            TableName,
            BillingMode: "PAY_PER_REQUEST",
            KeySchema: [
                { AttributeName: "pk", KeyType: "HASH" },
                { AttributeName: "sk", KeyType: "RANGE" },
            ],
            AttributeDefinitions: ["pk", "sk"].map((AttributeName) => ({ AttributeName, AttributeType: "S" as const })),
        }),
    );
    return { harness, dynamo };
}

const TableName = "films";
const signal = new AbortController().signal;

describe("DynamoDB table of the recommendation API on the local AWS", () => {
    let harness: Harness;
    let dynamo: DynamoDB;
    before(async () => {
        ({ harness, dynamo } = await startFilmsTable(TableName));
    });
    after(async () => {
        dynamo?.destroy();
        await harness?.discard();
    });

    const list: KeptList = {
        key: "k",
        madeAt: 1_800_000_000_123,
        revision: 5,
        from: "campaign",
        solutionVersion: "v",
        recommendationId: "R",
        items: packItems([{ itemId: "a,b", score: 0.0123457 }, { itemId: "Ж" }]),
    };

    it("if two runs of the lists function start at the same time, only one gets the lease (lock) and the saved state", async () => {
        const ports = [1, 2].map(() => stateItem(dynamo, TableName));
        const begun = await Promise.all(ports.map((port) => port.begin(60_000)));
        assert.deepEqual(begun.map((state) => state !== undefined).sort(), [false, true]);
        const first = ports[begun.findIndex((state) => state !== undefined)];
        await first?.save({ ...firstState, lastGeneration: 7 });
        await first?.end();
        assert.equal((await stateItem(dynamo, TableName).begin(0))?.lastGeneration, 7);
    });

    it("a run of the lists function does not start if another run wrote to the table after the lease was read", async () => {
        const stale: Pick<DynamoDB, "send"> = Object.create(dynamo);
        const send = dynamo.send.bind(dynamo) as (command: unknown) => Promise<object>;
        stale.send = ((command: unknown) =>
            command instanceof GetItemCommand ? Promise.resolve({}) : send(command)) as never;
        assert.equal(await stateItem(stale as DynamoDB, TableName).begin(60_000), undefined);
    });

    it("the table returns a stored list only for the list's own viewer and key", async () => {
        const table = tablePort(dynamo, TableName);
        await table.putList("u", list, 2_000_000_000, signal);
        const viewer = await table.viewer("u", "k", signal);
        assert.deepEqual(viewer, { recent: { revision: 0, items: [] }, list });
        assert.deepEqual(unpackItems(viewer.list?.items ?? list.items), [
            { itemId: "a,b", score: 0.0123457 },
            { itemId: "Ж" },
        ]);
        assert.equal((await table.viewer("u", "", signal)).list, undefined);
        assert.equal((await table.viewer("u2", "k", signal)).list, undefined);
    });

    it("`putList` does not replace a list that has a higher revision", async () => {
        const table = tablePort(dynamo, TableName);
        await table.putList("w", list, 2_000_000_000, signal);
        await table.putList("w", { ...list, revision: 4, madeAt: list.madeAt + 1 }, 2_000_000_000, signal);
        assert.equal((await table.viewer("w", "k", signal)).list?.madeAt, list.madeAt);
        await table.putList("w", { ...list, madeAt: list.madeAt + 2 }, 2_000_000_000, signal);
        assert.equal((await table.viewer("w", "k", signal)).list?.madeAt, list.madeAt + 2);
    });

    it("`putRecent` writes only if the stored revision equals the one that the caller read", async () => {
        const table = tablePort(dynamo, TableName);
        const put = (revision: number, before: number) =>
            table.putRecent("v", { revision, items: [{ itemId: "1", at: revision }] }, before, 2_000_000_000, signal);
        assert.deepEqual(
            [await put(7, 0), await put(8, 0), await put(9, 7), await put(9, 7)],
            [true, false, true, false],
        );
        assert.deepEqual(await table.recent("v", signal), { revision: 9, items: [{ itemId: "1", at: 9 }] });
    });

    it("a viewer's recent events fit into one write unit (1 kB) despite long IDs", async () => {
        const table = tablePort(dynamo, TableName);
        const Key = { pk: { S: "viewer#v" }, sk: { S: "recent" } };
        const revision = 1_764_190_000_123;
        const items = Array.from({ length: recentLength }, (_, at) => ({
            itemId: `20917${at}`,
            at: revision - 2_500_000_000 - at,
            watched: false as const,
        }));
        const counted = { minute: 29_403_166, events: 60 };
        const refused = [
            { ...items[0], refused: true as const },
            { itemId: "7", at: revision, refused: true as const },
        ];
        const stored = [...refused, ...items.slice(2)] as readonly RecentItem[];
        await table.putRecent("v2", { revision, items: stored, counted }, 0, 2_000_000_000, signal);
        assert.deepEqual(await table.recent("v2", signal), { revision, items: stored, counted });
        const longest = items.map((film, at) => ({ ...film, itemId: `${at}`.padEnd(64, "€") }));
        const userId = "€".repeat(85);
        await table.putRecent(userId, { revision, items: longest, counted }, 0, 2_000_000_000, signal);
        const { Item = {} } = await dynamo.getItem({ TableName, Key: { ...Key, pk: { S: `viewer#${userId}` } } });
        assert.ok(itemBytes(Item) <= 1024, `${itemBytes(Item)} bytes`);
        const kept = (await table.recent(userId, signal)).items;
        assert.ok(kept.length >= 3 && kept.every((film, at) => film.itemId === longest[at]?.itemId));
    });

    it("`count` adds up the requests in one time window", async () => {
        const table = tablePort(dynamo, TableName);
        const count = (window: number, more: number) => table.count("campaign", window, more, 2_000_000_000, signal);
        assert.deepEqual([await count(1, 3), await count(1, 4), await count(2, 5)], [3, 7, 5]);
    });

    it("if two processes read the campaign at once, `putCampaign` stores the first result, and does not change the stored time of `flush-cache`", async () => {
        const table = tablePort(dynamo, TableName);
        assert.deepEqual(await table.stack(signal), {});
        const at = { checkedAt: 10, activeAt: 10 };
        const campaignStatus = { status: "ACTIVE", solutionVersionArn: "v", minProvisionedTPS: 2, ...at };
        await table.putCampaign(campaignStatus, undefined, signal);
        await table.putCampaign({ ...campaignStatus, checkedAt: 11 }, undefined, signal);
        assert.deepEqual(await table.stack(signal), { campaign: campaignStatus });
        await dynamo.updateItem({
            TableName,
            Key: { pk: { S: "stack" }, sk: { S: "campaign" } },
            UpdateExpression: "SET flushed = :at",
            ExpressionAttributeValues: { ":at": { N: "3" } },
        });
        await table.putCampaign({ status: "", checkedAt: 20 }, 10, signal);
        const gone = { status: "", checkedAt: 20, activeAt: 10 };
        assert.deepEqual(await table.stack(signal), { campaign: gone, flushed: 3 });
        await dynamo.updateItem({
            TableName,
            Key: { pk: { S: "stack" }, sk: { S: "campaign" } },
            UpdateExpression: "REMOVE flushed, checkedAt, activeAt",
        });
    });

    it("`forget` deletes a viewer's items and stores a higher revision", async () => {
        const table = tablePort(dynamo, TableName);
        const at = Date.now();
        const recent = { revision: at - 5, items: [{ itemId: "1", at: at - 5 }] };
        for (const userId of ["forgotten", "kept"]) {
            await table.putRecent(userId, recent, 0, 2_000_000_000, signal);
            await table.putList(userId, list, 2_000_000_000, signal);
            await table.addAsked(epochHour(at) - 3, userId, 2, 2_000_000_000, signal);
        }
        const items = ["viewer#forgotten / list#k", "viewer#forgotten / recent"];
        for (const operation of ["find", "forget"] as const) {
            const done = await operateTable(dynamo, TableName, { operation, userId: "forgotten" }, at);
            assert.deepEqual(done, { at, items });
        }
        assert.deepEqual(await table.viewer("forgotten", "k", signal), { recent: { revision: at, items: [] } });
        assert.deepEqual((await table.viewer("kept", "k", signal)).recent, recent);
        assert.deepEqual(
            (await fetchRequestCounts(dynamo, TableName, epochHour(at) - 3, 9)).map(({ userId }) => userId),
            ["kept"],
        );
    });

    it("an experiment's sums are those of a simulation, with two processes, lists from memory, late and repeated events", async () => {
        const experiment = { name: "first", control: "popular", share: 40, windowHours: 24, since: 7 } as const;
        const memory = memoryTable();
        const writes = new Map<string, number>();
        const processTable = (process: string) => {
            const records = experimentRecords(dynamo, TableName);
            return {
                ...memory.port,
                ...records,
                putExposure: (...args: Parameters<typeof records.putExposure>) => {
                    const key = `${process} ${args[0].subject}`;
                    writes.set(key, (writes.get(key) ?? 0) + 1);
                    return records.putExposure(...args);
                },
            };
        };
        const options = { config: { experiment }, limits: { grace: 10_000 } };
        const processes = ["a", "b"].map((name) =>
            startApi({ ...options, table: { ...memory, port: processTable(name) } }),
        );
        const random = seededRandom(1);
        const pick = (count: number) => Math.floor(random() * count);
        const viewers = new Map<string, { exposedAt: number; watches: Map<string, boolean> }>();
        let now = itemAt(processes, 0).clock.at;
        for (let step = 0; step < 300; step++) {
            now += pick(1_200_000);
            const api = itemAt(processes, pick(2));
            api.clock.at = now;
            const userId = `viewer-${pick(30)}`;
            if (step < 50 || random() < 0.5) {
                await api.recommend(userId);
                if (!viewers.has(userId)) viewers.set(userId, { exposedAt: now, watches: new Map() });
                continue;
            }
            const sentAt = Math.floor(now / 1000) - pick(2) * pick(20 * 3600);
            const [itemId, chosen, isWatch] = [String(1 + pick(8)), random() < 0.4, random() < 0.8];
            const event = {
                ...{ eventType: isWatch ? "Watch" : "Click", itemId, sentAt },
                ...(chosen && { recommendationId: "R" }),
            };
            for (let sent = 0; sent <= pick(2); sent++) {
                await api.ask("POST /events", { body: { userId, sessionId: "s", events: [event] } });
            }
            const { exposedAt = now, watches } = viewers.get(userId) ?? {};
            const isInside = sentAt >= Math.floor(exposedAt / 1000) && sentAt * 1000 < exposedAt + 24 * 3_600_000;
            if (isWatch && isInside) watches?.set(itemId, chosen || watches.get(itemId) === true);
        }
        const counted = new Map<string, { viewers: number; watches: number; squares: number; chosen: number }>();
        for (const [userId, { exposedAt, watches }] of viewers) {
            const day = Math.ceil(exposedAt / 86_400_000 + 2);
            const key = `${day} ${isControl(experiment, subjectId(experiment, userId))}`;
            const sums = counted.get(key) ?? { viewers: 0, watches: 0, squares: 0, chosen: 0 };
            counted.set(key, {
                viewers: sums.viewers + 1,
                watches: sums.watches + watches.size,
                squares: sums.squares + watches.size ** 2,
                chosen: sums.chosen + [...watches.values()].filter(Boolean).length,
            });
        }
        const cells = async () =>
            (await operateTable(dynamo, TableName, { operation: "experiment" }, now, experiment)).experiment?.cells ??
            [];
        const bySum = (await cells()).map(({ day, isControl: group, proven, ...sums }) => {
            assert.equal(proven, false);
            return [`${day} ${group}`, sums] as const;
        });
        assert.deepEqual(new Map(bySum.sort()), new Map([...counted].sort()));
        assert.ok(viewers.size === 30 && bySum.some(([, { watches }]) => watches > 5));
        assert.equal(Math.max(...writes.values()), 1);
        await operateTable(dynamo, TableName, { operation: "forget", userId: "viewer-3" }, now, experiment);
        assert.equal(
            (await cells()).reduce((sum, cell) => sum + cell.viewers, 0),
            29,
        );
    });

    it("`operateTable` hides items until a time or for good, shows them again, and drops entries that have passed", async () => {
        const table = tablePort(dynamo, TableName);
        const hidden = async () => Object.fromEntries((await table.stack(signal)).hidden ?? []);
        const run = async (operation: "hide" | "show", itemIds: string[], at: number, until = 0) =>
            (await operateTable(dynamo, TableName, { operation, itemIds, until }, at)).hidden;
        assert.deepEqual(await run("hide", ["a b", "item#1"], 5), { "a b": 0, "item#1": 0 });
        assert.deepEqual(await run("hide", ["2"], 6, 10), { "a b": 0, "item#1": 0, 2: 10 });
        assert.deepEqual(await hidden(), { "a b": 0, "item#1": 0, 2: 10 });
        assert.deepEqual(await run("show", ["item#1", "unknown"], 10), { "a b": 0 });
        assert.deepEqual(await hidden(), { "a b": 0 });
        const many = Array.from({ length: 300 }, (_, at) => `item-with-a-long-id-${at}`);
        await assert.rejects(run("hide", many, 11), /more than 3500 bytes; 1 are hidden/);
        assert.deepEqual([await run("show", ["a b"], 12), await hidden()], [{}, {}]);
    });

    it("`fetchRequestCounts` returns the busiest viewers of all pages, and no more than it is asked for", async () => {
        const table = tablePort(dynamo, TableName);
        const hour = epochHour(Date.now()) - 20;
        // Long IDs make two pages of 1 MB.
        const idOf = (viewer: number) => `${viewer}-${"x".repeat(900)}`;
        await Promise.all(
            Array.from({ length: 1500 }, (_, viewer) =>
                table.addAsked(hour, idOf(viewer), viewer === 3 || viewer === 1400 ? 9 : 1, 2_000_000_000, signal),
            ),
        );
        const busiest = await fetchRequestCounts(dynamo, TableName, hour, 2);
        assert.deepEqual(busiest.map(({ userId }) => userId).sort(), [idOf(1400), idOf(3)]);
    });

    it("`operateTable` rejects unknown operations and empty, long or missing IDs", async () => {
        const send = dynamo.send;
        dynamo.send = () => assert.fail("it called DynamoDB");
        try {
            for (const event of [
                {},
                { operation: "scan", userId: "1" },
                { operation: "forget" },
                { operation: "forget", userId: { S: "1" } },
                { operation: "forget", userId: "" },
                { operation: "find", userId: "é".repeat(129) },
                { operation: "hide", itemIds: [""] },
                { operation: "hide", itemIds: ["x".repeat(257)] },
                { operation: "hide", itemIds: ["1"], until: 1 },
            ]) {
                await assert.rejects(operateTable(dynamo, TableName, event as never, 1), RangeError);
            }
        } finally {
            dynamo.send = send;
        }
    });

    it("the table's method `stack` returns the spend and the notification that the cost guard stored", async () => {
        const table = tablePort(dynamo, TableName);
        assert.deepEqual(await table.stack(signal), {});
        const spend = { month: "2026-11", usd: 12.34, at: 1_800_000_000_000 };
        await putSpend(dynamo, TableName, spend);
        const notification = { kind: "parked", text: "The limit is reached.", at: 1_800_000_000_001 };
        await putNotification(dynamo, TableName, notification);
        assert.deepEqual(await table.stack(signal), { notification, spend });
    });

    it("the table's method `addAsked` adds up the requests of one viewer", async () => {
        const table = tablePort(dynamo, TableName);
        for (const requests of [2, 3]) await table.addAsked(495_000, "u", requests, 2_000_000_000, signal);
        const Key = { pk: { S: "asked#495000" }, sk: { S: "u" } };
        const { Item } = await dynamo.getItem({ TableName, Key });
        assert.deepEqual([Item?.requests?.N, Item?.expiresAt?.N], ["5", "2000000000"]);
    });

    it("an update of the served lists keeps the names of all previously served solution versions", async () => {
        const Key = itemKey("stack", "lists");
        const lists = [1, 2, 2].map((n) => ({ generation: n, solutionVersionArn: `solution/films/v${n}`, madeAt: n }));
        for (const one of lists) await dynamo.updateItem({ TableName, Key, ...serving(one) });
        const { Item } = await dynamo.getItem({ TableName, Key });
        assert.deepEqual(toServedLists(Item), lists[2]);
        assert.deepEqual(toServedVersions(Item).toSorted(), ["v1", "v2"]);
    });
});
