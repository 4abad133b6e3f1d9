/** A parsed filter: INCLUDE clauses are united, EXCLUDE clauses are subtracted. */
export interface FilterExpression {
    clauses: Clause[];
}

export interface Clause {
    keep: "INCLUDE" | "EXCLUDE";
    subject: "ItemID" | "ActionID" | "UserID";
    /** At least one group must hold. In a group, all conditions must hold: AND binds closer than OR. */
    where: Condition[][];
    /** All of these must hold for the current user; otherwise the clause has no effect. */
    onlyIf: Condition[];
}

export type Operator = "IN" | "NOT IN" | "=" | "!=" | "<" | "<=" | ">" | ">=";

export interface Condition {
    /** `Interactions`, `Items`, `CurrentUser` … */
    dataset: string;
    field: string;
    operator: Operator;
    operand: Operand;
    /** Position of the condition in the expression, from 1. */
    at: number;
}

export type Literal = string | number;

/** The right side of a comparison: literals (one, unless the operator is IN), any value, or a value of the caller. */
export type Operand = { literals: Literal[] } | { anything: true } | { placeholder: string } | { currentItem: string };

/** The names of a clause's placeholders, without `$`. */
export function placeholdersOf({ where, onlyIf }: Clause): string[] {
    return [...where.flat(), ...onlyIf].flatMap(({ operand }) =>
        "placeholder" in operand ? [operand.placeholder] : [],
    );
}
