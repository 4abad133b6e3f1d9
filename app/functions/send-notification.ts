import { PublishCommand, type SNSClient } from "@aws-sdk/client-sns";
import type { SentNotification } from "../../core/cost/notifications.ts";

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
