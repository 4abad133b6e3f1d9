import { evaluateConditions } from "./conditions.ts";
import type { Lookup } from "./context.ts";
import { type OneOrMany, type PolicyDocument, type Statement, toList } from "./document.ts";
import { matchesWildcard } from "./match.ts";
import { type Caller, matchPrincipal, type Naming } from "./principal.ts";
import { type Expansion, expandResource } from "./variables.ts";

/** The parts of a request that a statement tests. */
export interface Question {
    readonly caller: Caller;
    readonly action: string;
    readonly resource: string;
    readonly lookup: Lookup;
}

/** Whether statements have a principal (resource and trust policies), or belong to the caller (identity policies). */
export type PolicyKind = "identity" | "resource";

export interface Match {
    /** The first part that did not match; undefined if the statement applies. */
    readonly because?: string;
    readonly missingKeys: readonly string[];
    /** How a statement of a resource policy identifies the caller, if the statement applies. */
    readonly naming?: Naming;
}

/**
 * Checks whether one statement applies to a request, and if not, why. Tests principal, action, resource and conditions
 * in this order (IAM User Guide, "IAM JSON policy element reference").
 *
 * @throws RangeError for a condition operator that IAM does not have
 */
export function matchStatement(
    { caller, action, resource, lookup }: Question,
    statement: Statement,
    kind: PolicyKind,
    version: PolicyDocument["Version"],
): Match {
    const no = (because: string, missingKeys: readonly string[] = []): Match => ({ because, missingKeys });
    const naming = kind === "resource" ? matchPrincipal(statement, caller) : undefined;
    if (kind === "resource" && naming === undefined) {
        return no("the principal differs");
    }
    const lowerAction = action.toLowerCase();
    if (!fits(statement.Action, statement.NotAction, (name) => matchesWildcard(name.toLowerCase(), lowerAction))) {
        return no("the action differs");
    }
    // This version of the policy language introduced variables. In the earlier version, they are plain text.
    const variables = version === "2012-10-17";
    const unresolved: string[] = [];
    const sameResource = (text: string) => {
        const expanded: Expansion = variables ? expandResource(text, lookup) : { pattern: text };
        if ("missing" in expanded) {
            unresolved.push(expanded.missing);
            return false;
        }
        return matchesWildcard(expanded.pattern, resource);
    };
    // A trust policy has no Resource element: its resource is its role.
    const unbound = kind === "resource" && statement.Resource === undefined && statement.NotResource === undefined;
    if (!unbound && !fits(statement.Resource, statement.NotResource, sameResource)) {
        const lacking = unresolved.length > 0 ? `: the request does not have ${unresolved.join(", ")}` : "";
        return no(`the resource differs${lacking}`, unresolved);
    }
    const { met, failed, missingKeys } = evaluateConditions(statement.Condition, lookup, variables);
    const missing = [...unresolved, ...missingKeys];
    return met
        ? { missingKeys: missing, ...(naming !== undefined && { naming }) }
        : no(`${failed} does not hold`, missing);
}

function fits(
    wanted: OneOrMany<string> | undefined,
    excluded: OneOrMany<string> | undefined,
    matches: (text: string) => boolean,
): boolean {
    return excluded !== undefined ? !toList(excluded).some(matches) : toList(wanted).some(matches);
}
