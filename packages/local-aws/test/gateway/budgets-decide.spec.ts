import assert from "node:assert/strict";
import type { Budget, Notification } from "@aws-sdk/client-budgets";
import { determineScope, exceeded, notificationKey, notificationText } from "../../gateway/budgets/decide.ts";
import type { CostRecord } from "../../gateway/metering/cost.ts";

const now = Date.UTC(2026, 10, 25, 12);
const budget = (more: Partial<Budget> = {}): Budget => ({
    BudgetName: "films",
    BudgetType: "COST",
    TimeUnit: "MONTHLY",
    BudgetLimit: { Amount: "20", Unit: "USD" },
    ...more,
});
const notification = (more: Partial<Notification> = {}): Notification => ({
    NotificationType: "ACTUAL",
    ComparisonOperator: "GREATER_THAN",
    Threshold: 80,
    ThresholdType: "PERCENTAGE",
    ...more,
});
const record = (more: Partial<CostRecord> = {}): CostRecord => ({
    region: "eu-central-1",
    measure: "TrainingHours",
    usageType: "EUC1-TrainingHours",
    resourceArn: "arn",
    tags: { stack: "dev", team: "films" },
    hour: now,
    quantity: 1,
    unit: "Hours",
    usd: 0.24,
    ...more,
});

describe("`determineScope` for a budget", () => {
    const holds = (CostFilters: Record<string, string[]>) => {
        const scope = determineScope(budget({ CostFilters }));
        assert.ok("holds" in scope);
        return scope.holds(record());
    };

    it("`determineScope` includes records that match every filter of the budget", () => {
        assert.equal(holds({}), true);
        assert.equal(holds({ Service: ["Amazon Personalize"] }), true);
        assert.equal(holds({ Service: ["AWS Lambda"] }), false);
        assert.equal(holds({ TagKeyValue: ["user:stack$live", "user:stack$dev"] }), true);
        assert.equal(holds({ TagKeyValue: ["user:stack$live"] }), false);
        assert.equal(holds({ Service: ["Amazon Personalize"], TagKeyValue: ["user:owner$dev"] }), false);
    });

    it("`determineScope` returns the reason why a budget is not evaluated", () => {
        const because = (more: Partial<Budget>) => {
            const scope = determineScope(budget(more));
            return "because" in scope ? scope.because : "";
        };
        assert.match(because({ BudgetType: "USAGE" }), /type COST/);
        assert.match(because({ TimeUnit: "DAILY" }), /MONTHLY/);
        assert.match(because({ CostFilters: { AZ: ["a"] } }), /the cost filters Service, .*, but not AZ/);
        assert.match(because({ FilterExpression: { Dimensions: { Key: "SERVICE", Values: [] } } }), /FilterExpression/);
    });
});

describe("`exceeded` and `notificationKey` of a budget", () => {
    const over = (spend: { actual: number; forecast: number }, more: Partial<Notification> = {}) =>
        exceeded(budget(), notification(more), spend);

    it("`exceeded` returns a threshold only if the spend is above the threshold", () => {
        assert.equal(over({ actual: 16, forecast: 99 }), undefined);
        assert.deepEqual(over({ actual: 16.01, forecast: 99 }), {
            type: "ACTUAL",
            threshold: 16,
            spent: 16.01,
            limit: 20,
        });
        const forecast = { NotificationType: "FORECASTED", Threshold: 100 } as const;
        assert.equal(over({ actual: 99, forecast: 20 }, forecast), undefined);
        assert.equal(over({ actual: 0, forecast: 21 }, forecast)?.spent, 21);
        const absolute = { ThresholdType: "ABSOLUTE_VALUE", Threshold: 5 } as const;
        assert.equal(over({ actual: 5, forecast: 9 }, absolute), undefined);
        assert.equal(over({ actual: 5.1, forecast: 9 }, absolute)?.threshold, 5);
    });

    it("`exceeded` returns nothing for LESS_THAN notifications and budgets without a limit", () => {
        assert.equal(over({ actual: 99, forecast: 99 }, { ComparisonOperator: "LESS_THAN" }), undefined);
        const { BudgetLimit: _, ...unlimited } = budget();
        assert.equal(exceeded(unlimited, notification(), { actual: 99, forecast: 99 }), undefined);
    });

    it("`notificationKey` differs after a change of the limit, and is equal for the limits 20 and 20.0", () => {
        const raised = budget({ BudgetLimit: { Amount: "40", Unit: "USD" } });
        assert.notEqual(notificationKey(budget(), notification()), notificationKey(raised, notification()));
        const again = budget({ BudgetLimit: { Amount: "20.0", Unit: "USD" } });
        assert.equal(notificationKey(budget(), notification()), notificationKey(again, notification()));
    });
});

describe("`notificationText` of a budget", () => {
    it("`notificationText` limits the subject to 100 characters", () => {
        const over = { type: "FORECASTED" as const, threshold: 16, spent: 16.5, limit: 20 };
        const { Subject, Message } = notificationText("x".repeat(100), over, { accountId: "0", now });
        assert.equal(Subject.length, 100);
        assert.match(Message, /The FORECASTED Cost associated with this budget is \$16\.50/);
    });
});
