import { parseArn } from "./arn.ts";
import { type OneOrMany, toList } from "./document.ts";
import { type Caller, parseSessionArn } from "./principal.ts";

/** Condition keys of a request; names are case-insensitive, as in IAM. */
export type RequestContext = Readonly<Record<string, OneOrMany<string>>>;

/**
 * A function that returns the values of a condition key in a request; undefined for a missing key, or one without
 * values.
 */
export type Lookup = (key: string) => readonly string[] | undefined;

/** Returns a lookup of condition keys, regardless of case. */
export function createLookup(context: RequestContext): Lookup {
    const carried = new Map<string, readonly string[]>();
    for (const [key, value] of Object.entries(context)) {
        const values = toList(value);
        // A key without a value counts as missing.
        if (values.length > 0) carried.set(key.toLowerCase(), values);
    }
    return (key) => carried.get(key.toLowerCase());
}

/**
 * Returns the condition keys that follow from the caller of a request (IAM User Guide, "AWS global condition context
 * keys", properties of the principal).
 */
export function contextOfCaller(caller: Caller): RequestContext {
    if ("service" in caller) {
        return { "aws:PrincipalIsAWSService": "true", "aws:PrincipalServiceName": caller.service };
    }
    const arn = "arn" in caller ? parseArn(caller.arn) : undefined;
    if (!("arn" in caller) || !arn) {
        return {};
    }
    const common = { "aws:PrincipalAccount": arn.accountId, "aws:PrincipalIsAWSService": "false" };
    const [type, ...path] = arn.resource.split("/");
    switch (type) {
        case "user":
            return {
                ...common,
                "aws:PrincipalArn": caller.arn,
                "aws:PrincipalType": "User",
                "aws:username": path.at(-1) ?? "",
            };
        case "root":
            return { ...common, "aws:PrincipalArn": caller.arn, "aws:PrincipalType": "Account" };
        case "role":
            return { ...common, "aws:PrincipalArn": caller.arn, "aws:PrincipalType": "AssumedRole" };
        case "assumed-role": {
            // aws:PrincipalArn is the ARN of the role, not of its session. The session's ARN does not contain the
            // role's path.
            const role = `arn:${arn.partition}:iam::${arn.accountId}:role/${parseSessionArn(caller.arn)?.roleName}`;
            return { ...common, "aws:PrincipalArn": role, "aws:PrincipalType": "AssumedRole" };
        }
        case "federated-user":
            return { ...common, "aws:PrincipalArn": caller.arn, "aws:PrincipalType": "FederatedUser" };
        default:
            return common;
    }
}
