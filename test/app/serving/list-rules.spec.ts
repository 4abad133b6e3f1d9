import assert from "node:assert/strict";
import { packItems } from "../../../app/serving/item-scores.ts";
import { examinedLength, limits } from "../../../app/serving/limits.ts";
import { batchListKey } from "../../../app/serving/ports.ts";
import { listSelector } from "../../../app/serving/selection.ts";
import { openTables } from "../../../app/serving/table-answers.ts";
import { type ApiHarness, idsOf, parseResult, startApi, tablesDocument } from "./api-harness.ts";

const { films } = tablesDocument;
/** Prices of films 1 to 300 are 1 to 300. Every third film, from film 1 on, is a drama, the next one a comedy, then both. */
const document = {
    ...tablesDocument,
    films: {
        ...films,
        attributes: [
            {
                field: { name: "GENRES", type: ["null", "string"] as const, categorical: true as const },
                values: ["Drama", "Comedy", "Comedy|Drama"],
                films: films.genres,
            },
            {
                field: { name: "PRICE", type: ["null", "float"] as const },
                values: films.ids,
                films: films.ids.map((_, at) => at),
            },
        ],
    },
};
const itemFilters = {
    genre: "INCLUDE ItemID WHERE Items.GENRES IN ($GENRE)",
    unwatched: 'EXCLUDE ItemID WHERE Items.GENRES IN ("Comedy") | INCLUDE ItemID WHERE Items.price < 20',
};
const start = (more: Parameters<typeof startApi>[0] = {}) => startApi({ tables: document, itemFilters, ...more });
const drama = { filter: "genre", filterValues: '{"GENRE":"\\"Drama\\""}' };
const isDrama = (itemId: string) => Number(itemId) % 3 !== 2;
const lists = ["/popular", "/trending", "/similar/{itemId}", "/recommendations/{userId}"];
const ask = async (api: ApiHarness, what: string, query: Record<string, string> = {}) =>
    parseResult(await api.ask(`GET ${what}`, { path: { itemId: "4", userId: "new" }, query }));

describe("Filters on items without a campaign", () => {
    for (const what of lists) {
        it(`\`GET ${what}\` applies a filter on items, and has no reason filter-not-served`, async () => {
            const api = start();
            api.state.status = undefined;
            const all = idsOf(await ask(api, what, { numResults: "60" }));
            const answer = await ask(api, what, { ...drama, numResults: "40" });
            assert.ok(all.some((itemId) => !isDrama(itemId)));
            assert.notEqual(answer.reason, "filter-not-served");
            assert.deepEqual(idsOf(answer), all.filter(isDrama).slice(0, 40));
        });

        it(`\`GET ${what}\` has the reason filter-not-served for a filter of interactions`, async () => {
            const api = start();
            api.state.status = undefined;
            assert.equal((await ask(api, what, { filter: "again" })).reason, "filter-not-served");
        });
    }

    it("a filter joins its clauses and compares columns in any case, like Personalize", async () => {
        const answer = await ask(start(), "/popular", { filter: "unwatched", numResults: "50" });
        assert.deepEqual(
            idsOf(answer),
            films.ids.filter((itemId) => Number(itemId) < 20 && Number(itemId) % 3 === 1),
        );
    });

    it("a filter gets 400 without the value that it needs, and for a text without inner quotes", async () => {
        const api = start();
        for (const [query, reason] of [
            [{ filter: "genre" }, /placeholder \$GENRE needs a value/],
            [{ filter: "genre", filterValues: '{"GENRE":"Drama"}' }, /strings in double quotes/],
            [{ filter: "genre", filterValues: '{"GENRES":"\\"Drama\\""}' }, /no placeholder \$GENRES; it has: \$GENRE/],
        ] as const) {
            const { statusCode, body } = await api.ask("GET /popular", { query });
            assert.equal(statusCode, 400);
            assert.match(JSON.parse(body).detail, reason);
        }
    });

    it("tables without the filter's columns give lists with the reason filter-not-served", async () => {
        const { reason } = await ask(start({ tables: tablesDocument }), "/popular", drama);
        assert.equal(reason, "filter-not-served");
    });

    it("a viewer's list of batch inference answers a filter on items", async () => {
        const api = start({ config: { batch: true } });
        const [generation, madeAt] = [1, api.clock.at];
        const served = { generation, solutionVersionArn: "v1", madeAt };
        api.table.setStack({ lists: served });
        const items = packItems([9, 8, 7, 6, 5].map((itemId) => ({ itemId: `${itemId}` })));
        const list = { items, key: batchListKey(generation), madeAt, revision: 0, from: "batch" as const };
        await api.table.port.putList("new", list, 0, AbortSignal.timeout(1000));
        const answer = await ask(api, "/recommendations/{userId}", drama);
        assert.deepEqual([answer.source, idsOf(answer)], ["batch", ["9", "7", "6"]]);
        assert.equal((await ask(api, "/recommendations/{userId}", { filter: "again" })).reason, "filter-not-served");
    });
});

describe("Candidates of a list", () => {
    it("`select` examines at most 20,000 candidates, so that a filter that no item passes takes little time", () => {
        const tables = openTables(document);
        const select = listSelector({
            tables: () => tables,
            clock: () => 0,
            hideUnavailable: true,
            isHidden: () => false,
        });
        let examined = 0;
        const passes = () => ++examined === 0;
        const endless = (function* () {
            for (;;) yield { itemId: "1" };
        })();
        assert.deepEqual(select(endless, { count: 5, exclude: new Set(), passes }), []);
        assert.equal(examined, examinedLength);
    });
});

describe("Hidden items", () => {
    for (const what of lists) {
        it(`\`GET ${what}\` leaves out a hidden item within 30 seconds, also in a process that was frozen`, async () => {
            const api = start();
            const [first = "", second = ""] = idsOf(await ask(api, what));
            const until = api.clock.at + 3_600_000;
            api.table.setStack({
                hidden: new Map([
                    [first, 0],
                    [second, until],
                ]),
            });
            api.clock.at += limits.trusted;
            const hidden = idsOf(await ask(api, what));
            assert.ok(hidden.length > 0 && !hidden.includes(first) && !hidden.includes(second));
            api.clock.at = until;
            const later = idsOf(await ask(api, what));
            assert.deepEqual([later.includes(first), later.includes(second)], [false, true]);
        });
    }

    it("`GET /items` leaves out a hidden item, and `GET /items/{itemId}` still has it", async () => {
        const api = start();
        api.table.setStack({ hidden: new Map([["12", 0]]) });
        api.clock.at += limits.trusted;
        const found = idsOf(await ask(api, "/items", { query: "Film 12" }));
        assert.deepEqual([found.includes("12"), found.includes("120")], [false, true]);
        assert.equal((await api.ask("GET /items/{itemId}", { path: { itemId: "12" } })).statusCode, 200);
    });
});

describe("Items that are not available", () => {
    const day = 86_400_000;
    const at = Date.UTC(2026, 0, 1);
    /** Film 1 is sold out, film 2 expires after half a day. */
    const details = films.ids.map((itemId) =>
        itemId === "1" ? { stock: 0 } : itemId === "2" ? { availableUntil: (at + day / 2) / 1000 } : null,
    );
    const tables = { ...document, films: { ...document.films, details } };

    it("lists leave out sold-out items, and items from the end of their availability on", async () => {
        const api = start({ tables });
        assert.deepEqual(idsOf(await ask(api, "/popular", { numResults: "2" })), ["2", "3"]);
        api.clock.at += day;
        assert.deepEqual(idsOf(await ask(api, "/popular", { numResults: "2" })), ["3", "4"]);
    });

    it("lists contain all items with `hideUnavailable` false", async () => {
        const api = start({ tables, config: { hideUnavailable: false } });
        api.clock.at += day;
        assert.deepEqual(idsOf(await ask(api, "/popular", { numResults: "2" })), ["1", "2"]);
    });
});

describe("Promotions", () => {
    const begins = Date.UTC(2026, 0, 1);
    const promotion = {
        ...{ name: "sale", filter: "INCLUDE ItemID WHERE Items.PRICE > 250", percent: 20 },
        ...{ from: begins, until: begins + 60_000 },
    };
    const personal = "/recommendations/{userId}";
    const promotedOf = ({ items }: { items: { itemId: string; promoted?: true }[] }) =>
        items.flatMap(({ itemId, promoted }, place) => (promoted ? [[place, itemId]] : []));

    it("a viewer's list of every source has the promotion's share, evenly, until its end", async () => {
        const api = start({ promotions: [promotion] });
        const first = await ask(api, personal, { numResults: "10" });
        const kept = await ask(api, personal, { numResults: "10" });
        api.state.status = undefined;
        api.restart();
        const other = parseResult(await api.ask(`GET ${personal}`, { path: { userId: "other" }, query: {} }));
        assert.deepEqual([first.source, kept.source, other.source], ["campaign", "cache", "popular"]);
        // The simulated campaign lists films 100 to 218, so none of the promoted ones.
        for (const answer of [first, kept]) {
            assert.deepEqual(promotedOf(answer), [
                [4, "251"],
                [9, "252"],
            ]);
        }
        assert.deepEqual([other.items.length, promotedOf(other).length], [25, 5]);
        api.clock.at += 60_000;
        assert.deepEqual(promotedOf(await ask(api, personal)), []);
    });

    it("promoted items follow the rules of the list: exclude, hidden, watched, filter", async () => {
        const api = start({ promotions: [promotion] });
        await api.watch("new", "252");
        api.table.setStack({ hidden: new Map([["253", 0]]) });
        api.clock.at += limits.trusted;
        const answer = await ask(api, personal, { ...drama, exclude: "254", numResults: "10" });
        assert.deepEqual(
            promotedOf(answer).map(([, itemId]) => itemId),
            ["255", "256"],
        );
    });

    it("a list with a filter that only the campaign can apply has no promotion", async () => {
        const answer = await ask(start({ promotions: [promotion] }), personal, { filter: "again" });
        assert.deepEqual([answer.source, promotedOf(answer)], ["campaign", []]);
    });

    it("a promotion whose value does not fit its column changes no list", async () => {
        const wrong = { ...promotion, filter: 'INCLUDE ItemID WHERE Items.PRICE = "cheap"' };
        const answer = await ask(start({ promotions: [wrong] }), personal);
        assert.deepEqual([answer.source, promotedOf(answer)], ["campaign", []]);
    });

    it("`GET /popular` has no promotion", async () => {
        assert.deepEqual(promotedOf(await ask(start({ promotions: [promotion] }), "/popular")), []);
    });
});
