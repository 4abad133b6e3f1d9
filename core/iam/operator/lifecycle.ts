import { type Grant, grant, type PolicyKindOfOperator } from "./scope.ts";

/** The operator policies of one resource: `read` gets its read actions, and `deploy` those that create, change and delete. */
export interface LifePolicies {
    readonly read: PolicyKindOfOperator;
    readonly deploy: PolicyKindOfOperator;
}

/**
 * Returns the grants for a Lambda function, its settings and its resource policy. The function gets a statement in its
 * resource policy only for the service `invokedBy` (Service Authorization Reference, "AWS Lambda", `lambda:Principal`).
 */
export const functionLife = (policy: LifePolicies, arn: string, invokedBy: string | undefined): Grant[] => [
    grant(policy.read)(
        "ReadFunctions",
        "lambda",
        `GetFunction GetFunctionCodeSigningConfig GetFunctionConcurrency GetFunctionEventInvokeConfig
            GetPolicy ListVersionsByFunction`,
        [arn],
    ),
    grant(policy.deploy)(
        "ManageFunctions",
        "lambda",
        `CreateFunction DeleteFunction DeleteFunctionEventInvokeConfig PutFunctionEventInvokeConfig
            RemovePermission TagResource UntagResource UpdateFunctionCode UpdateFunctionConfiguration`,
        [arn],
    ),
    ...(invokedBy === undefined
        ? []
        : [
              grant(policy.deploy)("PermitInvocation", "lambda", "AddPermission", [arn], {
                  condition: { StringEquals: { "lambda:Principal": invokedBy } },
              }),
          ]),
];

/** Returns the grants to read, create, change and delete a schedule. */
export const scheduleLife = (policy: LifePolicies, arn: string): Grant[] => [
    grant(policy.read)("ReadSchedules", "scheduler", "GetSchedule", [arn]),
    grant(policy.deploy)("ManageSchedules", "scheduler", "CreateSchedule DeleteSchedule UpdateSchedule", [arn]),
];

/** Returns the grants to create, change and delete a log group, and to read its tags. */
export const logGroupLife = (policy: LifePolicies, arn: string): Grant[] => [
    grant(policy.read)("ReadLogGroupTags", "logs", "ListTagsForResource", [arn, `${arn}:*`]),
    grant(policy.deploy)(
        "ManageLogGroups",
        "logs",
        "CreateLogGroup DeleteLogGroup PutRetentionPolicy TagResource UntagResource",
        [arn, `${arn}:*`],
    ),
];
