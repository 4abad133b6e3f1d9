/**
 * The shape of an IAM policy document in IAM's JSON grammar
 * (IAM User Guide, "Grammar of the IAM JSON policy language").
 */

/** A value that IAM accepts alone or in a list. */
export type OneOrMany<T> = T | readonly T[];

/** Condition operator → condition key → value or values. */
export type ConditionBlock = Readonly<Record<string, Readonly<Record<string, OneOrMany<string | number | boolean>>>>>;

export interface Principals {
    readonly AWS?: OneOrMany<string>;
    readonly Service?: OneOrMany<string>;
    readonly Federated?: OneOrMany<string>;
    readonly CanonicalUser?: OneOrMany<string>;
}

export interface Statement {
    readonly Sid?: string;
    readonly Effect: "Allow" | "Deny";
    readonly Principal?: "*" | Principals;
    readonly NotPrincipal?: "*" | Principals;
    readonly Action?: OneOrMany<string>;
    readonly NotAction?: OneOrMany<string>;
    readonly Resource?: OneOrMany<string>;
    readonly NotResource?: OneOrMany<string>;
    readonly Condition?: ConditionBlock;
}

export interface PolicyDocument {
    readonly Version?: "2012-10-17" | "2008-10-17";
    readonly Id?: string;
    readonly Statement: OneOrMany<Statement>;
}

/** Returns a single value or a list as a list; empty for `undefined`. */
export function toList<T>(value: OneOrMany<T> | undefined): readonly T[] {
    if (value === undefined) {
        return [];
    }
    return Array.isArray(value) ? (value as readonly T[]) : [value as T];
}
