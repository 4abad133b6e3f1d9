import type { configValues } from "./values.ts";

/** What the recommender may cost, who is told, and what the cost guard does by itself. */
export interface CostConfig {
    /** US dollars a month; undefined: a quarter above the estimate that preview shows. */
    readonly monthlyLimitUsd: number | undefined;
    /** What the price of a month is reckoned with. */
    readonly expectedRequestsPerDay: number;
    /** Minutes between two runs of the cost guard. */
    readonly guardMinutes: number;
    /** Hours without a request after which a campaign is idle. */
    readonly idleHours: number;
    /** Hours between the notice that it is idle and its parking. */
    readonly idleGraceHours: number;
    /** Days after which a solution without a campaign is unused. */
    readonly unusedDays: number;
    /** `announce`: nothing but a notice. `park`: after `idleGraceHours` the campaign is parked. */
    readonly idleAction: "announce" | "park";
    /** `list`: nothing but a notice. `delete`: the solutions are deleted, with all their versions. */
    readonly unusedAction: "list" | "delete";
    /** Mail address of notices; undefined: none is sent. */
    readonly alertEmail: string | undefined;
    /** Name of the SSM SecureString that has the URL of a chat's incoming webhook; undefined: none is called. */
    readonly chatWebhookParameter: string | undefined;
    /** Whether the budget counts only what carries the stack's tag, which must be activated in the billing console. */
    readonly budgetByTag: boolean;
}

/** Reads and checks the values about money; bad ones are collected by `values`. */
export function parseCostConfig({ bad, text, oneOf, number, flag }: ReturnType<typeof configValues>): CostConfig {
    const alertEmail = text("alertEmail");
    if (alertEmail !== "" && !/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(alertEmail)) {
        bad("alertEmail", `is "${alertEmail}", which is no mail address`);
    }
    const chatWebhookParameter = text("chatWebhookParameter");
    if (chatWebhookParameter !== "" && !/^\/[a-zA-Z0-9_./-]{1,1010}$/.test(chatWebhookParameter)) {
        bad(
            "chatWebhookParameter",
            "is no name of an SSM parameter, such as /movie-recommender-chat/dev. The URL itself is a secret, and stays out of here",
        );
    }
    return {
        monthlyLimitUsd: text("monthlyLimitUsd") === "" ? undefined : number("monthlyLimitUsd", 0.01, false),
        expectedRequestsPerDay: number("expectedRequestsPerDay", 0, true),
        guardMinutes: number("guardMinutes", 1, true, 60),
        idleHours: number("idleHours", 0.001, false),
        idleGraceHours: number("idleGraceHours", 0.001, false),
        unusedDays: number("unusedDays", 0.001, false),
        idleAction: oneOf("idleAction", ["announce", "park"]),
        unusedAction: oneOf("unusedAction", ["list", "delete"]),
        alertEmail: alertEmail || undefined,
        chatWebhookParameter: chatWebhookParameter || undefined,
        budgetByTag: flag("budgetByTag"),
    };
}
