import { PublishCommand, type SNSClient } from "@aws-sdk/client-sns";
import {
    ChangeMessageVisibilityCommand,
    DeleteMessageCommand,
    ReceiveMessageCommand,
    type SQSClient,
} from "@aws-sdk/client-sqs";
import { hasName } from "../../../personalize/errors.ts";

/** A test notification, in the format of all notifications. */
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
 * Publishes a notification, waits until it is in the queue, and deletes it there; other notifications stay.
 *
 * `now` is in seconds. Returns the seconds until arrival; undefined if it did not arrive within `waitSeconds`.
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
                    // Hides notifications for other readers while this one is searched.
                    VisibilityTimeout: waitSeconds,
                }),
                { abortSignal: signal },
            );
            for (const { Body = "", ReceiptHandle = "" } of Messages) {
                // Found also where the subscription wraps and escapes it.
                if (Body.includes(notification.id)) {
                    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
                    return now() - begun;
                }
                others.push(ReceiptHandle);
            }
        }
        return undefined;
    } finally {
        for (const ReceiptHandle of others) {
            await showAgain(sqs, QueueUrl, ReceiptHandle);
        }
    }
}

async function showAgain(sqs: SQSClient, QueueUrl: string, ReceiptHandle: string): Promise<void> {
    try {
        await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
    } catch (error) {
        // It became visible again in the meantime, or its reader took it.
        if (!hasName(error, "MessageNotInflight", "ReceiptHandleIsInvalid", "InvalidParameterValue")) {
            throw error;
        }
    }
}
