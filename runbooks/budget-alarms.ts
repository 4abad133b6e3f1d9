import { BudgetsClient } from "@aws-sdk/client-budgets";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { SNSClient } from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";
import { InvalidArgumentError } from "@commander-js/extra-typings";
import { shell } from "terminal-text";
import { isMailAddress } from "../core/config/keys/cost.ts";
import { billedService } from "../core/config/prices.ts";
import { listSubscriptions, type Subscription } from "../core/operations/topic.ts";
import { aboveZero, confirm, exitCodes, printResult, RunbookError, runAction } from "./lib/cli/runbook.ts";
import { createBudget, readBudget, wantedText } from "./lib/cost/budget-view.ts";
import { findProblems, listAlarms, subscriptionsTable, watchText } from "./lib/cost/budget-watch.ts";
import { sendAndAwait, testNotification } from "./lib/cost/test-notification.ts";
import { stackRunbook } from "./lib/stack/operation.ts";
import { exportedStack, selectOutputs, whoAmI } from "./lib/stack/stack.ts";
import { requireStackConfig, selectedStack } from "./lib/stack/stack-config.ts";

/** Maximum seconds to wait until a test notification is in the queue. */
const waitSeconds = 60;

const options = stackRunbook("budget-alarms", ["", "--send-test"], "It can also create a budget")
    .option("--send-test", "publish a test notification, and wait until it arrives in the queue")
    .option("--budget <name>", "a budget outside any stack to show, or the name of the one to create")
    .option("--create", "create a budget for an account without a stack of this program; needs --limit, --email")
    .option("--limit <USD>", "US dollars a month", aboveZero)
    .option("--email <address>", "recipient of the notifications", mailAddress)
    .option("--service <name>", "AWS service that the budget covers, as the bill names it", billedService)
    .parse()
    .opts();

await runAction(options.verbose, async (signal) => {
    if (options.create) return create(signal);
    for (const only of ["limit", "email", "dryRun"] as const) {
        if (options[only] !== undefined) {
            throw new RunbookError(
                `--${only === "dryRun" ? "dry-run" : only} needs --create. A stack's limit: pulumi config set monthlyLimitUsd USD && pulumi up`,
                exitCodes.usage,
            );
        }
    }
    return options.budget === undefined || options.sendTest
        ? withStack(signal)
        : show(await lookAlone(options.budget), null, undefined);
});

async function withStack(signal: AbortSignal): Promise<number> {
    const stack = options.stack ?? (await selectedStack());
    const exported = await exportedStack(stack);
    const { region, names, budget: wanted } = await requireStackConfig(stack, options.configFile);
    const { notificationsTopicArn, notificationsQueueUrl } = selectOutputs(exported) as Partial<Record<string, string>>;
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
}

async function lookAlone(name: string) {
    const region = process.env.AWS_REGION ?? "us-east-1";
    const budget = await readBudget(new BudgetsClient({ region }), await whoAmI(region), name);
    if (budget === undefined) {
        throw new RunbookError(
            `There is no budget ${name}. Create one with: npm run budget-alarms -- --create --budget ${shell(name)} --limit USD --email ADDRESS`,
        );
    }
    return { budget, isBudgetWanted: true, subscriptions: undefined, alarms: [] };
}

function show(watch: Parameters<typeof watchText>[0], stack: string | null, topicArn: string | undefined): number {
    const problems = findProblems(watch, topicArn);
    const { budget, subscriptions, alarms } = watch;
    const view = budget && { ...budget, stack: budget.stack ?? null };
    const shown = { stack, budget: view ?? null, subscriptions: subscriptions ?? null, alarms, problems };
    const unread = subscriptions?.every(({ protocol }) => protocol === "sqs")
        ? "\nNo mail or chat receives notifications: pulumi config set alertEmail ADDRESS && pulumi up"
        : "";
    const text = [watchText(watch), "", ...problems].join("\n").trim() + unread;
    return printResult(options, shown, text, problems.length > 0 ? exitCodes.problem : exitCodes.fine);
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
    const exitCode = seconds === undefined ? exitCodes.timedOut : exitCodes.fine;
    return printResult(options, document, `${text}\n${subscriptionsTable(subscriptions)}`, exitCode);
}

async function create(signal: AbortSignal): Promise<number> {
    const { limit, email, service } = options;
    if (limit === undefined || email === undefined) {
        throw new RunbookError("--create needs --limit USD and --email ADDRESS.", exitCodes.usage);
    }
    if (options.stack !== undefined || options.sendTest) {
        throw new RunbookError(
            "--create is for accounts without a stack of this program. `pulumi up` creates a stack's budget; its limit: pulumi config set monthlyLimitUsd USD",
            exitCodes.usage,
        );
    }
    const name = options.budget ?? `${service.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-")}-limit`;
    const wanted = { name, limitUsd: limit, service, email };
    const region = process.env.AWS_REGION ?? "us-east-1";
    const client = new BudgetsClient({ region });
    const { accountId } = await whoAmI(region);
    const printed = (created: boolean, text: string) =>
        printResult(options, { budget: name, change: wantedText(wanted), created }, text);
    if (options.dryRun) return printed(false, `It would ${wantedText(wanted)}`);
    process.stderr.write(`In account ${accountId}: ${wantedText(wanted)}\n`);
    await confirm("Create this budget?", options.yes, signal);
    await createBudget(client, accountId, wanted);
    return printed(
        true,
        `Budget ${name}: $${limit} a month on ${service}; ${email} gets mail at 50, 80 and 100 %, and when the forecast exceeds 100 %. ` +
            `A budget stops nothing, and its data is 8 to 12 hours old. Show it with: npm run budget-alarms -- --budget ${shell(name)}`,
    );
}

function mailAddress(text: string): string {
    if (!isMailAddress(text)) throw new InvalidArgumentError("The value must be a mail address.");
    return text;
}
