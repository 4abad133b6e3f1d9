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
    /** Whether the stack precomputes lists: requests of its own that are not use. */
    readonly prefetches: boolean;
    readonly unusedDays: number;
    readonly unusedAction: "list" | "delete";
}

/** What the guard does with idle campaigns and unused solutions. */
export const patienceOf = ({ idle, unused }: Pick<StackConfig, "idle" | "unused">) => ({
    idleHours: idle.hours,
    idleGraceHours: idle.graceHours,
    idleAction: idle.action,
    unusedDays: unused.days,
    unusedAction: unused.action,
});

/** A campaign with this tag key is not parked as idle. A solution with it is not deleted as unused. */
export const keepTag = "keep";
