import type { ConditionBlock } from "./document.ts";
import { listOf } from "./document.ts";
import { matchesArn, matchesWildcard } from "./match.ts";

/** Condition keys of a request; names are case-insensitive, as in IAM. */
export type RequestContext = Readonly<Record<string, string | readonly string[]>>;

export interface ConditionOutcome {
    readonly met: boolean;
    /** The first operator and key that did not hold, as `StringEquals aws:SourceAccount`. */
    readonly failed?: string;
    /** Keys the policy asks for that the request does not carry. */
    readonly missingKeys: readonly string[];
}

type Comparison = (policyValue: string, requestValue: string) => boolean;

const numeric =
    (holds: (request: number, policy: number) => boolean): Comparison =>
    (policy, request) => {
        const [r, p] = [Number(request), Number(policy)];
        return Number.isFinite(r) && Number.isFinite(p) && holds(r, p);
    };

const instant = (text: string) => (/^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text));
const dated =
    (holds: (request: number, policy: number) => boolean): Comparison =>
    (policy, request) => {
        const [r, p] = [instant(request), instant(policy)];
        return Number.isFinite(r) && Number.isFinite(p) && holds(r, p);
    };

const equalStrings: Comparison = (policy, request) => policy === request;
const equalIgnoringCase: Comparison = (policy, request) => policy.toLowerCase() === request.toLowerCase();

/** Positive operators; each `Not…` twin is the same comparison, negated over all of the policy's values. */
const comparisons: ReadonlyMap<string, Comparison> = new Map(
    Object.entries({
        StringEquals: equalStrings,
        StringEqualsIgnoreCase: equalIgnoringCase,
        StringLike: matchesWildcard,
        NumericEquals: numeric((r, p) => r === p),
        NumericLessThan: numeric((r, p) => r < p),
        NumericLessThanEquals: numeric((r, p) => r <= p),
        NumericGreaterThan: numeric((r, p) => r > p),
        NumericGreaterThanEquals: numeric((r, p) => r >= p),
        DateEquals: dated((r, p) => r === p),
        DateLessThan: dated((r, p) => r < p),
        DateLessThanEquals: dated((r, p) => r <= p),
        DateGreaterThan: dated((r, p) => r > p),
        DateGreaterThanEquals: dated((r, p) => r >= p),
        Bool: equalIgnoringCase,
        BinaryEquals: equalStrings,
        ArnEquals: matchesArn,
        ArnLike: matchesArn,
    }),
);

const negated: ReadonlyMap<string, Comparison> = new Map(
    Object.entries({
        StringNotEquals: equalStrings,
        StringNotEqualsIgnoreCase: equalIgnoringCase,
        StringNotLike: matchesWildcard,
        NumericNotEquals: numeric((r, p) => r === p),
        DateNotEquals: dated((r, p) => r === p),
        ArnNotEquals: matchesArn,
        ArnNotLike: matchesArn,
    }),
);

/**
 * Whether every operator and key of a condition block holds for the request
 * (IAM User Guide, "Conditions with multiple context keys or values").
 *
 * @throws RangeError for an operator that is not covered, so that a policy is never judged by half.
 */
export function evaluateConditions(block: ConditionBlock | undefined, context: RequestContext): ConditionOutcome {
    // A key without a value is as good as absent.
    const present = Object.entries(context).filter(([, value]) => listOf(value).length > 0);
    const carried = new Map(present.map(([key, value]) => [key.toLowerCase(), listOf(value)]));
    const missingKeys: string[] = [];
    let failed: string | undefined;
    for (const [operator, keys] of Object.entries(block ?? {})) {
        for (const [key, wanted] of Object.entries(keys)) {
            const values = carried.get(key.toLowerCase());
            if (values === undefined) {
                missingKeys.push(key);
            }
            if (!holds(operator, listOf(wanted).map(String), values) && failed === undefined) {
                failed = `${operator} ${key}`;
            }
        }
    }
    return failed === undefined ? { met: true, missingKeys } : { met: false, failed, missingKeys };
}

function holds(operator: string, wanted: readonly string[], values: readonly string[] | undefined): boolean {
    if (operator === "Null") {
        return wanted.some((value) => (value.toLowerCase() === "true") === (values === undefined));
    }
    const [, quantifier, name, ifExists] = /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/.exec(operator) ?? [];
    const compare = comparisons.get(name ?? "");
    const compareNot = negated.get(name ?? "");
    const accepts = compare
        ? (value: string) => wanted.some((want) => compare(want, value))
        : compareNot && ((value: string) => !wanted.some((want) => compareNot(want, value)));
    if (!accepts) {
        throw new RangeError(`The condition operator ${operator} is not one that the evaluator covers.`);
    }
    if (values === undefined) {
        // A key that is absent fails a positive operator and passes a negated one; ForAllValues holds for no values.
        return ifExists !== undefined || quantifier === "ForAllValues" || (quantifier === undefined && !compare);
    }
    return quantifier === "ForAnyValue" ? values.some(accepts) : values.every(accepts);
}
