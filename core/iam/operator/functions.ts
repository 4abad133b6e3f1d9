import type { PolicyDocument } from "policy-evaluator";
import type { Names } from "../../config/names.ts";
import { apiPolicy, prefetchPolicy, tableOperationsPolicy } from "../api-access.ts";
import { batchListsPolicy } from "../batch-access.ts";
import { schedulePolicy } from "../function-access.ts";
import { guardPolicy, notifierPolicy } from "../guard-access.ts";
import { functionLife, type LifePolicies, logGroupLife, scheduleLife } from "./lifecycle.ts";
import type { Grant, GrantScope, OperatorScope } from "./scope.ts";

/** Values that only the policies of functions need. */
type FunctionScope = OperatorScope & {
    readonly campaign: string;
    readonly edge: boolean;
};

/**
 * A Lambda function of the program, with the policies that have the grants for the function, its log group, roles and
 * schedule. The operator's policies and the permissions boundary are derived from these fields.
 */
interface LambdaFunction extends LifePolicies {
    readonly name: keyof Names;
    readonly role: keyof Names;
    /** The AWS service that the function's resource policy allows to invoke the function. */
    readonly invokedBy?: string;
    /** Everything that the role may be allowed, whatever the stack's config is. */
    policy(scope: FunctionScope): PolicyDocument;
    /** The role of EventBridge Scheduler. The schedule has the function's name. */
    readonly scheduleRole?: keyof Names;
}

const operations = { read: "read-operations", deploy: "deploy-operations" } as const;
const serving = { read: "read-serving", deploy: "deploy-serving" } as const;

/** The program's Lambda functions. A function whose grants do not fit into `deploy-serving` uses another policy. */
const lambdaFunctions: readonly LambdaFunction[] = [
    {
        ...operations,
        name: "costGuard",
        role: "costGuardRole",
        policy: (scope) => guardPolicy(scope, { unusedAction: "delete", api: true, batch: true }),
        scheduleRole: "scheduleRole",
    },
    {
        ...operations,
        name: "notifier",
        role: "notifierRole",
        invokedBy: "sns.amazonaws.com",
        policy: (scope) => notifierPolicy(scope, webhookParameter(scope)),
    },
    {
        ...serving,
        name: "api",
        role: "apiRole",
        invokedBy: "apigateway.amazonaws.com",
        policy: (scope) => apiPolicy(scope, { track: true, trace: true, filters: ["*"] }),
    },
    {
        ...serving,
        name: "prefetch",
        role: "prefetchRole",
        policy: (scope) => prefetchPolicy(scope, { filters: [] }),
        scheduleRole: "prefetchScheduleRole",
    },
    {
        read: "read-serving",
        deploy: "deploy-page",
        name: "tableOperations",
        role: "tableOperationsRole",
        policy: tableOperationsPolicy,
    },
    {
        read: "read-serving",
        deploy: "deploy-audit",
        name: "batchLists",
        role: "batchListsRole",
        policy: batchListsPolicy,
        scheduleRole: "batchListsScheduleRole",
    },
];

/** Returns the name of the chat webhook's SSM parameter in a stack with a boundary, which allows no other name. */
export const webhookParameter = ({ project, stack }: Pick<OperatorScope, "project" | "stack">) =>
    `/${project}-chat/${stack}`;

/** Returns the grants for the functions, their log groups and their schedules. */
export const functionGrants = ({ names, arn }: GrantScope): readonly Grant[] =>
    lambdaFunctions.flatMap(({ read, deploy, invokedBy, scheduleRole, ...of }) => {
        const policies = { read, deploy };
        const name = names[of.name];
        return [
            ...functionLife(policies, arn("lambda", `function:${name}`), invokedBy),
            ...logGroupLife(policies, arn("logs", `log-group:/aws/lambda/${name}`)),
            ...(scheduleRole ? scheduleLife(policies, arn("scheduler", `schedule/default/${name}`)) : []),
        ];
    });

/**
 * Returns the permissions policies of the functions and of their schedules, each with the permissions of all config
 * features.
 */
export function functionPolicies(scope: OperatorScope): readonly PolicyDocument[] {
    const { names } = scope;
    const of = { ...scope, campaign: names.campaign, edge: true };
    return lambdaFunctions.flatMap(({ name, policy, scheduleRole }) => [
        policy(of),
        ...(scheduleRole ? [schedulePolicy(scope, "Start", names[name], names.failures)] : []),
    ]);
}

/**
 * The program's roles, each with the service that assumes it and the policies with the grants to read and create it.
 */
export const rolesOf: readonly (LifePolicies & { readonly role: keyof Names; readonly service: string })[] = [
    { role: "role", service: "personalize.amazonaws.com", read: "read", deploy: "deploy" },
    ...lambdaFunctions.flatMap(({ role, scheduleRole, read, deploy }) => [
        { role, service: "lambda.amazonaws.com", read, deploy },
        ...(scheduleRole ? [{ role: scheduleRole, service: "scheduler.amazonaws.com", read, deploy }] : []),
    ]),
    { role: "trailRole", service: "cloudtrail.amazonaws.com", read: "read-operations", deploy: "deploy-audit" },
];
