import assert from "node:assert/strict";
import { join } from "node:path";
import { Budgets } from "@aws-sdk/client-budgets";
import { SNS } from "@aws-sdk/client-sns";
import { SQS } from "@aws-sdk/client-sqs";
import { localAccountId } from "../../packages/local-aws/instance.ts";
import { run } from "../../packages/local-aws/pulumi.ts";
import { sendAndAwait, testNotification } from "../../runbooks/lib/cost/test-notification.ts";
import { confirmMail } from "../support/confirm-mail.ts";
import { readJson } from "../support/json.ts";
import { assertExit, createSettings, region, startTestAws, type TestAws } from "../support/local-aws.ts";

const hour = 3_600_000;

describe("Cost runbooks on a deployed stack", () => {
    let aws: TestAws;
    let configFile: string;
    const settings = () => createSettings(aws.instance);
    const ofStack = (name: string, ...args: string[]) => aws.runbook(name, "--config-file", configFile, ...args);

    const alone = (name: string, ...args: string[]) =>
        run(aws.instance, process.execPath, [join("runbooks", `${name}.ts`), ...args], "captured");

    /** Advances the clock by milliseconds, and returns the new time. */
    async function advance(milliseconds: number): Promise<number> {
        const body = JSON.stringify({ advanceSeconds: milliseconds / 1000 });
        const url = `http://127.0.0.1:${aws.instance.port}/_local/clock`;
        const answer = await fetch(url, { method: "POST", body });
        return Date.parse((await readJson<{ now: string }>(answer)).now);
    }

    before(async () => {
        aws = await startTestAws();
        configFile = join(aws.instance.dir, "workspace", `Pulumi.${aws.stack}.yaml`);
        await aws.configure({ monthlyLimitUsd: "1000", alertEmail: "ann@example.org" });
        assertExit(await aws.engine("up"), 0);
    });
    after(() => aws?.stop());

    describe("budget-alarms", () => {
        it("`budget-alarms` reports an address that has not confirmed its notifications", async () => {
            const shown = await ofStack("budget-alarms");
            assertExit(shown, 1);
            assert.match(shown.stdout, /email +│ ann@example\.org +│ no/);
            assert.match(`${shown.stdout}${shown.stderr}`, /ann@example\.org has not confirmed the subscription/);
            await confirmMail(aws, "ann@example.org");
        });

        it("`budget-alarms` shows the budget, its four thresholds, subscribers and alarms", async () => {
            const shown = await ofStack("budget-alarms", "--json");
            assertExit(shown, 0);
            const { budget, subscriptions, alarms, problems } = JSON.parse(shown.stdout);
            assert.deepEqual([budget.limitUsd, budget.stack, problems], [1000, aws.stack, []]);
            assert.deepEqual(
                budget.notifications.map(({ type, threshold, subscribers }: Record<string, unknown[]>) => [
                    type,
                    threshold,
                    subscribers?.length,
                ]),
                [
                    ["ACTUAL", 50, 1],
                    ["ACTUAL", 80, 1],
                    ["ACTUAL", 100, 1],
                    ["FORECASTED", 100, 1],
                ],
            );
            assert.deepEqual(subscriptions.map(({ protocol }: { protocol: string }) => protocol).toSorted(), [
                "email",
                "sqs",
            ]);
            const failures = alarms.find(({ name }: { name: string }) => name.endsWith("-failures"));
            assert.equal(failures?.page, "docs/alarms.md#failures");
            const text = await ofStack("budget-alarms");
            assertExit(text, 0);
            assert.match(text.stdout, /spent above 80 % +│ OK +│ SNS movie-recommender-notifications/);
            assert.match(text.stdout, /email +│ ann@example\.org +│ yes/);
        });

        it("`budget-alarms --send-test` deletes the test message from the queue, and no other message", async () => {
            const sqs = new SQS(settings());
            const { notificationsQueueUrl: QueueUrl } = await aws.outputs();
            await sqs.sendMessage({ QueueUrl, MessageBody: "another operator's" });
            const sent = await ofStack("budget-alarms", "--send-test", "--yes", "--json");
            assertExit(sent, 0);
            const { notification: notice, arrivedAfterSeconds, subscriptions } = JSON.parse(sent.stdout);
            assert.deepEqual([notice.kind, notice.schemaVersion], ["test", 1]);
            assert.ok(arrivedAfterSeconds >= 0 && arrivedAfterSeconds < 60);
            assert.equal(subscriptions.length, 2);
            const bodies: (string | undefined)[] = [];
            for (let messageCount = 1; messageCount > 0; ) {
                const { Messages = [] } = await sqs.receiveMessage({
                    QueueUrl,
                    MaxNumberOfMessages: 10,
                    VisibilityTimeout: 60,
                });
                bodies.push(...Messages.map(({ Body }) => Body));
                messageCount = Messages.length;
            }
            assert.ok(bodies.includes("another operator's"), bodies.join("\n"));
            assert.ok(!bodies.some((body) => body?.includes(notice.id)));
            sqs.destroy();
        });

        it("`budget-alarms` stops waiting for a lost message, and makes other queued messages visible again", async () => {
            const [sns, sqs] = [new SNS(settings()), new SQS(settings())];
            const { TopicArn: topicArn = "" } = await sns.createTopic({ Name: "without-a-queue" });
            const { QueueUrl: queueUrl = "" } = await sqs.createQueue({ QueueName: "lonely" });
            await sqs.sendMessage({ QueueUrl: queueUrl, MessageBody: "another operator's" });
            const clients = { sns, sqs, now: () => performance.now() / 1000 };
            const where = { topicArn, queueUrl, waitSeconds: 2 };
            const notice = testNotification("dev", new Date());
            assert.equal(await sendAndAwait(clients, where, notice, new AbortController().signal), undefined);
            const { Messages = [] } = await sqs.receiveMessage({ QueueUrl: queueUrl });
            assert.equal(Messages[0]?.Body, "another operator's");
            for (const client of [sns, sqs]) client.destroy();
        });

        it("`budget-alarms --create` creates a budget, and does not change an existing budget", async () => {
            const createBudget = (...args: string[]) =>
                alone("budget-alarms", "--create", "--email", "bob@example.org", ...args);
            const dry = await createBudget("--limit", "20", "--dry-run");
            assertExit(dry, 0);
            assert.match(
                dry.stdout,
                /It would create budget amazon-personalize-limit: \$20 a month on Amazon Personalize/,
            );
            const unasked = await createBudget("--limit", "20");
            assertExit(unasked, 2);
            assert.match(unasked.stderr, /confirm with --yes/);
            assertExit(await createBudget("--limit", "20", "--yes"), 0);
            const again = await createBudget("--limit", "30", "--yes");
            assertExit(again, 1);
            assert.match(again.stderr, /amazon-personalize-limit exists, and is not changed/);

            const client = new Budgets(settings());
            const BudgetName = "amazon-personalize-limit";
            const { Budget } = await client.describeBudget({ AccountId: localAccountId, BudgetName });
            assert.equal(Number(Budget?.BudgetLimit?.Amount), 20);
            assert.deepEqual(Budget?.CostFilters, { Service: ["Amazon Personalize"] });
            client.destroy();
            const shown = await alone("budget-alarms", "--budget", BudgetName, "--json");
            const { notifications } = JSON.parse(shown.stdout).budget;
            assert.equal(notifications.length, 4);
            assert.deepEqual(notifications[0].subscribers, [{ kind: "EMAIL", address: "bob@example.org" }]);
        });
    });

    describe("cost-report", () => {
        let month: string;
        let first: number;

        before(async () => {
            const now = new Date(await advance(0));
            first = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1);
            month = new Date(first).toISOString().slice(0, 7);
            // Advance the clock to noon of the 20th of the next month.
            await advance(first + (19 * 24 + 12) * hour - now.getTime());
        });

        const report = async () => {
            const answer = await ofStack("cost-report", "--month", month, "--by-tag", "--json");
            assertExit(answer, 0);
            return JSON.parse(answer.stdout);
        };
        const near = (actual: number, expected: number) =>
            assert.ok(Math.abs(actual - expected) < expected / 100, `${actual} is not ${expected}`);

        it("`cost-report` compares the billed cost with the estimate for the same time", async () => {
            const { lines, predicted, estimatedMonthlyCostUsd, calls, totalUsd, scope, spent } = await report();
            assert.equal(spent, null, "the cost guard has not run yet");
            near(totalUsd, 19.5 * 4.8);
            assert.equal(new Set(lines.map(({ day }: { day: string }) => day)).size, 20);
            assert.deepEqual([scope.region, scope.stackTag, calls], [region, aws.stack, 1]);
            const [personalize] = predicted.compared.rows;
            assert.equal(personalize.service, "Amazon Personalize");
            near(personalize.predicted, 19 * 4.8);
            near(personalize.billed, 19 * 4.8);
            // Both are of the stack that the last `up` planned; the output is rounded to cents.
            const apart = Math.abs(predicted.monthlyUsd - estimatedMonthlyCostUsd);
            assert.ok(apart <= 0.005, String(apart));
        });

        it("`cost-report` shows a bar for each day, estimated and billed cost, and the price of a Cost Explorer call", async () => {
            const { exitCode, stdout, stderr } = await ofStack("cost-report", "--month", month);
            assert.equal(exitCode, 0, stderr);
            assert.match(stderr, /from Cost Explorer, at ≈ \$0\.01 \(US price, unverified\) a page/);
            assert.match(stdout, new RegExp(`^${month}-07 {4}\\$4\\.80 █{40}$`, "m"));
            assert.match(stdout, /Amazon Personalize +│ \$93\.\d\d/);
            assert.match(stdout, /The bill contains other stacks/);
        });
    });
});
