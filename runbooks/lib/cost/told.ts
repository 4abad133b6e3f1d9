import { type CloudWatchClient, paginateDescribeAlarms } from "@aws-sdk/client-cloudwatch";
import { paginateListSubscriptionsByTopic, type SNSClient } from "@aws-sdk/client-sns";
import { hasName } from "../../../personalize/errors.ts";

/** Who gets what is published to a topic. */
export interface Subscription {
    /** `sqs`, `email`, `lambda`, … */
    readonly protocol: string;
    readonly endpoint: string;
    /** Mail counts only when its reader has followed the link in the first one. */
    readonly confirmed: boolean;
}

/** The subscriptions of a topic; undefined where there is no such topic. */
export async function subscriptionsOf(client: SNSClient, TopicArn: string): Promise<Subscription[] | undefined> {
    const found: Subscription[] = [];
    try {
        for await (const { Subscriptions = [] } of paginateListSubscriptionsByTopic({ client }, { TopicArn })) {
            found.push(
                ...Subscriptions.map(({ Protocol = "", Endpoint = "", SubscriptionArn = "" }) => ({
                    ...{ protocol: Protocol, endpoint: Endpoint },
                    // SNS API Reference, ListSubscriptionsByTopic: an ARN only once it is confirmed.
                    confirmed: SubscriptionArn.startsWith("arn:"),
                })),
            );
        }
    } catch (error) {
        if (hasName(error, "NotFoundException", "NotFound")) {
            return undefined;
        }
        throw error;
    }
    return found;
}

export interface AlarmView {
    readonly name: string;
    /** `OK`, `ALARM` or `INSUFFICIENT_DATA`. */
    readonly state: string;
    /** ISO 8601; null where CloudWatch does not say. */
    readonly since: string | null;
    readonly reason: string;
    /** The page that says what to do, as the alarm's description names it; null where it names none. */
    readonly page: string | null;
}

/** The alarms whose names begin so, those that are in alarm first. */
export async function alarmsOf(client: CloudWatchClient, AlarmNamePrefix: string): Promise<AlarmView[]> {
    const found: AlarmView[] = [];
    for await (const { MetricAlarms = [], CompositeAlarms = [] } of paginateDescribeAlarms(
        { client },
        { AlarmNamePrefix, AlarmTypes: ["MetricAlarm", "CompositeAlarm"] },
    )) {
        for (const { AlarmName = "", StateValue = "", StateReason = "", AlarmDescription = "", ...alarm } of [
            ...MetricAlarms,
            ...CompositeAlarms,
        ]) {
            const since = alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp;
            found.push({
                ...{ name: AlarmName, state: StateValue, since: since?.toISOString() ?? null, reason: StateReason },
                page: /docs\/[\w./-]+\.md/.exec(AlarmDescription)?.[0] ?? null,
            });
        }
    }
    const rank = ({ state }: AlarmView) => (state === "ALARM" ? 0 : 1);
    return found.sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
}
