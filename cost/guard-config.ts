import type { StackConfig } from "../config/config.ts";

/** Configuration of the cost guard, from the function's environment. */
export interface GuardConfig {
    readonly project: string;
    readonly stack: string;
    /** Recipe of the stack; undefined with AutoML. */
    readonly recipe: string | undefined;
    /** US dollars. */
    readonly monthlyLimitUsd: number;
    readonly idleHours: number;
    readonly idleGraceHours: number;
    readonly idleAction: "announce" | "park";
    /** Whether the stack precomputes lists. The requests for them do not count as use. */
    readonly prefetches: boolean;
    readonly unusedDays: number;
    readonly unusedAction: "list" | "delete";
}

/** Returns the guard's settings for idle campaigns and unused solutions. */
export const patienceOf = ({ idle, unused }: Pick<StackConfig, "idle" | "unused">) => ({
    idleHours: idle.hours,
    idleGraceHours: idle.graceHours,
    idleAction: idle.action,
    unusedDays: unused.days,
    unusedAction: unused.action,
});

/**
 * Key of a tag that protects resources: the guard neither parks an idle campaign nor deletes an unused solution that
 * has this tag.
 */
export const keepTag = "keep";
