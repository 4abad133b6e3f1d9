import { approximately, priceNote } from "../config/prices.ts";
import type { GuardConfig } from "./guard-config.ts";
import { iso, readable } from "./time.ts";

/** What the guard says, once each; a reader that gets one twice drops it by its id. */
export interface GuardNotification {
    /** What it is about, unique in the stack: `2026-11/limit-reached/20`. */
    readonly key: string;
    readonly kind: NotificationKind;
    readonly at: number;
    /** What the text needs besides. */
    readonly facts: Readonly<Record<string, string | number | readonly string[]>>;
}

/** A notice as it is sent. */
export interface SentNotification {
    readonly schemaVersion: 1;
    /** Stays the same when it is sent again. */
    readonly id: string;
    readonly kind: NotificationKind;
    readonly stack: string;
    /** ISO 8601. */
    readonly at: string;
    readonly text: string;
}

/** A ranking campaign beside the first makes two. */
const theyHave = (campaigns: unknown) => (campaigns === 2 ? "The campaigns have" : "The campaign has");
const them = (campaigns: unknown) => (campaigns === 2 ? "them" : "it");
const resume = "It comes back, without a training, by: npm run resume";

const texts = {
    "limit-near": ({ usd, limit, campaigns }) =>
        `${theyHave(campaigns)} cost ${money(usd)} this month, which is 80 % of the limit of $${limit}. At the limit the cost guard parks ${them(campaigns)}. ` +
        "A higher limit: pulumi config set monthlyLimitUsd <US dollars> && pulumi up",
    "limit-reached": ({ usd, limit, campaigns }) =>
        `${theyHave(campaigns)} cost ${money(usd)} this month, and the limit is $${limit}: the cost guard parks ${them(campaigns)}, and nobody gets recommendations. ` +
        `The deletion takes about 18 minutes. ${resume}. It is not parked again this month, unless the limit is changed.`,
    "limit-overridden": ({ usd, limit }) =>
        `The campaign is back although this month's limit of $${limit} is reached (${money(usd)} so far). ` +
        "Somebody resumed it, so the cost guard leaves it running for the rest of the month. Stop it by: npm run park",
    idle: ({ since, perDay, parkAt }) =>
        `Nobody has asked the campaign since ${readable(Number(since))}, and it costs ${money(perDay)} a day. ` +
        (Number(parkAt) > 0
            ? `If nobody asks it until ${readable(Number(parkAt))}, the cost guard parks it. `
            : "The cost guard leaves it as it is (idleAction is announce). Stop it by: npm run park. ") +
        'Keep it, whoever asks: pulumi config set --path "tags.keep" yes && pulumi up',
    "idle-withdrawn": ({ because }) => `The campaign is not idle any more: ${because}. It stays.`,
    "idle-parked": ({ since }) =>
        `Nobody has asked the campaign since ${readable(Number(since))}: the cost guard parks it. ${resume}`,
    "metrics-missing": ({ since }) =>
        `The cost guard asked the campaign at ${readable(Number(since))}, and CloudWatch does not show it. Requests of others are missing there too: ` +
        "the estimate of spend counts none, and the campaign is not taken for idle. See: npm run watch-status",
    unused: ({ names, more, days, deleteFrom }) =>
        `No campaign has used ${list(names, Number(more))} for ${days} days. ` +
        (Number(deleteFrom) > 0
            ? `From ${readable(Number(deleteFrom))} on the cost guard deletes them with all their versions. A tag keep on a solution protects it.`
            : "They cost nothing while nothing trains them. To have the cost guard delete such ones: pulumi config set unusedAction delete && pulumi up"),
    "unused-deleted": ({ name, since }) =>
        `The cost guard deletes the solution ${name}, which it listed as unused at ${readable(Number(since))}, with all its versions.`,
    "state-lost": ({ problem, parameter }) =>
        `What the cost guard had noted ${problem}. It starts again from what AWS knows; a limit that was reached this month may park the campaign once more. ` +
        `What was noted stays in the history of the SSM parameter: aws ssm get-parameter-history --name ${parameter}`,
} as const satisfies Record<string, (facts: GuardNotification["facts"]) => string>;

export type NotificationKind = keyof typeof texts;

/** The notice as its readers get it: the same for the same notice, however often it is sent. */
export function sentNotification(
    { key, kind, at, facts }: GuardNotification,
    { stack }: Pick<GuardConfig, "stack">,
): SentNotification {
    return {
        schemaVersion: 1,
        id: `${stack}/${key}`,
        kind,
        stack,
        at: iso(at),
        text: `Stack ${stack}: ${texts[kind](facts)}`,
    };
}

/** Whether it says that there is no campaign now: viewers see why their lists are others. */
export const isOfParking = ({ kind }: Pick<SentNotification, "kind">): boolean =>
    kind === "limit-reached" || kind === "idle-parked";

/** A price a day of what costs that an hour. */
export const perDay = (usdPerHour: number): number => usdPerHour * 24;

const money = (usd: unknown) => `${approximately(Number(usd))} ${priceNote}`;

function list(names: unknown, more: number): string {
    const all = Array.isArray(names) ? names : [];
    return `the solution${all.length + more === 1 ? "" : "s"} ${all.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
