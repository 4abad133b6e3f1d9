import { PublishCommand, type SNSClient } from "@aws-sdk/client-sns";
import {
    ChangeMessageVisibilityCommand,
    DeleteMessageCommand,
    ReceiveMessageCommand,
    type SQSClient,
} from "@aws-sdk/client-sqs";
import { hasName } from "terminal-text";

/** Creates a test notification in the format of all notifications. */
export function testNotification(stack: string, now: Date) {
    const at = now.toISOString();
    return {
        schemaVersion: 1 as const,
        id: `${stack}/test/${at}`,
        kind: "test",
        stack,
        at,
        text: `Stack ${stack}: test notification, sent by npm run budget-alarms. No action is needed.`,
    };
}

/**
 * Publishes a notification, waits for it in the queue, and deletes it from the queue. Other notifications stay in the
 * queue. `now` is in seconds. Returns the seconds until the arrival; undefined if the notification did not arrive
 * within `waitSeconds`.
 */
export async function sendAndAwait(
    { sns, sqs, now }: { readonly sns: SNSClient; readonly sqs: SQSClient; readonly now: () => number },
    {
        topicArn,
        queueUrl: QueueUrl,
        waitSeconds,
    }: Readonly<Record<"topicArn" | "queueUrl", string>> & { readonly waitSeconds: number },
    notification: { readonly id: string },
    signal: AbortSignal,
): Promise<number | undefined> {
    const begun = now();
    await sns.send(
        new PublishCommand({ TopicArn: topicArn, Subject: "Test notification", Message: JSON.stringify(notification) }),
    );
    const others: string[] = [];
    try {
        for (let left = waitSeconds; left > 0; left = waitSeconds - (now() - begun)) {
            const { Messages = [] } = await sqs.send(
                new ReceiveMessageCommand({
                    QueueUrl,
                    MaxNumberOfMessages: 10,
                    WaitTimeSeconds: Math.min(5, Math.ceil(left)),
                    // Hide the received messages from other consumers of the queue during the whole search.
                    VisibilityTimeout: waitSeconds,
                }),
                { abortSignal: signal },
            );
            for (const { Body = "", ReceiptHandle = "" } of Messages) {
                // A subscription without raw delivery wraps and escapes the notification, but keeps the id.
                if (Body.includes(notification.id)) {
                    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
                    return now() - begun;
                }
                others.push(ReceiptHandle);
            }
        }
        return undefined;
    } finally {
        for (const ReceiptHandle of others) await showAgain(sqs, QueueUrl, ReceiptHandle);
    }
}

async function showAgain(sqs: SQSClient, QueueUrl: string, ReceiptHandle: string): Promise<void> {
    try {
        await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
    } catch (error) {
        // These errors mean that the message is visible again already, or that another consumer deleted it.
        if (!hasName(error, "MessageNotInflight", "ReceiptHandleIsInvalid", "InvalidParameterValue")) throw error;
    }
}
