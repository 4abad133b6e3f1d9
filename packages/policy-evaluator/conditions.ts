import { createLookup, type Lookup, type RequestContext } from "./context.ts";
import type { ConditionBlock, OneOrMany } from "./document.ts";
import { toList } from "./document.ts";
import type { Pattern } from "./match.ts";
import { isNullOperator, type Operator, parseOperator } from "./operators.ts";
import { expandVariables } from "./variables.ts";

export type { RequestContext } from "./context.ts";

export interface ConditionOutcome {
    readonly met: boolean;
    /** The first operator and key that did not match, such as `StringEquals aws:SourceAccount`. */
    readonly failed?: string;
    /** Condition keys and variables in the policy that the request does not contain. */
    readonly missingKeys: readonly string[];
}

/**
 * Evaluates whether every operator and key of a condition block matches the request (IAM User Guide, "Conditions with
 * multiple context keys or values"). `variables`: whether `${…}` is a variable, as in documents of Version 2012-10-17.
 *
 * @throws RangeError for an operator that IAM does not have, so that no policy is evaluated partially.
 */
export function evaluateConditions(
    block: ConditionBlock | undefined,
    context: RequestContext | Lookup,
    variables = true,
): ConditionOutcome {
    const lookup = typeof context === "function" ? context : createLookup(context);
    const missingKeys: string[] = [];
    let failed: string | undefined;
    for (const [operator, keys] of Object.entries(block ?? {})) {
        for (const [key, wanted] of Object.entries(keys)) {
            const values = lookup(key);
            if (values === undefined) {
                missingKeys.push(key);
            }
            const outcome = holds(operator, wanted, values, variables ? lookup : undefined);
            missingKeys.push(...outcome.missing);
            if (!outcome.met && failed === undefined) {
                failed = `${operator} ${key}`;
            }
        }
    }
    return failed === undefined ? { met: true, missingKeys } : { met: false, failed, missingKeys };
}

type Values = readonly string[] | undefined;

function holds(
    name: string,
    wanted: OneOrMany<string | number | boolean>,
    values: Values,
    variables: Lookup | undefined,
): { met: boolean; missing: readonly string[] } {
    if (isNullOperator(name)) {
        const asks = toList(wanted).map((value) => String(value).toLowerCase());
        return { met: asks.some((value) => (value === "true") === (values === undefined)), missing: [] };
    }
    const operator = parseOperator(name);
    if (!operator) {
        throw new RangeError(`${name} is not a condition operator of IAM.`);
    }
    const missing: string[] = [];
    const patterns = toList(wanted).flatMap((value): Pattern[] => {
        if (!operator.takesVariables || !variables) {
            return [String(value)];
        }
        const expanded = expandVariables(String(value), variables);
        if ("missing" in expanded) {
            missing.push(expanded.missing);
            return [];
        }
        return [expanded.pattern];
    });
    return { met: compares(operator, patterns, values), missing };
}

function compares(
    { compare, negated, quantifier, ifExists }: Operator,
    patterns: readonly Pattern[],
    values: Values,
): boolean {
    if (values === undefined) {
        // Without the key in the request, a negated operator and ForAllValues match, and a positive operator does not.
        return ifExists || quantifier === "all" || (quantifier === undefined && negated);
    }
    const accepts = (value: string) => patterns.some((pattern) => compare(pattern, value)) !== negated;
    return quantifier === "any" ? values.some(accepts) : values.every(accepts);
}
