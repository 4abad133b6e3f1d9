import {
    type AccessRequest,
    type ApplicablePolicies,
    authorize,
    type NamedPolicy,
    type PolicyType,
    toList,
} from "policy-evaluator";
import type { Unknowns } from "./context.ts";

/**
 * The decision about a request. It is `unknown` if it depends on condition keys whose value is unknown; `keys` are
 * these keys.
 */
export type Decided =
    | { readonly is: "allowed" }
    /**
     * `assumed` is the request with an assumed value for each unknown condition key, as one example of a denied
     * request.
     */
    | { readonly is: "denied"; readonly assumed: AccessRequest }
    | { readonly is: "unknown"; readonly keys: readonly string[]; readonly assumed: AccessRequest };

/** Maximum number of value combinations to evaluate. Above it, the decision counts as unknown. */
const maxAssumptions = 4096;

/**
 * Decides a request in which the values of some condition keys are unknown. Evaluates the request with every
 * combination of those values that can change the result of the policies.
 * @param type decides whether policies of this type alone stop the request, by a Deny or because a necessary Allow is
 * missing; undefined decides by all policies together
 */
export function decide(
    request: AccessRequest,
    unknowns: Unknowns,
    policies: ApplicablePolicies,
    type?: PolicyType,
): Decided {
    const { resource, ...own } = policies;
    const applicable = ["arn" in request.caller ? Object.values(own) : [], resource]
        .flat(2)
        .filter((each) => each !== undefined);
    const allows = (assumed: AccessRequest) => {
        const { decision, by, lacking } = authorize(assumed, policies);
        if (type === undefined) return decision === "allowed";
        return !lacking.includes(type) && by[type]?.decision !== "explicitDeny";
    };
    const used = [...usedKeys(request, unknowns, applicable)];
    const keys = used.map(([key]) => key);
    const count = used.reduce((product, [, values]) => product * values.length, 1);
    if (count > maxAssumptions) return { is: "unknown", keys, assumed: request };
    const assumptions = used.reduce<Record<string, string>[]>(
        (all, [key, values]) =>
            all.flatMap((one) => values.map((value) => (value === null ? one : { ...one, [key]: value }))),
        [{}],
    );
    const results = assumptions.map((values) => {
        const assumed = { ...request, context: { ...request.context, ...values } };
        return { values, assumed, isAllowed: allows(assumed) };
    });
    const denied = results.find(({ isAllowed }) => !isAllowed);
    if (!denied) return { is: "allowed" };
    const { assumed } = denied;
    if (results.every(({ isAllowed }) => !isAllowed)) return { is: "denied", assumed };
    // A key decides if requests that differ in its value only have different results.
    const isDeciding = (key: string) =>
        [...Map.groupBy(results, ({ values }) => JSON.stringify({ ...values, [key]: undefined })).values()].some(
            (group) => new Set(group.map(({ isAllowed }) => isAllowed)).size > 1,
        );
    return { is: "unknown", keys: keys.filter(isDeciding), assumed };
}

/**
 * Returns the unknown condition keys that the policies use, each with the values that can change the result of the
 * policies' conditions.
 */
function usedKeys(
    { context, resource }: AccessRequest,
    unknowns: Unknowns,
    policies: readonly NamedPolicy[],
): Map<string, readonly (string | null)[]> {
    const valuesByKey = new Map<string, readonly (string | null)[]>();
    /** Spelling of each condition key in the first policy that contains it, by the key in lower case. */
    const spelled = new Map<string, string>();
    const sent = new Set(Object.keys(context).map((key) => key.toLowerCase()));
    const add = (key: string, values: readonly string[]) => {
        const lower = key.toLowerCase();
        const possible = sent.has(lower) ? undefined : possibleValues(lower, unknowns);
        if (!possible) return;
        const name = spelled.get(lower) ?? key;
        spelled.set(lower, name);
        const before = valuesByKey.get(name) ?? [null, "another"];
        valuesByKey.set(name, possible.length > 0 ? possible : [...new Set([...before, ...values])]);
    };
    for (const { Condition = {}, Resource, NotResource } of policies.flatMap(({ document }) =>
        toList(document.Statement),
    )) {
        for (const [operator, block] of Object.entries(Condition)) {
            for (const [key, wanted] of Object.entries(block)) add(key, valuesAround(operator, toList(wanted)));
        }
        const texts = JSON.stringify([Condition, Resource, NotResource]);
        for (const [, key = ""] of texts.matchAll(/\$\{\s*([\w:/.-]+)/g))
            add(key, [...resource.split(/[:/]/), ...Object.values(context).flat()]);
    }
    return valuesByKey;
}

/** Returns the values that a condition key of unknown value can have; undefined for a key whose value is known. */
export function possibleValues(key: string, unknowns: Unknowns): readonly (string | null)[] | undefined {
    const lower = key.toLowerCase();
    const matches = (name: string) => name === lower || (name.endsWith("*") && lower.startsWith(name.slice(0, -1)));
    return Object.entries(unknowns).find(([name]) => matches(name.toLowerCase()))?.[1];
}

/** Returns for each wanted value of a condition a value that meets it, and similar values that do not. */
const valuesAround = (operator: string, all: readonly unknown[]): string[] =>
    all.map(String).flatMap((wanted) => {
        if (/null$/i.test(operator)) return [];
        if (/numeric/i.test(operator)) return [-1, 0, 1].map((step) => String(Number(wanted) + step));
        const at = /date/i.test(operator) ? Date.parse(wanted) : Number.NaN;
        if (!Number.isNaN(at)) return [-1, 0, 1].map((days) => new Date(at + days * 86_400_000).toISOString());
        if (/date/i.test(operator)) return [wanted];
        return [/ipaddress/i.test(operator) ? (wanted.split("/")[0] ?? "") : wanted.replace(/[*?]/g, "x")];
    });
