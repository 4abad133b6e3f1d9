import {
    type Budget,
    type BudgetsClient,
    DescribeBudgetCommand,
    ListTagsForResourceCommand,
    paginateDescribeNotificationsForBudget,
    paginateDescribeSubscribersForNotification,
} from "@aws-sdk/client-budgets";
import { hasName } from "../../../personalize/errors.ts";

/** A budget as it stands, and who is told of it. */
export interface BudgetView {
    readonly name: string;
    /** US dollars for its time unit. */
    readonly limitUsd: number;
    /** US dollars of the current period, by AWS's own data, which is 8 to 12 hours old; undefined while AWS has none. */
    readonly spentUsd: number | undefined;
    readonly forecastUsd: number | undefined;
    /** The Pulumi stack that has it, by its tags; undefined where none says so. */
    readonly stack: string | undefined;
    readonly notifications: readonly NotificationView[];
    /** As the service describes it. */
    readonly budget: Budget;
}

export interface NotificationView {
    readonly type: "ACTUAL" | "FORECASTED";
    readonly threshold: number;
    readonly isPercent: boolean;
    /** `ALARM`: it is above its threshold, and its subscribers were told. */
    readonly state: string;
    readonly subscribers: readonly { readonly kind: string; readonly address: string }[];
}

/** Where an account is: what the ARN of a budget is made of. */
export interface BudgetPlace {
    readonly accountId: string;
    readonly partition: string;
}

/** Reads a budget; undefined where there is none of that name. */
export async function readBudget(
    client: BudgetsClient,
    { accountId: AccountId, partition }: BudgetPlace,
    BudgetName: string,
): Promise<BudgetView | undefined> {
    const asked = { AccountId, BudgetName };
    const found = await client.send(new DescribeBudgetCommand(asked)).catch((error) => {
        if (hasName(error, "NotFoundException")) {
            return undefined;
        }
        throw error;
    });
    if (found?.Budget === undefined) {
        return undefined;
    }
    const { Budget: budget } = found;
    const ResourceARN = `arn:${partition}:budgets::${AccountId}:budget/${BudgetName}`;
    const { ResourceTags = [] } = await client.send(new ListTagsForResourceCommand({ ResourceARN }));
    const notifications: NotificationView[] = [];
    for await (const page of paginateDescribeNotificationsForBudget({ client }, asked)) {
        for (const Notification of page.Notifications ?? []) {
            const subscribers: { kind: string; address: string }[] = [];
            for await (const { Subscribers = [] } of paginateDescribeSubscribersForNotification(
                { client },
                { ...asked, Notification },
            )) {
                subscribers.push(
                    ...Subscribers.map(({ SubscriptionType = "", Address = "" }) => ({
                        kind: SubscriptionType,
                        address: Address,
                    })),
                );
            }
            notifications.push({
                type: Notification.NotificationType === "FORECASTED" ? "FORECASTED" : "ACTUAL",
                threshold: Notification.Threshold ?? 0,
                isPercent: (Notification.ThresholdType ?? "PERCENTAGE") === "PERCENTAGE",
                state: Notification.NotificationState ?? "OK",
                subscribers,
            });
        }
    }
    const { ActualSpend, ForecastedSpend } = budget.CalculatedSpend ?? {};
    const amount = (spend: { Amount?: string | undefined } | undefined) =>
        spend?.Amount === undefined ? undefined : Number(spend.Amount);
    return {
        ...{ name: BudgetName, budget, limitUsd: Number(budget.BudgetLimit?.Amount ?? 0) },
        ...{ spentUsd: amount(ActualSpend), forecastUsd: amount(ForecastedSpend) },
        stack: ResourceTags.find(({ Key }) => Key === "pulumi:stack")?.Value,
        notifications: notifications.sort((a, b) => a.type.localeCompare(b.type) || a.threshold - b.threshold),
    };
}
