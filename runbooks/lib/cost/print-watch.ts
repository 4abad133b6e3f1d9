import { table } from "../cli/table.ts";
import type { Watch } from "./budget-problems.ts";
import type { BudgetView } from "./budget-view.ts";
import type { Subscription } from "./told.ts";

/** Characters of a reason in the table; of an alarm that is on, all of it is said below. */
const longestReason = 60;
const short = (time: string | null) => time?.slice(0, 16).replace("T", " ") ?? "–";
const dollars = (usd: number | undefined) => (usd === undefined ? "not known yet" : `$${usd.toFixed(2)}`);

/** Budget, notices and alarms for a terminal. */
export function watchText({ budget, subscriptions, alarms }: Watch): string {
    return [
        ...(budget === undefined ? [] : [budgetText(budget)]),
        ...(subscriptions === undefined ? [] : ["", "Notices go to:", subscriptionsTable(subscriptions)]),
        ...(alarms.length === 0
            ? []
            : [
                  "",
                  table(
                      ["alarm", "state", "since", "reason", "page"],
                      alarms.map(({ name, state, since, reason, page }) => [
                          name,
                          state,
                          short(since),
                          reason.length > longestReason ? `${reason.slice(0, longestReason - 1)}…` : reason,
                          page ?? "–",
                      ]),
                  ),
              ]),
    ].join("\n");
}

/** Who gets notices, and whether each has confirmed. */
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
        subscribers.map(({ kind, address }) => `${kind} ${address.split(":").at(-1)}`).join(", ") || "nobody",
    ]);
    return [
        `Budget ${name}${whose}: $${limitUsd} a month; spent ${dollars(spentUsd)}, forecast ${dollars(forecastUsd)} (AWS's data, 8 to 12 hours old)`,
        table(["notifies when", "state", "whom"], rows),
    ].join("\n");
}
