import { type Grant, grant, type PolicyKindOfOperator } from "./scope.ts";

/** The operator policies of one resource: `read` gets its read actions, and `deploy` those that create, change and delete. */
export interface LifePolicies {
    readonly read: PolicyKindOfOperator;
    readonly deploy: PolicyKindOfOperator;
}

/** A service that invokes a function, as the function's resource policy allows, and the function's ARN. */
export interface InvokedFunction {
    readonly service: string;
    readonly on: string;
}

/**
 * Returns the grants for Lambda functions, their settings and their resource policies. Only the function `invoked` may
 * get a statement in its resource policy, and only for the service that `invoked` names (Service Authorization
 * Reference, "AWS Lambda", `lambda:Principal`).
 */
export const functionLife = (policy: LifePolicies, on: readonly string[], invoked?: InvokedFunction): Grant[] => [
    grant(policy.read)(
        "ReadFunctions",
        "lambda",
        `GetFunction GetFunctionCodeSigningConfig GetFunctionConcurrency GetFunctionEventInvokeConfig
            GetPolicy ListVersionsByFunction`,
        on,
    ),
    grant(policy.deploy)(
        "ManageFunctions",
        "lambda",
        `CreateFunction DeleteFunction DeleteFunctionEventInvokeConfig PutFunctionEventInvokeConfig
            RemovePermission TagResource UntagResource UpdateFunctionCode UpdateFunctionConfiguration`,
        on,
    ),
    ...(invoked === undefined
        ? []
        : [
              grant(policy.deploy)("PermitInvocation", "lambda", "AddPermission", [invoked.on], {
                  condition: { StringEquals: { "lambda:Principal": invoked.service } },
              }),
          ]),
];

/** Returns the grants to read, create, change and delete a schedule. */
export const scheduleLife = (policy: LifePolicies, on: readonly string[]): Grant[] => [
    grant(policy.read)("ReadSchedules", "scheduler", "GetSchedule", on),
    grant(policy.deploy)("ManageSchedules", "scheduler", "CreateSchedule DeleteSchedule UpdateSchedule", on),
];

/** Returns the grants to create, change and delete a log group, and to read its tags. */
export const logGroupLife = (policy: LifePolicies, on: readonly string[]): Grant[] => [
    grant(policy.read)("ReadLogGroupTags", "logs", "ListTagsForResource", on),
    grant(policy.deploy)(
        "ManageLogGroups",
        "logs",
        "CreateLogGroup DeleteLogGroup PutRetentionPolicy TagResource UntagResource",
        on,
    ),
];
