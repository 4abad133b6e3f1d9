import {
    type AccessRequest,
    contextOfCaller,
    createLookup,
    type Lookup,
    matchStatement,
    type NamedPolicy,
    type OneOrMany,
    type PolicyKind,
    type Statement,
    toList,
} from "policy-evaluator";
import type { Unknowns } from "./context.ts";
import { possibleValues } from "./decide.ts";
import { anything, type Correction, type Fits, findCorrections } from "./meant.ts";

/** A condition of a statement, compared with the value that the request sends. */
export interface DecidingCondition {
    readonly key: string;
    readonly operator: string;
    readonly wanted: readonly string[];
    /** The request's values of the key; undefined if the request does not have the key. */
    readonly sent: readonly string[] | "unknown" | undefined;
}

type Part = "principal" | "action" | "resource";

/** A statement that was compared with a request, with all reasons why it does not apply. */
export interface Candidate {
    readonly policy: string;
    readonly name: string;
    readonly statement: Statement;
    readonly conditions: readonly DecidingCondition[];
    /** All parts of the statement, other than conditions, that do not match. The evaluator stops at the first one. */
    readonly parts: readonly Part[];
    readonly unmet: readonly DecidingCondition[];
    readonly corrections: readonly Correction[];
}

/** Compares each statement of the policies with a request, part by part. */
export function compareStatements(
    request: AccessRequest,
    assumed: AccessRequest,
    policies: readonly NamedPolicy[],
    kind: PolicyKind,
    unknowns: Unknowns,
): Candidate[] {
    const lookupOf = ({ caller, context }: AccessRequest) => createLookup({ ...contextOfCaller(caller), ...context });
    const [requestLookup, lookup] = [lookupOf(request), lookupOf(assumed)];
    return policies.flatMap(({ name: policy, document }) =>
        toList(document.Statement).map((statement, index): Candidate => {
            const fits = (reduced: Partial<Statement>, as: PolicyKind) =>
                matchStatement({ ...request, lookup }, { Effect: statement.Effect, ...reduced }, as, document.Version)
                    .because === undefined;
            const actions = toList(statement.Action ?? statement.NotAction).join(", ");
            const conditions = conditionsOf(statement, requestLookup, unknowns);
            return {
                policy,
                name: statement.Sid || `statement ${index + 1} (${statement.NotAction ? "not " : ""}${actions})`,
                statement,
                conditions,
                parts: findMismatches(statement, kind, fits),
                unmet: conditions.filter(({ operator, key }) => {
                    const wanted = statement.Condition?.[operator]?.[key] as OneOrMany<string>;
                    return !fits({ ...anything, Condition: { [operator]: { [key]: wanted } } }, "identity");
                }),
                corrections: findCorrections(statement, request, fits, (key) => toList(requestLookup(key)).map(String)),
            };
        }),
    );
}

const conditionsOf = ({ Condition = {} }: Statement, lookup: Lookup, unknowns: Unknowns): DecidingCondition[] =>
    Object.entries(Condition).flatMap(([operator, block]) =>
        Object.entries(block).map(([key, wanted]) => {
            const possible = possibleValues(key, unknowns)?.flatMap((value) => value ?? []);
            const sent = lookup(key) ?? (possible?.length === 0 ? "unknown" : possible);
            return { key, operator, wanted: toList(wanted).map(String), sent };
        }),
    );

function findMismatches(
    { Principal, NotPrincipal, Action, NotAction, Resource, NotResource }: Statement,
    kind: PolicyKind,
    fits: Fits,
): Part[] {
    const who = { ...(Principal && { Principal }), ...(NotPrincipal && { NotPrincipal }) };
    const what = { ...(Action && { Action }), ...(NotAction && { NotAction }) };
    const where = { ...(Resource && { Resource }), ...(NotResource && { NotResource }) };
    return [
        ...(kind === "resource" && !fits({ ...who, ...anything }, kind) ? (["principal"] as const) : []),
        ...(fits({ ...what, Resource: "*" }, "identity") ? [] : (["action"] as const)),
        ...(Object.keys(where).length > 0 && !fits({ ...where, Action: "*" }, "identity")
            ? (["resource"] as const)
            : []),
    ];
}
