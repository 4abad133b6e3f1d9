import assert from "node:assert/strict";
import fc from "fast-check";
import { groupViews } from "../../../data-prep/by-user.ts";
import type { Columns } from "../../../data-prep/columns.ts";
import { type Likeness, similarItems, timeAwareCosine, toHistories } from "../../../data-prep/tables/similar.ts";
import { columnsFrom } from "../../support/columns.ts";
import { itemAt } from "../../support/item-at.ts";

const all = (columns: Columns) => Array.from({ length: columns.itemCount }, (_, item) => item);
const rowsOf = (columns: Columns, likeness: Likeness = timeAwareCosine, count = 50) => [
    ...similarItems(toHistories(columns, groupViews(columns)), likeness, all(columns), count),
];

/** Few users and films, so that users share films. Repeated films and equal times occur. */
const anyColumns = fc
    .array(
        fc.tuple(
            fc.integer({ min: 0, max: 6 }).map((user) => `u${user}`),
            fc.integer({ min: 0, max: 12 }).map((item) => `i${item}`),
            fc.integer({ min: 0, max: 40 }),
        ),
        { maxLength: 120 },
    )
    .map(columnsFrom);

/** A reference implementation with a plain matrix. */
function byMatrix(columns: Columns, { userWeight, kernel, score }: Likeness): number[][] {
    const together = all(columns).map(() => all(columns).map(() => 0));
    columns.userIds.forEach((_, user) => {
        const rows = [...columns.users.keys()].filter((row) => columns.users[row] === user);
        rows.sort((a, b) => (columns.timestamps[a] ?? 0) - (columns.timestamps[b] ?? 0) || a - b);
        const watched = rows.map((row) => columns.items[row] ?? -1);
        const history = watched.filter((item, at) => watched.lastIndexOf(item) === at);
        history.forEach((one, from) => {
            history.forEach((other, to) => {
                const row = itemAt(together, one);
                row[other] = (row[other] ?? 0) + userWeight(history.length) * (kernel[Math.abs(from - to)] ?? 0);
            });
        });
    });
    return together.map((row, one) =>
        row.map((weight, other) => {
            const isPair = one !== other && weight > 0;
            return isPair ? score(weight, together[one]?.[one] ?? 0, together[other]?.[other] ?? 0) : 0;
        }),
    );
}

describe("`similarItems`", () => {
    it("`similarItems` returns the scores of an example that was calculated by hand", () => {
        // Ann watched a, b and c; Bob a and b; Cid a.
        const columns = columnsFrom([
            ["ann", "a", 1],
            ["ann", "b", 2],
            ["ann", "c", 3],
            ["bob", "b", 5],
            ["bob", "a", 4],
            ["cid", "a", 6],
        ]);
        const plain = { userWeight: () => 1, kernel: [1, 1, 0.5], score: (both: number) => both };
        const [a, b, c] = rowsOf(columns, plain);
        assert.deepEqual(a, { item: 0, items: [1, 2], scores: [2, 0.5] });
        assert.deepEqual(b, { item: 1, items: [0, 2], scores: [2, 1] });
        assert.deepEqual(c, { item: 2, items: [1, 0], scores: [1, 0.5] });

        const [near] = rowsOf(columns, { ...plain, kernel: [1, 1] });
        assert.deepEqual(near?.items, [1], "c is further from a than the kernel reaches");
        const [cosine] = rowsOf(columns, { ...plain, score: (both, one, other) => both / Math.sqrt(one * other) });
        assert.ok(Math.abs((cosine?.scores[0] ?? 0) - 2 / Math.sqrt(3 * 2)) < 1e-12);
        const [light] = rowsOf(columns, { ...plain, userWeight: (items) => 1 / items });
        assert.ok(Math.abs((light?.scores[0] ?? 0) - (1 / 3 + 1 / 2)) < 1e-5);
    });

    it("for random data, `similarItems` returns the same as a matrix of all pairs, in descending order", () => {
        fc.assert(
            fc.property(anyColumns, (columns) => {
                const expected = byMatrix(columns, timeAwareCosine);
                for (const { item, items, scores } of rowsOf(columns)) {
                    assert.equal(items.length, expected[item]?.filter((score) => score > 0).length);
                    items.forEach((other, rank) => {
                        const [above, before] = [scores[rank - 1] ?? 1, items[rank - 1] ?? -1];
                        assert.ok((scores[rank] ?? 2) < above || (scores[rank] === above && before < other));
                        assert.ok(Math.abs((scores[rank] ?? 0) - (expected[item]?.[other] ?? 0)) < 1e-6);
                    });
                }
            }),
        );
    });

    it("`similarItems` with a smaller count returns the beginning of the full list", () => {
        fc.assert(
            fc.property(anyColumns, fc.integer({ min: 1, max: 5 }), (columns, count) => {
                const whole = rowsOf(columns);
                const wanted = all(columns).reverse().slice(0, 3);
                const some = [
                    ...similarItems(toHistories(columns, groupViews(columns)), timeAwareCosine, wanted, count),
                ];
                assert.deepEqual(
                    some.map(({ item }) => item),
                    wanted,
                );
                for (const { item, items } of some) assert.deepEqual(items, whole[item]?.items.slice(0, count));
            }),
        );
    });

    it("`similarItems` samples 1,000 viewers of a film with more viewers", () => {
        const viewers = Array.from({ length: 2500 }, (_, user) => user);
        const columns = columnsFrom(
            viewers.flatMap((user) => [[`u${user}`, "popular", 1] as const, [`u${user}`, `own${user}`, 2] as const]),
        );
        const plain = { userWeight: () => 1, kernel: [1, 1], score: (both: number) => both };
        const [popular] = rowsOf(columns, plain, 2500);
        assert.deepEqual(
            popular?.items.map((item) => columns.itemIds[item]),
            viewers.slice(0, 1000).map((sample) => `own${Math.floor(2.5 * sample)}`),
        );
    });

    it("`toHistories` keeps the 500 films that a user viewed last, each with the time of the last view", () => {
        const watched = Array.from({ length: 600 }, (_, at) => ["u", `i${at}`, at] as const);
        const columns = columnsFrom([...watched, ["u", "i0", 1000]]);
        const { items } = toHistories(columns, groupViews(columns));
        assert.equal(items.length, 500);
        assert.equal(columns.itemIds[itemAt(items, 0)], "i101");
        assert.equal(columns.itemIds[itemAt(items, -1)], "i0");
    });
});
