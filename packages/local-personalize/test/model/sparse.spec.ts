import assert from "node:assert/strict";
import { join } from "node:path";
import { temporaryFolder } from "../../../../test/support/temporary-folder.ts";
import { nearestByWords } from "../../model/catalogue.ts";
import type { Interactions } from "../../model/histories.ts";
import { loadModel, type Model, saveModel } from "../../model/model.ts";
import { nearestItems } from "../../model/neighbours.ts";
import { fitPersonal } from "../../model/personal.ts";
import { affinities, scoreUser } from "../../model/score.ts";
import { usersFor } from "../../model/segment.ts";
import { interactionsOf, syntheticRatings } from "../interactions.ts";

const all = { wanted: () => true, most: 10, fewestTogether: 1 };

describe("Model with sparse rows for rare items", () => {
    const interactions = interactionsOf(syntheticRatings());
    let model: Model;
    const catalogue = [
        { itemId: "1", words: ["GENRES=Rare"] },
        { itemId: "2", words: ["GENRES=Common"] },
        { itemId: "901", words: ["GENRES=Rare"], createdAt: 2e9 },
        { itemId: "902", words: [] },
    ];
    before(() => {
        model = fitPersonal(interactions, "aws-user-personalization", catalogue, {}, 40);
    });

    it("every item with interactions or categories can be recommended", () => {
        assert.equal(model.dense, 40);
        assert.equal(model.weights.length, 40 * 40);
        assert.equal(model.itemIds.length, interactions.itemIds.length + 2);
        const reached = new Set<number>();
        for (const history of model.histories.values()) {
            const scores = affinities(model, history);
            for (const item of model.itemIds.keys()) if ((scores[item] ?? 0) > 0) reached.add(item);
        }
        const missed = model.itemIds.filter((_, item) => !reached.has(item));
        // An item without interactions and without categories is not similar to any item.
        assert.deepEqual(missed, ["902"]);
        const total = scoreUser(model, [0, 1, 60]).reduce((sum, score) => sum + score, 0);
        assert.ok(Math.abs(total - 1) < 1e-9);
    });

    it("a rare item in a user's history gives the user an affinity to other items", () => {
        const tail = model.itemIds.length - 10;
        assert.ok(affinities(model, [tail]).some((score) => score > 0));
    });

    it("sparse rows are nearly as accurate as dense rows for new users", () => {
        const { userIds, itemIds, users, items, timestamps } = interactions;
        const isNew = (user: number) => user % 3 === 0;
        const isOfKnownUser = (_: number, row: number) => !isNew(users[row] ?? 0);
        const training: Interactions = {
            userIds,
            itemIds,
            users: users.filter(isOfKnownUser),
            items: items.filter(isOfKnownUser),
            timestamps: timestamps.filter(isOfKnownUser),
        };
        const meanRank = (mostDense?: number) => {
            const of = fitPersonal(training, "aws-user-personalization", [], {}, mostDense);
            const number = new Map(of.itemIds.map((itemId, item) => [itemId, item]));
            const ranks = userIds.flatMap((_, user) => {
                if (!isNew(user)) return [];
                const history = [...items].flatMap((item, row) =>
                    users[row] === user ? (number.get(itemIds[item] ?? "") ?? []) : [],
                );
                const next = history.pop() ?? -1;
                const scores = scoreUser(of, history);
                return [scores.filter((score, item) => score > (scores[next] ?? 0) && !history.includes(item)).length];
            });
            return ranks.reduce((sum, rank) => sum + rank, 0) / ranks.length;
        };
        const [sparse, dense] = [meanRank(40), meanRank()];
        assert.ok(sparse < 1.5 * dense, `${sparse} and ${dense}`);
        assert.ok(sparse < itemIds.length / 3, `${sparse}`);
    });

    it("`loadModel` returns the stored sparse rows", () => {
        const folder = temporaryFolder();
        saveModel(join(folder, "1"), model);
        assert.deepEqual(loadModel(join(folder, "1")), model);
    });

    it("`nearestItems` sorts pairs of items by frequency and distance in the histories, and omits rare pairs", () => {
        const histories = [
            [0, 1, 2],
            [0, 1, 3],
            [0, 1, 4],
        ];
        const rows = nearestItems(histories, 5, all);
        assert.equal(rows[0]?.[0]?.[0], 1);
        assert.equal(rows[0]?.length, 4);
        assert.deepEqual(
            nearestItems(histories, 5, { ...all, fewestTogether: 3 }).map((row) => row.map(([item]) => item)),
            [[1], [0], [], [], []],
        );
        assert.deepEqual(nearestItems(histories, 5, { ...all, wanted: (item) => item === 2 })[0], []);
    });

    it("`nearestByWords` gives rare categories a larger weight", () => {
        const words = [["a", "b"], ["a"], ["b"], ["b"], ["b"]];
        const first = (allowed: (item: number) => boolean) => {
            const [row] = nearestByWords(words, { wanted: (item) => item === 0, allowed, most: 3 });
            return row?.map(([item]) => item);
        };
        assert.deepEqual(
            first(() => true),
            [1, 2, 3],
        );
        assert.deepEqual(
            first((item) => item !== 1),
            [2, 3, 4],
        );
    });

    it("`usersFor` returns users in descending order of their affinity to the given items", () => {
        const items = [3, 60];
        const worth = [...model.histories].map(([userId, history]): [string, number] => {
            const scores = affinities(model, history);
            return [userId, items.reduce((sum, item) => sum + (scores[item] ?? 0), 0)];
        });
        const expected = worth.sort((a, b) => b[1] - a[1]).slice(0, 5);
        assert.deepEqual(
            usersFor(model, items, 5),
            expected.map(([userId]) => userId),
        );
    });
});
