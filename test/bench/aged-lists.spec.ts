import assert from "node:assert/strict";
import { agedLists } from "../../bench/tables/aged-lists.ts";
import type { Columns } from "../../data-prep/columns.ts";

const day = 86_400;
const filmCount = 300;

/**
 * Returns 200 users who watch 60 films each on the first day, followed by later views of the form `[user, film, day]`.
 */
function viewsWith(later: readonly (readonly [user: number, film: number, day: number])[]): Columns {
    const first = Array.from(
        { length: 200 * 60 },
        (_, row) => [row % 200, (7 * row + (row >> 3)) % filmCount, 0] as const,
    );
    const views = [...first, ...later];
    const ids = (count: number) => Array.from({ length: count }, (_, number) => String(number));
    return {
        ...{ userCount: 201, itemCount: filmCount, userIds: ids(201), itemIds: ids(filmCount) },
        users: Int32Array.from(views, ([user]) => user),
        items: Int32Array.from(views, ([, film]) => film),
        timestamps: Uint32Array.from(views, ([, , at], row) => at * day + (at > 0 ? row : 0)),
    };
}

describe("`agedLists` of `bench:tables`", () => {
    it("`agedLists` counts only visits of viewers who had events 30 days before the visit", async () => {
        const visit = (user: number, films: readonly number[], at: number) =>
            films.map((film) => [user, film, at] as const);
        const later = [
            ...visit(0, [1], 45),
            ...visit(1, [2, 3, 4, 5], 45),
            ...visit(2, [6, 7], 20),
            ...visit(200, [8, 9], 45),
        ];
        const { start, middle } = await agedLists(viewsWith(later), []);
        assert.deepEqual([start.visits, start.viewers, middle.visits, middle.viewers], [2, 2, 1, 1]);
        for (const ndcg of [...Object.values(start.ndcg), ...Object.values(middle.ndcg)]) {
            assert.ok(ndcg >= 0 && ndcg <= 1, `${ndcg}`);
        }
        assert.equal(Object.keys(start.ndcg).length, 8);
    });
});
