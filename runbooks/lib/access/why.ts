import { type AccessRequest, type Import, listOf, type NamedPolicy, type PolicyKind, parseArn } from "policy-evaluator";
import { distance, isConditionKey, meantKey } from "./condition-keys.ts";
import { type Family, type Reason, requestLine, statementLine, whyDenied } from "./denials.ts";
import type { FaultId } from "./faults.ts";
import { type Candidate, candidatesOf, closestOf, type Mismatch } from "./parts.ts";

/**
 * Explains why nothing allows a request. It names the closest statement for its action, and every part of it that does
 * not match.
 */
function whyNotAllowed(request: AccessRequest, policies: readonly NamedPolicy[], family: Family, of: Import): Reason[] {
    const kind: PolicyKind = family === "role" ? "identity" : "resource";
    const candidates = candidatesOf(request, policies, kind);
    const ours = candidates.filter(({ mismatches }) => mismatches.every(({ part }) => part !== "principal"));
    // Statements for other principals were not meant for this request, if some are for its caller.
    const closest = closestOf(ours.length > 0 ? ours : candidates);
    const asked = requestLine(request);
    if (!closest) {
        return [{ ...missing(request, policies, family), evidence: [asked] }];
    }
    const evidence = [statementLine(closest), asked];
    return closest.mismatches.map((mismatch) => ({ ...reasonOf(mismatch, closest, request, family, of), evidence }));
}

type ReasonText = Omit<Reason, "evidence">;

/** Names of API operations and other words that people write for the two actions; IAM does not know them. */
const lookalikes: Readonly<Record<string, RegExp>> = {
    "s3:ListBucket": /^s3:(listobjects?(v2)?|headbucket|listobject\*|list|listbuckets?objects?)$/i,
    "s3:GetObject": /^s3:(getobjects|headobject|readobject|get|getobjectv2|copyobject)$/i,
};

/** Whether a word of a policy was meant for an action. */
function isMeant(word: string, action: string): boolean {
    const lower = word.toLowerCase().trim();
    const close = lower !== action.toLowerCase() && distance(lower, action.toLowerCase()) <= 1;
    return (lookalikes[action]?.test(lower) ?? false) || (close && !knownActions.has(lower));
}

/** Actions of S3 that differ from the import's two by one letter. */
const knownActions = new Set(["s3:listbuckets", "s3:putobject"]);

function missing({ action }: AccessRequest, policies: readonly NamedPolicy[], family: Family): ReasonText {
    if (family === "trust") {
        return { fault: "trust-missing", sentence: "No statement of the trust policy allows sts:AssumeRole." };
    }
    const where = family === "role" ? "the role's policies" : "the bucket policy";
    const near = policies
        .flatMap(({ document }) => listOf(document.Statement))
        .flatMap((statement) => (statement.Effect === "Allow" ? listOf(statement.Action) : []))
        .find((each) => isMeant(each, action));
    if (near !== undefined) {
        return {
            fault: `${family}-action-misspelt`,
            sentence: `No statement of ${where} allows ${action}: ${near} is not an action of IAM.`,
        };
    }
    const fault = `${family}-${action === "s3:ListBucket" ? "list" : "get"}-missing` as const;
    return { fault, sentence: `No statement of ${where} allows ${action}.` };
}

function reasonOf(
    mismatch: Mismatch,
    closest: Candidate,
    request: AccessRequest,
    family: Family,
    of: Import,
): ReasonText {
    switch (mismatch.part) {
        case "condition":
            return conditionReason(mismatch, closest, family, of);
        case "resource":
            return resourceReason(closest, request, family, of);
        default:
            return principalReason(closest, family);
    }
}

function principalReason({ sid, statement }: Candidate, family: Family): ReasonText {
    const named = JSON.stringify(statement.Principal ?? statement.NotPrincipal);
    if (family === "trust") {
        const trustsService = typeof statement.Principal === "object" && statement.Principal.Service !== undefined;
        return trustsService
            ? { fault: "trust-wrong-service", sentence: `${sid} of the trust policy trusts ${named}, not Personalize.` }
            : { fault: "trust-missing", sentence: `The trust policy trusts ${named} alone, and no service.` };
    }
    return { fault: "bucket-principal", sentence: `${sid} of the bucket policy is for ${named}, not for Personalize.` };
}

function resourceReason({ sid, statement }: Candidate, request: AccessRequest, family: Family, of: Import): ReasonText {
    const named = listOf(statement.Resource);
    const shown = named.length > 0 ? named.join(", ") : `all but ${listOf(statement.NotResource).join(", ")}`;
    const reason = (fault: FaultId, why: string): ReasonText => ({
        fault,
        sentence: `${sid} allows ${request.action} on ${shown}: ${why}.`,
    });
    const at = family === "trust" ? "role" : family;
    const unresolved = named.find(isUnresolved);
    if (unresolved !== undefined) {
        return reason(`${at}-unresolved`, `${JSON.stringify(unresolved)} has a placeholder or blanks in it`);
    }
    const bucketArn = `arn:${of.partition}:s3:::${of.bucket}`;
    const others = named.filter((name) => !isOfBucket(name, of.bucket));
    if (request.action === "s3:GetObject" && named.includes(bucketArn)) {
        return reason(`${at}-object-arn`, `objects are ${bucketArn}/*`);
    }
    if (request.action === "s3:ListBucket" && named.some((name) => name.startsWith(`${bucketArn}/`))) {
        return reason(`${at}-bucket-arn`, `a bucket is listed by its own ARN, ${bucketArn}`);
    }
    const foreign = named.find((name) => parseArn(name)?.partition !== of.partition && isOfBucket(name, of.bucket));
    if (foreign !== undefined) {
        return reason(`${at}-partition`, `here the partition is ${of.partition}`);
    }
    return others.length === named.length && others.length > 0
        ? reason(`${at}-other-bucket`, `the bucket is ${of.bucket}`)
        : reason(`${at}-prefix`, `that is not ${request.resource}`);
}

/** Whether a name still has a template's placeholder, or blanks. IAM's own variables are names of keys: `${aws:…}`. */
const isUnresolved = (name: string) =>
    name !== name.trim() ||
    /\s|\$\{(?!\w+:)|\{\{|<[\w -]+>|\[[\w -]+\]|(^|:)(bucket-name|your-?bucket(-name)?|amzn-s3-demo-bucket|accountId|account-id)(\/|:|$)/i.test(
        name,
    );

const isOfBucket = (name: string, bucket: string) =>
    new RegExp(`^arn:[^:]*:s3:::${bucket.replaceAll(".", "\\.")}($|/)`).test(name);

type Condition = Extract<Mismatch, { part: "condition" }>;

function conditionReason(condition: Condition, { sid }: Candidate, family: Family, of: Import): ReasonText {
    const { operator, key, wanted, sent } = condition;
    const lower = key.toLowerCase();
    const asks = `${sid} requires ${operator} ${key} ${JSON.stringify(wanted)}`;
    if (!isConditionKey(key)) {
        const meant = meantKey(key);
        const hint = meant === undefined ? "" : `; ${meant} was probably meant`;
        return { fault: `${family}-condition-misspelt`, sentence: `${asks}, and there is no such key${hint}.` };
    }
    if (family === "role") {
        if (lower === "aws:sourcearn" || lower === "aws:sourceaccount") {
            const sentence = `${asks}, which the role's session never sends: it belongs in the trust policy and the bucket policy.`;
            return { fault: "role-source-arn", sentence };
        }
        if (lower === "s3:prefix") {
            return { fault: "role-prefix", sentence: `${asks}, and the import lists ${JSON.stringify(sent)}.` };
        }
        return {
            fault: "role-condition",
            sentence: `${asks}, and the request has ${JSON.stringify(sent ?? "no such key")}.`,
        };
    }
    const has = `the request has ${JSON.stringify(sent?.length === 1 ? sent[0] : sent)}`;
    const unresolved = listOf(wanted).map(String).find(isUnresolved);
    if (unresolved !== undefined) {
        const fault = `${family}-unresolved` as const;
        return { fault, sentence: `${asks}: the value is a placeholder or has blanks, and ${has}.` };
    }
    if (sent === undefined) {
        const fault = family === "bucket" ? "bucket-condition-never-sent" : "trust-condition";
        return { fault, sentence: `${asks}, which Personalize never sends.` };
    }
    if (lower === "aws:sourceaccount") {
        const fault = family === "bucket" ? "bucket-account" : "trust-source-account";
        return { fault, sentence: `${asks}, and ${has}.` };
    }
    if (lower === "aws:sourcearn") {
        const fault = family === "bucket" ? "bucket-source-arn" : trustSourceArn(listOf(wanted).map(String), of);
        const literal = /^(string|arn)equals/i.test(operator) && !/^arn/i.test(operator);
        const hint = literal ? " (StringEquals knows no wildcards: ArnLike does)" : "";
        return { fault, sentence: `${asks}, and ${has}${hint}.` };
    }
    if (lower === "s3:prefix") {
        return { fault: "bucket-prefix", sentence: `${asks}, and the import lists ${JSON.stringify(sent)}.` };
    }
    return { fault: `${family}-condition`, sentence: `${asks}, and ${has}.` };
}

function trustSourceArn(wanted: readonly string[], of: Import): FaultId {
    const [arn] = wanted.map(parseArn);
    if (!arn) return "trust-source-arn";
    if (arn.partition !== of.partition && arn.partition !== "*") return "trust-partition";
    if (arn.accountId !== of.accountId && arn.accountId !== "*") return "trust-source-arn-account";
    const sameService = arn.service === "personalize" || arn.service === "*";
    const sameRegion = arn.region === of.region || arn.region === "*";
    return sameService && sameRegion && arn.resource !== "*" ? "trust-source-arn-narrow" : "trust-source-arn";
}

/** All reasons against a request: denials, and a missing allow. */
export function whyNot(request: AccessRequest, policies: readonly NamedPolicy[], family: Family, of: Import): Reason[] {
    const kind: PolicyKind = family === "role" ? "identity" : "resource";
    const allows = candidatesOf(request, policies, kind).some(({ mismatches }) => mismatches.length === 0);
    return [
        ...whyDenied(request, policies, family, of),
        ...(allows ? [] : whyNotAllowed(request, policies, family, of)),
    ];
}
