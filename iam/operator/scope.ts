import type { ConditionBlock, Statement } from "policy-evaluator";
import type { Names } from "../../config/names.ts";

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
    readonly names: Names;
    /** The customer's key that encrypts the bucket; undefined where S3's own keys do. */
    readonly kmsKeyArn?: string | undefined;
}

/**
 * What an operator may be: who has `read` looks, `operate` on top of it runs every runbook, `deploy` on top of both is
 * what `pulumi up` and `pulumi destroy` need. Each is one managed policy or more: one of IAM's holds 6,144 characters.
 */
export const operatorLevels = {
    read: ["read", "read-operations", "read-serving"],
    operate: ["operate"],
    deploy: ["deploy", "deploy-operations", "deploy-audit", "deploy-serving", "deploy-page"],
} as const;
export type OperatorLevel = keyof typeof operatorLevels;

/**
 * The managed policies; `operations` is about cost guard, notices and alarms, `audit` about the trail, `serving` about the
 * API, `page` about the storefront and the campaign that orders films. All together are nine; IAM lets a user or role have ten.
 */
export const policyKinds = Object.values(operatorLevels).flat();
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

export const roleArn = ({ partition, accountId, names }: OperatorScope, role: keyof typeof names = "role") =>
    `arn:${partition}:iam::${accountId}:role/${names[role]}`;

/** The roles of the program: the service that is to assume each, and the policies by which it is looked at and made. */
export const rolesOf = [
    { role: "role", service: "personalize.amazonaws.com", read: "read", deploy: "deploy" },
    { role: "costGuardRole", service: "lambda.amazonaws.com", read: "read-operations", deploy: "deploy-operations" },
    { role: "notifierRole", service: "lambda.amazonaws.com", read: "read-operations", deploy: "deploy-operations" },
    { role: "scheduleRole", service: "scheduler.amazonaws.com", read: "read-operations", deploy: "deploy-operations" },
    { role: "apiRole", service: "lambda.amazonaws.com", read: "read-serving", deploy: "deploy-serving" },
    { role: "prefetchRole", service: "lambda.amazonaws.com", read: "read-serving", deploy: "deploy-serving" },
    {
        role: "prefetchScheduleRole",
        service: "scheduler.amazonaws.com",
        read: "read-serving",
        deploy: "deploy-serving",
    },
    { role: "trailRole", service: "cloudtrail.amazonaws.com", read: "read-operations", deploy: "deploy-audit" },
] as const satisfies readonly {
    readonly role: keyof OperatorScope["names"];
    readonly service: string;
    readonly read: PolicyKindOfOperator;
    readonly deploy: PolicyKindOfOperator;
}[];

/** Names of the managed policies, for a permission set too. */
export const policyName = (
    { project, stack }: Pick<OperatorScope, "project" | "stack">,
    kind: PolicyKindOfOperator | "boundary",
) => `${project}-${stack}-${kind}`;

export const policyArn = (scope: OperatorScope, kind: PolicyKindOfOperator | "boundary") =>
    `arn:${scope.partition}:iam::${scope.accountId}:policy/${policyName(scope, kind)}`;
