import { contextOfCaller, createLookup, type RequestContext } from "./context.ts";
import { type PolicyDocument, toList } from "./document.ts";
import type { Caller, Naming } from "./principal.ts";
import { matchStatement, type PolicyKind } from "./statement.ts";

export type { Caller } from "./principal.ts";

export interface AccessRequest {
    readonly caller: Caller;
    /** Action as `service:Action`, case-insensitive. */
    readonly action: string;
    readonly resource: string;
    /** Condition keys of the request. `evaluate` adds keys that follow from the caller. */
    readonly context: RequestContext;
    /**
     * Whether an identity policy must allow, even if a resource policy of the same account allows the caller. IAM needs
     * only one of the two; a service can document that it needs both.
     */
    readonly identityMustAllow?: boolean;
}

/** A policy document with a label, for example `role policy` or `bucket policy`. */
export interface NamedPolicy {
    readonly name: string;
    readonly document: PolicyDocument;
}

export type Decision = "allowed" | "explicitDeny" | "implicitDeny";

interface StatementVerdict {
    readonly policy: string;
    /** The statement's Sid, or `statement 2` if it has none. */
    readonly sid: string;
    /** The statement's index in its document. */
    readonly index: number;
    readonly effect: "Allow" | "Deny";
    readonly applies: boolean;
    /** Why the statement did not apply: the first part that did not match. */
    readonly because?: string;
    /** How a statement of a resource policy identifies the caller, if the statement applies. */
    readonly naming?: Naming;
}

export interface Evaluation {
    readonly decision: Decision;
    /** The statements that decided: all Deny statements that apply, otherwise all Allow statements that apply. */
    readonly deciding: readonly StatementVerdict[];
    /** All statements, each with the reason why it did not apply. */
    readonly considered: readonly StatementVerdict[];
    /** Condition keys in statements for this action and resource that the request does not contain. */
    readonly missingContextKeys: readonly string[];
}

/**
 * Decides one request by policies of one kind (all of an identity, or all of a resource). An explicit deny overrides
 * every allow; without a deny or an allow, the request is denied implicitly (IAM User Guide, "Policy evaluation
 * logic"). `authorize` combines policies of several kinds. `kind`: whether statements have a principal (resource and
 * trust policies) or belong to the caller (identity policies).
 *
 * @throws RangeError for a condition operator that IAM does not have.
 */
export function evaluate(request: AccessRequest, policies: readonly NamedPolicy[], kind: PolicyKind): Evaluation {
    const lookup = createLookup({ ...contextOfCaller(request.caller), ...request.context });
    const missing = new Set<string>();
    const considered = policies.flatMap(({ name, document }) =>
        toList(document.Statement).map((statement, index): StatementVerdict => {
            const question = { ...request, lookup };
            const { because, missingKeys, naming } = matchStatement(question, statement, kind, document.Version);
            for (const key of missingKeys) {
                missing.add(key);
            }
            return {
                policy: name,
                sid: statement.Sid ?? `statement ${index + 1}`,
                index,
                effect: statement.Effect,
                applies: because === undefined,
                ...(because !== undefined && { because }),
                ...(naming !== undefined && { naming }),
            };
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

/** Returns one line that explains a decision, for logs and for people. */
export function explain(
    request: Pick<AccessRequest, "action" | "resource">,
    { decision, considered, deciding }: Pick<Evaluation, "decision" | "considered" | "deciding">,
): string {
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
