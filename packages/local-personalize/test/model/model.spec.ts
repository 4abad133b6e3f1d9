import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { temporaryFolder } from "../../../../test/support/temporary-folder.ts";
import { pairSums } from "../../model/gram.ts";
import { type Interactions, toTrainingData } from "../../model/histories.ts";
import { loadModel, type Model, saveModel } from "../../model/model.ts";
import { computePopularity } from "../../model/popularity.ts";
import { affinities, discountWatched, scoreUser, topItems } from "../../model/score.ts";
import { trainModel } from "../../model/train.ts";
import { recommend } from "../../serving/recommend.ts";
import { interactionsOf, type Rating, syntheticRatings } from "../interactions.ts";

const RECIPE = "aws-user-personalization";

const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);

describe("Recommender model", () => {
    const interactions = interactionsOf(syntheticRatings());
    let model: Model;
    before(() => {
        model = trainModel(interactions, RECIPE);
    });

    it("scoreUser returns probabilities that sum to 1 for any history", () => {
        const item = fc.integer({ min: 0, max: model.itemIds.length - 1 });
        const property = fc.property(fc.array(item, { maxLength: 600 }), (history) => {
            const scores = scoreUser(model, history);
            assert.equal(scores.length, interactions.itemIds.length);
            assert.ok(Math.abs(sum(scores) - 1) <= 1e-9);
            assert.ok(scores.every((score) => score > 0));
        });
        fc.assert(property, { numRuns: 50 });
    });

    it("trainModel returns equal bytes for equal interactions", () => {
        const again = trainModel(interactionsOf(syntheticRatings()), RECIPE);
        assert.deepEqual(again, model);
        assert.notDeepEqual(trainModel(interactionsOf(syntheticRatings({ seed: 2 })), RECIPE).weights, model.weights);
    });

    it("scoreUser gives the newest event of a history the largest weight", () => {
        const [first = 0, second = 0] = topItems(model.popularity, 2);
        const weight = (from: number, to: number) => model.weights[from * model.itemIds.length + to] ?? 0;
        const others = [...model.itemIds.keys()].filter((item) => item !== first && item !== second);
        const differ = others.filter(
            (item) => weight(first, item) > 0.01 && weight(first, item) > 2 * weight(second, item),
        );
        assert.ok(differ.length > 0);
        for (const item of differ) {
            assert.ok((scoreUser(model, [second, first])[item] ?? 0) > (scoreUser(model, [first, second])[item] ?? 0));
        }
    });

    it("scoreUser returns recent popularity for a user without history", () => {
        const scores = scoreUser(model, []);
        const newest = new Map<number, number>();
        interactions.users.forEach((user, row) => void newest.set(user, interactions.timestamps[row] ?? 0));
        const present = [...newest.values()].sort((a, b) => a - b)[Math.floor(0.95 * (newest.size - 1))] ?? 0;
        const recent = new Float64Array(model.itemIds.length);
        interactions.items.forEach((item, row) => {
            const age = Math.max(0, present - (interactions.timestamps[row] ?? 0));
            recent[item] = (recent[item] ?? 0) + 0.5 ** (age / (30 * 86_400));
        });
        const total = sum(recent);
        scores.forEach((score, item) => {
            assert.ok(Math.abs(score - (recent[item] ?? 0) / total) < 1e-12);
        });
    });

    describe("Popularity scores for users without history", () => {
        const today = Date.UTC(2026, 10, 28) / 1000;
        const sizes = { users: 400, items: 300, meanHistory: 20 };
        /** Adds ratings of today to the data, and returns each item's share of the total popularity. */
        const sharesWith = (more: readonly (readonly [user: number, item: number])[]) => {
            const late = more.map(([user, item]) => ({ user, item, rating: 5, timestamp: today }));
            const data = interactionsOf([...syntheticRatings(sizes), ...late]);
            const scores = computePopularity(data, data.itemIds, 30 * 86_400);
            return new Map(data.itemIds.map((itemId, item) => [itemId, (scores[item] ?? 0) / sum(scores)]));
        };

        it("one event that is much newer than all others changes the popularity scores by less than 1 %", () => {
            const [before, after] = [sharesWith([]), sharesWith([[22, 299]])];
            const moved = [...before].map(([itemId, share]) => Math.abs((after.get(itemId) ?? 0) - share));
            assert.ok(sum(Float64Array.from(moved)) / 2 < 0.01);
        });

        it("popularity counts repeated interactions of a user with an item once", () => {
            const often = Array.from({ length: 500 }, () => [500, 1000] as const);
            assert.deepEqual(sharesWith(often), sharesWith(often.slice(0, 1)));
        });

        it("popularity counts at most 120 items for each user", () => {
            const shareOf = (count: number) => {
                const shares = sharesWith(Array.from({ length: count }, (_, at) => [500, 1000 + at] as const));
                return [...shares].reduce((own, [itemId, share]) => own + (Number(itemId) >= 1000 ? share : 0), 0);
            };
            const [some, most, more] = [shareOf(60), shareOf(120), shareOf(900)];
            assert.ok(some < 0.6 * most && Math.abs(more - most) < 1e-9, `${[some, most, more]}`);
        });
    });

    it("aws-popularity-count scores an item by its number of different users", () => {
        const popular = trainModel(interactions, "aws-popularity-count");
        const counts = popular.itemIds.map((_, item) => interactions.items.filter((other) => other === item).length);
        assert.deepEqual([...popular.popularity], counts);
        const again = syntheticRatings().map((row) => ({ ...row, timestamp: row.timestamp + 1 }));
        const twice = trainModel(interactionsOf([...syntheticRatings(), ...again]), "aws-popularity-count");
        assert.deepEqual(twice.popularity.toSorted(), popular.popularity.toSorted());
        assert.deepEqual(scoreUser(popular, [3, 4]), scoreUser(popular, []));
    });

    it("trainModel trains the same model for all personalization recipes, and rejects unknown recipes", () => {
        for (const recipe of ["aws-user-personalization-v2", "aws-hrnn"]) {
            assert.deepEqual(trainModel(interactions, recipe), { ...model, recipeName: recipe });
        }
        assert.throws(
            () => trainModel(interactions, "aws-next-best-action"),
            /aws-next-best-action is not emulated here; use aws-user-personalization, /,
        );
    });

    it("trainModel rejects insufficient data with the service's text", () => {
        const rows = (count: number, users: number): Rating[] =>
            Array.from({ length: count }, (_, n) => ({ user: n % users, item: n % 90, rating: 1, timestamp: n }));
        const few = interactionsOf(rows(1000, 24));
        assert.throws(() => trainModel(few, RECIPE), {
            message: "Create failed. Dataset has fewer than 25 users with at least 2 interactions each.",
        });
        const short = interactionsOf(rows(999, 30));
        assert.throws(() => trainModel(short, RECIPE), /fewer than 1000 interactions/);
        assert.equal(trainModel(interactionsOf(rows(1000, 25)), RECIPE).histories.size, 25);
    });

    it("discountWatched multiplies the scores of all watched items by one factor", () => {
        const history = model.histories.get("22") ?? [];
        const scores = scoreUser(model, history);
        const discounted = discountWatched(scores, history, model.gain);
        assert.ok(Math.abs(sum(discounted) - 1) <= 1e-9);
        const changes = [...discounted.keys()].map((item) => (discounted[item] ?? 0) / (scores[item] ?? 1));
        const watched = new Set(history);
        const [seen, unseen] = [true, false].map((is) =>
            changes.filter((_, item) => watched.has(item) === is).toSorted((a, b) => a - b),
        );
        assert.ok(seen?.length === watched.size && unseen && unseen.length > 0);
        for (const list of [seen, unseen]) assert.ok((list.at(-1) ?? 0) - (list[0] ?? 0) < 1e-9);
        assert.ok((seen[0] ?? 1) < (unseen[0] ?? 0) / 2);
        assert.deepEqual(discountWatched(scores, [], model.gain), scores);
    });

    it("`recommend` can return the last watched film first", () => {
        const [n, last, other] = [model.itemIds.length, 1, 2];
        const weights = new Float32Array(n * n);
        weights[0 * n + last] = 1;
        weights[0 * n + other] = 0.1;
        const list = recommend({ ...model, weights }, { history: [0, last] }, 2);
        assert.deepEqual(
            list.map(({ itemId }) => itemId),
            [model.itemIds[last], model.itemIds[other]],
        );
    });

    it("scoreUser and trainModel use only the newest 500 events of a user", () => {
        const heavy = Array.from({ length: 600 }, (_, n) => ({
            user: 999,
            item: 1000 + n,
            rating: 1,
            timestamp: 2e9 + n,
        }));
        const trained = trainModel(interactionsOf([...syntheticRatings(), ...heavy]), RECIPE);
        const { itemIds, histories, weights } = trained;
        const history = histories.get("999") ?? [];
        assert.deepEqual(
            history.map((item) => itemIds[item]),
            heavy.map(({ item }) => String(item)),
        );
        assert.deepEqual(pairSums([history], itemIds.length), pairSums([history.slice(100)], itemIds.length));
        assert.deepEqual(affinities(trained, history), affinities(trained, history.slice(100)));
        assert.ok(itemIds.includes("1000"));
        assert.ok(weights.every(Number.isFinite));
    });

    it("toTrainingData sorts items by frequency and gives the 4,000 most frequent items dense rows", () => {
        const items = Int32Array.from([...Array(4_100).keys(), ...Array.from({ length: 4_000 }, (_, n) => n + 100)]);
        const data: Interactions = {
            userIds: ["u"],
            itemIds: Array.from({ length: 4_100 }, (_, n) => `i${n}`),
            users: new Int32Array(items.length),
            items,
            timestamps: Float64Array.from(items.keys()),
        };
        const { itemIds, dense } = toTrainingData(data);
        assert.equal(dense, 4_000);
        assert.deepEqual(itemIds, [...data.itemIds.slice(100), ...data.itemIds.slice(0, 100)]);
    });

    it("loadModel returns the model that saveModel stored, and saveModel replaces an older model", () => {
        const folder = temporaryFolder();
        const dir = join(folder, "solution", "1a2b3c4d");
        saveModel(dir, trainModel(interactions, "aws-popularity-count"));
        const fitted = { ...model, gain: 0.61 };
        saveModel(dir, fitted);
        assert.deepEqual(loadModel(dir), fitted);
        assert.deepEqual(readdirSync(join(folder, "solution")), ["1a2b3c4d"]);
        assert.throws(() => loadModel(join(folder, "none")), { code: "ENOENT" });
    });
});
