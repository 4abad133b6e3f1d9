import type { FilmListAnswer } from "../api/names.ts";
import type { CampaignAllowance } from "./campaign-allowance.ts";
import type { Context } from "./context.ts";
import { classifyFailure, errorName, NoAllowanceError, toListReason } from "./failures.ts";
import { answerList } from "./film-answers.ts";
import { packFilms } from "./film-scores.ts";
import type { CampaignPort } from "./ports.ts";
import { ProblemError } from "./problem.ts";
import type { Trace } from "./request-line.ts";
import type { Resilience } from "./resilience.ts";

export interface RankParts extends Context {
    readonly rank: CampaignPort["rank"];
    /** Calls the ranking campaign. */
    readonly askRanking: Resilience["ask"];
    /** Checks whether one more request for a viewer is allowed. */
    readonly allowed: CampaignAllowance;
}

/**
 * Ranks given films for a viewer; ranks them by popularity while the ranking campaign does not answer.
 *
 * @throws ProblemError if the stack has no ranking campaign
 */
export function ranker({ tables, rank, askRanking, allowed, log }: RankParts) {
    return async function rankItems(
        { userId, proven }: { readonly userId: string; readonly proven: boolean },
        itemIds: readonly string[],
        trace: Trace,
    ): Promise<FilmListAnswer> {
        if (rank === undefined) {
            throw new ProblemError(
                "not-found",
                "The stack has no ranking campaign. Config `rankingCampaign` creates one; it costs as much as a second campaign.",
            );
        }
        const count = itemIds.length;
        try {
            if (!(await allowed({ userId, proven }))) throw new NoAllowanceError();
            const order = await askRanking(async (signal) => {
                trace.campaignCalls += 1;
                return rank(userId, itemIds, signal);
            });
            trace.layer = "campaign";
            return answerList(tables(), order, { source: "campaign", count });
        } catch (error) {
            const failure = classifyFailure(error);
            const called = !(error instanceof NoAllowanceError);
            if (called && failure !== "resting") trace.campaignFailures += 1;
            if (called) log({ failed: "ask the ranking campaign", error: errorName(error) });
            trace.layer = "tables";
            const viewersOf = (itemId: string) => tables().film(itemId)?.viewers ?? 0;
            const films = itemIds
                .toSorted((one, other) => viewersOf(other) - viewersOf(one))
                .map((itemId) => ({ itemId }));
            return answerList(
                tables(),
                { films: packFilms(films) },
                { source: "popular", count, reason: toListReason(failure) },
            );
        }
    };
}
