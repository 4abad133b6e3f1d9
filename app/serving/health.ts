import type { HealthAnswer } from "../api/names.ts";
import type { CampaignWatch } from "./campaign-watch.ts";
import type { Caller, Context } from "./context.ts";
import { limits } from "./limits.ts";
import type { CampaignStatus, ShownNotification } from "./ports.ts";
import type { Resilience } from "./resilience.ts";

export interface HealthParts extends Pick<Context, "tables"> {
    readonly stack: string;
    readonly region: string;
    readonly cost: NonNullable<HealthAnswer["cost"]>;
    readonly publicHistories: boolean;
    readonly batch: boolean;
    readonly watch: Pick<CampaignWatch, "state">;
    readonly campaignResilience: Pick<Resilience, "resting">;
}

/**
 * Checks whether a notification explains why there is no campaign now: the campaign has not served since the
 * notification.
 */
const holds = (notification: ShownNotification, campaign: CampaignStatus | undefined): boolean =>
    notification.at + limits.parking >= (campaign?.activeAt ?? 0);

const time = (at: number) => new Date(at).toISOString();

/**
 * Reports from which source the API currently answers. Uses only what the process knows, without any call. Without a
 * token or the API key, a caller sees only the state and the viewers that the page offers, because version, throughput
 * and cost would help with an attack on the bill.
 */
export function healthTeller(parts: HealthParts) {
    const { stack, region, cost, publicHistories, batch, tables, watch, campaignResilience } = parts;
    return async function health({ trusted, signed }: Pick<Caller, "trusted" | "signed">): Promise<HealthAnswer> {
        const { campaign, away, notification, spend, lists } = await watch.state();
        const { status, solutionVersionArn, minProvisionedTPS } = campaign ?? {};
        const state = batch ? "batch" : away ? "away" : campaignResilience.resting() ? "resting" : "serving";
        const { itemCount, interactionsSha256, genres, offeredViewers } = tables();
        const viewers = offeredViewers(publicHistories);
        if (!trusted && !signed) return { status: "ok", campaign: { state }, viewers };
        return {
            status: "ok",
            stack,
            region,
            campaign: {
                state,
                ...(status && { status }),
                ...(solutionVersionArn !== undefined && { solutionVersionArn }),
                ...(minProvisionedTPS !== undefined && { minProvisionedTPS }),
                ...(campaign && { checkedAt: time(campaign.checkedAt) }),
            },
            ...(batch &&
                lists && { lists: { solutionVersionArn: lists.solutionVersionArn, madeAt: time(lists.madeAt) } }),
            viewers,
            ...(away &&
                notification &&
                holds(notification, campaign) && {
                    notification: { kind: notification.kind, text: notification.text, at: time(notification.at) },
                }),
            tables: {
                items: itemCount,
                interactionsSha256,
                genres: [...genres],
            },
            cost: {
                ...cost,
                campaignUsdPerHour: away ? 0 : cost.campaignUsdPerHour,
                ...(spend && { spend: { month: spend.month, usd: spend.usd, countedAt: time(spend.at) } }),
            },
        };
    };
}
