import { type Authorization, accountOf, authorize } from "policy-evaluator";
import { withoutDocumentNote } from "../import-documents.ts";
import { type NamedCheck, type Principal, parseStoredPolicy } from "./directory.ts";

/** Data of the request for the condition keys that exist for every call. */
export interface Circumstances {
    readonly region: string;
    readonly sourceIp: string;
    readonly secure: boolean;
    readonly userAgent: string | undefined;
    readonly now: Date;
}

type Verdict = { readonly allowed: true } | { readonly allowed: false; readonly message: string };

/** The principal of an unsigned request. Only resource policies with the principal `*` allow its calls. */
export const anonymous: Omit<Principal, "secret" | "token" | "expires"> = {
    arn: "",
    account: "",
    id: "anonymous",
    tags: {},
    function: null,
    identity: [],
    withoutDocument: [],
};

/** Actions that need no permission (API references of STS). */
const alwaysAllowed = ["sts:GetCallerIdentity", "sts:GetSessionToken"];

const contextOf = ({ tags, id, function: source }: typeof anonymous, now: Circumstances) => ({
    "aws:RequestedRegion": now.region,
    "aws:SourceIp": now.sourceIp,
    "aws:SecureTransport": String(now.secure),
    "aws:ViaAWSService": "false",
    "aws:CurrentTime": now.now.toISOString(),
    "aws:EpochTime": String(Math.floor(now.now.getTime() / 1000)),
    ...(now.userAgent !== undefined && { "aws:UserAgent": now.userAgent }),
    ...(id !== "" && { "aws:userid": id }),
    ...(source !== null && { "lambda:SourceFunctionArn": source }),
    ...Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:PrincipalTag/${key}`, value])),
});

/**
 * Evaluates all policies for one permission. Returns AWS's message if they deny. For the account's root user, only
 * resource policies can deny.
 */
export function judge(principal: typeof anonymous, check: NamedCheck, circumstances: Circumstances): Verdict {
    const { action, resource, policy } = check;
    if (alwaysAllowed.includes(action)) {
        return { allowed: true };
    }
    const caller = { arn: principal.arn };
    const context = { ...contextOf(principal, circumstances), ...check.context };
    const policies = {
        ...principal,
        ...(policy !== null && { resource: [{ name: "resource policy", document: parseStoredPolicy(policy) }] }),
    };
    const lacking = withoutDocumentNote(principal.withoutDocument);
    const what = action.startsWith("s3:") ? `"${resource}"` : resource;
    const why = (reason: string): Verdict => ({
        allowed: false,
        message: `User: ${principal.arn || "anonymous"} is not authorized to perform: ${action} on resource: ${what} ${reason}${lacking}`,
    });
    try {
        // AWS managed policies belong to no account. Use the caller's account as the owner of such a policy, so that
        // the caller's identity policies decide alone, as they do within one account.
        const owner = resource.startsWith("arn:aws:iam::aws:") ? accountOf(principal.arn) : accountOf(resource);
        const outcome = authorize({ caller, action, resource, context }, policies, owner);
        return outcome.decision === "allowed" ? { allowed: true } : why(formatDenialReason(outcome, action));
    } catch (error) {
        // A policy contains a condition operator that IAM does not define.
        if (error instanceof RangeError) return why(`because a policy cannot be evaluated: ${error.message}`);
        throw error;
    }
}

const kinds = {
    identity: "identity-based policy",
    resource: "resource-based policy",
    boundary: "permissions boundary",
    session: "session policy",
} as const;

/** Returns the end of AWS's denial message (IAM User Guide, "Troubleshoot access denied error messages"). */
function formatDenialReason({ decision, deniedBy = "identity" }: Authorization, action: string): string {
    const kind = kinds[deniedBy];
    const article = deniedBy === "identity" ? "an" : "a";
    return decision === "explicitDeny"
        ? `with an explicit deny in ${article} ${kind}`
        : `because no ${kind} allows the ${action} action`;
}
