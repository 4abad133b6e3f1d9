import * as sns from "@aws-sdk/client-sns";
import type * as aws from "@pulumi/aws";
import { createSender } from "../calls.ts";
import { type AnyEntry, type Properties, tagList } from "./entry.ts";
import { clearsTo, flagText, json, memberAt, value, withDefault } from "./kinds.ts";
import { resource } from "./resource.ts";

const gone = ["NotFoundException", "NotFound", "ResourceNotFoundException"];

/** Returns the plugin's resource types for SNS topics, their policies and their subscriptions. */
export function snsEntries(client: sns.SNSClient): Record<string, AnyEntry> {
    const call = createSender(client);
    async function setEach(attributes: Properties, set: (input: Properties) => Promise<unknown>) {
        for (const [AttributeName, AttributeValue] of Object.entries(attributes)) {
            await set({ AttributeName, AttributeValue });
        }
    }
    const fetchAttributes = async (key: Properties) => (await call(sns.GetTopicAttributesCommand)(key)).Attributes;
    const setPolicy = (TopicArn: unknown, AttributeValue: unknown) =>
        call(sns.SetTopicAttributesCommand)({ TopicArn, AttributeName: "Policy", AttributeValue });
    return {
        "aws:sns/topic:Topic": resource<aws.sns.TopicArgs>({
            replace: { name: value },
            update: { displayName: withDefault(""), kmsMasterKeyId: clearsTo("", value) },
            outputs: (arn) => ({ arn }),
            gone,
            tags: {
                member: "Tags",
                by: "id",
                form: tagList,
                list: async (ResourceArn) => (await call(sns.ListTagsForResourceCommand)({ ResourceArn })).Tags,
                add: (ResourceArn, Tags) => call(sns.TagResourceCommand)({ ResourceArn, Tags }),
                remove: (ResourceArn, TagKeys) => call(sns.UntagResourceCommand)({ ResourceArn, TagKeys }),
            },
            create: async ({ Name, Tags }) => (await call(sns.CreateTopicCommand)({ Name, Tags })).TopicArn,
            settles: true,
            key: "TopicArn",
            get: async (key, arn) => ({ ...(await fetchAttributes(key)), Name: arn.split(":").at(-1) }),
            put: ({ TopicArn, ...attributes }) =>
                setEach(attributes, (one) => call(sns.SetTopicAttributesCommand)({ TopicArn, ...one })),
            delete: call(sns.DeleteTopicCommand),
        }),

        "aws:sns/topicPolicy:TopicPolicy": resource<aws.sns.TopicPolicyArgs>({
            replace: { arn: memberAt("TopicArn") },
            update: { policy: json },
            gone,
            id: ({ arn }) => arn,
            put: ({ TopicArn, Policy }) => setPolicy(TopicArn, Policy),
            async get(key) {
                const attributes = await fetchAttributes(key);
                return attributes?.Policy && !attributes.Policy.includes(`"${defaultSid}"`) ? attributes : undefined;
            },
            // A topic cannot be without a policy, so `delete` restores the default policy of a new topic.
            delete: ({ TopicArn }, arn) => setPolicy(TopicArn, defaultPolicy(arn)),
        }),

        "aws:sns/topicSubscription:TopicSubscription": resource<aws.sns.TopicSubscriptionArgs>({
            replace: { topic: memberAt("TopicArn"), protocol: value, endpoint: value },
            update: { rawMessageDelivery: withDefault(false, flagText) },
            outputs: (arn) => ({ arn }),
            gone,
            async create({ TopicArn, Protocol, Endpoint, ...Attributes }) {
                const wanted = { TopicArn, Protocol, Endpoint, Attributes, ReturnSubscriptionArn: true };
                return (await call(sns.SubscribeCommand)(wanted)).SubscriptionArn;
            },
            // If the subscription exists, Subscribe returns it with its old attributes.
            settles: true,
            key: "SubscriptionArn",
            get: async (key) => (await call(sns.GetSubscriptionAttributesCommand)(key)).Attributes,
            put: ({ SubscriptionArn, ...attributes }) =>
                setEach(attributes, (one) => call(sns.SetSubscriptionAttributesCommand)({ SubscriptionArn, ...one })),
            delete: call(sns.UnsubscribeCommand),
        }),
    };
}

const defaultSid = "__default_statement_ID";

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
