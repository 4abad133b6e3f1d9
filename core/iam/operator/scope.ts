import { type ConditionBlock, regionalArn, type Statement } from "policy-evaluator";
import type { Names } from "../../config/names.ts";

/** Names, account and region of the stack that an operator manages. */
export interface OperatorScope {
    /** `aws`, `aws-cn`, `aws-us-gov`. */
    readonly partition: string;
    readonly region: string;
    /** Twelve digits. */
    readonly accountId: string;
    readonly project: string;
    readonly stack: string;
    readonly bucketName: string;
    readonly names: Names;
    /** ARN of the customer managed key that encrypts the bucket; undefined with S3 managed keys. */
    readonly kmsKeyArn?: string | undefined;
}

/** What grants may refer to. */
export interface GrantScope extends OperatorScope {
    /** Returns the ARN of a resource in the stack's account and region. */
    arn(service: string, tail: string): string;
    /** Limits resources without a region in their ARN to the stack's region. */
    readonly inRegion: { readonly StringEquals: Readonly<Record<string, string>> };
    /**
     * Conditions on the tags of a resource that exists, and of one that the request creates. Tags identify resources
     * whose names the program does not choose.
     */
    readonly ours: Readonly<Record<string, string>>;
    readonly asOurs: Readonly<Record<string, string>>;
    readonly grant: typeof grant;
}

/** Returns a function that creates grants of a policy. `actions` are words without the service's prefix. */
export const grant =
    (policy: PolicyKindOfOperator) =>
    (
        sid: string,
        service: string,
        actions: string,
        on: readonly string[],
        more: Pick<Grant, "everythingBecause" | "condition"> = {},
    ): Grant => ({ policy, sid, service, actions: actions.split(/\s+/), on, ...more });

export const createGrantScope = (scope: OperatorScope): GrantScope => ({
    ...scope,
    arn: (service, tail) => regionalArn(scope, service, tail),
    inRegion: { StringEquals: { "aws:RequestedRegion": scope.region } },
    ours: { "aws:ResourceTag/pulumi:project": scope.project, "aws:ResourceTag/pulumi:stack": scope.stack },
    asOurs: { "aws:RequestTag/pulumi:project": scope.project, "aws:RequestTag/pulumi:stack": scope.stack },
    grant,
});

/**
 * Levels of an operator, with their managed policies. `read` allows reading, `operate` also allows every runbook, and
 * `deploy` also allows `pulumi up` and `pulumi destroy`. A level can have several policies, because IAM limits a policy
 * to 6,144 characters.
 */
export const operatorLevels = {
    read: ["read", "read-operations", "read-serving"],
    operate: ["operate"],
    deploy: ["deploy", "deploy-operations", "deploy-audit", "deploy-serving", "deploy-page"],
} as const;
export type OperatorLevel = keyof typeof operatorLevels;

/**
 * The operator's nine managed policies; IAM allows ten for a user or role. `operations` covers cost guard,
 * notifications and alarms; `audit` the trail and the lists of batch inference; `serving` the API; `page` the
 * storefront.
 */
export const policyKinds = Object.values(operatorLevels).flat();
export type PolicyKindOfOperator = (typeof policyKinds)[number];

/** Actions on resources that one policy allows. */
export interface Grant {
    readonly policy: PolicyKindOfOperator;
    readonly sid: string;
    /** Actions of one service, without the service's prefix. */
    readonly service: string;
    readonly actions: readonly string[];
    readonly on: readonly string[];
    /**
     * The reason for the resource `*`: the service has no resource type for these actions. Required with `*`, and only
     * with it.
     */
    readonly everythingBecause?: string;
    readonly condition?: ConditionBlock;
}

/** Returns the actions of a grant with the service's prefix. */
export const prefixActions = ({ service, actions }: Grant) => actions.map((action) => `${service}:${action}`);

/** Returns the policy statement of a grant. */
export const toStatement = (grant: Grant): Statement => ({
    Sid: grant.sid,
    Effect: "Allow",
    Action: prefixActions(grant),
    Resource: grant.on,
    ...(grant.condition && { Condition: grant.condition }),
});

/** Returns the ARN of one of the program's roles, by default the role that Personalize assumes. */
export const roleArn = ({ partition, accountId, names }: OperatorScope, role: keyof typeof names = "role") =>
    `arn:${partition}:iam::${accountId}:role/${names[role]}`;

/** Returns the name of a managed policy, which a permission set also uses. */
export const policyName = (
    { project, stack }: Pick<OperatorScope, "project" | "stack">,
    kind: PolicyKindOfOperator | "boundary",
) => `${project}-${stack}-${kind}`;

/** Returns the ARN of one of the operator's policies, or of the permissions boundary. */
export const policyArn = (scope: OperatorScope, kind: PolicyKindOfOperator | "boundary") =>
    `arn:${scope.partition}:iam::${scope.accountId}:policy/${policyName(scope, kind)}`;
