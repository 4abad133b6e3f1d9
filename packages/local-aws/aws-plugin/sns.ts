import {
    CreateTopicCommand,
    DeleteTopicCommand,
    GetSubscriptionAttributesCommand,
    GetTopicAttributesCommand,
    ListTagsForResourceCommand,
    SetSubscriptionAttributesCommand,
    SetTopicAttributesCommand,
    type SNSClient,
    SubscribeCommand,
    TagResourceCommand,
    UnsubscribeCommand,
    UntagResourceCommand,
} from "@aws-sdk/client-sns";
import type * as aws from "@pulumi/aws";
import { unlessGone } from "../unless-gone.ts";
import {
    type AnyEntry,
    entry,
    goneKeys,
    named,
    type Properties,
    plainTags,
    type Resolved,
    sameJson,
    tagList,
    withoutDefaults,
} from "./entry.ts";

const gone = ["NotFoundException", "NotFound", "ResourceNotFoundException"] as const;

/** Topics, their policies and their subscriptions. */
export function snsEntries(sns: SNSClient): Record<string, AnyEntry> {
    const setTopic = (TopicArn: string, AttributeName: string, AttributeValue: string) =>
        sns.send(new SetTopicAttributesCommand({ TopicArn, AttributeName, AttributeValue }));
    const tagsOf = async (ResourceArn: string) =>
        plainTags((await sns.send(new ListTagsForResourceCommand({ ResourceArn }))).Tags);
    return {
        "aws:sns/topic:Topic": entry<aws.sns.TopicArgs>({
            properties: { name: "replace", displayName: "update", kmsMasterKeyId: "update", tags: "update" },
            async create(args) {
                const Name = named(args.name, "name");
                const command = new CreateTopicCommand({ Name, Tags: tagList(args.tags) });
                const { TopicArn: arn = "" } = await sns.send(command);
                await this.update(arn, args, args);
                return arn;
            },
            computed: async (arn) => ({ arn }),
            async read(TopicArn, state) {
                const found = await unlessGone(sns.send(new GetTopicAttributesCommand({ TopicArn })), ...gone);
                const { DisplayName, KmsMasterKeyId } = found?.Attributes ?? {};
                return (
                    found && {
                        name: TopicArn.split(":").at(-1),
                        ...withoutDefaults(
                            { displayName: DisplayName, kmsMasterKeyId: KmsMasterKeyId, tags: await tagsOf(TopicArn) },
                            state as Properties,
                            { displayName: "", kmsMasterKeyId: "", tags: {} },
                        ),
                    }
                );
            },
            async update(arn, args, olds) {
                await setTopic(arn, "DisplayName", args.displayName ?? "");
                if (args.kmsMasterKeyId || olds.kmsMasterKeyId) {
                    await setTopic(arn, "KmsMasterKeyId", args.kmsMasterKeyId ?? "");
                }
                const TagKeys = goneKeys(olds.tags, args.tags);
                if (TagKeys.length > 0) {
                    await sns.send(new UntagResourceCommand({ ResourceArn: arn, TagKeys }));
                }
                await sns.send(new TagResourceCommand({ ResourceArn: arn, Tags: tagList(args.tags) }));
            },
            async delete(TopicArn) {
                await unlessGone(sns.send(new DeleteTopicCommand({ TopicArn })), ...gone);
            },
        }),

        "aws:sns/topicPolicy:TopicPolicy": entry<aws.sns.TopicPolicyArgs>({
            properties: { arn: "replace", policy: "update" },
            async create(args) {
                await this.update(args.arn, args, args);
                return args.arn;
            },
            async read(TopicArn, { policy }) {
                const found = await unlessGone(sns.send(new GetTopicAttributesCommand({ TopicArn })), ...gone);
                const there = found?.Attributes?.Policy;
                return there && !isDefault(there) ? { policy: sameJson(policy, there) } : undefined;
            },
            async update(arn, { policy }) {
                await setTopic(arn, "Policy", policy as string);
            },
            // A topic always has a policy: without one of its own, the default policy of a new topic.
            async delete(arn) {
                await unlessGone(setTopic(arn, "Policy", defaultPolicy(arn)), ...gone);
            },
        }),

        "aws:sns/topicSubscription:TopicSubscription": entry<aws.sns.TopicSubscriptionArgs>({
            properties: {
                topic: "replace",
                protocol: "replace",
                endpoint: "replace",
                rawMessageDelivery: "update",
                filterPolicy: "update",
                redrivePolicy: "update",
            },
            async create(args) {
                const { SubscriptionArn: arn = "" } = await sns.send(
                    new SubscribeCommand({
                        TopicArn: args.topic as string,
                        Protocol: args.protocol,
                        Endpoint: args.endpoint,
                        ReturnSubscriptionArn: true,
                        Attributes: given(args),
                    }),
                );
                // A second subscription returns the first one, with its attributes.
                await this.update(arn, args, args);
                return arn;
            },
            computed: async (arn) => ({ arn, pendingConfirmation: false }),
            async read(SubscriptionArn, state) {
                const command = new GetSubscriptionAttributesCommand({ SubscriptionArn });
                const has = (await unlessGone(sns.send(command), ...gone))?.Attributes;
                return (
                    has &&
                    withoutDefaults(
                        {
                            topic: has.TopicArn,
                            protocol: has.Protocol,
                            endpoint: has.Endpoint,
                            rawMessageDelivery: has.RawMessageDelivery === "true",
                            filterPolicy: sameJson(state.filterPolicy, has.FilterPolicy || undefined),
                            redrivePolicy: sameJson(state.redrivePolicy, has.RedrivePolicy || undefined),
                        },
                        state as Properties,
                        { rawMessageDelivery: false, filterPolicy: "{}" },
                    )
                );
            },
            async update(SubscriptionArn, args, olds) {
                const wanted = { ...cleared(given(olds)), RawMessageDelivery: "false", ...given(args) };
                for (const [AttributeName, AttributeValue] of Object.entries(wanted)) {
                    const command = { SubscriptionArn, AttributeName, AttributeValue };
                    await sns.send(new SetSubscriptionAttributesCommand(command));
                }
            },
            async delete(SubscriptionArn) {
                await unlessGone(sns.send(new UnsubscribeCommand({ SubscriptionArn })), ...gone);
            },
        }),
    };
}

type Subscription = Resolved<aws.sns.TopicSubscriptionArgs>;

const given = (args: Subscription): Record<string, string> => ({
    ...(args.rawMessageDelivery !== undefined && { RawMessageDelivery: String(args.rawMessageDelivery) }),
    ...(args.filterPolicy !== undefined && { FilterPolicy: args.filterPolicy }),
    ...(args.redrivePolicy !== undefined && { RedrivePolicy: args.redrivePolicy }),
});

/** The value that removes each attribute. */
const cleared = (attributes: Record<string, string>) =>
    Object.fromEntries(Object.keys(attributes).map((name) => [name, name === "FilterPolicy" ? "{}" : ""]));

const defaultSid = "__default_statement_ID";
const isDefault = (policy: string) => policy.includes(`"${defaultSid}"`);

const defaultPolicy = (arn: string) =>
    JSON.stringify({
        Version: "2008-10-17",
        Id: "__default_policy_ID",
        Statement: [
            {
                Sid: defaultSid,
                Effect: "Allow",
                Principal: { AWS: "*" },
                Action: ["SNS:Publish", "SNS:Subscribe", "SNS:Receive"],
                Resource: arn,
                Condition: { StringEquals: { "AWS:SourceOwner": arn.split(":")[4] } },
            },
        ],
    });
