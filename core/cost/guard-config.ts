import type { StackConfig } from "../config/config.ts";

/** What the guard does with a campaign without requests: only announce that it is idle, or park it later. */
export type IdleAction = "announce" | "park";

/** Days without a campaign until a solution counts as unused. */
const unusedDays = 14;

/** Returns the hours from the notification of an idle campaign to its parking: a day, but at most `idle.hours`. */
export const graceHours = ({ hours }: StackConfig["idle"]): number => Math.min(24, hours);

/** Returns the values of the stack's configuration that the cost guard needs. */
export const pickGuardValues = ({ project, stack, recipe, idle, unused }: StackConfig) => ({
    ...{ project, stack, recipe },
    idleHours: idle.hours,
    idleGraceHours: graceHours(idle),
    unusedDays,
    unusedAction: unused.action,
});

/** Configuration of the cost guard, from the function's environment. */
export interface GuardConfig extends ReturnType<typeof pickGuardValues> {
    /** US dollars. */
    readonly monthlyLimitUsd: number;
    readonly idleAction: IdleAction;
    /** Whether the stack precomputes lists. The requests for them do not count as use. */
    readonly prefetches: boolean;
}

/**
 * Key of a tag that protects resources: the guard neither parks an idle campaign nor deletes an unused solution that
 * has this tag.
 */
export const keepTag = "keep";
