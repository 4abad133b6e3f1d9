import { approximately, priceNote } from "../config/prices.ts";
import type { GuardConfig } from "./guard-config.ts";
import { readable } from "./time.ts";

/**
 * A notification of the cost guard, which the guard sends once. Receivers ignore a second notification with the same
 * ID.
 */
export interface GuardNotification {
    /** Key that is unique in the stack: `2026-11/limit-reached/20`. */
    readonly key: string;
    readonly kind: NotificationKind;
    readonly at: number;
    /** Values for the notification's text. */
    readonly facts: Readonly<Record<string, string | number | readonly string[]>>;
}

/** A notification in the format of the SNS message. */
export interface SentNotification {
    readonly schemaVersion: 1;
    /** ID that is the same for repeated sends. */
    readonly id: string;
    readonly kind: NotificationKind;
    readonly stack: string;
    readonly text: string;
}

const resume = "To resume without a training: npm run resume";

const texts = {
    "limit-near": ({ usd, limit }) =>
        `Campaigns, batch inference and requests cost ${money(usd)} this month. This is at least 80 % of the limit of $${limit}. At the limit the cost guard parks the campaign. ` +
        "To raise the limit: pulumi config set monthlyLimitUsd <US dollars> && pulumi up",
    "limit-reached": ({ limit }) =>
        `This month's cost has reached the limit of $${limit}. The cost guard parks the campaign, so there are no personal recommendations. ` +
        `The deletion takes about 18 minutes. ${resume}. The cost guard does not park it at the limit again this month, unless you change the limit.`,
    "limit-overridden": ({ usd, limit }) =>
        `The campaign runs again, although this month's cost reached the limit of $${limit} (${money(usd)} so far). ` +
        "Because it was resumed, the cost guard leaves it running for the rest of the month. To stop it: npm run park",
    idle: ({ since, perDay, parkAt, unconfirmed }) =>
        `The campaign has had no requests since ${readable(Number(since))}, and it costs ${money(perDay)} a day. ` +
        (Number(parkAt) > 0
            ? `Without requests until ${readable(Number(parkAt))}, the cost guard parks it. `
            : `The cost guard does not park it (${unconfirmed ? "no address has confirmed the notifications: npm run budget-alarms" : "idle.action is announce"}). To stop it: npm run park. `) +
        'To keep it even without requests: pulumi config set --path "tags.keep" yes && pulumi up',
    "idle-withdrawn": ({ because }) => `The campaign is no longer idle: ${because}. The cost guard does not park it.`,
    "idle-parked": ({ since }) =>
        `The campaign has had no requests since ${readable(Number(since))}, so the cost guard parks it. ${resume}`,
    "metrics-missing": ({ since }) =>
        `The cost guard sent a request to the campaign at ${readable(Number(since))}, but CloudWatch does not show it. Other requests may be missing too. ` +
        "The spend estimate cannot count them, and the cost guard does not treat the campaign as idle. See: npm run watch-status",
    unused: ({ names, more, days, deleteFrom }) =>
        `No campaign has used these solutions for ${days} days: ${list(names, more)}. ` +
        (Number(deleteFrom) > 0
            ? `After ${readable(Number(deleteFrom))} the cost guard deletes them with all their versions. The tag keep protects a solution.`
            : "They cost nothing while there is no training. To let the cost guard delete unused solutions: pulumi config set --path unused.action delete && pulumi up"),
    "unused-deleted": ({ name, since }) =>
        `The cost guard deletes the solution ${name} with all its versions. It listed it as unused at ${readable(Number(since))}.`,
    "api-closed": ({ usd, limit }) =>
        `Requests to the API and the page cost ${money(usd)} in the last hour, and the limit is $${limit} a month. ` +
        "The cost guard closes them: the API answers 429, and CloudFront stops within minutes. " +
        "Find the source of the requests first, for example with AWS WAF (docs/security.md). To open them again: npm run resume",
    "state-lost": ({ problem, parameter }) =>
        `The stored state of the cost guard ${problem}. The cost guard starts again from AWS's data. If the limit was reached this month, it may park the campaign once more. ` +
        `The SSM parameter's history has the old state: aws ssm get-parameter-history --name ${parameter}`,
} as const satisfies Record<string, (facts: GuardNotification["facts"]) => string>;

export type NotificationKind = keyof typeof texts;

/** The kinds of all notifications. */
export const notificationKinds: readonly string[] = Object.keys(texts);

/** Returns the notification in the format of the SNS message. Repeated sends have the same content. */
export function sentNotification(
    { key, kind, facts }: GuardNotification,
    { stack }: Pick<GuardConfig, "stack">,
): SentNotification {
    return {
        schemaVersion: 1,
        id: `${stack}/${key}`,
        kind,
        stack,
        text: `Stack ${stack}: ${texts[kind](facts)}`,
    };
}

/** Checks whether a notification reports that the campaign is now parked. The page then shows viewers the reason. */
export const isOfParking = ({ kind }: Pick<SentNotification, "kind">): boolean =>
    kind === "limit-reached" || kind === "idle-parked";

const money = (usd: unknown) => `${approximately(Number(usd))} ${priceNote}`;

function list(names: unknown, more: unknown): string {
    const all = Array.isArray(names) ? names : [];
    return `${all.join(", ")}${Number(more) > 0 ? ` and ${more} more` : ""}`;
}
