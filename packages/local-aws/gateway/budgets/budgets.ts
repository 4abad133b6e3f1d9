import { join } from "node:path";
import {
    type Budget,
    Budgets,
    type Notification,
    paginateDescribeBudgets,
    type Subscriber,
} from "@aws-sdk/client-budgets";
import { SNS } from "@aws-sdk/client-sns";
import { openDatabase } from "local-personalize";
import { evaluate, explain, type PolicyDocument, parseArn } from "policy-evaluator";
import { unlessGone } from "../../calls.ts";
import { clientsByRegion, createLoopSettings, every } from "../loop.ts";
import type { Bill } from "../metering/bill.ts";
import { monthSpend } from "../metering/spend.ts";
import type { MiniStackAddress } from "../ministack.ts";
import { determineScope, exceeded, notificationKey, notificationText } from "./decide.ts";

/** The record of a notification that was sent to a subscriber. */
interface SentNotification {
    readonly budget: string;
    /** The month, for example 2026-11. */
    readonly period: string;
    readonly notification: string;
    readonly subscriber: string;
}

const table = `
CREATE TABLE IF NOT EXISTS sent (
    budget TEXT NOT NULL, period TEXT NOT NULL, notification TEXT NOT NULL, subscriber TEXT NOT NULL,
    PRIMARY KEY (budget, period, notification, subscriber)
) STRICT, WITHOUT ROWID;`;

/** Opens the record of sent notifications in `dataDir`. */
function openSentNotifications(dataDir: string) {
    const database = openDatabase(join(dataDir, "budgets.sqlite"), table);
    const has = database.prepare(
        "SELECT 1 FROM sent WHERE budget = ? AND period = ? AND notification = ? AND subscriber = ?",
    );
    const add = database.prepare("INSERT OR IGNORE INTO sent VALUES (?, ?, ?, ?)");
    const keepOnly = database.prepare("DELETE FROM sent WHERE budget NOT IN (SELECT value FROM json_each(?))");
    return {
        has: ({ budget, period, notification, subscriber }: SentNotification) =>
            has.get(budget, period, notification, subscriber) !== undefined,
        add: ({ budget, period, notification, subscriber }: SentNotification) =>
            void add.run(budget, period, notification, subscriber),
        /** Removes records of deleted budgets, so that a new budget with the same name notifies again. */
        keepOnly: (budgets: readonly string[]) => void keepOnly.run(JSON.stringify(budgets)),
        close: () => database.close(),
    };
}

/** The service principal of AWS Budgets (Cost Management User Guide, "Creating an Amazon SNS topic"). */
const budgetsService = "budgets.amazonaws.com";

/**
 * Creates a client that publishes notifications as AWS Budgets. SNS refuses them unless the topic's policy allows this
 * principal.
 */
function createTopics({
    miniStack,
    accountId,
    partition,
}: {
    miniStack: MiniStackAddress;
    accountId: string;
    partition: string;
}) {
    const clients = clientsByRegion(miniStack, (settings) => new SNS(settings));
    return {
        /**
         * Returns why the topic rejects the notification; undefined after the delivery. Throws if SNS does not answer.
         */
        async publish(
            topic: string,
            budget: string,
            text: { Subject: string; Message: string },
        ): Promise<string | undefined> {
            const client = clients.of(parseArn(topic)?.region ?? "us-east-1");
            const response = await unlessGone(
                client.getTopicAttributes({ TopicArn: topic }),
                "NotFoundException",
                "NotFound",
            );
            if (!response) return `there is no topic ${topic}`;
            const source = `arn:${partition}:budgets::${accountId}:budget/${budget}`;
            const request = {
                caller: { service: budgetsService },
                action: "SNS:Publish",
                resource: topic,
                context: { "aws:SourceAccount": accountId, "aws:SourceArn": source },
            };
            const document = JSON.parse(response.Attributes?.Policy || '{"Statement":[]}') as PolicyDocument;
            const verdict = evaluate(request, [{ name: "topic policy", document }], "resource");
            if (verdict.decision !== "allowed") return `${budgetsService} may not: ${explain(request, verdict)}`;
            await client.publish({ TopicArn: topic, ...text });
            return undefined;
        },
        destroy: clients.destroy,
    };
}

const evaluateMilliseconds = 2000;

interface BudgetNotificationsOptions {
    readonly miniStack: MiniStackAddress;
    readonly bill: Pick<Bill, "usage" | "now">;
    readonly accountId: string;
    readonly partition: string;
    /** The folder with the record of sent notifications. */
    readonly dataDir: string;
    log(message: string): void;
}

/**
 * Evaluates all budgets against metered usage every two seconds and notifies each subscriber once for each budget,
 * period and threshold. Records a notification after sending it, so a process killed between both steps sends the
 * notification again.
 */
export function startBudgetNotifications(options: BudgetNotificationsOptions) {
    const { bill, accountId, log } = options;
    const budgets = new Budgets(createLoopSettings(options.miniStack));
    const topics = createTopics(options);
    const sent = openSentNotifications(options.dataDir);
    const unevaluated = new Set<string>();

    const evaluate = async () => {
        const allBudgets: Budget[] = [];
        for await (const page of paginateDescribeBudgets(
            { client: budgets },
            { AccountId: accountId, ShowFilterExpression: true },
        )) {
            allBudgets.push(...(page.Budgets ?? []));
        }
        sent.keepOnly(allBudgets.map(({ BudgetName = "" }) => BudgetName));
        for (const budget of allBudgets) await evaluateOne(budget);
    };

    const evaluateOne = async (budget: Budget) => {
        const { BudgetName = "" } = budget;
        const now = bill.now();
        const scope = determineScope(budget);
        if ("because" in scope) {
            const line = `budget ${BudgetName} is not evaluated: ${scope.because}`;
            if (!unevaluated.has(line)) log(line);
            unevaluated.add(line);
            return;
        }
        const spend = monthSpend(bill, scope.holds);
        const budgetKey = { AccountId: accountId, BudgetName };
        const answer = await unlessGone(budgets.describeNotificationsForBudget(budgetKey), "NotFoundException");
        for (const Notification of answer?.Notifications ?? []) {
            const over = exceeded(budget, Notification, spend);
            if (!over) continue;
            const text = notificationText(BudgetName, over, { accountId, now });
            const period = new Date(now).toISOString().slice(0, 7);
            for (const subscriber of await listSubscribers(budgetKey, Notification)) {
                const { Address = "" } = subscriber;
                const entry = {
                    budget: BudgetName,
                    period,
                    notification: notificationKey(budget, Notification),
                    subscriber: Address,
                };
                if (!sent.has(entry)) await notify(entry, subscriber, text);
            }
        }
    };

    const listSubscribers = async (
        budgetKey: { AccountId: string; BudgetName: string },
        Notification: Notification,
    ) => {
        const call = budgets.describeSubscribersForNotification({ ...budgetKey, Notification });
        return (await unlessGone(call, "NotFoundException"))?.Subscribers ?? [];
    };

    const notify = async (
        entry: SentNotification,
        { SubscriptionType, Address = "" }: Subscriber,
        text: ReturnType<typeof notificationText>,
    ) => {
        if (SubscriptionType === "EMAIL")
            log(`e-mail to ${Address}, which the local AWS does not send: ${text.Subject}`);
        else {
            const refusal = await topics.publish(Address, entry.budget, text);
            log(
                `notification to ${Address}: ${text.Subject}${refusal === undefined ? "" : `: not delivered: ${refusal}`}`,
            );
        }
        sent.add(entry);
    };

    const loop = every(evaluateMilliseconds, evaluate, (error) =>
        log(`Budgets could not be evaluated: ${error.stack ?? error.message}`),
    );
    return {
        rounds: loop.rounds,
        /** Stops after the current evaluation. */
        async stop(): Promise<void> {
            await loop.stop();
            sent.close();
            budgets.destroy();
            topics.destroy();
        },
    };
}
