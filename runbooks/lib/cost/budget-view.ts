import {
    type BudgetsClient,
    CreateBudgetCommand,
    DescribeBudgetCommand,
    ListTagsForResourceCommand,
    paginateDescribeNotificationsForBudget,
    paginateDescribeSubscribersForNotification,
} from "@aws-sdk/client-budgets";
import { hasName, shell } from "terminal-text";
import { budgetThresholds } from "../../../core/cost/enforce-limit.ts";
import { RunbookError } from "../cli/runbook.ts";
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

/** The budget that --create creates in an account without a stack of this program. */
export interface WantedBudget {
    readonly name: string;
    /** Limit of the budget in US dollars a month. */
    readonly limitUsd: number;
    /** The service's name in Cost Explorer. */
    readonly service: string;
    readonly email: string;
}

/** Describes the budget with its thresholds. */
export function wantedText({ name, limitUsd, service, email }: WantedBudget): string {
    const thresholds = budgetThresholds.map(({ type, percent }) => `${percent} % (${type.toLowerCase()})`).join(", ");
    return `create budget ${name}: $${limitUsd} a month on ${service}, mail to ${email} at ${thresholds}`;
}

/**
 * Creates the budget.
 * @throws RunbookError if the account has a budget of this name, which stays unchanged
 */
export async function createBudget(client: BudgetsClient, AccountId: string, wanted: WantedBudget): Promise<void> {
    const { name, limitUsd, service, email } = wanted;
    const command = new CreateBudgetCommand({
        AccountId,
        Budget: {
            BudgetName: name,
            BudgetType: "COST",
            TimeUnit: "MONTHLY",
            BudgetLimit: { Amount: String(limitUsd), Unit: "USD" },
            CostFilters: { Service: [service] },
        },
        NotificationsWithSubscribers: budgetThresholds.map(({ type, percent }) => ({
            Notification: {
                NotificationType: type,
                ComparisonOperator: "GREATER_THAN",
                Threshold: percent,
                ThresholdType: "PERCENTAGE",
            },
            Subscribers: [{ SubscriptionType: "EMAIL", Address: email }],
        })),
    });
    await client.send(command).catch((error) => {
        if (!hasName(error, "DuplicateRecordException")) throw error;
        throw new RunbookError(
            `Budget ${name} exists, and is not changed. Show it with: npm run budget-alarms -- --budget ${shell(name)}\n` +
                `Create another one with --budget NAME, or first delete this one: aws budgets delete-budget --account-id ${AccountId} --budget-name ${shell(name)}`,
        );
    });
}
