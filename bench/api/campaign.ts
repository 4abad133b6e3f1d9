import { type PersonalizeEventsClient, PutEventsCommand } from "@aws-sdk/client-personalize-events";
import { GetRecommendationsCommand, type PersonalizeRuntimeClient } from "@aws-sdk/client-personalize-runtime";
import type { Call } from "./call.ts";

/**
 * Returns a function that calls the campaign directly, as a web server without this API would: with the AWS SDK and its
 * default of three attempts. If all attempts fail, the answer has status 502.
 */
export const campaignCaller =
    (
        { runtime, events }: { readonly runtime: PersonalizeRuntimeClient; readonly events: PersonalizeEventsClient },
        campaignArn: string,
        trackingId: string,
    ): Call =>
    async ({ resource, path, query, body }) => {
        const begun = performance.now();
        const answered = (status: number, more: object = {}) => ({
            status,
            body: { source: "campaign", ...more },
            layer: "campaign",
            milliseconds: performance.now() - begun,
        });
        try {
            if (resource === "/events") {
                const { userId, sessionId, events: some } = body as WatchedBody;
                await events.send(
                    new PutEventsCommand({
                        trackingId,
                        userId,
                        sessionId,
                        eventList: some.map((event) => ({ ...event, sentAt: new Date() })),
                    }),
                );
                return answered(202, { revision: Date.now() });
            }
            const userId = path?.userId ?? "";
            const numResults = Number(query?.numResults);
            await runtime.send(new GetRecommendationsCommand({ campaignArn, userId, numResults }));
            return answered(200);
        } catch {
            return answered(502);
        }
    };

interface WatchedBody {
    readonly userId: string;
    readonly sessionId: string;
    readonly events: readonly { readonly eventType: string; readonly itemId: string }[];
}
