import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { Budgets, type NotificationWithSubscribers } from "@aws-sdk/client-budgets";
import { SNS } from "@aws-sdk/client-sns";
import { SQS } from "@aws-sdk/client-sqs";
import type { Statement } from "policy-evaluator";
import { region } from "../../../../test/support/local-aws.ts";
import { until } from "../../../local-personalize/test/support.ts";
import { start, stop } from "../../control.ts";
import { localAccountId, paths } from "../../instance.ts";
import { createAdmin } from "../admin.ts";
import { allow, policy } from "./enforcement/support.ts";
import { useHarness } from "./harness.ts";

describe("AWS Budgets on the local AWS", () => {
    const harness = useHarness();
    let budgets: Budgets;
    let sns: SNS;
    let sqs: SQS;
    let topic: string;
    let queue: string;
    const account = { AccountId: localAccountId };
    const allowBudgets = {
        ...allow("SNS:Publish", "*", { StringEquals: { "aws:SourceAccount": localAccountId } }),
        Principal: { Service: "budgets.amazonaws.com" },
    };

    async function newTopic(name: string, statements: Statement[]): Promise<{ topic: string; queue: string }> {
        const { TopicArn = "" } = await sns.createTopic({ Name: name });
        const AttributeValue = policy(...statements);
        await sns.setTopicAttributes({ TopicArn, AttributeName: "Policy", AttributeValue });
        const Policy = policy({ ...allow("sqs:SendMessage"), Principal: "*" });
        const { QueueUrl = "" } = await sqs.createQueue({ QueueName: name, Attributes: { Policy } });
        const Endpoint = `arn:aws:sqs:${region}:${localAccountId}:${name}`;
        await sns.subscribe({ TopicArn, Protocol: "sqs", Endpoint });
        return { topic: TopicArn, queue: QueueUrl };
    }

    const notification = (
        NotificationType: "ACTUAL" | "FORECASTED",
        Threshold: number,
        Address = topic,
    ): NotificationWithSubscribers => ({
        Notification: {
            NotificationType,
            ComparisonOperator: "GREATER_THAN",
            Threshold,
            ThresholdType: "PERCENTAGE",
        },
        Subscribers: [
            { SubscriptionType: "SNS", Address },
            { SubscriptionType: "EMAIL", Address: "ann@example.org" },
        ],
    });
    const create = (
        BudgetName: string,
        Amount: string,
        NotificationsWithSubscribers: NotificationWithSubscribers[],
        more = {},
    ) =>
        budgets.createBudget({
            ...account,
            Budget: {
                BudgetName,
                BudgetType: "COST",
                TimeUnit: "MONTHLY",
                BudgetLimit: { Amount, Unit: "USD" },
                CostFilters: { Service: ["Amazon Personalize"] },
                ...more,
            },
            NotificationsWithSubscribers,
        });
    const log = () => readFile(paths(harness.instance).daemonLog, "utf8");

    /** Returns the queue's notifications, oldest first, and deletes them from the queue. */
    async function notices(url = queue): Promise<{ Subject: string; Message: string }[]> {
        const received: { Subject: string; Message: string }[] = [];
        for (;;) {
            const { Messages = [] } = await sqs.receiveMessage({
                QueueUrl: url,
                MaxNumberOfMessages: 10,
                VisibilityTimeout: 600,
            });
            if (Messages.length === 0) return received;
            received.push(...Messages.map(({ Body = "" }) => JSON.parse(Body)));
        }
    }
    const arrived = () =>
        until(async () => {
            const received = await notices();
            return received.length > 0 && received;
        });
    /** Waits for a complete evaluation of the budgets. */
    const evaluated = () => createAdmin(harness.instance).rounds("budgets");

    before(async () => {
        budgets = new Budgets(harness.settings);
        sns = new SNS(harness.settings);
        sqs = new SQS(harness.settings);
        ({ topic, queue } = await newTopic("notices", [allowBudgets]));
        // Advances the clock to the middle of the next month, without a campaign, and then creates a new campaign.
        await harness.park();
        const now = new Date(await harness.advance(0));
        const next = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 15);
        await harness.advance((next - now.getTime()) / 3_600_000);
        await harness.resume();
    });
    after(() => {
        for (const client of [budgets, sns, sqs]) client?.destroy();
    });

    it("a budget sends one notification per threshold and month, also across a restart", async () => {
        await create("films", "20", [notification("ACTUAL", 50), notification("ACTUAL", 80)]);
        await evaluated();
        assert.deepEqual(await notices(), []);
        // 51 hours at 1 TPS cost $10.20, more than half of $20.
        await harness.advance(51);
        const [half, ...others] = await arrived();
        assert.equal(others.length, 0);
        assert.equal(half?.Subject, "AWS Budgets: films has exceeded your alert threshold");
        assert.match(
            half?.Message ?? "",
            /^Budgeted Amount: \$20\.00\nAlert Type: ACTUAL\nAlert Threshold: > \$10\.00\nACTUAL Amount: \$10\.2/m,
        );

        await evaluated();
        await stop(harness.instance);
        await start(harness.instance, () => {});
        await evaluated();
        assert.deepEqual(await notices(), []);

        await harness.advance(30);
        const [eighty, ...more] = await arrived();
        assert.match(eighty?.Message ?? "", /Alert Threshold: > \$16\.00\nACTUAL Amount: \$16\.2/);
        assert.equal(more.length, 0);
        assert.match(
            await log(),
            /e-mail to ann@example.org, which the local AWS does not send: AWS Budgets: films has/,
        );
    });

    it("DescribeBudget and DescribeBudgets return actual and forecast spend", async () => {
        const { Budget } = await budgets.describeBudget({ ...account, BudgetName: "films" });
        const spent = Number(Budget?.CalculatedSpend?.ActualSpend?.Amount);
        assert.ok(spent >= 16.2 && spent < 16.3, String(spent));
        assert.ok(Number(Budget?.CalculatedSpend?.ForecastedSpend?.Amount) > spent);
        assert.ok(Budget?.TimePeriod?.Start instanceof Date);
        const { Budgets = [] } = await budgets.describeBudgets(account);
        assert.equal(Budgets[0]?.CalculatedSpend?.ActualSpend?.Unit, "USD");
        assert.ok(Number(Budgets[0]?.CalculatedSpend?.ActualSpend?.Amount) >= spent);
        await assert.rejects(budgets.describeBudget({ ...account, BudgetName: "none" }), {
            name: "NotFoundException",
        });
    });

    it("a budget sends a notification for its forecast, and includes only costs with its tag", async () => {
        const tagged = (value: string) => ({ CostFilters: { TagKeyValue: [`user:stack$${value}`] } });
        // The forecast exceeds $60, because it adds two more weeks at $0.20 an hour to the earlier costs.
        await create("forecast", "60", [notification("FORECASTED", 100)], tagged("dev"));
        await create("other", "1", [notification("ACTUAL", 1)], tagged("live"));
        const [forecast, ...others] = await arrived();
        assert.equal(forecast?.Subject, "AWS Budgets: forecast has exceeded your alert threshold");
        assert.match(
            forecast?.Message ?? "",
            /Alert Type: FORECASTED\nAlert Threshold: > \$60\.00\nFORECASTED Amount: \$/,
        );
        await evaluated();
        assert.deepEqual([...others, ...(await notices())], []);
    });

    it("a topic policy without budgets.amazonaws.com blocks the notification, and the log says so", async () => {
        const closed = await newTopic("closed", [{ ...allowBudgets, Principal: { Service: "events.amazonaws.com" } }]);
        await create("refused", "1", [notification("ACTUAL", 50, closed.topic)]);
        await until(async () =>
            /not delivered: budgets.amazonaws.com may not: SNS:Publish on .*closed/.test(await log()),
        );
        assert.deepEqual(await notices(closed.queue), []);
    });

    it("the log contains the name of a budget that the local AWS does not evaluate", async () => {
        await create("daily", "1", [notification("ACTUAL", 50)], { TimeUnit: "DAILY" });
        await until(async () => /budget daily is not evaluated: .*only budgets of type COST/.test(await log()));
    });
});
