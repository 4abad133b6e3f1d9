import { BudgetsClient } from "@aws-sdk/client-budgets";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { SNSClient } from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";
import { listSubscriptions, type Subscription } from "../core/operations/subscriptions.ts";
import { printResult } from "./lib/cli/output.ts";
import { exitCodes, RunbookError, runAction } from "./lib/cli/runbook.ts";
import { readBudget } from "./lib/cost/budget-view.ts";
import { findProblems, listAlarms, subscriptionsTable, watchText } from "./lib/cost/budget-watch.ts";
import { sendAndAwait, testNotification } from "./lib/cost/test-notification.ts";
import { type OperationOptions, stackRunbook } from "./lib/stack/operation.ts";
import { exportedStack, selectOutputs, whoAmI } from "./lib/stack/stack.ts";
import { requireStackConfig, selectedStack } from "./lib/stack/stack-config.ts";

interface Options extends OperationOptions {
    readonly sendTest?: boolean;
}

/** Maximum seconds to wait until a test notification is in the queue. */
const waitSeconds = 60;

const options = stackRunbook("budget-alarms", ["", "--send-test"])
    .option("--send-test", "publish a test notification, and wait until it arrives in the queue")
    .parse()
    .opts<Options>();

await runAction(options.verbose, async (signal) => {
    const stack = options.stack ?? (await selectedStack());
    const exported = await exportedStack(stack);
    const { region, names, budget: wanted } = await requireStackConfig(stack, options.configFile);
    const { notificationsTopicArn, notificationsQueueUrl } = selectOutputs(exported) as Readonly<
        Record<string, string | undefined>
    >;
    const sns = new SNSClient({ region });
    const subscriptions =
        notificationsTopicArn === undefined ? undefined : await listSubscriptions(sns, notificationsTopicArn);
    if (options.sendTest) {
        if (notificationsTopicArn === undefined || notificationsQueueUrl === undefined || subscriptions === undefined) {
            throw new RunbookError(`Stack ${stack} has no notification topic and queue. Create them with: pulumi up`);
        }
        const notification = testNotification(stack, new Date());
        const clients = { sns, sqs: new SQSClient({ region }), now: () => performance.now() / 1000 };
        const where = { topicArn: notificationsTopicArn, queueUrl: notificationsQueueUrl, waitSeconds };
        process.stderr.write(
            `Published a test notification; waiting up to ${waitSeconds} seconds for it in the queue.\n`,
        );
        const seconds = await sendAndAwait(clients, where, notification, signal);
        return printTest(notification, seconds, subscriptions);
    }
    const client = new BudgetsClient({ region });
    const [budget, alarms] = await Promise.all([
        readBudget(client, await whoAmI(region), names.budget),
        listAlarms(new CloudWatchClient({ region }), names.alarmPrefix),
    ]);
    return show({ budget, isBudgetWanted: wanted, subscriptions, alarms }, stack, notificationsTopicArn);
});

function show(watch: Parameters<typeof watchText>[0], stack: string, topicArn: string | undefined): number {
    const problems = findProblems(watch, topicArn);
    const { budget, subscriptions, alarms } = watch;
    const view = budget && { ...budget, stack: budget.stack ?? null };
    const shown = { stack, budget: view ?? null, subscriptions: subscriptions ?? null, alarms, problems };
    const unread = subscriptions?.every(({ protocol }) => protocol === "sqs")
        ? "\nNo mail or chat receives notifications: pulumi config set alertEmail ADDRESS && pulumi up"
        : "";
    printResult(options, shown, [watchText(watch), "", ...problems].join("\n").trim() + unread);
    return problems.length > 0 ? exitCodes.problem : exitCodes.fine;
}

function printTest(
    notification: ReturnType<typeof testNotification>,
    seconds: number | undefined,
    subscriptions: readonly Subscription[],
): number {
    const text =
        seconds === undefined
            ? `The test notification ${notification.id} did not arrive in the queue within ${waitSeconds} seconds. ` +
              "Another reader may have taken it, or the queue's policy or subscription was changed: pulumi refresh && pulumi up"
            : `The test notification ${notification.id} arrived in the queue after ${seconds.toFixed(1)} seconds, and was deleted there. The topic sends it to each confirmed subscription:`;
    const document = { notification, arrivedAfterSeconds: seconds ?? null, subscriptions };
    printResult(options, document, `${text}\n${subscriptionsTable(subscriptions)}`);
    return seconds === undefined ? exitCodes.timedOut : exitCodes.fine;
}
