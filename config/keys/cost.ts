import { decimal, flag, matches, members, oneOf, optional, orNone, whole } from "../kinds.ts";

/** Checks whether a text has the form of an email address. */
export const isMailAddress = (text: string): boolean => mailAddress.test(text);
const mailAddress = /^[^@\s]+@[^@\s.]+(?:\.[^@\s.]+)+$/;

const figures = "budget, cost guard, alarms, dashboard";
const guard = "the cost guard";
const subscription = "subscription created or deleted; the chat's has a function";
const budget = "the budget";

/** Configuration keys for the limit, notifications, and automatic actions of the cost guard. */
export const costKeys = {
    monthlyLimitUsd: orNone(
        decimal("", {
            least: 0.01,
            description:
                "US dollars a month: above it preview fails, the budget warns, and the cost guard parks the campaign. Empty: preview's " +
                "estimate plus 25 %. [A large rise](cost.md#limit-the-cost) of the estimate needs it",
            effect: figures,
            other: 400,
        }),
    ),
    expectedRequestsPerDay: whole(10_000, {
        least: 0,
        description: "requests per day for the price estimate: of the API, or of the campaign without an API",
        effect: figures,
        other: 20_000,
    }),
    guardMinutes: whole(15, {
        least: 1,
        most: 60,
        description: "minutes between two runs of the cost guard",
        effect: guard,
    }),
    idle: members(
        {
            hours: decimal(24, { least: 0.001, description: "hours without a request until the notification" }),
            graceHours: decimal(24, {
                least: 0.001,
                description: "hours between the notification and parking, if `idle.action` is `park`",
            }),
            action: oneOf(["announce", "park"], "announce", {
                description: "`announce`: only a notification. `park`: the cost guard also parks the campaign",
            }),
        },
        { description: "what the cost guard does with a campaign that nobody uses", effect: guard },
    ),
    unused: members(
        {
            days: decimal(14, {
                least: 0.001,
                description: "days without a campaign after which a solution is unused",
            }),
            action: oneOf(["list", "delete"], "list", {
                description:
                    "`list`: only a notification. `delete`: the cost guard deletes them with all their versions",
            }),
        },
        { description: "what the cost guard does with unused solutions", effect: guard },
    ),
    alertEmail: optional({
        description: "mail address for budget, alarms and cost guard; AWS asks once for confirmation",
        effect: subscription,
        other: "ann@films.example",
        check: matches(mailAddress, "which is not a mail address"),
        maySecret: true,
    }),
    chatWebhookParameter: optional({
        description: "name of the SSM SecureString that holds the URL of a chat's incoming webhook",
        effect: subscription,
        other: "/films/webhook",
        check(value, refuse) {
            if (!/^\/[a-zA-Z0-9_./-]{1,1010}$/.test(value)) {
                refuse(
                    "is not the name of an SSM parameter, for example /movie-recommender-chat/dev. Do not put the URL itself here: it is a secret",
                );
            }
        },
        maySecret: true,
    }),
    budget: flag(true, {
        description:
            "creates an AWS budget for Personalize; `false` in an account that [refuses budgets](cost.md#an-account-that-refuses-budgets): only " +
            "the cost guard watches the spend",
        effect: budget,
    }),
    budgetByTag: flag(false, {
        description:
            "the budget counts only resources with the tag `pulumi:stack`; activate this tag in the billing console first",
        effect: budget,
    }),
};
