import { authorize } from "policy-evaluator";
import type { Directory } from "./directory.ts";
import type { Complaint } from "./passed-roles.ts";

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
