import { type BudgetsClient, CreateBudgetCommand } from "@aws-sdk/client-budgets";
import { hasName } from "pulumi-personalize/errors";
import { budgetThresholds } from "../../../cost/enforce-limit.ts";
import { RunbookError } from "../cli/runbook.ts";

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
            `Budget ${name} exists, and is not changed. Show it with: npm run budget-alarms -- --budget ${name}\n` +
                `Create another one with --budget NAME, or first delete this one: aws budgets delete-budget --account-id ${AccountId} --budget-name ${name}`,
        );
    });
}
