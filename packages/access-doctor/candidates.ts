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
import { anything, type Correction, findCorrections } from "./meant.ts";

/** A condition of a statement, compared with the value that the request sends. */
export interface DecidingCondition {
    readonly key: string;
    readonly operator: string;
    readonly wanted: readonly string[];
    /** The request's values of the key; undefined if the request does not have the key. */
    readonly sent: readonly string[] | "unknown" | undefined;
}

type Mismatch = "principal" | "action" | "resource" | DecidingCondition;

/** A statement that was compared with a request, with all reasons why it does not apply. */
export interface Candidate {
    readonly policy: string;
    readonly name: string;
    readonly statement: Statement;
    readonly conditions: readonly DecidingCondition[];
    /** All parts of the statement that do not match. The evaluator stops at the first one. */
    readonly mismatches: readonly Mismatch[];
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
                mismatches: mismatchesOf(statement, kind, conditions, fits),
                corrections: findCorrections(statement, request, fits, (key) => toList(requestLookup(key)).map(String)),
            };
        }),
    );
}

const conditionsOf = ({ Condition = {} }: Statement, lookup: Lookup, unknowns: Unknowns): DecidingCondition[] =>
    Object.entries(Condition).flatMap(([operator, block]) =>
        Object.entries(block).map(([key, wanted]) => ({
            key,
            operator,
            wanted: toList(wanted).map(String),
            sent: lookup(key) ?? toSent(possibleValues(key, unknowns)),
        })),
    );

function toSent(possible: readonly (string | null)[] | undefined): DecidingCondition["sent"] {
    const values = possible?.flatMap((value) => value ?? []);
    return values === undefined ? undefined : values.length === 0 ? "unknown" : values;
}

function mismatchesOf(
    statement: Statement,
    kind: PolicyKind,
    conditions: readonly DecidingCondition[],
    fits: (reduced: Partial<Statement>, as: PolicyKind) => boolean,
): Mismatch[] {
    const { Principal, NotPrincipal, Action, NotAction, Resource, NotResource } = statement;
    const mismatches: Mismatch[] = [];
    const who = { ...(Principal && { Principal }), ...(NotPrincipal && { NotPrincipal }) };
    if (kind === "resource" && !fits({ ...who, ...anything }, "resource")) mismatches.push("principal");
    if (!fits({ Resource: "*", ...(Action && { Action }), ...(NotAction && { NotAction }) }, "identity")) {
        mismatches.push("action");
    }
    const where = { ...(Resource && { Resource }), ...(NotResource && { NotResource }) };
    if (Object.keys(where).length > 0 && !fits({ Action: "*", ...where }, "identity")) mismatches.push("resource");
    return [
        ...mismatches,
        ...conditions.filter(({ operator, key }) => {
            const wanted = statement.Condition?.[operator]?.[key] as OneOrMany<string>;
            return !fits({ ...anything, Condition: { [operator]: { [key]: wanted } } }, "identity");
        }),
    ];
}
