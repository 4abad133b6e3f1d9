import assert from "node:assert/strict";
import {
    campaignArn,
    datasetGroupArn,
    fetchFilms,
    films,
    filmsBucket,
    history,
    openFilmsService,
    post,
} from "./films-service.ts";
import { interactionsCsv } from "./interactions.ts";
import { arn, runImportJob, type Service } from "./support.ts";

const datasetArn = arn("dataset/films/INTERACTIONS");
const day = 86_400_000;
const watchedBy = (user: string) => history.filter((row) => `${row.user}` === user).map(({ item }) => item);

describe("Filters of Interactions for users whose last import or event is long ago", () => {
    const bucket = filmsBucket();
    let service: Service;
    let filterArn: string | undefined;
    let trackingId: string | undefined;
    beforeEach(async () => {
        ({ service } = await openFilmsService(bucket));
        const { personalize } = service;
        const filterExpression = 'INCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("*")';
        ({ filterArn } = await personalize.createFilter({ name: "watched", datasetGroupArn, filterExpression }));
        ({ trackingId } = await personalize.createEventTracker({ name: "films", datasetGroupArn }));
    });
    afterEach(() => service.discard());

    /** Returns the films that the filter considers as the user's history. */
    const remembered = async (userId: string) => {
        const list = await fetchFilms(service, { campaignArn, userId, filterArn, numResults: 500 });
        return list.sort((a, b) => a - b);
    };
    const all = (user: string) => watchedBy(user).sort((a, b) => a - b);
    const watch = (userId: string, film: number) => {
        const event = { eventType: "Watch", itemId: `${film}`, sentAt: service.emulator.clock.now() / 1000 };
        return post(service, "/events", { trackingId, userId, sessionId: userId, eventList: [event] });
    };

    it("a filter considers imported events for 90 days after their import", async () => {
        service.emulator.advance(89 * day);
        assert.deepEqual(await remembered("22"), all("22"));
        service.emulator.advance(2 * day);
        assert.deepEqual(await remembered("22"), []);
    });

    it("a filter considers old events again after the same rows were imported again", async () => {
        service.emulator.advance(91 * day);
        assert.deepEqual(await remembered("22"), []);
        await runImportJob(service, { jobName: "again", datasetArn, dataLocation: "s3://movies/interactions.csv" });
        assert.deepEqual(await remembered("22"), all("22"));
    });

    it("an incremental import renews the history only of users in the imported file", async () => {
        service.emulator.advance(60 * day);
        const rows = Array.from({ length: 1000 }, (_, n) => ({
            item: films[n % 10] ?? 0,
            timestamp: 1_700_000_000 + n,
        }));
        bucket.objects["movies/more.csv"] = interactionsCsv(rows.map((row) => ({ user: 22, rating: 5, ...row })));
        const more = { jobName: "more", datasetArn, dataLocation: "s3://movies/more.csv" };
        const { status, failureReason } = await runImportJob(service, { ...more, importMode: "INCREMENTAL" });
        assert.equal(status, "ACTIVE", failureReason);
        service.emulator.advance(60 * day);
        assert.ok((await remembered("22")).length > 0);
        assert.deepEqual(await remembered("40"), []);
    });

    it("filters keep a user's imported history longer if the user sends an event within 90 days after the import", async () => {
        const unseen = films.find((film) => ![...watchedBy("22"), ...watchedBy("40")].includes(film)) ?? 0;
        service.emulator.advance(60 * day);
        await watch("22", unseen);
        service.emulator.advance(60 * day);
        await watch("40", unseen);
        assert.deepEqual(
            await remembered("22"),
            [...all("22"), unseen].sort((a, b) => a - b),
        );
        assert.deepEqual(await remembered("40"), [unseen]);
    });
});
