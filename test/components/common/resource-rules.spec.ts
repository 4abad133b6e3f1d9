import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Campaign } from "pulumi-personalize";
import { enforceResourceRules } from "../../../components/common/resource-rules.ts";
import { SpendBudget } from "../../../components/cost/spend-budget.ts";
import { good } from "../../config/parsed.ts";
import { declaredResources, settled, useMocks } from "../mocks.ts";

const open = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
});
const common = { region: "eu-central-1", tags: {}, pollSeconds: 1, deadlineMinutes: 1 };
const reason = "a drill needs it, for an hour";

describe("`enforceResourceRules`", () => {
    beforeEach(async () => {
        await useMocks();
        // Transformations are registered on the stack resource, which Pulumi's mocks do not create by themselves.
        await pulumi.runtime.runInPulumiStack(async () => ({}));
    });

    it("creating a resource that violates a rule throws an error with the fix", () => {
        enforceResourceRules({});
        assert.throws(
            () => new aws.iam.Policy("wide", { policy: open }),
            /aws:iam\/policy:Policy wide a statement allows \* \(resource rule wildcard-action\)\nChange it.*\n?.*waivers\.wildcard-action/,
        );
    });

    it("Pulumi registers no policy that violates a rule, even if the policy text is an output that resolves later", async () => {
        enforceResourceRules({});
        const later = (text: string) => pulumi.output(Promise.resolve(text));
        new aws.iam.Policy("wide", { policy: later(open) });
        new aws.iam.Policy("narrow", { policy: later(open.replace('"Action":"*"', '"Action":"s3:GetObject"')) });
        await settled();
        assert.deepEqual(
            declaredResources.filter(({ type }) => /Policy$/.test(type)).map(({ name }) => name),
            ["narrow"],
        );
    });

    it("a resource that violates a rule is created as declared if the config key `waivers` names the rule", async () => {
        enforceResourceRules({ "wildcard-action": reason });
        const policy = new aws.iam.Policy("wide", { policy: pulumi.output(open) });
        const text = await new Promise((resolve) => policy.policy.apply(resolve));
        assert.equal(text, open);
    });

    it("the resource rules reject a campaign unless a budget for Amazon Personalize exists", async () => {
        const campaign = (name: string) =>
            new Campaign(name, { name, solutionArn: "s", solutionVersionArn: "s/v", minProvisionedTPS: 1, ...common });
        const budget = (name: string, service: string) =>
            new aws.budgets.Budget(name, {
                budgetType: "COST",
                timeUnit: "MONTHLY",
                costFilters: [{ name: "Service", values: [service] }],
            });
        enforceResourceRules({});
        assert.throws(
            () => campaign("first"),
            /Campaign first is billed by the hour.*\(resource rule campaign-without-budget\)/,
        );
        budget("wrong", "Amazon Simple Storage Service");
        assert.throws(() => campaign("second"), /no aws\.budgets\.Budget for Amazon Personalize before it/);
        budget("right", "Amazon Personalize");
        campaign("third");
        await settled();
        assert.deepEqual(
            declaredResources.filter(({ type }) => /Campaign$/.test(type)).map(({ name }) => name),
            ["third"],
        );
    });

    it("with `budgetByTag`, the resource rules reject a campaign without a budget of the stack", async () => {
        const config = good({ budgetByTag: "true" });
        enforceResourceRules({}, config);
        const campaign = (name: string) =>
            new Campaign(name, { name, solutionArn: "s", solutionVersionArn: "s/v", minProvisionedTPS: 1, ...common });
        new SpendBudget("other", { config: { ...config, stack: "prod" }, monthlyLimitUsd: 1, topicArn: "t" });
        assert.throws(() => campaign("first"), /resource rule campaign-without-budget/);
        new SpendBudget("own", { config, monthlyLimitUsd: 1, topicArn: "t" });
        campaign("second");
        await settled();
        assert.ok(declaredResources.some(({ name }) => name === "second"));
    });

    it("with a waiver of `campaign-without-budget`, the resource rules accept a campaign without a budget", async () => {
        enforceResourceRules({ "campaign-without-budget": reason });
        new Campaign("free", {
            name: "free",
            solutionArn: "s",
            solutionVersionArn: "s/v",
            minProvisionedTPS: 1,
            ...common,
        });
        await settled();
        assert.ok(declaredResources.some(({ name }) => name === "free"));
    });

    it("`enforceResourceRules` rejects a waiver of an unknown rule or without a valid reason", () => {
        assert.throws(
            () => enforceResourceRules({ "wildcard-action": "because" }),
            /waivers\.wildcard-action is "because"/,
        );
        assert.throws(
            () => enforceResourceRules({ "wild-action": reason }),
            /waivers\.wild-action does not name a resource rule/,
        );
    });
});
