import assert from "node:assert/strict";
import { CostGuard } from "../../../components/cost/cost-guard.ts";
import { SpendBudget } from "../../../components/cost/spend-budget.ts";
import { Notifications } from "../../../components/observability/notifications.ts";
import { good } from "../../core/config/parsed.ts";
import { declaredResources, requireInputs, settled, tags, useMocks } from "../mocks.ts";

const caller = { partition: "aws", region: "eu-central-1", accountId: "123456789012" };

async function makeAll(values: Record<string, string> = {}) {
    await useMocks();
    const config = good(values);
    const notices = new Notifications("notifications", { config, caller });
    const { topicArn, failuresArn } = notices;
    const budget = new SpendBudget("budget", { config, monthlyLimitUsd: 192.5, topicArn });
    new CostGuard("guard", {
        config,
        caller,
        monthlyLimitUsd: 192.5,
        idleAction: "park",
        topicArn,
        failuresArn,
        owner: "an-id",
        record: budget.resource,
    });
    await settled();
    return config;
}
const ofType = (type: string) => declaredResources.filter((args) => args.type.endsWith(`:${type}`));

describe("Cost guard components", () => {
    it("CostGuard creates a scheduled function with a role and a queue for failures", async () => {
        const { names } = await makeAll({
            guardMinutes: "1",
            adopt: '{"campaign":"arn:aws:personalize:eu-central-1:123456789012:campaign/old"}',
        });
        const { code: _, ...made1 } = requireInputs("Function");
        assert.deepEqual(
            [made1.name, made1.runtime, made1.architectures, made1.memorySize, made1.timeout],
            [names.costGuard, "nodejs24.x", ["arm64"], 256, 120],
        );
        const guardConfig = JSON.parse(made1.environment.variables.GUARD_CONFIG);
        assert.equal(guardConfig.campaignArn, "arn:aws:personalize:eu-central-1:123456789012:campaign/old");
        assert.equal(guardConfig.monthlyLimitUsd, 192.5);
        assert.equal(guardConfig.idleAction, "park");
        assert.equal(requireInputs("LogGroup").name, `/aws/lambda/${names.costGuard}`);
        assert.equal(requireInputs("LogGroup").retentionInDays, 90);
        const schedule = requireInputs("Schedule");
        assert.equal(schedule.scheduleExpression, "rate(1 minute)");
        assert.equal(schedule.target.deadLetterConfig.arn, `arn:aws:sqs:eu-central-1:123456789012:${names.failures}`);
        const { destinationConfig } = requireInputs("FunctionEventInvokeConfig");
        assert.equal(
            destinationConfig.onFailure.destination,
            `arn:aws:sqs:eu-central-1:123456789012:${names.failures}`,
        );
        assert.deepEqual(requireInputs("MetricAlarm").dimensions, { QueueName: names.failures });
        assert.deepEqual(requireInputs("MetricAlarm").alarmActions, [
            `arn:aws:sns:eu-central-1:123456789012:${names.notifications}`,
        ]);
    });

    it("with `budgetByTag`, SpendBudget filters costs by the stack's tag", async () => {
        await makeAll({ budgetByTag: "true" });
        const budget = requireInputs("Budget");
        assert.deepEqual([budget.limitAmount, budget.timeUnit, budget.budgetType], ["192.5", "MONTHLY", "COST"]);
        assert.deepEqual(budget.costFilters, [{ name: "TagKeyValue", values: ["user:pulumi:stack$dev"] }]);
        const notified = budget.notifications.map((one: Record<string, unknown>) => [
            one.threshold,
            one.notificationType,
        ]);
        assert.deepEqual(notified, [
            [50, "ACTUAL"],
            [80, "ACTUAL"],
            [100, "ACTUAL"],
            [100, "FORECASTED"],
        ]);
    });

    it("`budget: false` creates no budget, but the cost guard", async () => {
        await makeAll({ budget: "false" });
        assert.deepEqual([ofType("Budget").length, ofType("Function").length], [0, 1]);
    });

    it("the component Notifications subscribes a queue, and the configured email address and webhook", async () => {
        await makeAll();
        assert.deepEqual(
            ofType("TopicSubscription").map(({ inputs }) => inputs.protocol),
            ["sqs"],
        );
        assert.equal(ofType("Function").length, 1);
        const { names } = await makeAll({
            alertEmail: "ann@example.com",
            chatWebhookParameter: "/movie-recommender-chat/dev",
        });
        assert.deepEqual(
            ofType("TopicSubscription")
                .map(({ inputs }) => inputs.protocol)
                .sort(),
            ["email", "lambda", "sqs"],
        );
        const notifier = ofType("Function").find(({ inputs }) => inputs.name === names.notifier);
        assert.deepEqual(notifier?.inputs.environment.variables, { WEBHOOK_PARAMETER: "/movie-recommender-chat/dev" });
        assert.equal(
            requireInputs("Permission").sourceArn,
            `arn:aws:sns:eu-central-1:123456789012:${names.notifications}`,
        );
    });

    it("all resources of the cost guard have the stack's tags, and all its roles have the permissions boundary", async () => {
        const permissionsBoundary = "arn:aws:iam::123456789012:policy/boundary";
        await makeAll({ permissionsBoundary, chatWebhookParameter: "/chat" });
        const tagged = ["Function", "Role", "LogGroup", "Queue", "Topic", "Budget", "MetricAlarm"];
        for (const type of tagged) {
            assert.ok(ofType(type).length > 0, type);
            for (const { inputs, name } of ofType(type)) assert.deepEqual(inputs.tags, tags, `${type} ${name}`);
        }
        assert.deepEqual(
            ofType("Role").map(({ inputs }) => inputs.permissionsBoundary),
            Array(3).fill(permissionsBoundary),
        );
        for (const { inputs } of ofType("Queue")) assert.equal(inputs.sqsManagedSseEnabled, true);
    });
});
