import type { Budget, Notification } from "@aws-sdk/client-budgets";
import type { Bill } from "../metering/bill.ts";
import { billedService, type CostRecord } from "../metering/cost.ts";
import { monthSpend, type Spend } from "../metering/spend.ts";

/** Which cost records count for a budget, or the reason why the local AWS does not evaluate the budget. */
type Scope = { readonly holds: (record: CostRecord) => boolean } | { readonly because: string };

/** Returns which cost records of a month count for a budget: those that match a value of each of its filters. */
export function determineScope({ BudgetType, TimeUnit, CostFilters = {}, FilterExpression }: Budget): Scope {
    if (BudgetType !== "COST" || TimeUnit !== "MONTHLY") {
        return { because: "the local AWS evaluates only budgets of type COST with the time unit MONTHLY" };
    }
    if (FilterExpression) return { because: "the local AWS evaluates CostFilters, but no FilterExpression" };
    const unknown = Object.keys(CostFilters).find((key) => !Object.hasOwn(filters, key));
    if (unknown !== undefined) {
        return {
            because: `the local AWS evaluates the cost filters ${Object.keys(filters).join(", ")}, but not ${unknown}`,
        };
    }
    const holds = (record: CostRecord) =>
        Object.entries(CostFilters).every(([key, values]) => values.some((value) => filters[key]?.(record, value)));
    return { holds };
}

const filters: Readonly<Record<string, (record: CostRecord, value: string) => boolean>> = {
    Service: (_, value) => value === billedService,
    TagKeyValue({ tags }, value) {
        const at = value.indexOf("$");
        return tags[value.slice(0, at).replace(/^user:/, "")] === value.slice(at + 1);
    },
};

/** An exceeded threshold, in US dollars. */
interface Exceeded {
    readonly type: "ACTUAL" | "FORECASTED";
    readonly threshold: number;
    readonly spent: number;
    readonly limit: number;
}

/**
 * Returns the threshold of a notification if the spend exceeds it. Returns undefined for other comparison operators
 * than GREATER_THAN.
 */
export function exceeded(budget: Budget, notification: Notification, spend: Spend): Exceeded | undefined {
    const limit = Number(budget.BudgetLimit?.Amount);
    const { NotificationType, ComparisonOperator, Threshold = 0, ThresholdType = "PERCENTAGE" } = notification;
    if (ComparisonOperator !== "GREATER_THAN" || !(limit > 0)) return undefined;
    const threshold = ThresholdType === "PERCENTAGE" ? (limit * Threshold) / 100 : Threshold;
    const type = NotificationType === "FORECASTED" ? "FORECASTED" : "ACTUAL";
    const spent = type === "ACTUAL" ? spend.actual : spend.forecast;
    return spent > threshold ? { type, threshold, spent, limit } : undefined;
}

/**
 * Returns the key of a notification in a period. The key contains the limit, so a budget notifies again after its limit
 * is changed.
 */
export function notificationKey(
    budget: Budget,
    { NotificationType, Threshold, ThresholdType = "PERCENTAGE" }: Notification,
): string {
    return [NotificationType, Threshold, ThresholdType, Number(budget.BudgetLimit?.Amount)].join(" ");
}

const longestSubject = 100;
const dollars = (amount: number) => `$${amount.toFixed(2)}`;

/** Returns subject and text of a notification, in the wording of AWS Budgets. `now` is in epoch milliseconds. */
export function notificationText(
    name: string,
    { type, threshold, spent, limit }: Exceeded,
    { accountId, now }: { accountId: string; now: number },
): { Subject: string; Message: string } {
    const date = new Date(now).toLocaleDateString("en-US", { dateStyle: "long", timeZone: "UTC" });
    const verb = type === "ACTUAL" ? "is" : "is forecasted to be";
    return {
        Subject: `AWS Budgets: ${name} has exceeded your alert threshold`.slice(0, longestSubject),
        Message: [
            `AWS Budget Notification ${date}`,
            `AWS Account ${accountId}`,
            "",
            "Dear AWS Customer,",
            "",
            `You requested that we alert you when the ${type} Cost associated with your ${name} budget ${verb} greater than ${dollars(threshold)} for the current month. The ${type} Cost associated with this budget is ${dollars(spent)}. You can find additional details below and by accessing the AWS Budgets dashboard [1].`,
            "",
            `Budget Name: ${name}`,
            "Budget Type: Cost",
            `Budgeted Amount: ${dollars(limit)}`,
            `Alert Type: ${type}`,
            `Alert Threshold: > ${dollars(threshold)}`,
            `${type} Amount: ${dollars(spent)}`,
            "",
            "[1] https://console.aws.amazon.com/billing/home#/budgets",
            "",
        ].join("\n"),
    };
}

const target = /^AWSBudgetServiceGateway\.DescribeBudgets?$/;

/** Checks whether the response to a call contains the spend of budgets. */
export const showsSpend = (amzTarget: string | undefined) => amzTarget !== undefined && target.test(amzTarget);

/**
 * Adds the metered usage as CalculatedSpend to a response of DescribeBudget or DescribeBudgets: MiniStack always
 * returns 0.
 */
export function withSpend(bill: Pick<Bill, "usage" | "now">, answer: Buffer): Buffer {
    const { Budget, Budgets, ...rest } = JSON.parse(answer.toString("utf8")) as {
        Budget?: Budget;
        Budgets?: Budget[];
    };
    const spent = (budget: Budget): Budget => {
        const scope = determineScope(budget);
        if ("because" in scope) return budget;
        const { actual, forecast } = monthSpend(bill, scope.holds);
        const usd = (amount: number) => ({ Amount: amount.toFixed(3), Unit: "USD" });
        return { ...budget, CalculatedSpend: { ActualSpend: usd(actual), ForecastedSpend: usd(forecast) } };
    };
    return Buffer.from(
        JSON.stringify({
            ...rest,
            ...(Budget && { Budget: spent(Budget) }),
            ...(Budgets && { Budgets: Budgets.map(spent) }),
        }),
    );
}
