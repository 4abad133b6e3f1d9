import type { ConditionBlock, Statement } from "../document.ts";

/** What the operator of one stack works on, by the names that the stack gives. */
export interface OperatorScope {
    /** `aws`, `aws-cn`, `aws-us-gov`. */
    readonly partition: string;
    readonly region: string;
    /** Twelve digits. */
    readonly accountId: string;
    readonly project: string;
    readonly stack: string;
    readonly bucketName: string;
    readonly names: {
        readonly role: string;
        readonly schema: string;
        readonly itemsSchema: string;
        readonly usersSchema: string;
        readonly datasetGroup: string;
        readonly importJobPrefix: string;
        readonly itemsImportJobPrefix: string;
        readonly usersImportJobPrefix: string;
        readonly batchInferenceJobPrefix: string;
        readonly solution: string;
        readonly campaign: string;
        readonly costGuard: string;
        readonly notices: string;
        readonly failures: string;
        readonly notifier: string;
    };
    /** The customer's key that encrypts the bucket; undefined where S3's own keys do. */
    readonly kmsKeyArn?: string | undefined;
}

/**
 * The three policies of an operator: `read` looks, `operate` on top of it runs every runbook, `deploy` on top of both
 * is what `pulumi up` and `pulumi destroy` need.
 */
export const policyKinds = ["read", "operate", "deploy"] as const;
export type PolicyKindOfOperator = (typeof policyKinds)[number];

/** Some actions on some things, which one of the policies allows. */
export interface Grant {
    readonly policy: PolicyKindOfOperator;
    readonly sid: string;
    /** Actions, all of one service, without its prefix. */
    readonly service: string;
    readonly actions: readonly string[];
    readonly on: readonly string[];
    /** Why it is all resources: what the service knows no narrower one for. Only there, and always there, with `*`. */
    readonly everythingBecause?: string;
    readonly condition?: ConditionBlock;
}

/** What the local AWS never asks for, but AWS does: with the page that says so. */
export interface NeededOnAws {
    readonly action: string;
    readonly page: string;
}

export const actionsOf = ({ service, actions }: Grant) => actions.map((action) => `${service}:${action}`);

export const statementOf = (grant: Grant): Statement => ({
    Sid: grant.sid,
    Effect: "Allow",
    Action: actionsOf(grant),
    Resource: grant.on,
    ...(grant.condition && { Condition: grant.condition }),
});

/** Only in the stack's region: of what carries no region in its ARN. */
export const inRegion = ({ region }: OperatorScope): ConditionBlock => ({
    StringEquals: { "aws:RequestedRegion": region },
});

export const roleArn = ({ partition, accountId, names }: OperatorScope) =>
    `arn:${partition}:iam::${accountId}:role/${names.role}`;

/** Names of the managed policies, for a permission set too. */
export const policyName = (
    { project, stack }: Pick<OperatorScope, "project" | "stack">,
    kind: PolicyKindOfOperator | "boundary",
) => `${project}-${stack}-${kind}`;

export const policyArn = (scope: OperatorScope, kind: PolicyKindOfOperator | "boundary") =>
    `arn:${scope.partition}:iam::${scope.accountId}:policy/${policyName(scope, kind)}`;
