import { type PersonalizeEventsClient, PutEventsCommand } from "@aws-sdk/client-personalize-events";
import { GetRecommendationsCommand, type PersonalizeRuntimeClient } from "@aws-sdk/client-personalize-runtime";
import { type Call, directCaller } from "./call.ts";

/**
 * Returns a function that calls the campaign directly, as a web server without this API would: with the AWS SDK and its
 * default of three attempts.
 */
export const campaignCaller = (
    { runtime, events }: { readonly runtime: PersonalizeRuntimeClient; readonly events: PersonalizeEventsClient },
    campaignArn: string,
    trackingId: string,
): Call =>
    directCaller(
        (userId, numResults) => runtime.send(new GetRecommendationsCommand({ campaignArn, userId, numResults })),
        ({ events: watched, ...viewer }) => {
            const eventList = watched.map((event) => ({ ...event, sentAt: new Date() }));
            return events.send(new PutEventsCommand({ trackingId, ...viewer, eventList }));
        },
    );
