import { type PolicyDocument, regionalArn } from "policy-evaluator";
import type { ServiceCaller } from "./import-access.ts";
import { onlyFrom } from "./service-trust.ts";

/** Names of the publishers, the topic and the queue. */
export interface NotificationsScope extends ServiceCaller {
    readonly names: { readonly notifications: string; readonly alarmPrefix: string; readonly budget: string };
    /** IDs of the stack's alarms, the ends of their names. A pattern would also match other stacks' alarms. */
    readonly alarmIds: readonly string[];
}

/**
 * Returns the policy of the notifications' topic: AWS Budgets and CloudWatch alarms of this stack may publish (Cost
 * Management User Guide, "Creating an Amazon SNS topic for budget notifications"; CloudWatch User Guide, "Notifying
 * users on alarm changes"). Other publishers need their own identity policy.
 */
export function topicPolicy(scope: NotificationsScope): PolicyDocument {
    const { partition, accountId, names, alarmIds } = scope;
    const publish = (Sid: string, Service: string, source: string | readonly string[]) =>
        ({
            Sid,
            Effect: "Allow",
            Principal: { Service },
            Action: "sns:Publish",
            Resource: regionalArn(scope, "sns", names.notifications),
            Condition: onlyFrom(accountId, source),
        }) as const;
    return {
        Version: "2012-10-17",
        Statement: [
            // The policy in the AWS Budgets user guide allows all budgets of the account, and no condition for one
            // budget is documented.
            publish("BudgetsPublish", "budgets.amazonaws.com", `arn:${partition}:budgets::${accountId}:*`),
            publish(
                "AllowAlarms",
                "cloudwatch.amazonaws.com",
                alarmIds.map((id) => regionalArn(scope, "cloudwatch", `alarm:${names.alarmPrefix}-${id}`)),
            ),
        ],
    };
}

/** Returns the policy of the notifications' queue: only the topic may send. */
export function notificationsQueuePolicy(scope: Omit<NotificationsScope, "alarmIds">): PolicyDocument {
    return {
        Version: "2012-10-17",
        Statement: [
            {
                Sid: "AllowTopic",
                Effect: "Allow",
                Principal: { Service: "sns.amazonaws.com" },
                Action: "sqs:SendMessage",
                Resource: regionalArn(scope, "sqs", scope.names.notifications),
                Condition: { ArnEquals: { "aws:SourceArn": regionalArn(scope, "sns", scope.names.notifications) } },
            },
        ],
    };
}
