import {
    type AccessRequest,
    contextOfCaller,
    type Lookup,
    listOf,
    lookupIn,
    matchStatement,
    type NamedPolicy,
    type OneOrMany,
    type PolicyKind,
    type Statement,
} from "policy-evaluator";

export type Mismatch =
    | { readonly part: "principal" | "action" | "resource" }
    | {
          readonly part: "condition";
          readonly operator: string;
          readonly key: string;
          readonly wanted: OneOrMany<string | number | boolean>;
          /** Values of that key in the request. */
          readonly sent: readonly string[] | undefined;
      };

export interface Candidate {
    readonly policy: string;
    readonly sid: string;
    readonly statement: Statement;
    /** All parts that do not match; the evaluator stops at the first. */
    readonly mismatches: readonly Mismatch[];
}

/** Every statement of an effect, with all parts that do not match the request. */
export function candidatesOf(
    request: AccessRequest,
    policies: readonly NamedPolicy[],
    kind: PolicyKind,
    effect: Statement["Effect"] = "Allow",
): Candidate[] {
    const lookup = lookupIn({ ...contextOfCaller(request.caller), ...request.context });
    return policies.flatMap(({ name, document }) =>
        listOf(document.Statement).flatMap((statement, index): Candidate[] => {
            const fits = (reduced: Partial<Statement>, as: PolicyKind) =>
                matchStatement({ ...request, lookup }, { Effect: effect, ...reduced }, as, document.Version).because ===
                undefined;
            return statement.Effect === effect
                ? [
                      {
                          policy: name,
                          sid: statement.Sid ?? `statement ${index + 1}`,
                          statement,
                          mismatches: mismatchesOf(statement, kind, lookup, fits),
                      },
                  ]
                : [];
        }),
    );
}

const anything = { Action: "*", Resource: "*" };

function mismatchesOf(
    statement: Statement,
    kind: PolicyKind,
    lookup: Lookup,
    fits: (reduced: Partial<Statement>, as: PolicyKind) => boolean,
): Mismatch[] {
    const { Principal, NotPrincipal, Action, NotAction, Resource, NotResource, Condition = {} } = statement;
    const found: Mismatch[] = [];
    const who = { ...(Principal && { Principal }), ...(NotPrincipal && { NotPrincipal }) };
    if (kind === "resource" && !fits({ ...who, ...anything }, "resource")) {
        found.push({ part: "principal" });
    }
    if (!fits({ Resource: "*", ...(Action && { Action }), ...(NotAction && { NotAction }) }, "identity")) {
        found.push({ part: "action" });
    }
    const bound = Resource !== undefined || NotResource !== undefined;
    if (
        bound &&
        !fits({ Action: "*", ...(Resource && { Resource }), ...(NotResource && { NotResource }) }, "identity")
    ) {
        found.push({ part: "resource" });
    }
    for (const [operator, keys] of Object.entries(Condition)) {
        for (const [key, wanted] of Object.entries(keys)) {
            if (!fits({ ...anything, Condition: { [operator]: { [key]: wanted } } }, "identity")) {
                found.push({ part: "condition", operator, key, wanted, sent: lookup(key) });
            }
        }
    }
    return found;
}

const weights = { principal: 4, resource: 2, condition: 1, action: 100 } as const;

/** Of the statements for the action, the one with the smallest mismatch; undefined if none names the action. */
export function closestOf(candidates: readonly Candidate[]): Candidate | undefined {
    const weightOf = ({ mismatches }: Candidate) => mismatches.reduce((sum, { part }) => sum + weights[part], 0);
    const [closest] = candidates
        .filter(({ mismatches }) => mismatches.every(({ part }) => part !== "action"))
        .toSorted((a, b) => weightOf(a) - weightOf(b));
    return closest;
}
