import { evaluateConditions, type RequestContext } from "./conditions.ts";
import { listOf, type OneOrMany, type PolicyDocument, type Principals, type Statement } from "./document.ts";
import { matchesWildcard } from "./match.ts";

/** Who asks: an IAM principal by ARN, or an AWS service by its principal name. */
export type Caller = { readonly arn: string } | { readonly service: string };

export interface AccessRequest {
    readonly caller: Caller;
    /** `service:Action`, case-insensitive. */
    readonly action: string;
    readonly resource: string;
    readonly context: RequestContext;
}

/** A document and what a reader calls it, for example `role policy` or `bucket policy`. */
export interface NamedPolicy {
    readonly name: string;
    readonly document: PolicyDocument;
}

export type Decision = "allowed" | "explicitDeny" | "implicitDeny";

export interface StatementVerdict {
    readonly policy: string;
    readonly sid: string;
    readonly effect: "Allow" | "Deny";
    readonly applies: boolean;
    /** Why a statement did not apply: the first part that did not match. */
    readonly because?: string;
}

export interface Evaluation {
    readonly decision: Decision;
    readonly deciding: readonly StatementVerdict[];
    readonly considered: readonly StatementVerdict[];
    readonly missingContextKeys: readonly string[];
}

/**
 * Judges one request against policies of one kind (all of an identity, or all of a resource): an explicit deny
 * wins, then any allow, else it is denied implicitly
 * (IAM User Guide, "Policy evaluation logic").
 *
 * `kind` says whether statements name their principal (resource and trust policies) or belong to the caller.
 */
export function evaluate(
    request: AccessRequest,
    policies: readonly NamedPolicy[],
    kind: "identity" | "resource",
): Evaluation {
    const missing = new Set<string>();
    const considered = policies.flatMap(({ name, document }) =>
        listOf(document.Statement).map((statement, index): StatementVerdict => {
            const { because, missingKeys } = whyNot(request, statement, kind);
            for (const key of missingKeys) {
                missing.add(key);
            }
            const identity = { policy: name, sid: statement.Sid ?? `statement ${index + 1}`, effect: statement.Effect };
            return because === undefined ? { ...identity, applies: true } : { ...identity, applies: false, because };
        }),
    );
    const applied = considered.filter(({ applies }) => applies);
    const denies = applied.filter(({ effect }) => effect === "Deny");
    return {
        decision: denies.length > 0 ? "explicitDeny" : applied.length > 0 ? "allowed" : "implicitDeny",
        deciding: denies.length > 0 ? denies : applied,
        considered,
        missingContextKeys: [...missing].sort(),
    };
}

/** One line that says how a judgement came about, for logs and for people. */
export function explain(request: AccessRequest, { decision, considered, deciding }: Evaluation): string {
    const what = `${request.action} on ${request.resource}`;
    if (decision !== "implicitDeny") {
        const by = deciding.map(({ policy, sid }) => `${sid} of the ${policy}`).join(", ");
        return `${what}: ${decision === "allowed" ? "allowed" : "denied"} by ${by}`;
    }
    const reasons = considered
        .filter(({ effect }) => effect === "Allow")
        .map(({ policy, sid, because }) => `${sid} of the ${policy}: ${because}`);
    return `${what}: nothing allows it${reasons.length > 0 ? ` (${reasons.join("; ")})` : ""}`;
}

interface Mismatch {
    readonly because?: string;
    readonly missingKeys: readonly string[];
}

function whyNot(request: AccessRequest, statement: Statement, kind: "identity" | "resource"): Mismatch {
    const no = (because: string): Mismatch => ({ because, missingKeys: [] });
    if (kind === "resource" && !namesCaller(statement, request.caller)) {
        return no("the principal differs");
    }
    if (!fits(statement.Action, statement.NotAction, (pattern) => sameAction(pattern, request.action))) {
        return no("the action differs");
    }
    // A trust policy has no Resource: the role it belongs to is meant.
    const unbound = kind === "resource" && statement.Resource === undefined && statement.NotResource === undefined;
    const sameResource = (pattern: string) => matchesWildcard(pattern, request.resource);
    if (!unbound && !fits(statement.Resource, statement.NotResource, sameResource)) {
        return no("the resource differs");
    }
    const { met, failed, missingKeys } = evaluateConditions(statement.Condition, request.context);
    return met ? { missingKeys } : { because: `${failed} does not hold`, missingKeys };
}

function fits(
    wanted: OneOrMany<string> | undefined,
    excluded: OneOrMany<string> | undefined,
    matches: (pattern: string) => boolean,
): boolean {
    return excluded !== undefined ? !listOf(excluded).some(matches) : listOf(wanted).some(matches);
}

const sameAction = (pattern: string, action: string) => matchesWildcard(pattern.toLowerCase(), action.toLowerCase());

function namesCaller({ Principal, NotPrincipal }: Statement, caller: Caller): boolean {
    if (NotPrincipal !== undefined) {
        return !covers(NotPrincipal, caller);
    }
    return Principal !== undefined && covers(Principal, caller);
}

function covers(principal: "*" | Principals, caller: Caller): boolean {
    if (principal === "*") {
        return true;
    }
    const named = listOf(principal.AWS);
    if ("service" in caller) {
        return listOf(principal.Service).includes(caller.service) || named.includes("*");
    }
    const account = caller.arn.split(":")[4] ?? "";
    return named.some(
        (name) => name === "*" || name === caller.arn || name === account || name.endsWith(`:iam::${account}:root`),
    );
}
