import * as sqs from "@aws-sdk/client-sqs";
import type * as aws from "@pulumi/aws";
import { createSender } from "../calls.ts";
import { type AnyEntry, tagMap } from "./entry.ts";
import { flagText, inside, json, memberAt, numberText, value } from "./kinds.ts";
import { resource } from "./resource.ts";

const gone = ["QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"];

/**
 * A client that calls SQS at its endpoint, not at the address in a queue's URL: the local AWS may run on another port
 * than at the queue's creation.
 */
export class QueueClient extends sqs.SQSClient {
    constructor(settings: sqs.SQSClientConfig) {
        super({ ...settings, useQueueUrlAsEndpoint: false });
    }
}

/**
 * Returns the plugin's resource types for queues and their policies, with CreateQueue's defaults (API reference). A
 * queue's id is its URL.
 */
export function sqsEntries(client: sqs.SQSClient): Record<string, AnyEntry> {
    const call = createSender(client);
    const fetchAttributes = (key: object) => call(sqs.GetQueueAttributesCommand)({ ...key, AttributeNames: ["All"] });
    return {
        "aws:sqs/queue:Queue": resource<aws.sqs.QueueArgs>({
            replace: { name: memberAt("QueueName") },
            update: inside("Attributes", {
                messageRetentionSeconds: memberAt("MessageRetentionPeriod", numberText, 345_600),
                visibilityTimeoutSeconds: memberAt("VisibilityTimeout", numberText, 30),
                // Encryption is on by default (SQS Developer Guide, "Encryption at rest").
                sqsManagedSseEnabled: memberAt("SqsManagedSseEnabled", flagText, true),
            }),
            outputs: { url: memberAt("QueueUrl"), arn: memberAt("Attributes.QueueArn") },
            gone,
            tags: {
                member: "tags",
                by: "id",
                form: tagMap,
                list: async (QueueUrl) => (await call(sqs.ListQueueTagsCommand)({ QueueUrl })).Tags,
                add: (QueueUrl, Tags) => call(sqs.TagQueueCommand)({ QueueUrl, Tags }),
                remove: (QueueUrl, TagKeys) => call(sqs.UntagQueueCommand)({ QueueUrl, TagKeys }),
            },
            create: async (input) => (await call(sqs.CreateQueueCommand)(input)).QueueUrl,
            key: "QueueUrl",
            get: async (key, url) => ({ ...key, QueueName: url.split("/").at(-1), ...(await fetchAttributes(key)) }),
            put: call(sqs.SetQueueAttributesCommand),
            delete: call(sqs.DeleteQueueCommand),
        }),

        "aws:sqs/queuePolicy:QueuePolicy": resource<aws.sqs.QueuePolicyArgs>({
            replace: { queueUrl: value },
            update: { policy: memberAt("Attributes.Policy", json) },
            gone,
            id: ({ queueUrl }) => queueUrl,
            put: call(sqs.SetQueueAttributesCommand),
            async get(key) {
                const response = await fetchAttributes(key);
                return response.Attributes?.Policy ? response : undefined;
            },
            delete: (key) => call(sqs.SetQueueAttributesCommand)({ ...key, Attributes: { Policy: "" } }),
        }),
    };
}
