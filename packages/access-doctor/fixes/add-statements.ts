import { type Import, type PolicyDocument, parseArn, type Statement, toList } from "policy-evaluator";
import type { DecidingCondition } from "../candidates.ts";
import { isConditionKey } from "../context.ts";
import type { Finding, Scene } from "../link.ts";
import { type Correction, isUnresolved } from "../meant.ts";
import { storable, withStatements } from "./documents.ts";
import type { Repair, Store } from "./steps.ts";

/** Condition keys whose values are account IDs, and those whose values are ARNs of Personalize's resources. */
const accountKeys = /^(aws:(source|principal|resource)account|s3:resourceaccount|kms:calleraccount)$/i;
const sourceArn = /^aws:sourcearn$/i;

/**
 * Checks whether an Allow would apply to the import without a condition or element that somebody wrote to limit it.
 * Another Allow would bypass this limit. Parts with a provably wrong value, such as the number of another account, are
 * no limits.
 */
function isNarrowed({ explanation }: Finding, of: Import): boolean {
    if (explanation?.effect !== "Allow" || !explanation.source) return false;
    const { parts, conditions, corrections, source } = explanation;
    if (source.NotAction !== undefined && parts.includes("action")) return true;
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

/** Returns the sentences of findings as one text. */
export const sentencesOf = (group: readonly Finding[]) => group.map(({ sentence }) => sentence).join(" ");

/** A policy that lacks statements, and what must hold before a command may add them. */
interface Lacking extends Pick<Repair, "program"> {
    /** The person to ask if no command may write the policy. */
    readonly owner: string;
    readonly statements: readonly Statement[];
    /** The policy as it is; undefined if there is none. */
    readonly present: PolicyDocument | undefined;
    /** Each reason why no command may write the policy, with whether the reason holds. */
    readonly unless: Readonly<Record<string, boolean>>;
    readonly store: Store;
}

/**
 * Returns a request about a rule that somebody wrote: a Deny, or an Allow that is limited to something else than this
 * import. Returns undefined if there is no such rule.
 */
export function askOfRule(owner: string, group: readonly Finding[], of: Import, statements: readonly Statement[]) {
    const denials = group.filter(({ explanation }) => explanation?.effect === "Deny");
    const narrowed = group.filter((each) => isNarrowed(each, of));
    const more = group.length > denials.length ? " The statements that allow the import are missing, too." : "";
    const ask =
        denials.length > 0
            ? `except personalize.amazonaws.com and ${of.roleArn} from what denies this import, if that agrees with its purpose. ${sentencesOf(denials)}${more}`
            : `is this limit meant for this import, too? ${sentencesOf(narrowed)} If not, add ${JSON.stringify(statements)}`;
    return denials.length + narrowed.length > 0 ? { ask: `${owner}: ${ask}` } : undefined;
}

/** Returns the step that adds statements to a policy, or a request to its owner if no command may write the policy. */
export function addTo({ of }: Scene, group: readonly Finding[], lacking: Lacking): Repair {
    const { owner, statements, present, unless, store, program } = lacking;
    const rule = askOfRule(owner, group, of, statements);
    if (rule) return rule;
    const texts = JSON.stringify(statements);
    const [reason] = Object.entries(unless).find(([, holds]) => holds) ?? [];
    if (reason !== undefined) return { ask: `${owner}: ${reason}. If it lacks these statements, add ${texts}` };
    const document = storable(withStatements(present, statements));
    if (!document)
        return { ask: `${owner}: a denial names a principal that was deleted; correct it, and add ${texts}` };
    const kept = toList(present?.Statement);
    const adds = toList(document.Statement).filter((one) => !kept.includes(one));
    return { owner, step: { ...store, document, adds }, program };
}
