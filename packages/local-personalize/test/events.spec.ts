import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import {
    campaignArn,
    datasetGroupArn,
    fetchFilms,
    films,
    filmsBucket,
    history,
    openFilmsService,
    post,
    solutionArn,
} from "./films-service.ts";
import { interactionsCsv } from "./interactions.ts";
import { arn, fetchItems, type Service, startService, trainRecipe, trainVersion } from "./support.ts";

const newest = Math.max(...history.map(({ timestamp }) => timestamp));

async function openTracked() {
    const films = await openFilmsService();
    const { trackingId = "", eventTrackerArn = "" } = await films.service.personalize.createEventTracker({
        name: "films",
        datasetGroupArn,
    });
    return { ...films, trackingId, eventTrackerArn };
}

describe("PutEvents", () => {
    let service: Service;
    let trackingId: string;
    let eventTrackerArn: string;
    beforeEach(async () => {
        ({ service, trackingId, eventTrackerArn } = await openTracked());
        const filterExpression = 'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("Watch")';
        await service.personalize.createFilter({ name: "unwatched", datasetGroupArn, filterExpression });
    });
    afterEach(() => service?.discard());

    /**
     * Returns the recommended films of a user that pass a filter; by default the films that the user has not watched.
     */
    const ask = (userId: string, more: object = {}) =>
        fetchFilms(service, { campaignArn, userId, numResults: 500, filterArn: arn("filter/unwatched"), ...more });
    /** Returns the scores of all films for a user, without a filter. */
    const scores = async (userId: string) => {
        const list = await fetchItems(service, { campaignArn, userId, numResults: 500 });
        return new Map(list.map(({ itemId, score = 0 }) => [Number(itemId), score]));
    };
    let clock = newest;
    const watch = (film: number, who: { userId?: string; sessionId?: string }, event: object = {}) =>
        post(service, "/events", {
            trackingId,
            sessionId: "session",
            ...who,
            eventList: [{ eventType: "Watch", itemId: `${film}`, sentAt: ++clock, ...event }],
        });
    const retrain = async () => {
        const { solutionVersionArn, failureReason } = await trainVersion(service, solutionArn);
        assert.equal(failureReason, undefined);
        await service.personalize.updateCampaign({ campaignArn, solutionVersionArn });
    };

    it("an event lowers the score of its film, and unfiltered lists still contain the film", async () => {
        const before = await scores("22");
        assert.equal(before.size, films.length, "watched films are in the list");
        const [film = 0] = await ask("22");
        await watch(film, { userId: "22" });
        const after = await scores("22");
        assert.equal(after.size, films.length);
        assert.ok((after.get(film) ?? 1) < (before.get(film) ?? 0));
    });

    it("an event removes its film from filtered lists and raises similar films", async () => {
        const before = await ask("22");
        const other = await ask("6");
        const [film = 0] = before.filter((each) => each % 5 === 4).slice(-1);
        assert.deepEqual(await watch(film, { userId: "22" }), { status: 200, body: undefined });
        const after = await ask("22");
        assert.deepEqual(
            after.toSorted((a, b) => a - b),
            before.filter((each) => each !== film).sort((a, b) => a - b),
        );
        const rank = (list: number[]) =>
            list.flatMap((each, at) => (each % 5 === 4 ? at : [])).reduce((a, b) => a + b, 0);
        assert.ok(rank(after) < rank(before.filter((each) => each !== film)), "the film's taste rises");
        assert.deepEqual(await ask("6"), other);
    });

    it("streamed events personalize the list of a new user", async () => {
        const popular = await ask("nobody");
        const share = (list: number[]) => list.slice(0, 15).filter((film) => film % 5 === 3).length;
        const watched = films.filter((film) => film % 5 === 3).slice(0, 3);
        for (const film of watched) await watch(film, { userId: "new" });
        const own = await ask("new");
        assert.ok(share(own) > share(popular), `${share(own)} against ${share(popular)}`);
        assert.ok(watched.every((film) => !own.includes(film)));
        assert.deepEqual(await ask("nobody"), popular);
    });

    it("anonymous events count for the session at once, and for the user after the next training", async () => {
        const [first = 0, second = 0] = await ask("22");
        await watch(first, { sessionId: "anonymous" });
        assert.ok(!(await ask("anonymous")).includes(first));
        assert.ok((await ask("22")).includes(first));
        await watch(second, { userId: "22", sessionId: "anonymous" });
        const before = await scores("22");
        await retrain();
        const after = await scores("22");
        const change = (after.get(first) ?? 1) / (before.get(first) ?? 0);
        assert.ok(change < 0.75, `the discount comes with the next training: ${change}`);
        assert.ok(!(await ask("22")).includes(second));
    });

    it("a training uses each streamed event once, like an imported event", async () => {
        const watched = (await ask("22")).slice(10, 14);
        for (const film of watched) await watch(film, { userId: "22" });
        await watch(watched[0] ?? 0, { userId: "fresh" });
        await retrain();
        const rows = history.map(({ user, item, timestamp }) => ({ user: `${user}`, item, timestamp }));
        const streamed = watched.map((item, index) => ({ user: "22", item, timestamp: clock - 4 + index }));
        const all = [...rows, ...streamed, { user: "fresh", item: watched[0] ?? 0, timestamp: clock }];
        const bucket = filmsBucket();
        bucket.objects["movies/interactions.csv"] = interactionsCsv(
            all.map((row) => ({ ...row, user: row.user as unknown as number, rating: 1 })),
        );
        const imported = await openFilmsService(bucket);
        try {
            for (const userId of ["22", "fresh", "6", "nobody"]) {
                const input = { campaignArn, userId };
                assert.deepEqual(await fetchItems(service, input), await fetchItems(imported.service, input), userId);
            }
        } finally {
            await imported.service.discard();
        }
    });

    it("a popularity training counts streamed events", async () => {
        const rare = films.at(-1) ?? 0;
        for (let viewer = 0; viewer < 70; viewer++) await watch(rare, { userId: `viewer-${viewer}` });
        const solutionVersionArn = await trainRecipe(service, "aws-popularity-count");
        await service.personalize.updateCampaign({ campaignArn, solutionVersionArn });
        assert.equal((await ask("22"))[0], rare);
    });

    it("filters of Interactions include streamed events", async () => {
        const filterExpression = 'INCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("Favorite")';
        await service.personalize.createFilter({ name: "own", datasetGroupArn, filterExpression });
        const filterArn = arn("filter/own");
        assert.deepEqual(await ask("22", { filterArn }), []);
        await watch(7, { userId: "22" }, { eventType: "FAVORITE" });
        assert.deepEqual(await ask("22", { filterArn }), [7]);
        for (let film = 100; film < 125; film++) {
            for (let repeat = 0; repeat < 4; repeat++) await watch(film, { userId: "22" }, { eventType: "favorite" });
        }
        assert.ok(!(await ask("22", { filterArn })).includes(7), "the 100 latest of a type are considered");
    });

    it("of several events with an equal eventId only the first one counts, and properties can contain the itemId", async () => {
        const [first = 0, second = 0, third = 0] = await ask("22");
        await watch(first, { userId: "22" }, { eventId: "1" });
        await watch(second, { userId: "22" }, { eventId: "1" });
        assert.deepEqual(
            (await ask("22")).filter((film) => film === first || film === second),
            [second],
        );
        await watch(0, { userId: "22" }, { itemId: undefined, properties: `{"itemId":"${third}"}` });
        assert.ok(!(await ask("22")).includes(third));
        const about = await ask("22");
        assert.equal((await watch(0, { userId: "22" }, { itemId: undefined, eventType: "Login" })).status, 200);
        assert.equal((await watch(0, { userId: "22" }, { itemId: "a film that is new" })).status, 200);
        assert.deepEqual(await ask("22"), about);
    });

    it("PutEvents rejects invalid events, and events of a deleted event tracker", async () => {
        const message = async (event: object) => (await watch(1, { userId: "22" }, event)).body.message;
        assert.match(await message({ properties: '{"UserId":"7"}' }), /may not have UserId, which is reserved/);
        assert.match(await message({ properties: "not JSON" }), /not a JSON object/);
        const impression = Array.from({ length: 25 }, (_, film) => `${film}`.padStart(250, "é"));
        assert.match(await message({ impression }), /event 1 is longer than 10 KB/);
        assert.match(await message({ sentAt: undefined }), /'eventList.1.member.sentAt'/);
        assert.match(await message({ sentAt: Date.now() }), /sentAt of event 1 is not in UNIX epoch time in seconds/);
        await service.personalize.deleteEventTracker({ eventTrackerArn });
        const { status, body } = await watch(1, { userId: "22" });
        assert.deepEqual([status, body.__type], [400, "InvalidInputException"]);
        assert.match(body.message, /There is no event tracker with the tracking id/);
    });

    it("acknowledged events survive kill -9", async () => {
        const [film = 0] = await ask("22");
        await service.stop();
        const server = spawn(process.execPath, [
            fileURLToPath(new URL("killed-after-event.ts", import.meta.url)),
            service.dataDir,
            trackingId,
            `${film}`,
        ]);
        const [output] = await once(server.stdout, "data");
        assert.equal(String(output), "200\n");
        server.kill("SIGKILL");
        await once(server, "exit");
        service = await startService({ access: filmsBucket().access, dataDir: service.dataDir });
        assert.ok(!(await ask("22")).includes(film));
    });
});
