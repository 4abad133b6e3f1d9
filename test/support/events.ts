import { region, type TestAws } from "./local-aws.ts";

/** What a user did, as PutEvents has it. */
export interface SentEvent {
    readonly userId: string;
    readonly itemId: string;
    /** Epoch seconds. */
    readonly sentAt: number;
}

/** Sends one Watch event; there is no client of personalize-events among the project's own. */
export async function putEvent({ instance }: TestAws, trackingId: string, event: SentEvent): Promise<void> {
    const { userId, itemId, sentAt } = event;
    const response = await fetch(`http://127.0.0.1:${instance.port}/events`, {
        method: "POST",
        headers: {
            "content-type": "application/json",
            authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/${region}/personalize/aws4_request`,
        },
        body: JSON.stringify({
            trackingId,
            userId,
            sessionId: `session-${userId}`,
            eventList: [{ eventType: "Watch", itemId, sentAt }],
        }),
    });
    if (!response.ok) {
        throw new Error(`PutEvents: ${response.status} ${await response.text()}`);
    }
}
