/** A goal of a bench or a drill: a figure and its bound. */
export interface Goal {
    readonly name: string;
    readonly figure: number;
    readonly bound: "<" | "<=" | ">" | ">=" | "=";
    readonly limit: number;
    /** `%`, `ms`; empty for a count. */
    readonly unit?: string;
}

const holds = ({ figure, bound, limit }: Goal) =>
    ({ "<": figure < limit, "<=": figure <= limit, ">": figure > limit, ">=": figure >= limit, "=": figure === limit })[
        bound
    ];

/** Prints a line for each goal; the exit code is 1 if one is missed. */
export function printGoals(goals: readonly Goal[]): number {
    for (const goal of goals) {
        const { name, figure, bound, limit, unit = "" } = goal;
        const shown = Number.isInteger(figure) ? figure : Number(figure.toPrecision(4));
        console.log(`goal ${name}: ${shown}${unit} (${bound} ${limit}${unit}) ${holds(goal) ? "met" : "missed"}`);
    }
    return goals.every(holds) ? 0 : 1;
}
