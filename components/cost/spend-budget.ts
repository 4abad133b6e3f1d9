import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { StackConfig } from "../../core/config/config.ts";
import { billedService } from "../../core/config/prices.ts";
import { budgetThresholds } from "../../core/cost/enforce-limit.ts";

export interface SpendBudgetArgs {
    readonly config: StackConfig;
    /** US dollars. */
    readonly monthlyLimitUsd: number;
    readonly topicArn: pulumi.Input<string>;
}

/**
 * An AWS budget for Personalize. It uses the bill, which is hours old, so it is a second protection after the cost
 * guard. A stack with config `budget` false has no budget, because an account in an organization may not be allowed to
 * create one.
 */
export class SpendBudget extends pulumi.ComponentResource {
    /**
     * A resource on which other resources depend if they must not exist without the budget. It is the budget, or this
     * component in a stack without a budget.
     */
    public readonly resource: pulumi.Resource;

    constructor(name: string, args: SpendBudgetArgs, opts?: pulumi.ComponentResourceOptions) {
        super("movie-recommender:cost:SpendBudget", name, {}, opts);
        const { config } = args;
        const { names, stack, tags } = config;
        if (!config.budget) {
            this.resource = this;
            this.registerOutputs({});
            return;
        }
        const notifications = budgetThresholds.map(({ type, percent }) => ({
            comparisonOperator: "GREATER_THAN",
            threshold: percent,
            thresholdType: "PERCENTAGE",
            notificationType: type,
            subscriberSnsTopicArns: [args.topicArn],
        }));
        const budget = new aws.budgets.Budget(
            name,
            {
                name: names.budget,
                budgetType: "COST",
                limitAmount: String(args.monthlyLimitUsd),
                limitUnit: "USD",
                timeUnit: "MONTHLY",
                costFilters: [
                    // A filter by tag counts the costs of every service, but matches no cost until a user activates the
                    // tag in the billing console (AWS Billing User Guide, "Budget filters").
                    config.budgetByTag
                        ? { name: "TagKeyValue", values: [`user:pulumi:stack$${stack}`] }
                        : { name: "Service", values: [billedService] },
                ],
                notifications,
                tags,
            },
            { parent: this },
        );
        this.resource = budget;
        this.registerOutputs({ budgetName: budget.name });
    }
}
