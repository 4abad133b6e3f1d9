import { type CloudWatchClient, paginateDescribeAlarms } from "@aws-sdk/client-cloudwatch";
import { shell } from "terminal-text";
import { approximately } from "../../../core/config/prices.ts";
import type { Subscription } from "../../../core/operations/topic.ts";
import { shortTime, table } from "../cli/output.ts";
import { readPages } from "../stack/stack.ts";
import type { BudgetView } from "./budget-view.ts";

/** Budget, alarms and subscriptions, if they exist. */
export interface Watch {
    readonly budget: BudgetView | undefined;
    /** Whether config `budget` of the stack is true. */
    readonly isBudgetWanted: boolean;
    /** The subscriptions to the stack's notification topic; undefined if the topic does not exist. */
    readonly subscriptions: readonly Subscription[] | undefined;
    readonly alarms: readonly AlarmView[];
}

/** Returns problems that need an action, each with the next step. `topicArn` is the stack's notification topic. */
export function findProblems(
    { budget, isBudgetWanted, subscriptions, alarms }: Watch,
    topicArn: string | undefined,
): string[] {
    const fired = budget?.notifications.filter(({ state }) => state === "ALARM") ?? [];
    return [
        ...(budget === undefined && isBudgetWanted ? ["There is no budget. Create it with: pulumi up"] : []),
        ...fired.map(({ type, threshold, isPercent }) => {
            const limit = isPercent ? `${threshold} % of ${approximately(budget?.limitUsd ?? 0)}` : `$${threshold}`;
            return `${type === "ACTUAL" ? "The spend" : "The forecast"} is above ${limit}. Details: npm run cost-report; delete the campaign: npm run park`;
        }),
        ...(subscriptions === undefined && topicArn !== undefined
            ? [`The topic ${topicArn} was deleted. Create it again with: pulumi refresh && pulumi up`]
            : []),
        ...(subscriptions ?? [])
            .filter(({ confirmed }) => !confirmed)
            .map(
                ({ protocol, endpoint }) =>
                    `${endpoint} has not confirmed the subscription, and receives nothing. Follow the link in the mail "AWS Notification - Subscription Confirmation"; ` +
                    `send it again: aws sns subscribe ${shell("--topic-arn", topicArn ?? "", "--protocol", protocol, "--notification-endpoint", endpoint)}`,
            ),
        ...alarms
            .filter(({ state }) => state === "ALARM")
            .map(({ name, reason, page }) => `Alarm ${name}: ${reason}${page === null ? "" : ` See ${page}`}`),
    ];
}

export interface AlarmView {
    readonly name: string;
    /** State of the alarm: `OK`, `ALARM` or `INSUFFICIENT_DATA`. */
    readonly state: string;
    /** Time of the alarm's last change of state in ISO 8601; null if CloudWatch returns no time. */
    readonly since: string | null;
    readonly reason: string;
    /** The documentation page and section in the alarm's description; null without a page. */
    readonly page: string | null;
}

/** Reads the alarms with this name prefix, those in ALARM first. */
export async function listAlarms(client: CloudWatchClient, AlarmNamePrefix: string): Promise<AlarmView[]> {
    const pages = paginateDescribeAlarms({ client }, { AlarmNamePrefix });
    const alarms = await readPages(pages, (page) => page.MetricAlarms);
    const rank = ({ state }: AlarmView) => (state === "ALARM" ? 0 : 1);
    return alarms
        .map(({ AlarmName = "", StateValue = "", StateReason = "", AlarmDescription = "", ...alarm }) => ({
            name: AlarmName,
            state: StateValue,
            since: (alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp)?.toISOString() ?? null,
            reason: StateReason,
            page: /: (\S+#[\w-]+)$/.exec(AlarmDescription)?.[1] ?? null,
        }))
        .sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
}

/** The maximum length of a reason in the table. The full reason of an active alarm follows the table. */
const longestReason = 60;
const dollars = (usd: number | undefined) => (usd === undefined ? "not known yet" : `$${usd.toFixed(2)}`);

/** Formats budget, subscriptions and alarms for a terminal. */
export function watchText({ budget, subscriptions, alarms }: Watch): string {
    return [
        ...(budget === undefined ? [] : [budgetText(budget)]),
        ...(subscriptions === undefined ? [] : ["", "Notifications go to:", subscriptionsTable(subscriptions)]),
        ...(alarms.length === 0
            ? []
            : [
                  "",
                  table(
                      ["alarm", "state", "since", "reason", "page"],
                      alarms.map(({ name, state, since, reason, page }) => [
                          name,
                          state,
                          shortTime(since),
                          reason.length > longestReason ? `${reason.slice(0, longestReason - 1)}…` : reason,
                          page ?? "–",
                      ]),
                  ),
              ]),
    ].join("\n");
}

/** Formats the subscriptions with their confirmation. */
export const subscriptionsTable = (subscriptions: readonly Subscription[]): string =>
    table(
        ["by", "to", "confirmed"],
        subscriptions.map(({ protocol, endpoint, confirmed }) => [protocol, endpoint, confirmed ? "yes" : "no"]),
    );

function budgetText({ name, limitUsd, spentUsd, forecastUsd, stack, notifications }: BudgetView): string {
    const whose = stack === undefined ? "" : `, of stack ${stack}`;
    const rows = notifications.map(({ type, threshold, isPercent, state, subscribers }) => [
        `${type === "ACTUAL" ? "spent" : "forecast"} above ${isPercent ? `${threshold} %` : `$${threshold}`}`,
        state,
        subscribers.map(({ kind, address }) => `${kind} ${address.split(":").at(-1)}`).join(", ") || "none",
    ]);
    return [
        `Budget ${name}${whose}: $${limitUsd} a month; spent ${dollars(spentUsd)}, forecast ${dollars(forecastUsd)} (AWS's data, 8 to 12 hours old)`,
        table(["notifies when", "state", "recipients"], rows),
    ].join("\n");
}
