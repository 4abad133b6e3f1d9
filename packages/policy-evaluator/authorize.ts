import { accountOf, parseArn } from "./arn.ts";
import { type AccessRequest, type Evaluation, evaluate, type NamedPolicy } from "./evaluate.ts";
import { type Caller, isRoot, type Naming } from "./principal.ts";

/** All policies that apply to a request. An omitted kind means that the request has no policy of this kind. */
export interface ApplicablePolicies {
    /** Policies of the user with the user's groups, or of the role. */
    readonly identity?: readonly NamedPolicy[] | undefined;
    /** Policies of the resource: a bucket policy, a key policy, or a role's trust policy. */
    readonly resource?: readonly NamedPolicy[] | undefined;
    readonly boundary?: readonly NamedPolicy[] | undefined;
    /** Session policies, which the caller passed when the session was created. */
    readonly session?: readonly NamedPolicy[] | undefined;
}

export type PolicyType = keyof ApplicablePolicies;

/** `considered` lists the statements of the kind of policy in `deniedBy`; none for an allowed request. */
export interface Authorization extends Evaluation {
    /** The kind of policy that denied the request or did not allow it; undefined for an allowed request. */
    readonly deniedBy?: PolicyType;
    /**
     * All kinds of policy without a necessary Allow, in the order in which AWS evaluates them, whether or not a policy
     * of another kind denies.
     */
    readonly lacking: readonly PolicyType[];
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
 * - a service has no policies of its own, so `identity`, `boundary` and `session` do not apply to its requests;
 *   an account's root user needs none.
 *
 * `resourceAccount` (12 digits) owns the resource. By default it is the account in the resource's ARN, or without one
 * the caller's account. `unseenLayers` lists the kinds of policy that this function does not evaluate.
 *
 * @throws RangeError for a condition operator that IAM does not have.
 */
export function authorize(
    request: AccessRequest,
    policies: ApplicablePolicies,
    resourceAccount = accountOf(request.resource),
): Authorization {
    const { caller } = request;
    const by: Partial<Record<PolicyType, Evaluation>> = {};
    for (const type of "arn" in caller ? (["identity", "boundary", "session"] as const) : []) {
        const given = policies[type];
        if (given) by[type] = evaluate(request, given, "identity");
    }
    if (policies.resource) {
        const bounded = "arn" in caller && policies.boundary ? { ...caller, hasBoundary: true } : caller;
        by.resource = evaluate({ ...request, caller: bounded }, policies.resource, "resource");
    }

    const callerAccount = "arn" in caller ? accountOf(caller.arn) : undefined;
    const crossAccount =
        callerAccount !== undefined && resourceAccount !== undefined && callerAccount !== resourceAccount;
    const lacking = whatLacks(request, by, crossAccount);
    const denying = (["identity", "boundary", "session", "resource"] as const).filter(
        (type) => by[type]?.decision === "explicitDeny",
    );
    const deniedBy = denying[0] ?? lacking[0];
    const decision = denying.length > 0 ? "explicitDeny" : lacking.length > 0 ? "implicitDeny" : "allowed";
    const allowing = (["identity", "resource"] as const).filter((type) => by[type]?.decision === "allowed");
    const deciding = { explicitDeny: denying, implicitDeny: [], allowed: allowing }[decision];
    return {
        decision,
        deciding: deciding.flatMap((type) => by[type]?.deciding ?? []),
        considered: (deniedBy && by[deniedBy]?.considered) ?? [],
        missingContextKeys: [...new Set(Object.values(by).flatMap((each) => each.missingContextKeys))].sort(),
        by,
        lacking,
        crossAccount,
        ...(deniedBy !== undefined && { deniedBy }),
    };
}

/** Returns the kinds of policy without an Allow that the request needs. */
function whatLacks(
    { caller, action, identityMustAllow = false }: AccessRequest,
    by: Partial<Record<PolicyType, Evaluation>>,
    crossAccount: boolean,
): PolicyType[] {
    const naming = closestOf(by.resource);
    if (!("arn" in caller)) {
        return naming === undefined ? ["resource"] : [];
    }
    const grantIsEnough = !crossAccount && !identityMustAllow;
    if (grantIsEnough && naming === "direct") {
        return [];
    }
    const limits = (type: PolicyType) => by[type] !== undefined && by[type].decision !== "allowed";
    const resourceMustAllow = crossAccount || (by.resource !== undefined && hasAllowingPolicyOfItsOwn(action));
    const givenByResource = grantIsEnough && (naming === "role" || naming === "everyone");
    const lacks: Readonly<Record<PolicyType, boolean>> = {
        resource: resourceMustAllow && naming === undefined,
        identity: !givenByResource && by.identity?.decision !== "allowed" && !isRoot(caller.arn),
        boundary: limits("boundary"),
        session: limits("session") && isSession(caller.arn),
    };
    return (["resource", "identity", "boundary", "session"] as const).filter((type) => lacks[type]);
}

/**
 * Checks whether the resource's own policy must allow the action, at least by an Allow for the account. An Allow in the
 * caller's policies alone is then not enough. This is so for roles (sts:AssumeRole) and KMS keys.
 */
function hasAllowingPolicyOfItsOwn(action: string): boolean {
    return /^(?:sts:assumerole|kms:(?!createkey$|list(?:keys|aliases)$))/i.test(action);
}

/** A kind of policy that can decide a request, and that no program of the account can read. */
export interface UnseenLayer {
    /** The kind of policy, as AWS names it in "Troubleshoot access denied error messages" (IAM User Guide). */
    readonly policy: string;
    /** Whom to ask for the policy. */
    readonly owner: string;
}

const everySession = (caller: Caller) => "arn" in caller && isSession(caller.arn);

/**
 * The unseen kinds of policy, in the order in which to ask for them. SCPs limit the users and roles of a member account;
 * RCPs limit every caller of S3, STS and KMS, services included (AWS Organizations User Guide, "Service control
 * policies" and "Resource control policies"). A KMS grant only allows.
 */
const layers: readonly (UnseenLayer & { of?(caller: Caller): boolean; readonly actions?: RegExp })[] = [
    { policy: "service control policy", owner: "the organization's administrator", of: (caller) => "arn" in caller },
    { policy: "resource control policy", owner: "the organization's administrator", actions: /^(s3|sts|kms):/i },
    { policy: "session policy", owner: "the creator of the session; for a service, AWS Support", of: everySession },
    { policy: "VPC endpoint policy", owner: "the owner of the network" },
    { policy: "access point policy", owner: "the owner of the bucket", actions: /^s3:/i },
    { policy: "KMS grant", owner: "the administrator of the key", actions: /^kms:/i },
];

/**
 * Returns the kinds of policy that can decide a request although `authorize` cannot evaluate them, in the order in which
 * to ask for them. To a service's own request, no service control policy and no session policy applies.
 */
export const unseenLayers = ({ caller, action }: Pick<AccessRequest, "caller" | "action">): UnseenLayer[] =>
    layers
        .filter(({ of, actions }) => (of?.(caller) ?? true) && (actions?.test(action) ?? true))
        .map(({ policy, owner }) => ({ policy, owner }));

function isSession(arn: string): boolean {
    return parseArn(arn)?.service === "sts" || /^role\//.test(parseArn(arn)?.resource ?? "");
}

function closestOf(resource: Evaluation | undefined): Naming | undefined {
    const namings = resource?.decision === "allowed" ? resource.deciding.map(({ naming }) => naming) : [];
    return (["direct", "role", "everyone", "account"] as const).find((naming) => namings.includes(naming));
}
