import { DescribeCampaignCommand, type PersonalizeClient } from "@aws-sdk/client-personalize";
import { type PersonalizeEventsClient, PutEventsCommand } from "@aws-sdk/client-personalize-events";
import {
    GetRecommendationsCommand,
    type PersonalizeRuntimeClient,
    type PredictedItem,
} from "@aws-sdk/client-personalize-runtime";
import { goneOrThrow } from "pulumi-personalize/core";
import { packItems } from "../../serving/item-scores.ts";
import type { CampaignPort, ItemOrder, PutEvents } from "../../serving/ports.ts";

export interface CampaignClients {
    readonly personalize: PersonalizeClient;
    readonly runtime: PersonalizeRuntimeClient;
}

/** Creates the functions that call the campaign. */
export function campaignPort(
    { personalize, runtime }: CampaignClients,
    { campaignArn }: { readonly campaignArn: string },
): CampaignPort {
    return {
        async ask({ userId, numResults, filter, context }, abortSignal) {
            const command = new GetRecommendationsCommand({
                campaignArn,
                userId,
                numResults,
                context,
                ...(filter && { filterArn: filter.arn, filterValues: filter.values }),
            });
            const { itemList, recommendationId } = await runtime.send(command, { abortSignal });
            return orderOf(itemList, recommendationId);
        },
        async describe(abortSignal) {
            const command = new DescribeCampaignCommand({ campaignArn });
            const { campaign } = (await personalize.send(command, { abortSignal }).catch(goneOrThrow)) ?? {};
            if (campaign === undefined) return undefined;
            const { status = "", solutionVersionArn, minProvisionedTPS } = campaign;
            return {
                status,
                ...(solutionVersionArn !== undefined && { solutionVersionArn }),
                ...(minProvisionedTPS !== undefined && { minProvisionedTPS }),
            };
        },
    };
}

const orderOf = (items: readonly PredictedItem[] | undefined, recommendationId: string | undefined): ItemOrder => ({
    items: packItems(
        (items ?? []).map(({ itemId = "", score }) => (score === undefined ? { itemId } : { itemId, score })),
    ),
    ...(recommendationId !== undefined && { recommendationId }),
});

/** Creates the function that sends events to the event tracker; returns undefined if the stack has none. */
export function trackerPort(client: PersonalizeEventsClient, trackingId: string | undefined): PutEvents | undefined {
    if (!trackingId) return undefined;
    return async ({ userId, sessionId, events }, abortSignal) => {
        const eventList = events.map(({ sentAt, ...event }) => ({ ...event, sentAt: new Date(sentAt * 1000) }));
        await client.send(new PutEventsCommand({ trackingId, userId, sessionId, eventList }), { abortSignal });
    };
}
