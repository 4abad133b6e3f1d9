/** A filter as its expression says it: clauses, of which INCLUDEs unite and EXCLUDEs subtract. */
export interface FilterExpression {
    clauses: Clause[];
}

export interface Clause {
    keep: "INCLUDE" | "EXCLUDE";
    subject: "ItemID" | "ActionID" | "UserID";
    /** Any of these must hold, each of which is conditions that must all hold: AND binds closer than OR. */
    where: Condition[][];
    /** All of these must hold of the current user, or the clause has no effect. */
    onlyIf: Condition[];
}

export type Operator = "IN" | "NOT IN" | "=" | "!=" | "<" | "<=" | ">" | ">=";

export interface Condition {
    /** `Interactions`, `Items`, `CurrentUser` … */
    dataset: string;
    field: string;
    operator: Operator;
    operand: Operand;
    /** Where the condition begins in the expression, from 1 on. */
    at: number;
}

export type Literal = string | number;

/** What a field is compared with: literals (one, for an operator other than IN), anything, or what the caller gives. */
export type Operand = { literals: Literal[] } | { anything: true } | { placeholder: string } | { currentItem: string };

/** The names of the placeholders that a clause has, without `$`. */
export function placeholdersOf({ where, onlyIf }: Clause): string[] {
    return [...where.flat(), ...onlyIf].flatMap(({ operand }) =>
        "placeholder" in operand ? [operand.placeholder] : [],
    );
}
