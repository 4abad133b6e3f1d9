import {
    type BudgetsClient,
    DescribeBudgetCommand,
    ListTagsForResourceCommand,
    paginateDescribeNotificationsForBudget,
    paginateDescribeSubscribersForNotification,
} from "@aws-sdk/client-budgets";
import { hasName } from "terminal-text";
import { type Identity, readPages } from "../stack/stack.ts";

/** A budget with its notifications and subscribers. */
export interface BudgetView {
    readonly name: string;
    /** Limit of the budget in US dollars, for each time unit of the budget. */
    readonly limitUsd: number;
    /**
     * Spend in the budget's current period in US dollars, according to AWS's data, which is 8 to 12 hours old.
     * Undefined while AWS has no data.
     */
    readonly spentUsd: number | undefined;
    readonly forecastUsd: number | undefined;
    /** The Pulumi stack in the budget's tags; undefined without the tag. */
    readonly stack: string | undefined;
    readonly notifications: readonly NotificationView[];
}

interface NotificationView {
    readonly type: "ACTUAL" | "FORECASTED";
    readonly threshold: number;
    readonly isPercent: boolean;
    /** State of the notification: `ALARM` if the spend is above the threshold and the subscribers were notified. */
    readonly state: string;
    readonly subscribers: readonly { readonly kind: string; readonly address: string }[];
}

/** Reads a budget; undefined if it does not exist. */
export async function readBudget(
    client: BudgetsClient,
    { accountId: AccountId, partition }: Pick<Identity, "accountId" | "partition">,
    BudgetName: string,
): Promise<BudgetView | undefined> {
    const key = { AccountId, BudgetName };
    const answer = await client.send(new DescribeBudgetCommand(key)).catch((error) => {
        if (hasName(error, "NotFoundException")) return undefined;
        throw error;
    });
    if (answer?.Budget === undefined) return undefined;
    const { Budget: budget } = answer;
    const ResourceARN = `arn:${partition}:budgets::${AccountId}:budget/${BudgetName}`;
    const { ResourceTags = [] } = await client.send(new ListTagsForResourceCommand({ ResourceARN }));
    const notifications: NotificationView[] = [];
    const pages = paginateDescribeNotificationsForBudget({ client }, key);
    for (const Notification of await readPages(pages, (page) => page.Notifications)) {
        const subscribers = await readPages(
            paginateDescribeSubscribersForNotification({ client }, { ...key, Notification }),
            (page) => page.Subscribers,
        );
        notifications.push({
            type: Notification.NotificationType === "FORECASTED" ? "FORECASTED" : "ACTUAL",
            threshold: Notification.Threshold ?? 0,
            isPercent: (Notification.ThresholdType ?? "PERCENTAGE") === "PERCENTAGE",
            state: Notification.NotificationState ?? "OK",
            subscribers: subscribers.map(({ SubscriptionType: kind = "", Address: address = "" }) => ({
                kind,
                address,
            })),
        });
    }
    const { ActualSpend, ForecastedSpend } = budget.CalculatedSpend ?? {};
    const amount = (spend: { Amount?: string | undefined } | undefined) =>
        spend?.Amount === undefined ? undefined : Number(spend.Amount);
    return {
        name: BudgetName,
        limitUsd: Number(budget.BudgetLimit?.Amount ?? 0),
        spentUsd: amount(ActualSpend),
        forecastUsd: amount(ForecastedSpend),
        stack: ResourceTags.find(({ Key }) => Key === "pulumi:stack")?.Value,
        notifications: notifications.sort((a, b) => a.type.localeCompare(b.type) || a.threshold - b.threshold),
    };
}
