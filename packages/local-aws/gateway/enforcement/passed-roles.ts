import { authorize, evaluate } from "policy-evaluator";
import type { Directory } from "./directory.ts";

/** A role that a call passes to a service, which will assume it. */
export interface PassedRole {
    readonly roleArn: string;
    readonly service: string;
}

/** A path of members; the members of a list are all of its elements'. */
type Path = string;
type Find = Path | ((body: object) => unknown);

/** The role of an integration or authorizer, at any place in an OpenAPI document. */
const credentials = (body: object): unknown =>
    Object.entries(body).flatMap(([key, value]): unknown[] => {
        const isNamed = ["credentials", "credentialsArn", "authorizerCredentials"].includes(key);
        return isNamed ? [value] : typeof value === "object" && value !== null ? [credentials(value)].flat() : [];
    });
const patched: Find = (body) =>
    at(body, "patchOperations").flatMap((operation) =>
        /\/(credentials|authorizerCredentials|cloudwatchRoleArn)$/.test(String(at(operation, "path")[0]))
            ? at(operation, "value")
            : [],
    );

function at(value: unknown, path: Path): unknown[] {
    return path
        .split(".")
        .reduce<unknown[]>((values, name) => values.flatMap((one) => Reflect.get(Object(one), name) ?? []), [value]);
}

/** The actions that pass a role, and the role's place in the body. The service is that of the action. */
const passing: Readonly<Record<string, Find>> = {
    "personalize:CreateBatchInferenceJob": "roleArn",
    "personalize:CreateBatchSegmentJob": "roleArn",
    "personalize:CreateDataDeletionJob": "roleArn",
    "personalize:CreateDatasetExportJob": "roleArn",
    "personalize:CreateDatasetGroup": "roleArn",
    "personalize:CreateDatasetImportJob": "roleArn",
    "personalize:CreateMetricAttribution": "metricsOutputConfig.roleArn",
    "cloudtrail:CreateTrail": "CloudWatchLogsRoleArn",
    "cloudtrail:UpdateTrail": "CloudWatchLogsRoleArn",
    "lambda:CreateFunction": "Role",
    "lambda:UpdateFunctionConfiguration": "Role",
    "scheduler:CreateSchedule": "Target.RoleArn",
    "scheduler:UpdateSchedule": "Target.RoleArn",
    "states:CreateStateMachine": "roleArn",
    "states:UpdateStateMachine": "roleArn",
    "events:PutRule": "RoleArn",
    "events:PutTargets": "Targets.RoleArn",
    "firehose:CreateDeliveryStream": "ExtendedS3DestinationConfiguration.RoleARN",
    "logs:PutSubscriptionFilter": "roleArn",
    "pipes:CreatePipe": "RoleArn",
    "apigateway:PUT": credentials,
    "apigateway:POST": credentials,
    "apigateway:PATCH": patched,
    "budgets:CreateBudgetAction": "ExecutionRoleArn",
};

/** Whether calls of an action may pass a role. */
export const passesRoles = (action: string) => Object.hasOwn(passing, action);

/** The roles that a call passes, by its action and body. */
export function passedRoles(action: string, body: unknown): readonly PassedRole[] {
    const find = passing[action];
    if (find === undefined || typeof body !== "object" || body === null) {
        return [];
    }
    const service = `${action.split(":", 1)[0]}.amazonaws.com`;
    return [typeof find === "string" ? at(body, find) : find(body)]
        .flat()
        .flatMap((arn) => (typeof arn === "string" && arn !== "" ? [{ roleArn: arn, service }] : []));
}

/** The service's error for a role that it may not assume, in the answer to the call that passes it. */
const complaints: Readonly<Record<string, { readonly code: string; readonly message: string }>> = {
    "cloudtrail.amazonaws.com": {
        code: "InvalidCloudWatchLogsRoleArnException",
        message: "Access denied. Check the trust relationships for your role.",
    },
    "lambda.amazonaws.com": {
        code: "InvalidParameterValueException",
        message: "The role defined for the function cannot be assumed by Lambda.",
    },
    "scheduler.amazonaws.com": {
        code: "ValidationException",
        message: "The execution role you provide must allow AWS EventBridge Scheduler to assume the role.",
    },
    "apigateway.amazonaws.com": {
        code: "BadRequestException",
        message: "The role ARN does not have required permissions set to API Gateway",
    },
    "states.amazonaws.com": {
        code: "AccessDeniedException",
        message:
            "Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume the provided role.",
    },
};

/**
 * Services that assume a role for logs without `aws:SourceAccount` and `aws:SourceArn`. CloudTrail documents it (User
 * Guide, "Role policy document for CloudTrail to use CloudWatch Logs for monitoring"). API Gateway's page shows no
 * condition (Developer Guide, "Set up CloudWatch logging for REST APIs"): strictness is our choice.
 */
const servicesWithoutSource: readonly string[] = ["cloudtrail.amazonaws.com", "apigateway.amazonaws.com"];

interface Complaint {
    readonly code: string;
    readonly message: string;
}

/**
 * Whether the service may assume a passed role, by the role's trust policy: undefined, or the service's error.
 * Personalize has no error at the call: the job fails later, which the emulator checks.
 */
export async function trustComplaint(
    directory: Directory,
    { roleArn: arn, service }: PassedRole,
    { account, resource }: { readonly account: string; readonly resource: string },
): Promise<Complaint | undefined> {
    const complaint = complaints[service];
    // API Gateway checks the role for logs at once, and an integration's role when it calls.
    if (!complaint || (service === "apigateway.amazonaws.com" && !resource.endsWith("/account"))) {
        return undefined;
    }
    const found = await directory.role(arn.split("/").at(-1) ?? "");
    if (found?.arn !== arn) {
        return complaint;
    }
    const request = {
        caller: { service },
        action: "sts:AssumeRole",
        resource: arn,
        context: servicesWithoutSource.includes(service)
            ? {}
            : { "aws:SourceAccount": account, "aws:SourceArn": sourceOf(service, resource) },
    };
    const { decision } = evaluate(request, [{ name: "trust policy", document: found.trust }], "resource");
    return decision === "allowed" ? undefined : complaint;
}

/** The scheduler assumes a role as the schedule's group (its User Guide, "Confused deputy prevention"). */
function sourceOf(service: string, resource: string): string {
    return service === "scheduler.amazonaws.com"
        ? resource.replace(/:schedule\/([^/]+)\/.*$/, ":schedule-group/$1")
        : resource;
}

interface FunctionSettings {
    readonly Role?: string;
    readonly TracingConfig?: { readonly Mode?: string };
}

/**
 * Whether Lambda takes the role of a function with active tracing: undefined, or its error. Lambda checks the role when
 * the function is made or changed. It does not document the condition keys of this check, so none are sent here.
 */
export async function tracedRoleComplaint(
    directory: Directory,
    action: string,
    body: unknown,
): Promise<Complaint | undefined> {
    const { Role: arn, TracingConfig } = (body ?? {}) as FunctionSettings;
    if (
        !/^lambda:(CreateFunction|UpdateFunctionConfiguration)$/.test(action) ||
        TracingConfig?.Mode !== "Active" ||
        arn === undefined
    ) {
        return undefined;
    }
    const role = await directory.role(arn.split("/").at(-1) ?? "");
    const missing = ["PutTraceSegments", "PutTelemetryRecords"].find((name) => {
        const request = { caller: { arn, roleArn: arn }, action: `xray:${name}`, resource: "*", context: {} };
        const { identity = [], boundary } = role ?? {};
        return authorize(request, { identity, ...(boundary && { boundary }) }).decision !== "allowed";
    });
    return missing === undefined
        ? undefined
        : {
              code: "InvalidParameterValueException",
              message: `The provided execution role does not have permissions to call ${missing} on XRAY`,
          };
}
