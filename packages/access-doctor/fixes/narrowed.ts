import { type Import, parseArn, toList } from "policy-evaluator";
import type { DecidingCondition } from "../candidates.ts";
import { isConditionKey } from "../context.ts";
import { isUnresolved } from "../explain.ts";
import type { Finding } from "../link.ts";
import type { Correction } from "../meant.ts";

/** Condition keys whose values are account IDs, and those whose values are ARNs of Personalize's resources. */
const accountKeys = /^(aws:(source|principal|resource)account|s3:resourceaccount|kms:calleraccount)$/i;
const sourceArn = /^aws:sourcearn$/i;

/**
 * Checks whether an Allow would apply to the import without a condition or element that somebody wrote to limit it.
 * Another Allow would bypass this limit. Parts with a provably wrong value, such as the number of another account, are
 * no limits.
 */
export function isNarrowed({ explanation }: Finding, of: Import): boolean {
    if (explanation?.effect !== "Allow" || !explanation.source) return false;
    const { parts, conditions, corrections, source } = explanation;
    if (parts.includes("principal") || parts.includes("action")) return false;
    if (!parts.includes("resource")) return conditions.some((each) => !isProvablyWrong(each, corrections, of));
    if (source.NotResource !== undefined) return true;
    const objects = `arn:${of.partition}:s3:::${of.bucket}/`;
    const isOther = (arn: string) =>
        arn.includes(":accesspoint/") ||
        (arn.startsWith(objects) && !`${objects}${of.key}`.startsWith(arn.replace(/[*?].*$/, "")));
    // A statement that only lists needs the bucket's ARN, so an object's ARN in it is a mistake.
    const onlyLists = toList(source.Action).every((action) => /^s3:list/i.test(action));
    const isTyped = corrections.some(({ part }) => part === "resource");
    return !onlyLists && !isTyped && toList(source.Resource).some(isOther);
}

function isProvablyWrong(
    { key, operator, wanted, sent }: DecidingCondition,
    corrections: readonly Correction[],
    of: Import,
): boolean {
    const { accountId, now = new Date() } = of;
    const isCorrected = corrections.some(
        ({ part, wrong }) => wrong === (part === "key" ? key : part === "operator" ? operator : wanted[0]),
    );
    if (isCorrected || !isConditionKey(key) || wanted.some(isUnresolved)) return true;
    if (/^aws:(currenttime|epochtime)$/i.test(key)) {
        const times = wanted.map((each) => (/^\d+$/.test(each) ? Number(each) * 1000 : Date.parse(each)));
        return /lessthan/i.test(operator) && times.every((time) => time <= now.getTime());
    }
    // Only a service that calls for a resource sends these keys. A role's session never does.
    if (sent === undefined && (sourceArn.test(key) || /^aws:sourceaccount$/i.test(key))) return true;
    if (accountKeys.test(key)) return wanted.every((each) => each !== accountId && !/[*?$]/.test(each));
    const isOfOther = (arn: string) => {
        const { partition = of.partition, service = "", accountId: account = "" } = parseArn(arn) ?? {};
        const isOf = (value: string, ours: string) => value === ours || /[*?]/.test(value);
        return !isOf(partition, of.partition) || !isOf(service, "personalize") || !isOf(account, of.accountId);
    };
    return sourceArn.test(key) && wanted.every(isOfOther);
}
