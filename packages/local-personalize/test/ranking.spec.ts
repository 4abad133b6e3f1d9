import assert from "node:assert/strict";
import { campaignArn, films, history, openFilmsService } from "./films-service.ts";
import { arn, refusal, type Service, trainRecipe, until } from "./support.ts";

const user = "22";
const watched = new Set(history.filter((row) => `${row.user}` === user).map(({ item }) => `${item}`));
const unwatched = films.map(String).filter((film) => !watched.has(film));
const rankingArn = arn("campaign/ranking");

describe("GetPersonalizedRanking", () => {
    let service: Service;
    before(async () => {
        ({ service } = await openFilmsService());
        const { personalize } = service;
        const solutionVersionArn = await trainRecipe(service, "aws-personalized-ranking");
        await personalize.createCampaign({ name: "ranking", solutionVersionArn });
        await until(async () => (await rank(unwatched.slice(0, 2)).catch(() => [])).length > 0);
    });
    after(() => service?.discard());

    const rank = async (inputList: string[], userId = user) => {
        const { personalizedRanking = [] } = await service.runtime.getPersonalizedRanking({
            campaignArn: rankingArn,
            userId,
            inputList,
        });
        return personalizedRanking;
    };

    it("GetPersonalizedRanking returns items in the order of GetRecommendations", async () => {
        const { itemList = [] } = await service.runtime.getRecommendations({
            campaignArn,
            userId: user,
            numResults: 40,
        });
        const best = itemList.map(({ itemId }) => String(itemId)).filter((film) => !watched.has(film));
        assert.ok(best.length >= 12, `${best.length}`);
        const ranked = await rank(best.toReversed());
        assert.deepEqual(
            ranked.map(({ itemId }) => itemId),
            best,
        );
    });

    it("scores of a ranking sum to 1, and unknown items come last with score 0", async () => {
        const ranked = await rank(["no-such-film", ...unwatched.slice(0, 20)]);
        const sum = ranked.reduce((total, { score = 0 }) => total + score, 0);
        assert.ok(Math.abs(sum - 1) < 1e-5, `${sum}`);
        assert.deepEqual(ranked.at(-1), { itemId: "no-such-film", score: 0 });
    });

    it("GetRecommendations and GetPersonalizedRanking accept only campaigns of their own recipe type", async () => {
        const byRecipe = refusal("InvalidInputException", /needs aws-personalized-ranking/);
        await assert.rejects(
            service.runtime.getPersonalizedRanking({ campaignArn, userId: user, inputList: ["1"] }),
            byRecipe,
        );
        const byOperation = refusal("InvalidInputException", /use GetPersonalizedRanking/);
        await assert.rejects(
            service.runtime.getRecommendations({ campaignArn: rankingArn, userId: user }),
            byOperation,
        );
    });
});
