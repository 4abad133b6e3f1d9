import { distance } from "fastest-levenshtein";
import { type AccessRequest, type PolicyKind, parseArn, type Statement, toList } from "policy-evaluator";
import { isConditionKey, nearestKey } from "./context.ts";

/** A part of a statement that is probably misspelled, and its nearest valid spelling. */
export interface Correction {
    readonly part: "action" | "resource" | "principal" | "key" | "operator" | "value";
    readonly wrong: string;
    readonly right: string;
}

/** Returns whether a part of a statement, such as its Action, applies to the request. */
export type Fits = (part: Partial<Statement>, kind: PolicyKind) => boolean;

/** Maximum number of inserted, deleted and replaced letters in one word that count as a typing error. */
const maxMistakes = 2;
export const anything = { Action: "*", Resource: "*" } as const;

/** Checks whether names differ only by their digits, which is usually on purpose: films-1 and films-2. */
const isNear = (wrong: string, right: string) =>
    wrong !== right &&
    wrong.replace(/\D/g, "") === right.replace(/\D/g, "") &&
    distance(wrong.toLowerCase(), right.toLowerCase()) <= maxMistakes;

/**
 * Operations of S3's API whose permission has another name (S3 User Guide, "Required permissions for Amazon S3 API
 * operations").
 */
const operations: Readonly<Record<string, readonly string[]>> = {
    "s3:ListBucket": ["ListObjects", "ListObjectsV2", "HeadBucket", "List"],
    "s3:GetObject": ["HeadObject", "CopyObject", "GetObjectV2", "Get", "ReadObject"],
};
/** Existing IAM actions whose names are similar to those that an import needs. They are not typing errors. */
const otherActions = new Set(["s3:listbuckets", "s3:putobject", "kms:encrypt"]);

/** Returns the nearest spellings of an action in a policy, which may contain wildcards. */
function actionSpellings(wrong: string, { action }: AccessRequest): string[] {
    const lower = wrong.trim().toLowerCase();
    if (otherActions.has(lower) || lower === action.toLowerCase()) return [];
    const [service = ""] = action.split(":");
    const names = operations[action] ?? [];
    const isOperation = names.some((name) => distance(lower, `${service}:${name}`.toLowerCase()) <= 1);
    const tidy = wrong.replace(/\s+/g, "").replace(/:{2,}/g, ":");
    return [...(tidy === wrong ? [] : [tidy]), ...(isOperation || isNear(lower, action) ? [action] : [])];
}

/**
 * If a statement's ARN has a bucket or key that is similar to the request's bucket or key, returns the ARN with the
 * request's bucket or key.
 */
function resourceSpellings(wrong: string, { resource }: AccessRequest): string[] {
    const [bucketArn = ""] = resource.split("/");
    const [start = "", ...rest] = wrong.split("/");
    const isSameName = parseArn(start)?.resource === parseArn(bucketArn)?.resource && start !== bucketArn;
    return isSameName || isNear(start, bucketArn) ? [[bucketArn, ...rest].join("/")] : [];
}

/** Returns the name or ARN of a request's caller. */
export const nameOf = ({ caller }: AccessRequest) =>
    "service" in caller ? caller.service : "arn" in caller ? caller.arn : caller.federated;

/**
 * Returns those corrections that change the result of a statement: with them, an Allow applies, or a Deny does not
 * apply. A misspelled condition key is always corrected. A part with several possible corrections is not corrected,
 * because only its author knows which one was meant.
 *
 * @param sentOf values that the request has for a condition key
 */
export function findCorrections(
    { Effect, Action, Resource, Principal, Condition = {} }: Statement,
    request: AccessRequest,
    fits: Fits,
    sentOf: (key: string) => readonly string[],
): Correction[] {
    const isAllow = Effect === "Allow";
    const spelled = (
        part: Correction["part"],
        wrong: string,
        spellings: readonly string[],
        isMatch: (spelling: string) => boolean,
    ): Correction[] =>
        spellings
            .filter((right) => isAllow && !isMatch(wrong) && isMatch(right))
            .map((right) => ({ part, wrong, right }));
    const principals = typeof Principal === "object" ? Object.entries({ ...Principal }) : [];
    const corrections = [
        ...toList(Action).map((wrong) =>
            spelled("action", wrong, actionSpellings(wrong, request), (name) =>
                fits({ Action: name, Resource: "*" }, "identity"),
            ),
        ),
        ...toList(Resource).map((wrong) =>
            spelled("resource", wrong, resourceSpellings(wrong, request), (arn) =>
                fits({ Action: "*", Resource: arn }, "identity"),
            ),
        ),
        ...principals.flatMap(([kind, names]) =>
            toList(names).map((wrong) => {
                const near = [nameOf(request)].filter((right) => isNear(wrong, right));
                const isMatch = (name: string) => fits({ ...anything, Principal: { [kind]: name } }, "resource");
                return spelled("principal", wrong, near, isMatch);
            }),
        ),
        ...Object.entries(Condition).flatMap(([operator, block]) =>
            Object.entries(block).map(([key, wanted]) => {
                const isMet = (as: string, values: typeof wanted) =>
                    fits({ ...anything, Condition: { [as]: { [key]: values } } }, "identity");
                // A correction helps if the wrong condition prevents the request, and the corrected one does not.
                const helps = (as: string, values: typeof wanted) =>
                    isMet(operator, wanted) !== isAllow && isMet(as, values) === isAllow;
                return correctCondition(operator, key, toList(wanted).map(String), sentOf(key), helps);
            }),
        ),
    ];
    return corrections.flatMap((possible) => (possible.length === 1 ? possible : []));
}

/**
 * Returns the possible corrections of one condition: another key, an operator that accepts wildcards, or the sent value
 * in place of a similar one.
 */
function correctCondition(
    operator: string,
    key: string,
    wanted: readonly string[],
    sent: readonly string[],
    helps: (operator: string, wanted: readonly string[]) => boolean,
): Correction[] {
    const nearest = isConditionKey(key) ? undefined : nearestKey(key);
    const like = operator.replace(/equals(IgnoreCase)?/i, "Like");
    const hasWildcard = /^(ForA\w+:)?String/i.test(operator) && wanted.some((each) => each.includes("*"));
    const replaced = (wrong: string, right: string) => wanted.map((each) => (each === wrong ? right : each));
    const values = wanted.flatMap((wrong) => sent.map((right) => ({ part: "value", wrong, right }) as const));
    return [
        ...(nearest === undefined ? [] : [{ part: "key", wrong: key, right: nearest } as const]),
        ...(hasWildcard && like !== operator && helps(like, wanted)
            ? [{ part: "operator", wrong: operator, right: like } as const]
            : []),
        ...values.filter(({ wrong, right }) => isNear(wrong, right) && helps(operator, replaced(wrong, right))),
    ];
}

/**
 * Checks whether a text contains spaces or a placeholder that its author did not replace, such as `BUCKET-NAME`. Policy
 * variables of IAM (`${aws:…}`) are not placeholders.
 */
export const isUnresolved = (text: string) =>
    /^\s|\s$|\s|\$\{(?!\w+:)|\{\{|<[\w -]+>|\[[\w -]+\]|(^|:)(bucket-name|your-?bucket(-name)?|amzn-s3-demo-bucket|accountId|account-id)(\/|:|$)/i.test(
        text,
    );
