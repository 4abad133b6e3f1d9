import type { configValues } from "./values.ts";

/** Limit, notifications, and automatic actions of the cost guard. */
export interface CostConfig {
    /** US dollars a month; undefined: preview's estimate plus 25 %. */
    readonly monthlyLimitUsd: number | undefined;
    /** Requests a day for the price estimate. */
    readonly expectedRequestsPerDay: number;
    /** Minutes between two runs of the cost guard. */
    readonly guardMinutes: number;
    /** Hours without a request after which a campaign is idle. */
    readonly idleHours: number;
    /** Hours between the idle notification and parking. */
    readonly idleGraceHours: number;
    /** Days after which a solution without a campaign is unused. */
    readonly unusedDays: number;
    /** `announce`: only a notification. `park`: also parks the campaign after `idleGraceHours`. */
    readonly idleAction: "announce" | "park";
    /** `list`: only a notification. `delete`: also deletes the solutions with all their versions. */
    readonly unusedAction: "list" | "delete";
    /** Mail address for notifications; undefined: no mail. */
    readonly alertEmail: string | undefined;
    /** Name of the SSM SecureString with the URL of a chat's incoming webhook; undefined: no chat. */
    readonly chatWebhookParameter: string | undefined;
    /**
     * Whether the budget counts only resources with the stack's tag, which must be activated in the billing console.
     */
    readonly budgetByTag: boolean;
    /** Whether the program creates an AWS budget. */
    readonly budget: boolean;
}

/** Whether a text has the form of a mail address. */
export const isMailAddress = (text: string): boolean => /^[^@\s]+@[^@\s.]+(?:\.[^@\s.]+)+$/.test(text);

/** Reads and checks the cost values; `values` collects the problems. */
export function parseCostConfig({ bad, text, oneOf, number, flag }: ReturnType<typeof configValues>): CostConfig {
    const alertEmail = text("alertEmail");
    if (alertEmail !== "" && !isMailAddress(alertEmail)) {
        bad("alertEmail", `is "${alertEmail}", which is not a mail address`);
    }
    const chatWebhookParameter = text("chatWebhookParameter");
    if (chatWebhookParameter !== "" && !/^\/[a-zA-Z0-9_./-]{1,1010}$/.test(chatWebhookParameter)) {
        bad(
            "chatWebhookParameter",
            "is not the name of an SSM parameter, for example /movie-recommender-chat/dev. Do not put the URL itself here: it is a secret",
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
        budget: flag("budget"),
    };
}
