import assert from "node:assert/strict";
import { type Case, DEFAULT_GAIN, fitGain } from "../../model/gain.ts";
import { scoreUser, toProbabilities, topItems } from "../../model/score.ts";
import { trainModel } from "../../model/train.ts";
import { recommend } from "../../serving/recommend.ts";
import { interactionsOf, syntheticRatings } from "../interactions.ts";
import { seededRandom } from "../random.ts";

const RECIPE = "aws-user-personalization";

/** Returns users whose next items are drawn from the probabilities for one gain. */
function casesOf(gain: number, count: number): Case[] {
    const random = seededRandom(count);
    return Array.from({ length: count }, () => {
        const scores = Float64Array.from({ length: 50 }, () => 0.01 + random() ** 3);
        const probabilities = toProbabilities(scores.slice(), gain);
        let left = random();
        const next = probabilities.findIndex((probability) => {
            left -= probability;
            return left < 0;
        });
        return { scores, next };
    });
}

const perplexityOf = (cases: readonly Case[], gain: number) =>
    Math.exp(
        cases.reduce((sum, { scores, next }) => {
            return sum - Math.log(toProbabilities(scores.slice(), gain)[next] ?? 0);
        }, 0) / cases.length,
    );

describe("fitGain", () => {
    it("`fitGain` returns the gain, the exponent of the scores, with the lowest perplexity", () => {
        for (const gain of [0.6, 1.3, 2]) {
            const cases = casesOf(gain, 1_000);
            const fitted = fitGain(cases);
            assert.ok(Math.abs(fitted.gain - gain) < 0.25, `${fitted.gain} for ${gain}`);
            assert.ok(Math.abs((fitted.perplexity ?? 0) - perplexityOf(cases, fitted.gain)) < 1e-3);
            assert.ok(Math.abs((fitted.defaultPerplexity ?? 0) - perplexityOf(cases, DEFAULT_GAIN)) < 1e-3);
            for (let other = 0.4; other <= 2.5; other += 0.05) {
                assert.ok((fitted.perplexity ?? 0) <= perplexityOf(cases, other) + 1e-3, `${other} for ${gain}`);
            }
            assert.deepEqual(fitGain(cases), fitted);
        }
    });

    it("`fitGain` returns a gain between 0.4 and 2.5", () => {
        const certain = casesOf(1, 40).map(({ scores }) => ({ scores, next: topItems(scores, 1)[0] ?? 0 }));
        assert.ok(fitGain(certain).gain > 2.49);
        const never = certain.map(({ scores }) => ({ scores, next: topItems(scores, 50).at(-1) ?? 0 }));
        assert.ok(fitGain(never).gain < 0.41);
    });

    it("`fitGain` returns the default gain for fewer than 30 users", () => {
        assert.deepEqual(fitGain(casesOf(0.6, 29)), { gain: DEFAULT_GAIN, users: 29 });
        assert.notEqual(fitGain(casesOf(0.6, 30)).gain, DEFAULT_GAIN);
    });

    it("the gain, an exponent, changes the scores but not their order and not their sum", () => {
        const model = trainModel(interactionsOf(syntheticRatings()), RECIPE);
        for (const history of model.histories.values()) {
            const [flat, sharp] = [0.4, 2.5].map((gain) => scoreUser({ ...model, gain }, history));
            assert.ok(flat && sharp);
            for (const scores of [flat, sharp]) {
                assert.ok(Math.abs(scores.reduce((sum, score) => sum + score, 0) - 1) < 1e-9);
            }
            assert.ok(Math.max(...sharp) > Math.max(...flat));
            assert.deepEqual(topItems(sharp, sharp.length), topItems(flat, flat.length));
            const [flatList, sharpList] = [0.4, 2.5].map((gain) => recommend({ ...model, gain }, { history }, 25));
            assert.deepEqual(
                sharpList?.map(({ itemId }) => itemId),
                flatList?.map(({ itemId }) => itemId),
            );
        }
    });
});
