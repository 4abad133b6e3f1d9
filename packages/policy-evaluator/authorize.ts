import { accountOf, parseArn } from "./arn.ts";
import { type AccessRequest, type Decision, type Evaluation, evaluate, type NamedPolicy } from "./evaluate.ts";
import { isRoot, type Naming } from "./principal.ts";

/** All policies that apply to a request. An omitted kind means that the request has no policy of this kind. */
export interface ApplicablePolicies {
    /** Policies of the user with the user's groups, or of the role. */
    readonly identity?: readonly NamedPolicy[];
    /** Policies of the resource: a bucket policy, a key policy, or a role's trust policy. */
    readonly resource?: readonly NamedPolicy[];
    readonly boundary?: readonly NamedPolicy[];
    /** Session policies, which the caller passed when the session was created. */
    readonly session?: readonly NamedPolicy[];
}

export type PolicyType = keyof ApplicablePolicies;

export interface Authorization extends Omit<Evaluation, "considered"> {
    /** The kind of policy that denied the request or did not allow it; undefined for an allowed request. */
    readonly deniedBy?: PolicyType;
    /** The decision of each kind of policy that applies to the request. */
    readonly by: Readonly<Partial<Record<PolicyType, Evaluation>>>;
    readonly crossAccount: boolean;
}

/**
 * Decides one request by all policies that apply to it, as AWS does (IAM User Guide, "How AWS enforcement code logic
 * evaluates requests to allow or deny access" and "Cross-account policy evaluation logic"):
 * - any deny wins;
 * - in one account, identity and resource policies add up. If a resource policy allows a user's or session's own ARN,
 *   nothing else is required. If it allows a role or everyone, boundary and session policy must also allow. If it
 *   allows the account, an identity policy must also allow. A trust or key policy, if present, must allow.
 * - across accounts, the caller's side and the resource's side must both allow;
 * - a service has no policies of its own; an account's root user needs none.
 *
 * `resourceAccount` (12 digits) owns the resource. By default it is the account in the resource's ARN, or without one
 * the caller's account.
 *
 * @throws RangeError for a condition operator that IAM does not have.
 */
export function authorize(
    request: AccessRequest,
    policies: ApplicablePolicies,
    resourceAccount = accountOf(request.resource),
): Authorization {
    const by: Partial<Record<PolicyType, Evaluation>> = {};
    for (const type of ["identity", "boundary", "session"] as const) {
        const given = policies[type];
        if (given) by[type] = evaluate(request, given, "identity");
    }
    if (policies.resource) {
        const { caller } = request;
        const bounded = "arn" in caller && policies.boundary ? { ...caller, hasBoundary: true } : caller;
        by.resource = evaluate({ ...request, caller: bounded }, policies.resource, "resource");
    }

    const callerAccount = "arn" in request.caller ? accountOf(request.caller.arn) : undefined;
    const crossAccount =
        callerAccount !== undefined && resourceAccount !== undefined && callerAccount !== resourceAccount;
    const result = (decision: Decision, deciding: Evaluation["deciding"], deniedBy?: PolicyType): Authorization => ({
        decision,
        deciding,
        missingContextKeys: [...new Set(Object.values(by).flatMap((each) => each.missingContextKeys))].sort(),
        by,
        crossAccount,
        ...(deniedBy !== undefined && { deniedBy }),
    });

    const denials = Object.entries(by).filter(([, { decision }]) => decision === "explicitDeny");
    if (denials.length > 0) {
        const deciding = denials.flatMap(([, evaluation]) => evaluation.deciding);
        return result("explicitDeny", deciding, denials[0]?.[0] as PolicyType);
    }
    const lacking = whatLacks(request, by, crossAccount);
    if (lacking !== undefined) {
        return result("implicitDeny", [], lacking);
    }
    const allowing = [by.identity, by.resource].filter((each) => each?.decision === "allowed");
    return result(
        "allowed",
        allowing.flatMap((each) => each?.deciding ?? []),
    );
}

/**
 * Returns the first kind of policy without an Allow for the request, if the request is denied for this reason;
 * otherwise undefined.
 */
function whatLacks(
    { caller, action }: AccessRequest,
    by: Partial<Record<PolicyType, Evaluation>>,
    crossAccount: boolean,
): PolicyType | undefined {
    const naming = closestOf(by.resource);
    if (!("arn" in caller)) {
        return naming === undefined ? "resource" : undefined;
    }
    const limits = (type: PolicyType) => by[type] !== undefined && by[type].decision !== "allowed";
    const resourceMustAllow = crossAccount || (by.resource !== undefined && hasAllowingPolicyOfItsOwn(action));
    if (resourceMustAllow && naming === undefined) {
        return "resource";
    }
    if (!crossAccount && naming === "direct") {
        return undefined;
    }
    const givenByResource = !crossAccount && (naming === "role" || naming === "everyone");
    if (!givenByResource && by.identity?.decision !== "allowed" && !isRoot(caller.arn)) {
        return "identity";
    }
    return limits("boundary") ? "boundary" : limits("session") && isSession(caller.arn) ? "session" : undefined;
}

/**
 * Checks whether the resource's own policy must allow the action, at least by an Allow for the account. An Allow in the
 * caller's policies alone is then not enough. This is so for roles (sts:AssumeRole) and KMS keys.
 */
function hasAllowingPolicyOfItsOwn(action: string): boolean {
    return /^(?:sts:assumerole|kms:(?!createkey$|list(?:keys|aliases)$))/i.test(action);
}

function isSession(arn: string): boolean {
    return parseArn(arn)?.service === "sts" || /^role\//.test(parseArn(arn)?.resource ?? "");
}

function closestOf(resource: Evaluation | undefined): Naming | undefined {
    const namings = resource?.decision === "allowed" ? resource.deciding.map(({ naming }) => naming) : [];
    return (["direct", "role", "everyone", "account"] as const).find((naming) => namings.includes(naming));
}
