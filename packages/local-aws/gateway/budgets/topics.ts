import { GetTopicAttributesCommand, PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { evaluate, explain, type PolicyDocument, parseArn } from "policy-evaluator";
import { unlessGone } from "../../unless-gone.ts";
import { endpointOf } from "../internal.ts";

/** The principal that publishes for AWS Budgets (Cost Management User Guide, "Creating an Amazon SNS topic"). */
const budgetsService = "budgets.amazonaws.com";

/** Publishes as AWS Budgets. The topic's own policy must allow it, as on AWS. */
export function createTopics({
    miniStackPort,
    accountId,
    partition,
}: {
    miniStackPort: number;
    accountId: string;
    partition: string;
}) {
    const clients = new Map<string, SNSClient>();
    const clientOf = (region: string) => {
        const client = clients.get(region) ?? new SNSClient({ ...endpointOf(miniStackPort), region });
        clients.set(region, client);
        return client;
    };
    return {
        /**
         * The reason if the notification cannot be delivered; undefined after delivery. Throws when SNS does not
         * answer.
         */
        async publish(
            topic: string,
            budget: string,
            notice: { Subject: string; Message: string },
        ): Promise<string | undefined> {
            const client = clientOf(parseArn(topic)?.region ?? "us-east-1");
            const found = await unlessGone(
                client.send(new GetTopicAttributesCommand({ TopicArn: topic })),
                "NotFoundException",
                "NotFound",
            );
            if (!found) return `there is no topic ${topic}`;
            const source = `arn:${partition}:budgets::${accountId}:budget/${budget}`;
            const asked = {
                ...{ caller: { service: budgetsService }, action: "SNS:Publish", resource: topic },
                context: { "aws:SourceAccount": accountId, "aws:SourceArn": source },
            };
            const document = JSON.parse(found.Attributes?.Policy || '{"Statement":[]}') as PolicyDocument;
            const verdict = evaluate(asked, [{ name: "topic policy", document }], "resource");
            if (verdict.decision !== "allowed") return `${budgetsService} may not: ${explain(asked, verdict)}`;
            await client.send(new PublishCommand({ TopicArn: topic, ...notice }));
            return undefined;
        },
        destroy(): void {
            for (const client of clients.values()) client.destroy();
        },
    };
}
