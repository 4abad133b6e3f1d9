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

/** A campaign with this tag key is not parked as idle. A solution with it is not deleted as unused. */
export const keepTag = "keep";
