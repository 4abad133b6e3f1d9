import {
    type Budget,
    type BudgetsClient,
    CreateBudgetCommand,
    CreateNotificationCommand,
    CreateSubscriberCommand,
    type Notification,
    UpdateBudgetCommand,
} from "@aws-sdk/client-budgets";
import { budgetThresholds } from "../../../cost/enforce-limit.ts";
import { RunbookError } from "../cli/runbook.ts";
import type { BudgetView } from "./budget-view.ts";

/** The budget that --create creates in an account without a stack of this program. */
export interface WantedBudget {
    readonly name: string;
    /** Limit of the budget in US dollars a month. */
    readonly limitUsd: number;
    /** The service's name in Cost Explorer. */
    readonly service: string;
    readonly email: string;
}

type Threshold = (typeof budgetThresholds)[number];

/** One step from the existing to the wanted budget. */
export type BudgetChange =
    | { readonly do: "create" }
    | { readonly do: "update"; readonly budget: Budget; readonly because: readonly string[] }
    | { readonly do: "add notification"; readonly at: Threshold }
    | { readonly do: "add subscriber"; readonly at: Threshold };

/**
 * Returns the changes from the existing to the wanted budget; empty if both are equal. Keeps further notifications and
 * subscribers.
 * @throws RunbookError for a Pulumi stack's budget, or for another budget type
 */
export function changesTo(current: BudgetView | undefined, wanted: WantedBudget): BudgetChange[] {
    if (current === undefined) {
        return [{ do: "create" }];
    }
    if (current.stack !== undefined) {
        throw new RunbookError(
            `Budget ${current.name} belongs to stack ${current.stack}, and the next \`pulumi up\` would reset it. ` +
                `Change its limit there: pulumi config set monthlyLimitUsd ${wanted.limitUsd} --stack ${current.stack} && pulumi up`,
        );
    }
    const { budget } = current;
    if (budget.BudgetType !== "COST" || budget.TimeUnit !== "MONTHLY") {
        throw new RunbookError(
            `Budget ${current.name} is not a monthly cost budget (${budget.BudgetType}, ${budget.TimeUnit}), so it is not changed. Use another name: --budget NAME`,
        );
    }
    const services = budget.CostFilters?.Service ?? [];
    const because = [
        ...(current.limitUsd === wanted.limitUsd ? [] : [`limit $${current.limitUsd} → $${wanted.limitUsd} a month`]),
        ...(services.length === 1 && services[0] === wanted.service
            ? []
            : [`service ${services.join(", ") || "(all)"} → ${wanted.service}`]),
    ];
    return [
        ...(because.length === 0 ? [] : [{ do: "update" as const, budget, because }]),
        ...budgetThresholds.flatMap((at): BudgetChange[] => {
            const there = current.notifications.find(
                ({ type, threshold, isPercent }) => isPercent && type === at.type && threshold === at.percent,
            );
            if (there === undefined) {
                return [{ do: "add notification", at }];
            }
            const isSubscribed = there.subscribers.some(
                ({ kind, address }) => kind === "EMAIL" && address === wanted.email,
            );
            return isSubscribed ? [] : [{ do: "add subscriber", at }];
        }),
    ];
}

/** Describes a planned change. */
export function changeText(change: BudgetChange, { name, limitUsd, service, email }: WantedBudget): string {
    const at = ({ type, percent }: Threshold) => `${percent} % (${type.toLowerCase()})`;
    switch (change.do) {
        case "create":
            return `create budget ${name}: $${limitUsd} a month on ${service}, mail to ${email} at ${budgetThresholds.map(at).join(", ")}`;
        case "update":
            return `update budget ${name}: ${change.because.join("; ")}`;
        case "add notification":
            return `notify ${email} at ${at(change.at)}`;
        case "add subscriber":
            return `notify ${email}, too, at ${at(change.at)}`;
    }
}

/** Applies the changes in order. If one fails, earlier changes stay, and the next run applies the rest. */
export async function makeChanges(
    client: BudgetsClient,
    AccountId: string,
    changes: readonly BudgetChange[],
    { name: BudgetName, limitUsd, service, email }: WantedBudget,
): Promise<void> {
    const BudgetLimit = { Amount: String(limitUsd), Unit: "USD" };
    const CostFilters = { Service: [service] };
    const subscriber = { SubscriptionType: "EMAIL" as const, Address: email };
    const key = { AccountId, BudgetName };
    for (const change of changes) {
        switch (change.do) {
            case "create":
                await client.send(
                    new CreateBudgetCommand({
                        AccountId,
                        Budget: { BudgetName, BudgetType: "COST", TimeUnit: "MONTHLY", BudgetLimit, CostFilters },
                        NotificationsWithSubscribers: budgetThresholds.map((at) => ({
                            Notification: notificationOf(at),
                            Subscribers: [subscriber],
                        })),
                    }),
                );
                break;
            case "update": {
                // UpdateBudget does not accept the members that AWS calculates.
                const { CalculatedSpend, LastUpdatedTime, HealthStatus, CostFilters: others, ...kept } = change.budget;
                const NewBudget = { ...kept, BudgetLimit, CostFilters: { ...others, ...CostFilters } };
                await client.send(new UpdateBudgetCommand({ AccountId, NewBudget }));
                break;
            }
            case "add notification":
                await client.send(
                    new CreateNotificationCommand({
                        ...key,
                        Notification: notificationOf(change.at),
                        Subscribers: [subscriber],
                    }),
                );
                break;
            case "add subscriber":
                await client.send(
                    new CreateSubscriberCommand({
                        ...key,
                        Notification: notificationOf(change.at),
                        Subscriber: subscriber,
                    }),
                );
                break;
        }
    }
}

const notificationOf = ({ type, percent }: Threshold): Notification => ({
    NotificationType: type,
    ComparisonOperator: "GREATER_THAN",
    Threshold: percent,
    ThresholdType: "PERCENTAGE",
});
