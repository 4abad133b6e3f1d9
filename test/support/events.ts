import { signedHeaders } from "../../packages/local-aws/test/signed.ts";
import { region, type TestAws } from "./local-aws.ts";

/** A user's event, as PutEvents accepts it. */
export interface SentEvent {
    readonly userId: string;
    readonly itemId: string;
    /** Epoch seconds. */
    readonly sentAt: number;
}

/** Sends one Watch event with a signed HTTP request, without an SDK client. */
export async function putEvent({ instance }: TestAws, trackingId: string, event: SentEvent): Promise<void> {
    const { userId, itemId, sentAt } = event;
    const url = new URL(`http://127.0.0.1:${instance.port}/events`);
    const body = JSON.stringify({
        trackingId,
        userId,
        sessionId: `session-${userId}`,
        eventList: [{ eventType: "Watch", itemId, sentAt }],
    });
    const signed = signedHeaders("POST", url, body, region, "personalize");
    const headers = { "content-type": "application/json", ...signed };
    const response = await fetch(url, { method: "POST", headers, body });
    if (!response.ok) throw new Error(`PutEvents: ${response.status} ${await response.text()}`);
}
