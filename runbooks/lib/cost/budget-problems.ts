import { approximately } from "../../../config/prices.ts";
import type { BudgetView } from "./budget-view.ts";
import type { AlarmView, Subscription } from "./told.ts";

/** Budget, alarms and whom they tell, as far as each is there. */
export interface Watch {
    readonly budget: BudgetView | undefined;
    /** Undefined where there is no topic. */
    readonly subscriptions: readonly Subscription[] | undefined;
    readonly alarms: readonly AlarmView[];
}

/** What a person should do something about, each with what to do; `topicArn` is that of a stack's notices. */
export function problemsOf({ budget, subscriptions, alarms }: Watch, topicArn: string | undefined): string[] {
    const fired = budget?.notifications.filter(({ state }) => state === "ALARM") ?? [];
    return [
        ...(budget === undefined ? ["There is no budget. Make it by: pulumi up"] : []),
        ...fired.map(({ type, threshold, isPercent }) => {
            const limit = isPercent ? `${threshold} % of ${approximately(budget?.limitUsd ?? 0)}` : `$${threshold}`;
            return `${type === "ACTUAL" ? "What was spent" : "The forecast"} is above ${limit}. See what for: npm run cost-report; stop the campaign: npm run park`;
        }),
        ...(subscriptions === undefined && topicArn !== undefined
            ? [`The topic ${topicArn} is gone. Make it again by: pulumi refresh && pulumi up`]
            : []),
        ...(subscriptions ?? [])
            .filter(({ confirmed }) => !confirmed)
            .map(
                ({ protocol, endpoint }) =>
                    `${endpoint} has not confirmed, and gets nothing. Follow the link in the mail "AWS Notification - Subscription Confirmation"; ` +
                    `send it again: aws sns subscribe --topic-arn ${topicArn} --protocol ${protocol} --notification-endpoint ${endpoint}`,
            ),
        ...alarms
            .filter(({ state }) => state === "ALARM")
            .map(
                ({ name, reason, page }) =>
                    `Alarm ${name}: ${reason}${page === null ? "" : ` What to do is in ${page}`}`,
            ),
    ];
}
