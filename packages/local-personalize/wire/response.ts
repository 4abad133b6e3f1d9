import { randomUUID } from "node:crypto";
import type { EmulatorResponse, ServiceName } from "../contract.ts";
import type { ServiceError } from "../errors.ts";

/** A success as the service's protocol has it. An operation without an output has an empty body. */
export function success(service: ServiceName, output: object | undefined): EmulatorResponse {
    return { status: 200, headers: headersOf(service), body: output === undefined ? "" : JSON.stringify(output) };
}

/** A refusal: the code is in the body (`__type`) and, for the REST services, in a header. */
export function failure(service: ServiceName, { code, message, status }: ServiceError): EmulatorResponse {
    const headers = { ...headersOf(service), "x-amzn-ErrorType": code };
    return { status, headers, body: JSON.stringify({ __type: code, message }) };
}

const headersOf = (service: ServiceName): Record<string, string> => ({
    "content-type": service === "personalize" ? "application/x-amz-json-1.1" : "application/json",
    "x-amzn-RequestId": randomUUID(),
});
