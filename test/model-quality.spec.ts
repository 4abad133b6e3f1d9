import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { fetchMovieLens } from "../data-prep/movielens.ts";
import type { Interactions } from "../packages/local-personalize/model/histories.ts";
import { rowsWhere } from "../packages/local-personalize/model/hyperparameters.ts";
import { scoreUser, topItems } from "../packages/local-personalize/model/score.ts";
import { fitModel } from "../packages/local-personalize/model/train.ts";

/** Number of parts of the users. A model is trained with nine parts, and tested with the users of the tenth. */
const parts = 10;
const length = 10;

/** Returns the ratings of u.data as interactions, ordered by time. Users and items have their MovieLens ids minus 1. */
function readRatings(text: string): Interactions {
    const rows = text
        .trimEnd()
        .split("\n")
        .map((line) => line.split("\t").map(Number))
        .sort((one, other) => (one[3] ?? 0) - (other[3] ?? 0));
    const column = (at: number) => rows.map((row) => row[at] ?? 0);
    const ids = (at: number) => Array.from({ length: Math.max(...column(at)) }, (_, id) => String(id + 1));
    return {
        userIds: ids(0),
        itemIds: ids(1),
        users: Int32Array.from(column(0), (id) => id - 1),
        items: Int32Array.from(column(1), (id) => id - 1),
        timestamps: Float64Array.from(column(3)),
    };
}

/** Returns the NDCG@10 of a list: 1 if it starts with as many items of `truth` as it can. */
function ndcg(list: readonly string[], truth: ReadonlySet<string>): number {
    const gains = list.map((_, rank) => 1 / Math.log2(rank + 2));
    const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
    return sum(gains.filter((_, rank) => truth.has(list[rank] ?? ""))) / sum(gains.slice(0, truth.size));
}

/** Returns the mean NDCG@10 over all users: the oldest 90 % of a user's films predict the newest 10 %. */
function meanNdcg(interactions: Interactions): number {
    const { userIds, itemIds, users, items } = interactions;
    const histories = userIds.map((): number[] => []);
    users.forEach((user, row) => void histories[user]?.push(items[row] ?? 0));
    const values = Array.from({ length: parts }, (_, part) => {
        const training = rowsWhere(interactions, (row) => (users[row] ?? 0) % parts !== part);
        const model = fitModel(training, "aws-user-personalization");
        const numbers = new Map(model.itemIds.map((id, number) => [id, number]));
        return histories.flatMap((history, user) => {
            if (user % parts !== part) return [];
            const newest = Math.max(1, Math.floor(history.length / 10));
            const input = history.slice(0, -newest).flatMap((item) => numbers.get(itemIds[item] ?? "") ?? []);
            const list = topItems(scoreUser(model, input), length, new Set(input));
            const truth = new Set(history.slice(-newest).map((item) => itemIds[item] ?? ""));
            return ndcg(
                list.map((item) => model.itemIds[item] ?? ""),
                truth,
            );
        });
    }).flat();
    return values.reduce((sum, value) => sum + value, 0) / values.length;
}

describe("Model of the local Personalize", () => {
    it("its lists for users of MovieLens 100k outside the training have an NDCG@10 of at least 0.219", async function () {
        const noLog = { log: () => {}, env: process.env };
        const file = await fetchMovieLens("data/ml-100k", noLog).catch(() => this.skip());
        const measured = meanNdcg(readRatings(await readFile(file, "latin1")));
        assert.ok(measured >= 0.219, `${measured}`);
    });
});
