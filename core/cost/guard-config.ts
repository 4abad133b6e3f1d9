import type { StackConfig } from "../config/config.ts";

/** What the guard does with a campaign without requests: only announce that it is idle, or park it later. */
export type IdleAction = "announce" | "park";

/** Returns the values of the stack's configuration that the cost guard needs. */
export const pickGuardValues = ({ project, stack, recipe, idle, unused }: StackConfig) => ({
    ...{ project, stack, recipe },
    idleHours: idle.hours,
    idleGraceHours: idle.graceHours,
    unusedDays: unused.days,
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
