import {
    type Budget,
    BudgetsClient,
    DescribeNotificationsForBudgetCommand,
    DescribeSubscribersForNotificationCommand,
    type Notification,
    paginateDescribeBudgets,
    type Subscriber,
} from "@aws-sdk/client-budgets";
import type { Emulator } from "local-personalize";
import { unlessGone } from "../../unless-gone.ts";
import { endpointOf } from "../internal.ts";
import { every } from "../loop.ts";
import { monthSpend } from "../spend.ts";
import { exceeded, noticeKey, noticeOf, scopeOf } from "./decide.ts";
import { openTold, type Told } from "./told.ts";
import { createTopics } from "./topics.ts";

const evaluateMilliseconds = 2000;

export interface BudgetNoticesOptions {
    readonly miniStackPort: number;
    readonly emulator: Pick<Emulator, "usage" | "clock">;
    readonly accountId: string;
    readonly partition: string;
    /** The record of sent notifications is here. */
    readonly dataDir: string;
    log(message: string): void;
}

/**
 * Evaluates the budgets in MiniStack against the metered usage, every two seconds, and notifies their subscribers: once
 * for each budget, period and notification. A notification is sent, then recorded: a process that is killed in between
 * sends it again.
 */
export function startBudgetNotices(options: BudgetNoticesOptions) {
    const { emulator, accountId, log } = options;
    const budgets = new BudgetsClient(endpointOf(options.miniStackPort));
    const topics = createTopics(options);
    const told = openTold(options.dataDir);
    const unevaluated = new Set<string>();

    const evaluate = async () => {
        const found: Budget[] = [];
        for await (const page of paginateDescribeBudgets(
            { client: budgets },
            { AccountId: accountId, ShowFilterExpression: true },
        )) {
            found.push(...(page.Budgets ?? []));
        }
        told.keepOnly(found.map(({ BudgetName = "" }) => BudgetName));
        for (const budget of found) await evaluateOne(budget);
    };

    const evaluateOne = async (budget: Budget) => {
        const { BudgetName = "" } = budget;
        const now = emulator.clock.now();
        const scope = scopeOf(budget, now);
        if ("because" in scope) {
            const line = `budget ${BudgetName} is not evaluated: ${scope.because}`;
            if (!unevaluated.has(line)) log(line);
            unevaluated.add(line);
            return;
        }
        const spend = monthSpend(emulator.usage, now, scope.start, scope.holds);
        const asked = { AccountId: accountId, BudgetName };
        const answer = await unlessGone(
            budgets.send(new DescribeNotificationsForBudgetCommand(asked)),
            "NotFoundException",
        );
        for (const Notification of answer?.Notifications ?? []) {
            const over = exceeded(budget, Notification, spend);
            if (!over) continue;
            const notice = noticeOf(BudgetName, over, { accountId, now });
            const period = new Date(now).toISOString().slice(0, 7);
            for (const subscriber of await subscribersOf(asked, Notification)) {
                const { Address = "" } = subscriber;
                const entry = {
                    budget: BudgetName,
                    period,
                    notice: noticeKey(budget, Notification),
                    subscriber: Address,
                };
                if (!told.has(entry)) await tell(entry, subscriber, notice);
            }
        }
    };

    const subscribersOf = async (asked: { AccountId: string; BudgetName: string }, Notification: Notification) => {
        const command = new DescribeSubscribersForNotificationCommand({ ...asked, Notification });
        return (await unlessGone(budgets.send(command), "NotFoundException"))?.Subscribers ?? [];
    };

    const tell = async (
        entry: Told,
        { SubscriptionType, Address = "" }: Subscriber,
        notice: ReturnType<typeof noticeOf>,
    ) => {
        if (SubscriptionType === "EMAIL") log(`to ${Address}, to whom no e-mail is sent: ${notice.Subject}`);
        else {
            const refusal = await topics.publish(Address, entry.budget, notice);
            log(`to ${Address}: ${notice.Subject}${refusal === undefined ? "" : `: not delivered: ${refusal}`}`);
        }
        told.add(entry);
    };

    const loop = every(evaluateMilliseconds, evaluate, (error) =>
        log(`Budgets could not be evaluated: ${error.stack ?? error.message}`),
    );
    return {
        /** Ends after the evaluation in progress. */
        async stop(): Promise<void> {
            await loop.stop();
            told.close();
            budgets.destroy();
            topics.destroy();
        },
    };
}
