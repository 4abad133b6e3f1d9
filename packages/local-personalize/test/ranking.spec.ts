import assert from "node:assert/strict";
import { CreateCampaignCommand, CreateSolutionCommand } from "@aws-sdk/client-personalize";
import { GetPersonalizedRankingCommand, GetRecommendationsCommand } from "@aws-sdk/client-personalize-runtime";
import { campaignArn, datasetGroupArn, films, history, openFilmsService } from "./films-service.ts";
import { arn, recipe, refusal, type Service, trainVersion, until } from "./support.ts";

const user = "22";
const watched = new Set(history.filter((row) => `${row.user}` === user).map(({ item }) => `${item}`));
const unwatched = films.map(String).filter((film) => !watched.has(film));
const rankingArn = arn("campaign/ranking");

describe("GetPersonalizedRanking", () => {
    let service: Service;
    before(async () => {
        ({ service } = await openFilmsService());
        const { personalize } = service;
        const { solutionArn } = await personalize.send(
            new CreateSolutionCommand({
                name: "ranking",
                datasetGroupArn,
                recipeArn: recipe("aws-personalized-ranking"),
                performAutoTraining: false,
            }),
        );
        const { solutionVersionArn } = await trainVersion(service, String(solutionArn));
        await personalize.send(new CreateCampaignCommand({ name: "ranking", solutionVersionArn }));
        await until(async () => (await rank(unwatched.slice(0, 2)).catch(() => [])).length > 0);
    });
    after(() => service?.discard());

    const rank = async (inputList: string[], userId = user) => {
        const command = new GetPersonalizedRankingCommand({ campaignArn: rankingArn, userId, inputList });
        const { personalizedRanking = [] } = await service.runtime.send(command);
        return personalizedRanking;
    };

    it("GetPersonalizedRanking returns items in the order of GetRecommendations", async () => {
        const command = new GetRecommendationsCommand({ campaignArn, userId: user, numResults: 40 });
        const { itemList = [] } = await service.runtime.send(command);
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
        const other = new GetPersonalizedRankingCommand({ campaignArn, userId: user, inputList: ["1"] });
        const byRecipe = refusal("InvalidInputException", /needs aws-personalized-ranking/);
        await assert.rejects(service.runtime.send(other), byRecipe);
        const wrong = new GetRecommendationsCommand({ campaignArn: rankingArn, userId: user });
        const byOperation = refusal("InvalidInputException", /use GetPersonalizedRanking/);
        await assert.rejects(service.runtime.send(wrong), byOperation);
    });
});
