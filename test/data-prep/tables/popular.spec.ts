import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import fc from "fast-check";
import { computeTimeSpan, groupViews } from "../../../data-prep/by-user.ts";
import { maxTablesBytes, parseTables } from "../../../data-prep/tables/document.ts";
import { writeTables } from "../../../data-prep/tables/make.ts";
import { computeGrowth, halfLifeDays, popularity, ranked, trending } from "../../../data-prep/tables/popular.ts";
import { syntheticRatings } from "../../../packages/local-personalize/test/interactions.ts";
import { columnsFrom } from "../../support/columns.ts";
import { itemAt } from "../../support/item-at.ts";
import { folderForEach } from "../folder.ts";

const day = 86_400;
const newest = 900_000_000;
type Event = readonly [string, string, number];

/** Returns views of a film by different users, some days before the newest event. */
const views = (item: string, count: number, daysAgo: number): Event[] =>
    Array.from({ length: count }, (_, at) => [`${item}-${daysAgo}-${at}`, item, newest - daysAgo * day]);

describe("`groupViews`", () => {
    it("`groupViews` returns each item of a user once, with the newest event's time", () => {
        const event = fc.tuple(
            fc.integer({ min: 0, max: 3 }).map(String),
            fc.integer({ min: 0, max: 5 }).map(String),
            fc.integer({ min: 0, max: 9 }),
        );
        fc.assert(
            fc.property(fc.array(event, { maxLength: 60 }), (events) => {
                const columns = columnsFrom(events);
                const { starts, rows } = groupViews(columns);
                columns.userIds.forEach((userId, user) => {
                    const own = events.map(([owner, item, time], row) => ({ owner, item, time, row }));
                    const inTime = own.filter(({ owner }) => owner === userId).sort((a, b) => a.time - b.time);
                    const last = inTime.filter(({ item }, at) => inTime.findLastIndex((e) => e.item === item) === at);
                    assert.deepEqual(
                        [...rows.subarray(starts[user], starts[user + 1])],
                        last.map(({ row }) => row),
                    );
                });
                assert.equal(starts.at(-1), rows.length);
            }),
        );
    });

    it("`computeTimeSpan` returns 0 for empty data", () => {
        assert.deepEqual(computeTimeSpan(columnsFrom([])), { firstTimestamp: 0, lastTimestamp: 0 });
    });
});

describe("`popularity`", () => {
    // The generated data has as many users, items and events as MovieLens 100k.
    const ratings = syntheticRatings({ users: 943, items: 1682, meanHistory: 106 });
    const data = ratings.map(({ user, item, timestamp }): Event => [`${user}`, `${item}`, timestamp]);
    const today = Date.UTC(2026, 10, 28) / 1000;
    /** Returns the share of all popularity that additional events move from some items to others. */
    const moved = (more: readonly Event[]) => {
        const shares = [data, [...data, ...more]].map((events) => {
            const columns = columnsFrom(events);
            const scores = popularity(columns, groupViews(columns));
            const sum = scores.reduce((total, score) => total + score, 0);
            return new Map(columns.itemIds.map((itemId, item) => [itemId, itemAt(scores, item) / sum]));
        });
        const [before, after] = shares as [Map<string, number>, Map<string, number>];
        const items = new Set([...before.keys(), ...after.keys()]);
        return [...items].reduce((sum, id) => sum + Math.abs((after.get(id) ?? 0) - (before.get(id) ?? 0)), 0) / 2;
    };

    for (const [what, more] of Object.entries({
        "today's event of a known user": [["22", "50", today]],
        "today's event of a new user": [["new", "new", today]],
        "a user who watches every item today": Array.from({ length: 1682 }, (_, at) => ["new", `${at + 1}`, today]),
        "a user who watches 1,000 new items": Array.from({ length: 1000 }, (_, at) => ["new", `n${at}`, today]),
    } as Record<string, Event[]>)) {
        it(`${what} changes the popularity of items by less than 1 %`, () => {
            assert.ok(moved(more) < 0.01, `${moved(more)}`);
        });
    }

    it("the weight of a view in `popularity` halves after each half-life", () => {
        const columns = columnsFrom([...views("old", 3, halfLifeDays), ...views("new", 2, 0)]);
        assert.deepEqual([...popularity(columns, groupViews(columns))], [1.5, 2]);
    });

    it("`popularity` counts several views of an item by one user once", () => {
        const fan = Array.from({ length: 30 }, (_, at): Event => ["fan", "loved", newest - at]);
        const columns = columnsFrom([...fan, ...views("liked", 2, 0)]);
        assert.deepEqual(ranked(popularity(columns, groupViews(columns))), [1, 0]);
    });

    it("`ranked` sorts by score, then by the given counts, then by item number", () => {
        assert.deepEqual(ranked(Float64Array.of(1, 2, 1, 1), [5, 0, 6, 5]), [1, 2, 0, 3]);
    });
});

describe("`trending`", () => {
    const first = views("first", 1, 200);
    const of = (events: Event[], count = 10) => {
        const columns = columnsFrom([...first, ...events, ...views("now", 1, 0)]);
        return trending(columns, groupViews(columns), count).items.map((item) => columns.itemIds[item]);
    };

    it("`trending` returns items with more views in the last 30 days than before", () => {
        const steady = [...views("steady", 40, 10), ...views("steady", 40, 40)];
        const growing = [...views("growing", 40, 5), ...views("growing", 10, 45)];
        const falling = [...views("falling", 10, 5), ...views("falling", 40, 45)];
        const fresh = views("fresh", 6, 3);
        assert.deepEqual(of([...steady, ...growing, ...falling, ...fresh]), ["growing", "fresh"]);
        assert.deepEqual(of([...steady, ...growing, ...falling, ...fresh], 1), ["growing"]);
    });

    it("`trending` ignores growth that is equal for all items", () => {
        const tenfold = (item: string, count: number) => [...views(item, 10 * count, 5), ...views(item, count, 45)];
        assert.deepEqual(of([...tenfold("a", 10), ...tenfold("b", 20), ...views("c", 60, 5), ...views("c", 1, 45)]), [
            "c",
        ]);
    });

    it("`trending` ignores a single event long after all other events", () => {
        const steady = [...views("steady", 40, 10), ...views("steady", 40, 40)];
        const growing = [...views("growing", 40, 5), ...views("growing", 10, 45)];
        assert.deepEqual(of([...steady, ...growing, ["late", "late", newest + 9000 * day]]), ["growing"]);
    });

    it("`trending` compares thirds of the period if the data spans less than 90 days", () => {
        const short = columnsFrom([...views("a", 1, 9), ...views("a", 9, 1), ...views("b", 9, 4), ...views("b", 4, 0)]);
        const { windowSeconds, items } = trending(short, groupViews(short), 10);
        assert.equal(windowSeconds, 3 * day);
        assert.deepEqual(items, [0]);
    });

    it("`trending` returns nothing without an earlier period", () => {
        assert.deepEqual(of(views("a", 50, 1)), []);
        for (const events of [[], views("a", 3, 0)]) {
            const columns = columnsFrom(events);
            assert.deepEqual(trending(columns, groupViews(columns), 10), { windowSeconds: 0, items: [] });
        }
    });

    it("`computeGrowth` rates equal relative growth higher for the item with more views", () => {
        assert.equal(computeGrowth(40, 10), 30 / Math.sqrt(51));
        assert.ok(computeGrowth(1, 0) < computeGrowth(4, 1) && computeGrowth(4, 1) < computeGrowth(40, 10));
        assert.ok(computeGrowth(10, 40) < 0);
    });
});

describe("`writeTables`", () => {
    const folder = folderForEach();
    const catalogue = (titleLength: number) =>
        Array.from({ length: 20_000 }, (_, film) => ({
            ...{ itemId: `${film}`, title: "t".repeat(titleLength), year: null, genres: [] },
            image: `https://cdn.shop.example/${"i".repeat(2000)}`,
        }));
    const attributes = [{ field: { name: "COLOR", type: ["null", "string"] as const }, values: ["red"] }];
    const write = (titleLength: number) =>
        writeTables(folder.at("tables.json"), {
            ...{ columns: columnsFrom(views("7", 3, 1)), sha256: "abc", viewers: [], attributes },
            catalogue: catalogue(titleLength),
        });

    it("`writeTables` leaves out the columns for filters and details of the least popular items, if the API could not read the tables", async () => {
        const { bytes, filmsWithoutDetails, attributesLeftOut } = await write(10);
        assert.ok(bytes <= maxTablesBytes, `${bytes}`);
        assert.equal(filmsWithoutDetails, 10_000);
        const { films } = parseTables(await readFile(folder.at("tables.json"), "utf8"));
        assert.deepEqual([films.ids[0], films.details?.[0] === null, films.details?.[10_000]], ["7", false, null]);
        assert.deepEqual([attributesLeftOut, films.attributes], [1, undefined]);
    });

    it("`writeTables` rejects titles that are too large for the API, and writes no tables", async () => {
        await assert.rejects(write(2000), /tables of 20000 items have \d+ bytes, and the API reads 25165824 at most/);
        assert.equal(existsSync(folder.at("tables.json")), false);
    });
});
