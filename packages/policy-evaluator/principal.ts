import { parseArn } from "./arn.ts";
import { type Principals, type Statement, toList } from "./document.ts";

/**
 * The caller of a request: the ARN of a user, a role, a session of a role (`arn:aws:sts::…:assumed-role/Role/session`),
 * or an account's root; an AWS service by its principal name; or a caller that an identity provider authenticated.
 */
export type Caller =
    /** `hasBoundary`: whether the user or role has a permissions boundary. */
    | { readonly arn: string; readonly hasBoundary?: boolean }
    | { readonly service: string }
    | { readonly federated: string };

/**
 * How a statement's principal identifies the caller, which decides which other policies must allow the caller (IAM User
 * Guide, "How AWS enforcement code logic evaluates requests", resource-based policies): `direct` is a user's or a
 * session's own ARN, or a service or provider; `role` is the role of a session; `everyone` is `*`, or the rest of
 * NotPrincipal; `account` leaves the decision to the policies of the caller's account.
 */
export type Naming = "direct" | "role" | "everyone" | "account";

/**
 * Returns how a statement of a resource or trust policy identifies a caller; undefined if its principal is another one.
 */
export function matchPrincipal({ Effect, Principal, NotPrincipal }: Statement, caller: Caller): Naming | undefined {
    if (NotPrincipal !== undefined) {
        const excepts = Effect === "Deny" ? isExceptedFromDeny(NotPrincipal, caller) : closest(NotPrincipal, caller);
        return excepts ? undefined : "everyone";
    }
    return Principal === undefined ? undefined : closest(Principal, caller);
}

/**
 * Checks whether the NotPrincipal of a Deny exempts a caller. NotPrincipal must contain the caller's account in
 * addition to the user, role or session. It never exempts a user or role with a permissions boundary (IAM User Guide,
 * "AWS JSON policy elements: NotPrincipal").
 */
function isExceptedFromDeny(named: "*" | Principals, caller: Caller): boolean {
    if (named === "*" || !("arn" in caller)) return closest(named, caller) !== undefined;
    const namings = toList(named.AWS).map((name) => namingBy(name, caller.arn));
    if (namings.includes("everyone")) return true;
    const isNamed = isRoot(caller.arn) || namings.includes("direct") || namings.includes("role");
    return !caller.hasBoundary && isNamed && namings.includes("account");
}

/** Returns the role name and the session name in a session's ARN. */
export function parseSessionArn(arn: string): { roleName: string; sessionName: string } | undefined {
    const [type, roleName, ...rest] = parseArn(arn)?.resource.split("/") ?? [];
    return type === "assumed-role" && roleName && rest.length > 0
        ? { roleName, sessionName: rest.join("/") }
        : undefined;
}

/** Checks whether an ARN is the root user of an account. */
export const isRoot = (arn: string) => parseArn(arn)?.resource === "root" && parseArn(arn)?.service === "iam";

function closest(principal: "*" | Principals, caller: Caller): Naming | undefined {
    if (principal === "*") {
        return "everyone";
    }
    const named = toList(principal.AWS);
    if ("service" in caller) {
        return toList(principal.Service).includes(caller.service) ? "direct" : everyone(named);
    }
    if ("federated" in caller) {
        return toList(principal.Federated).includes(caller.federated) ? "direct" : everyone(named);
    }
    const namings = named.map((name) => namingBy(name, caller.arn));
    return (["direct", "role", "everyone", "account"] as const).find((naming) => namings.includes(naming));
}

const everyone = (named: readonly string[]) => (named.includes("*") ? "everyone" : undefined);

function namingBy(name: string, arn: string): Naming | undefined {
    const caller = parseArn(arn);
    if (name === "*") {
        return "everyone";
    }
    if (name === arn) {
        return caller?.resource.startsWith("role/") ? "role" : caller?.resource === "root" ? "account" : "direct";
    }
    if (caller && name === caller.accountId) {
        return "account";
    }
    const wanted = parseArn(name);
    if (!wanted || !caller || wanted.partition !== caller.partition || wanted.accountId !== caller.accountId) {
        return undefined;
    }
    if (wanted.service === "iam" && wanted.resource === "root") {
        return "account";
    }
    // Compare names of roles, because they are unique in an account and a session's ARN has no path.
    const [type, ...path] = wanted.resource.split("/");
    return type === "role" && path.at(-1) === parseSessionArn(arn)?.roleName ? "role" : undefined;
}
