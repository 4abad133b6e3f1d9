import { assumeRole, authorize, parseArn } from "policy-evaluator";
import type { Directory } from "./directory.ts";

/** A role that a call passes to a service. */
export interface PassedRole {
    readonly roleArn: string;
    readonly service: string;
}

/** Names of nested members, separated by dots. If a member is a list, the path continues in each of its elements. */
type Path = string;
type Find = Path | ((body: object) => unknown);

const patched: Find = (body) =>
    at(body, "patchOperations").flatMap((operation) =>
        at(operation, "path")[0] === "/cloudwatchRoleArn" ? at(operation, "value") : [],
    );

function at(value: unknown, path: Path): unknown[] {
    return path
        .split(".")
        .reduce<unknown[]>((values, name) => values.flatMap((one) => Reflect.get(Object(one), name) ?? []), [value]);
}

/**
 * The actions of the program's services that pass a role, each with the path of the role's ARN in the body. The service
 * of the action receives the role.
 */
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
    "apigateway:PATCH": patched,
};

/** Checks whether an action can pass a role. */
export const passesRoles = (action: string) => Object.hasOwn(passing, action);

/** Returns the roles that a call passes. */
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

/** Each service's error for a role that the service cannot assume. */
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
};

/**
 * Services that assume a log role without sending `aws:SourceAccount` and `aws:SourceArn`. CloudTrail documents this
 * (User Guide, "Role policy document for CloudTrail to use CloudWatch Logs for monitoring"). API Gateway's guide shows
 * a trust policy without conditions (Developer Guide, "Set up CloudWatch logging for REST APIs") and does not say
 * whether API Gateway sends the keys. The local AWS assumes that it does not, and so rejects a trust policy that
 * requires one of them.
 */
const servicesWithoutSource: readonly string[] = ["cloudtrail.amazonaws.com", "apigateway.amazonaws.com"];

interface Complaint {
    readonly code: string;
    readonly message: string;
}

/**
 * Checks a passed role's trust policy. Returns the service's error if the service cannot assume the role. Personalize
 * reports no error: the emulator fails the job later.
 */
export async function trustComplaint(
    directory: Directory,
    { roleArn: arn, service }: PassedRole,
    { account, resource }: { readonly account: string; readonly resource: string },
): Promise<Complaint | undefined> {
    const complaint = complaints[service];
    if (!complaint) {
        return undefined;
    }
    const found = await directory.role(arn);
    if (!found) {
        return complaint;
    }
    const region = parseArn(resource)?.region ?? "";
    const source = servicesWithoutSource.includes(service) ? {} : { sourceArn: sourceOf(service, resource) };
    const request = assumeRole({ service, roleArn: arn, roleTags: found.tags, accountId: account, region, ...source });
    const { decision } = authorize(request, { resource: [{ name: "trust policy", document: found.trust }] });
    return decision === "allowed" ? undefined : complaint;
}

/**
 * Returns aws:SourceArn. EventBridge Scheduler sends the ARN of the schedule group (User Guide, "Confused deputy
 * prevention").
 */
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
 * Checks the role of a function with active tracing when the function is created or changed. Returns Lambda's error if
 * the role lacks X-Ray permissions. Lambda does not document condition keys for this check, so none are sent.
 */
export async function tracedRoleComplaint(
    directory: Directory,
    action: string,
    body: unknown,
): Promise<Complaint | undefined> {
    const settings: FunctionSettings = typeof body === "object" && body !== null ? body : {};
    const { Role: arn, TracingConfig } = settings;
    if (
        !/^lambda:(CreateFunction|UpdateFunctionConfiguration)$/.test(action) ||
        TracingConfig?.Mode !== "Active" ||
        arn === undefined
    ) {
        return undefined;
    }
    const role = await directory.role(arn);
    const missing = ["PutTraceSegments", "PutTelemetryRecords"].find((name) => {
        const request = { caller: { arn }, action: `xray:${name}`, resource: "*", context: {} };
        return authorize(request, { identity: role?.identity, boundary: role?.boundary }).decision !== "allowed";
    });
    return missing === undefined
        ? undefined
        : {
              code: "InvalidParameterValueException",
              message: `The provided execution role does not have permissions to call ${missing} on XRAY`,
          };
}
