import type { AccessRequest, Import, NamedPolicy, PolicyKind } from "policy-evaluator";
import type { FaultId } from "./faults.ts";
import { type Candidate, candidatesOf } from "./parts.ts";

export type Family = "role" | "trust" | "bucket";

export interface Reason {
    readonly fault: FaultId;
    readonly sentence: string;
    readonly evidence: readonly string[];
}

/** A request as evidence: caller, action, resource and condition keys. */
export function requestLine({ caller, action, resource, context }: AccessRequest): string {
    const who = "service" in caller ? caller.service : "arn" in caller ? caller.arn : caller.federated;
    return `request: ${action} on ${resource} by ${who} with ${JSON.stringify(context)}`;
}

/** A statement as evidence: its Sid, policy and JSON. */
export const statementLine = ({ policy, sid, statement }: Pick<Candidate, "policy" | "sid" | "statement">): string =>
    `${sid} of the ${policy}: ${JSON.stringify(statement)}`;

const tls = ["aws:securetransport", "s3:tlsversion"];
const network = ["aws:sourcevpce", "aws:sourcevpc", "aws:sourcevpcarn", "aws:vpceaccount", "aws:vpcsourceip"];
const organisation = [
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:sourceorgid",
    "aws:sourceorgpaths",
    "aws:vpceorgid",
];

/** The denials that apply to a request, classified by their conditions. */
export function whyDenied(
    request: AccessRequest,
    policies: readonly NamedPolicy[],
    family: Family,
    of: Import,
): (Reason & { readonly policy: string })[] {
    const kind: PolicyKind = family === "role" ? "identity" : "resource";
    return candidatesOf(request, policies, kind, "Deny")
        .filter(({ mismatches }) => mismatches.length === 0)
        .map((denial) => {
            const { fault, why } = denialOf(denial, family, of);
            const sentence = `${denial.sid} of the ${denial.policy} denies ${request.action}${why}.`;
            return { fault, sentence, evidence: [statementLine(denial), requestLine(request)], policy: denial.policy };
        });
}

/** Role ids in a text that are not this role's. */
export function staleIds(text: string, roleId: string | undefined): string[] {
    const ids = text.match(/AROA[A-Z0-9]{10,}/g) ?? [];
    return roleId === undefined ? [] : [...new Set(ids)].filter((id) => id !== roleId);
}

function denialOf({ statement }: Candidate, family: Family, of: Import): { fault: FaultId; why: string } {
    if (family === "trust") {
        return { fault: "trust-deny", why: "" };
    }
    const keys = Object.values(statement.Condition ?? {}).flatMap((block) =>
        Object.keys(block).map((key) => key.toLowerCase()),
    );
    const about = (those: readonly string[]) => keys.some((key) => those.includes(key));
    const stale = staleIds(JSON.stringify(statement), of.roleId);
    if (family === "bucket" && stale.length > 0) {
        return {
            fault: "role-recreated",
            why: ` to all but ${stale.join(", ")}: the role was created again since, and is now ${of.roleId}`,
        };
    }
    if (family === "bucket" && about(tls)) {
        return { fault: "bucket-deny-tls", why: ", although it uses TLS: the condition is inverted" };
    }
    if (about(network)) {
        return {
            fault: `${family}-deny-vpc`,
            why: " outside a VPC or its endpoint: Personalize does not use your networks",
        };
    }
    if (about(["aws:sourceip"])) {
        return {
            fault: `${family}-deny-ip`,
            why: " from other IP addresses: Personalize uses AWS's own (aws:SourceIp)",
        };
    }
    if (about(["aws:multifactorauthpresent", "aws:multifactorauthage"])) {
        return { fault: `${family}-deny-mfa`, why: " without MFA: a service has none" };
    }
    if (about(["aws:requestedregion"])) {
        return { fault: `${family}-deny-region`, why: ` in other regions: this import is in ${of.region}` };
    }
    if (about(organisation)) {
        return { fault: `${family}-deny-organisation`, why: " outside the organisation: a service belongs to none" };
    }
    return { fault: `${family}-deny`, why: "" };
}
