import {
    CreateQueueCommand,
    DeleteQueueCommand,
    GetQueueAttributesCommand,
    ListQueueTagsCommand,
    type QueueAttributeName,
    SetQueueAttributesCommand,
    type SQSClient,
    TagQueueCommand,
    UntagQueueCommand,
} from "@aws-sdk/client-sqs";
import type * as aws from "@pulumi/aws";
import { unlessGone } from "../unless-gone.ts";
import {
    type AnyEntry,
    entry,
    goneKeys,
    named,
    type Properties,
    type Resolved,
    sameJson,
    tagMap,
    withoutDefaults,
} from "./entry.ts";

const gone = ["QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"] as const;

/** Queues and their policies. A queue's id is its URL. */
export function sqsEntries(sqs: SQSClient): Record<string, AnyEntry> {
    const set = (QueueUrl: string, Attributes: Record<string, string>) =>
        sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }));
    async function attributesOf(QueueUrl: string, ...AttributeNames: QueueAttributeName[]) {
        const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames });
        const found = await unlessGone(sqs.send(command), ...gone);
        return found && (found.Attributes ?? {});
    }
    const tagsOf = async (QueueUrl: string) => (await sqs.send(new ListQueueTagsCommand({ QueueUrl }))).Tags ?? {};
    return {
        "aws:sqs/queue:Queue": entry<aws.sqs.QueueArgs>({
            properties: {
                name: "replace",
                messageRetentionSeconds: "update",
                visibilityTimeoutSeconds: "update",
                sqsManagedSseEnabled: "update",
                redrivePolicy: "update",
                tags: "update",
            },
            async create(args) {
                const QueueName = named(args.name, "name");
                const command = new CreateQueueCommand({
                    QueueName,
                    Attributes: attributes(args),
                    tags: tagMap(args.tags),
                });
                return (await sqs.send(command)).QueueUrl ?? "";
            },
            computed: async (url) => ({ url, arn: (await attributesOf(url, "QueueArn"))?.QueueArn }),
            async read(QueueUrl, state) {
                const has = await attributesOf(QueueUrl, "All");
                return (
                    has &&
                    withoutDefaults(
                        {
                            name: QueueUrl.split("/").at(-1),
                            messageRetentionSeconds: Number(has.MessageRetentionPeriod),
                            visibilityTimeoutSeconds: Number(has.VisibilityTimeout),
                            // Encryption is on by default (SQS Developer Guide, "Encryption at rest").
                            sqsManagedSseEnabled: (has.SqsManagedSseEnabled ?? "true") === "true",
                            redrivePolicy: sameJson(state.redrivePolicy, has.RedrivePolicy || undefined),
                            tags: await tagsOf(QueueUrl),
                        },
                        state as Properties,
                        { ...defaults, tags: {} },
                    )
                );
            },
            async update(QueueUrl, args, olds) {
                const withdrawn = olds.redrivePolicy && !args.redrivePolicy && { RedrivePolicy: "" };
                await set(QueueUrl, { ...attributes({ ...defaults, ...args }), ...withdrawn });
                const TagKeys = goneKeys(olds.tags, args.tags);
                if (TagKeys.length > 0) {
                    await sqs.send(new UntagQueueCommand({ QueueUrl, TagKeys }));
                }
                await sqs.send(new TagQueueCommand({ QueueUrl, Tags: tagMap(args.tags) }));
            },
            async delete(QueueUrl) {
                await unlessGone(sqs.send(new DeleteQueueCommand({ QueueUrl })), ...gone);
            },
        }),

        "aws:sqs/queuePolicy:QueuePolicy": entry<aws.sqs.QueuePolicyArgs>({
            properties: { queueUrl: "replace", policy: "update" },
            async create(args) {
                await this.update(args.queueUrl, args, args);
                return args.queueUrl;
            },
            async read(QueueUrl, { policy }) {
                const there = (await attributesOf(QueueUrl, "Policy"))?.Policy;
                return there ? { policy: sameJson(policy, there) } : undefined;
            },
            async update(QueueUrl, { policy }) {
                await set(QueueUrl, { Policy: policy as string });
            },
            async delete(QueueUrl) {
                await unlessGone(set(QueueUrl, { Policy: "" }), ...gone);
            },
        }),
    };
}

/** SQS's defaults (API reference of CreateQueue). */
const defaults = { messageRetentionSeconds: 345_600, visibilityTimeoutSeconds: 30, sqsManagedSseEnabled: true };

function attributes(args: Partial<Resolved<aws.sqs.QueueArgs>>): Record<string, string> {
    const wanted = {
        MessageRetentionPeriod: args.messageRetentionSeconds,
        VisibilityTimeout: args.visibilityTimeoutSeconds,
        SqsManagedSseEnabled: args.sqsManagedSseEnabled,
        RedrivePolicy: args.redrivePolicy,
    };
    return Object.fromEntries(
        Object.entries(wanted).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
    );
}
