import { accountOf, parseArn, parseSessionArn, unseenLayers } from "policy-evaluator";
import type { Mentions, Message } from "./mentions.ts";

/**
 * An access error of AWS: `User: … is not authorized to perform: … on resource: … because no … allows …`, or `with an
 * explicit deny in …` (IAM User Guide, "Troubleshoot access denied error messages").
 */
export interface Refusal {
    /** ARN of the denied user, role or session, or a service or `anonymous`; undefined if the text does not name it. */
    readonly caller: string | undefined;
    readonly action: string | undefined;
    /** ARN of the resource; undefined if the text does not name it. */
    readonly resource: string | undefined;
    /** The kind of policy, such as `service control policy` or `permissions boundary`; undefined if not named. */
    readonly policy: string | undefined;
    /** ARN of the policy with the explicit deny, if AWS names it. */
    readonly policyArn: string | undefined;
    readonly isExplicit: boolean;
    readonly text: string;
}

const kind = String.raw`([\w -]*?(?:polic(?:y|ies)|boundary))`;
const denying = new RegExp(String.raw`explicit deny in (?:an?|the) ${kind}(?:: ?"?(arn:[^\s"',;)]+))?`, "i");
const lacking = new RegExp(`because no ${kind} allows?`, "i");
const refusing =
    /(?:\bUser: |\b)([^\s"']+) (?:is not authorized to perform|(?:does not have|doesn't have|lacks) permissions? to (?:perform|call)):? ([\w-]+:\w+)/;
const blocking = /by the (\w+) setting in S3 Block Public Access/;

/** Parses an access error. Returns undefined for another text. */
export function parseRefusal(text: string): Refusal | undefined {
    const [, denier, policyArn] = denying.exec(text) ?? [];
    const policy = denier ?? lacking.exec(text)?.[1] ?? blocking.exec(text)?.[1];
    const isExplicit = denier !== undefined || /with an explicit deny/i.test(text);
    const [, who, action] = refusing.exec(text) ?? [];
    if (policy === undefined && action === undefined) return undefined;
    const resource = /on resource: "?(arn:[^\s"',;)]+)/.exec(text)?.[1];
    const trim = (arn: string | undefined) => arn?.replace(/[.:]+$/, "");
    return { caller: who, action, resource: trim(resource), policy, policyArn: trim(policyArn), isExplicit, text };
}

/** Returns words with their indefinite article. */
export const article = (words: string) => `${/^[aeiou]/i.test(words) ? "an" : "a"} ${words}`;

/** Returns the reason of an access error as a clause, such as `no identity-based policy allows it`. */
export function formatReason({ policy, policyArn, isExplicit }: Omit<Refusal, "text">, what = "it"): string {
    if (policy === undefined && isExplicit) return `a Deny refuses ${what}, and the message does not name its policy`;
    if (policy === undefined) return `no policy allows ${what}, or one denies it`;
    if (isExplicit) return `a statement of ${article(policy)}${policyArn ? ` (${policyArn})` : ""} denies ${what}`;
    return /^[A-Z]\w+$/.test(policy)
        ? `${policy} of Block Public Access refuses what would make the bucket public`
        : `no ${policy} allows ${what}`;
}

/** Returns the ARN of the role whose session an access error is about, without the path, which a session's ARN lacks. */
function roleOfCaller({ caller = "" }: Pick<Refusal, "caller">): string | undefined {
    if (/^arn:[^:]+:iam::\d*:role\//.test(caller)) return caller;
    const roleName = parseSessionArn(caller)?.roleName;
    return roleName && `arn:${parseArn(caller)?.partition}:iam::${accountOf(caller)}:role/${roleName}`;
}

/** Checks whether an access error is about a role or a session of that role. */
export const isOfRole = (refusal: Pick<Refusal, "caller">, roleArn: string): boolean =>
    refusal.caller === roleArn || roleOfCaller(refusal)?.split("/").at(-1) === roleArn.split("/").at(-1);

/**
 * Explains an access error by its parts: who may not do what, on what, and which kind of policy decided. Returns
 * undefined if the error names no action.
 */
export function explainRefusal(refusal: Refusal, found: Mentions): Omit<Message, "next"> | undefined {
    const { action, caller, resource, policy = "" } = refusal;
    if (action === undefined) return undefined;
    const [service = "", operation = ""] = action.split(":");
    const isOfData = ["s3", "kms", "sts"].includes(service);
    const ofCaller = isOfData ? roleOfCaller(refusal) : undefined;
    const mentions = { ...found, ...(ofCaller !== undefined && { roleArn: ofCaller }) };
    const who = caller ?? "The caller";
    const { roleArn = "the role", bucket = "the bucket", keyArn = "the key of the data" } = found;
    const on = resource ?? { s3: bucket, kms: keyArn, sts: roleArn, iam: roleArn }[service];
    const does =
        { PassRole: `pass ${on} to Personalize (${action})`, AssumeRole: `assume ${on} (${action})` }[operation] ??
        `call ${action}${on === undefined ? "" : ` on ${on}`}`;
    const isTrust = operation === "AssumeRole" && policy === "";
    const [short] = [caller, on].filter(
        (arn = "") => /^arn:[^:]+:[^:]*:[^:]*:\d+:/.test(arn) && accountOf(arn)?.length !== 12,
    );
    const reason =
        short !== undefined
            ? `the account number in ${short} has ${accountOf(short)?.length} digits instead of 12, so it probably lost leading zeros`
            : isTrust
              ? "its trust policy does not allow it"
              : formatReason(refusal);
    const owner = unseenLayers({ caller: { arn: ofCaller ?? "arn:aws:iam::0:role/any" }, action }).find(
        (layer) => layer.policy.toLowerCase() === policy.toLowerCase(),
    )?.owner;
    return {
        subject: isOfData ? "access" : "caller",
        cause: `${who} may not ${does}: ${reason}.`,
        ...(owner !== undefined && { ask: `${owner}: let ${who} ${does}; ${reason}.` }),
        mentions,
    };
}
