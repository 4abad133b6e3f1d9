import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { StackConfig } from "../../config/config.ts";
import { budgetThresholds } from "../../cost/enforce-limit.ts";
import { serviceCostFilter, stackCostFilter } from "../../iam/resource-rules.ts";

export interface SpendBudgetArgs {
    readonly config: StackConfig;
    /** US dollars. */
    readonly monthlyLimitUsd: number;
    readonly topicArn: pulumi.Input<string>;
}

/**
 * Returns the exception (waiver) from the rule that a campaign needs a budget, for a stack with config `budget` false.
 * Pulumi logs the reason in it as a warning. An account in an organization may not be allowed to create budgets. The
 * cost guard still limits the spend.
 */
export const createBudgetWaivers = ({ budget }: Pick<StackConfig, "budget">): Readonly<Record<string, string>> =>
    budget ? {} : { "campaign-without-budget": "config budget is false: only the cost guard limits the spend" };

/**
 * An AWS budget for Personalize. It uses the bill, which is hours old, so it is a second protection after the cost
 * guard.
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
                    // tag in the billing console.
                    config.budgetByTag ? stackCostFilter(stack) : serviceCostFilter,
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
