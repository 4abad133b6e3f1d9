import { PublishCommand, paginateListSubscriptionsByTopic, type SNSClient } from "@aws-sdk/client-sns";
import { hasName } from "terminal-text";
import type { SentNotification } from "../cost/notifications.ts";

/** A subscription to a topic. */
export interface Subscription {
    /** Protocol of the subscription, such as `sqs`, `email` or `lambda`. */
    readonly protocol: string;
    readonly endpoint: string;
    /**
     * Whether the subscription is confirmed. False for an email address until its owner has followed the link in the
     * first email.
     */
    readonly confirmed: boolean;
}

/** Reads a topic's subscriptions; undefined if the topic does not exist. */
export async function listSubscriptions(client: SNSClient, TopicArn: string): Promise<Subscription[] | undefined> {
    try {
        const pages = paginateListSubscriptionsByTopic({ client }, { TopicArn });
        const subscriptions = (await Array.fromAsync(pages)).flatMap((page) => page.Subscriptions ?? []);
        return subscriptions.map(({ Protocol = "", Endpoint = "", SubscriptionArn = "" }) => ({
            protocol: Protocol,
            endpoint: Endpoint,
            // SubscriptionArn is an ARN only after the confirmation (SNS API Reference, ListSubscriptionsByTopic).
            confirmed: SubscriptionArn.startsWith("arn:"),
        }));
    } catch (error) {
        if (hasName(error, "NotFoundException", "NotFound")) return undefined;
        throw error;
    }
}

/** A notification in the format of the SNS message. `kind` is any text. */
type Notification = Omit<SentNotification, "kind"> & { readonly kind: string };

/** Sends a notification to the stack's topic: JSON, and the text alone to mail addresses. Throws SNS's errors. */
export async function sendNotification(
    client: SNSClient,
    { project, topicArn }: { readonly project: string; readonly topicArn: string },
    notification: Notification,
): Promise<void> {
    const { kind, stack, text } = notification;
    const Message = JSON.stringify({ default: JSON.stringify(notification), email: `${text}\n` });
    const Subject = `${project} ${stack}: ${kind.replaceAll("-", " ")}`.slice(0, 99);
    await client.send(new PublishCommand({ TopicArn: topicArn, Subject, Message, MessageStructure: "json" }));
}
