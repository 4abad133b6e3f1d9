import {
    type ConditionBlock,
    type Import,
    listOf,
    type OneOrMany,
    personalizeService,
    type Statement,
} from "policy-evaluator";

/** The two actions of an import (Developer Guide, "Giving Amazon Personalize access to Amazon S3 resources"). */
const importActions = ["s3:GetObject", "s3:ListBucket"] as const;

const covers = (pattern: string) => {
    const text = pattern
        .replace(/[.+^${}()|[\]\\]/g, "\\$&")
        .replaceAll("*", ".*")
        .replaceAll("?", ".");
    return importActions.some((action) => new RegExp(`^${text}$`, "i").test(action));
};

/** The part of a denial that covers an import's two actions, and the rest of it. */
function split(statement: Statement, kind: "resource" | "identity"): [reads: Statement, rest: Statement | undefined] {
    const { Action, NotAction, ...common } = statement;
    if (NotAction !== undefined) {
        return [
            { ...common, Action: importActions },
            { ...common, NotAction: [...listOf(NotAction), ...importActions] },
        ];
    }
    const actions = listOf(Action);
    // An identity policy also denies other services: the rest of `s3:*` cannot be written there.
    if (actions.some((action) => action === "*" || (kind === "resource" && /^s3:\*$/i.test(action)))) {
        return [
            { ...common, Action: importActions },
            { ...common, NotAction: importActions },
        ];
    }
    const rest = actions.filter((action) => !covers(action));
    return [{ ...common, Action: actions.filter(covers) }, rest.length > 0 ? { ...common, Action: rest } : undefined];
}

/** Adds values to a condition key; a present key keeps its values. All keys of a block must match for a denial. */
function withValues(condition: ConditionBlock, operator: string, key: string, value: string): ConditionBlock {
    const block: Readonly<Record<string, OneOrMany<string | number | boolean>>> = condition[operator] ?? {};
    const present = Object.keys(block).find((each) => each.toLowerCase() === key.toLowerCase()) ?? key;
    const values = [...new Set([...listOf(block[present]), value])];
    return { ...condition, [operator]: { ...block, [present]: values.length === 1 ? value : values } };
}

/** The callers that an exception is for. */
export interface Excepted {
    readonly role: boolean;
    readonly service: boolean;
}

/**
 * A denial of a bucket policy, a trust policy or a boundary, with an exception for one import.
 * Other callers and actions stay denied, and other keys where it can be written. People's requests lack
 * `aws:PrincipalServiceName`. A negated operator matches an absent key, which keeps the denial in force for them
 * (IAM User Guide, "AWS global condition context keys").
 */
export function excepted(
    statement: Statement,
    of: Import,
    { role, service }: Excepted,
    kind: "resource" | "identity",
): Statement[] {
    if (listOf(statement.Action).some((action) => /^sts:/i.test(action))) {
        return [withException(statement, of, { role, service })];
    }
    const [reads, rest] = split(statement, kind);
    const sid = statement.Sid ?? "Denial";
    return [
        ...(rest ? [{ ...rest, ...(statement.Sid && { Sid: statement.Sid }) }] : []),
        { ...withException(reads, of, { role, service }), Sid: rest ? `${sid}Reads` : sid },
        ...otherKeys(reads, of).map((one) => ({ ...one, Sid: `${sid}OtherKeys` })),
    ];
}

function withException(statement: Statement, { roleArn }: Import, { role, service }: Excepted): Statement {
    let Condition = statement.Condition ?? {};
    if (service) Condition = withValues(Condition, "StringNotEquals", "aws:PrincipalServiceName", personalizeService);
    if (role) Condition = withValues(Condition, "ArnNotLike", "aws:PrincipalArn", roleArn);
    return { ...statement, Condition };
}

/** Denies the bucket's other keys without an exception, if the denial covers the whole bucket. */
function otherKeys(reads: Statement, { partition, bucket, key }: Import): Statement[] {
    const bucketArn = `arn:${partition}:s3:::${bucket}`;
    const { Resource, ...common } = reads;
    const whole = listOf(Resource).some((each) => each === `${bucketArn}/*` || each === "*");
    const denies = listOf(reads.Action).some((action) => /^(s3:(getobject|get\*|\*)|\*)$/i.test(action));
    return whole && denies && key !== ""
        ? [{ ...common, Action: "s3:GetObject", NotResource: [bucketArn, `${bucketArn}/${key}*`] }]
        : [];
}

/**
 * A denial on every resource in a policy of the role, without the import's bucket and key.
 * Undefined for a denial that names resources: it was meant for them.
 */
export function exceptedByResource(statement: Statement, { partition, bucket, key }: Import): Statement[] | undefined {
    if (!listOf(statement.Resource).includes("*")) {
        return undefined;
    }
    const bucketArn = `arn:${partition}:s3:::${bucket}`;
    const [{ Resource: _everywhere, ...reads }, rest] = split(statement, "identity");
    return [
        ...(rest ? [rest] : []),
        {
            ...reads,
            ...(rest && statement.Sid && { Sid: `${statement.Sid}Reads` }),
            NotResource: [bucketArn, `${bucketArn}/${key}*`],
        },
    ];
}
