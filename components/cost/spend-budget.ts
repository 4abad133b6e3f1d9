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
 * The waiver of a stack without a budget, whose reason is logged as a warning. The account may be a member of an
 * organisation that refuses budgets: the cost guard still limits the spend.
 */
export const waiversOf = ({ budget }: Pick<StackConfig, "budget">): Readonly<Record<string, string>> =>
    budget ? {} : { "campaign-without-budget": "config budget is false: only the cost guard limits the spend" };

/** AWS budget for Personalize. It uses the bill, which is hours old, so it is the second line behind the guard. */
export class SpendBudget extends pulumi.ComponentResource {
    /** Dependency for resources that must not exist without the budget; without a budget, the component itself. */
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
                    // The tag counts every service. Without its activation in the billing console, it matches no cost.
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
