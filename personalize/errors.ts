/** Classification of AWS SDK errors for the lifecycle. */

interface ServiceError extends Error {
    readonly $metadata?: { readonly requestId?: string; readonly httpStatusCode?: number };
    readonly code?: string;
}

/** Whether an error has one of these names; AWS's SDK names an error by its code. */
export function hasName(error: unknown, ...names: string[]): boolean {
    return error instanceof Error && names.includes(error.name);
}

/** The resource does not exist. */
export const isNotFound = (error: unknown) => hasName(error, "ResourceNotFoundException");
/** The resource is being changed or used: a later call may succeed. */
export const isInUse = (error: unknown) => hasName(error, "ResourceInUseException");
/** Another resource has this name. */
export const alreadyExists = (error: unknown) => hasName(error, "ResourceAlreadyExistsException");

const networkCodes = ["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT", "ENOTFOUND", "EAI_AGAIN"];

/** Throttling, or a failure of the service or network: a later call may succeed. */
export function isTransient(error: unknown): boolean {
    const { name, code, $metadata } = error as ServiceError;
    return (
        ["ThrottlingException", "TooManyRequestsException", "TimeoutError", "AbortError"].includes(name) ||
        networkCodes.includes(code ?? "") ||
        ($metadata?.httpStatusCode ?? 0) >= 500
    );
}

/** The service does as much work of this kind as it allows at once: a later call succeeds. */
export class BusyError extends Error {
    override readonly name = "BusyError";
}

/** IAM is eventually consistent: for some seconds parts of it do not know a new role. */
export function isRoleNotReady(error: unknown): boolean {
    return (
        error instanceof Error &&
        /assume|role/i.test(error.message) &&
        hasName(error, "InvalidInputException", "ValidationException")
    );
}

/** Message with the error's name and request id. Pulumi's wire protocol carries only the message. */
export function messageOf(error: unknown): string {
    const { name, message, $metadata } = error as ServiceError;
    const requestId = $metadata?.requestId ? ` (request id ${$metadata.requestId})` : "";
    return $metadata ? `${name}: ${message}${requestId}` : message;
}

/**
 * Adds the resource to the service's error, because Pulumi shows only the message. The program's own errors name it
 * already.
 */
export function about(what: string, error: unknown): unknown {
    return (error as ServiceError).$metadata ? new Error(`${what}: ${messageOf(error)}`) : error;
}

/**
 * An error that makes Pulumi record the resource as created with a failed initialisation, so that it is not lost. The
 * next `pulumi up` continues with it. `properties` must contain all inputs.
 */
export function initFailure(id: string, properties: Readonly<Record<string, unknown>>, reason: string): Error {
    return Object.assign(new Error(reason), { id, properties, reasons: [reason] });
}

/** Whether the service refused the call itself: waiting would not help. */
export const isRefusal = (error: unknown): boolean =>
    (error as ServiceError).$metadata !== undefined && !isTransient(error);

/** The error with one more sentence, also among the reasons of an `initFailure`. */
export function withAdvice(error: unknown, advice: string | undefined): unknown {
    if (advice === undefined || !(error instanceof Error)) {
        return error;
    }
    const message = `${error.message} ${advice}`;
    return Object.assign(new Error(message), error, "reasons" in error && { reasons: [message] });
}
