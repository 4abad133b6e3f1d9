import { distance } from "fastest-levenshtein";
import {
    type AccessRequest,
    type OneOrMany,
    type PolicyKind,
    type Principals,
    parseArn,
    type Statement,
    toList,
} from "policy-evaluator";
import { isConditionKey, nearestKey } from "./context.ts";

/** A part of a statement that is probably misspelt, and its nearest valid spelling. */
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

const namesOf = ({ caller }: AccessRequest) =>
    "service" in caller ? [caller.service] : "arn" in caller ? [caller.arn] : [];

/**
 * Returns the possible corrections of one condition: another key, an operator that accepts wildcards, or the sent value
 * in place of a similar one.
 */
function conditionSpellings(
    operator: string,
    key: string,
    wanted: readonly string[],
    sent: readonly string[],
): (Correction & { readonly block: NonNullable<Statement["Condition"]> })[] {
    const nearest = isConditionKey(key) ? undefined : nearestKey(key);
    const like = operator.replace(/equals(IgnoreCase)?/i, "Like");
    const hasWildcard = /^(ForA\w+:)?String/i.test(operator) && wanted.some((each) => each.includes("*"));
    const values = wanted.flatMap((wrong) =>
        sent.filter((right) => isNear(wrong, right)).map((right) => ({ wrong, right })),
    );
    const replaced = ({ wrong, right }: Pick<Correction, "wrong" | "right">) =>
        wanted.map((each) => (each === wrong ? right : each));
    const correction = (
        part: Correction["part"],
        wrong: string,
        right: string,
        block: NonNullable<Statement["Condition"]>,
    ) => ({ part, wrong, right, block });
    return [
        ...(nearest === undefined ? [] : [correction("key", key, nearest, { [operator]: { [nearest]: [...wanted] } })]),
        ...(hasWildcard && like !== operator
            ? [correction("operator", operator, like, { [like]: { [key]: [...wanted] } })]
            : []),
        ...values.map((value) =>
            correction("value", value.wrong, value.right, { [operator]: { [key]: replaced(value) } }),
        ),
    ];
}

/**
 * Returns those corrections that change the result of a statement: with them, an Allow applies, or a Deny does not
 * apply. A misspelt condition key is always corrected. A part with several possible corrections is not corrected,
 * because only its author knows which one was meant.
 *
 * @param sentOf values that the request has for a condition key
 */
export function findCorrections(
    statement: Statement,
    request: AccessRequest,
    fits: Fits,
    sentOf: (key: string) => readonly string[],
): Correction[] {
    const { Effect, Action, Resource, Principal, Condition = {} } = statement;
    const isAllow = Effect === "Allow";
    const parts = [
        ...toList(Action).map((wrong) =>
            actionSpellings(wrong, request).map((right) => ({
                correction: { part: "action" as const, wrong, right },
                fits: (action: string) => fits({ Action: action, Resource: "*" }, "identity"),
            })),
        ),
        ...toList(Resource).map((wrong) =>
            resourceSpellings(wrong, request).map((right) => ({
                correction: { part: "resource" as const, wrong, right },
                fits: (resource: string) => fits({ Action: "*", Resource: resource }, "identity"),
            })),
        ),
        ...(typeof Principal === "object" ? principalsOf(Principal) : []).map(([kind, wrong]) =>
            namesOf(request)
                .filter((right) => isNear(wrong, right))
                .map((right) => ({
                    correction: { part: "principal" as const, wrong, right },
                    fits: (name: string) => fits({ ...anything, Principal: { [kind]: name } }, "resource"),
                })),
        ),
    ].map((candidates) =>
        candidates.filter(
            ({ correction, fits: applies }) => isAllow && !applies(correction.wrong) && applies(correction.right),
        ),
    );
    const conditions = Object.entries(Condition).flatMap(([operator, block]) =>
        Object.entries(block).map(([key, wanted]) => {
            const met = (Condition: NonNullable<Statement["Condition"]>) =>
                fits({ ...anything, Condition }, "identity");
            const isMet = met({ [operator]: { [key]: wanted } });
            return conditionSpellings(
                operator,
                key,
                toList(wanted as OneOrMany<string>).map(String),
                sentOf(key),
            ).filter(
                // A condition key that does not exist is always wrong. Return the correction of an operator or a value
                // only if the wrong condition prevents the request (an Allow statement does not match, or a Deny
                // statement matches) and the corrected condition allows the request.
                ({ part, block: corrected }) => part === "key" || (isMet !== isAllow && met(corrected) === isAllow),
            );
        }),
    );
    return [
        ...parts.flatMap(([only, ...more]) => (only && more.length === 0 ? [only.correction] : [])),
        ...conditions.flatMap(([only, ...more]) =>
            only && more.length === 0 ? [{ part: only.part, wrong: only.wrong, right: only.right }] : [],
        ),
    ];
}

const principalsOf = (named: Principals): [string, string][] =>
    Object.entries(named).flatMap(([kind, names]) =>
        toList(names as OneOrMany<string>).map((name): [string, string] => [kind, name]),
    );
