import type { Grant, PolicyKindOfOperator } from "./scope.ts";

/** The policies for reading, and for creating, changing and deleting. */
export interface LifePolicies {
    readonly read: PolicyKindOfOperator;
    readonly deploy: PolicyKindOfOperator;
}

/** Lambda functions with their settings and resource policies. */
export const functionLife = (policy: LifePolicies, on: readonly string[]): Grant[] => [
    {
        policy: policy.read,
        sid: "FunctionLooks",
        service: "lambda",
        actions: [
            "GetFunction",
            "GetFunctionCodeSigningConfig",
            "GetFunctionConcurrency",
            "GetFunctionEventInvokeConfig",
            "GetPolicy",
            "ListVersionsByFunction",
        ],
        on,
    },
    {
        policy: policy.deploy,
        sid: "FunctionMakes",
        service: "lambda",
        actions: [
            "AddPermission",
            "CreateFunction",
            "DeleteFunction",
            "DeleteFunctionEventInvokeConfig",
            "PutFunctionEventInvokeConfig",
            "RemovePermission",
            "TagResource",
            "UntagResource",
            "UpdateFunctionCode",
            "UpdateFunctionConfiguration",
        ],
        on,
    },
];

/** Reading, creating, changing and deleting a schedule. */
export const scheduleLife = (policy: LifePolicies, on: readonly string[]): Grant[] => [
    { policy: policy.read, sid: "ScheduleLooks", service: "scheduler", actions: ["GetSchedule"], on },
    {
        policy: policy.deploy,
        sid: "ScheduleMakes",
        service: "scheduler",
        actions: ["CreateSchedule", "DeleteSchedule", "UpdateSchedule"],
        on,
    },
];

/** Creating, changing and deleting a log group, and reading its tags. */
export const logGroupLife = (policy: LifePolicies, on: readonly string[]): Grant[] => [
    { policy: policy.read, sid: "LogGroupTags", service: "logs", actions: ["ListTagsForResource"], on },
    {
        policy: policy.deploy,
        sid: "LogGroupMakes",
        service: "logs",
        actions: ["CreateLogGroup", "DeleteLogGroup", "PutRetentionPolicy", "TagResource", "UntagResource"],
        on,
    },
];
