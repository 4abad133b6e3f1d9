import { decimal, flag, matches, members, oneOf, optional, orNone, whole } from "../kinds.ts";
import { mostRequestsPerSecond } from "./serving.ts";

/** Checks whether a text has the form of an email address. */
export const isMailAddress = (text: string): boolean => mailAddress.test(text);
const mailAddress = /^[^@\s]+@[^@\s.]+(?:\.[^@\s.]+)+$/;

/** Configuration keys for the limit, notifications, and automatic actions of the cost guard. */
export const costKeys = {
    monthlyLimitUsd: orNone(
        decimal("", {
            least: 0.01,
            most: 1_000_000,
            description:
                "US dollars a month above which preview fails, the budget warns, and the cost guard parks the campaign. Empty: the estimate plus 25 %. " +
                "[A large rise of the estimate](cost.md#limit-the-cost) requires a limit",
            other: 400,
        }),
    ),
    expectedRequestsPerDay: whole(10_000, {
        least: 0,
        most: mostRequestsPerSecond * 86_400,
        description: "requests per day for cost estimate and default limit",
        other: 20_000,
    }),
    guardMinutes: whole(15, {
        least: 1,
        most: 60,
        description: "minutes between runs of the cost guard",
    }),
    idle: members(
        {
            hours: decimal(336, {
                least: 0.001,
                most: 8760,
                description: "hours without requests until a notification",
            }),
            action: orNone({
                ...oneOf(["announce", "park"], "park", {
                    description:
                        "`park`: park the campaign after a notification to a confirmed address. Empty: `park`; `announce` in stacks of earlier releases",
                }),
                default: "",
            }),
        },
        { description: "actions on a campaign without requests" },
    ),
    unused: members(
        {
            action: oneOf(["list", "delete"], "list", {
                description: "`delete`: delete the solutions after a notification",
            }),
        },
        { description: "actions on solutions that had no campaign for 14 days" },
    ),
    alertEmail: optional({
        description: "mail address for notifications; AWS asks once for confirmation",
        other: "ann@films.example",
        check: matches(mailAddress, "which is not a mail address"),
        maySecret: true,
    }),
    chatWebhookParameter: optional({
        description: "name of an SSM SecureString with the URL of a chat's incoming webhook",
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
    docsUrl: optional({
        description:
            "address of your copy of `docs`, such as `https://github.com/you/movie-recommender/blob/main/docs` or your site's, for alarms and the dashboard. Empty: they name the file in the clone",
        other: "https://films.example/docs",
        check: matches(/^https:\/\/\S{1,300}[^\s/]$/, "which is not an https address without a final slash"),
    }),
    budget: flag(true, {
        description: "AWS budget; `false` if the account [refuses budgets](cost.md#an-account-that-refuses-budgets)",
    }),
    budgetByTag: flag(false, {
        description:
            "the budget and `cost-report` count this stack's tag, which you [activate](cost.md#one-time-setup-of-an-account) first",
    }),
};
