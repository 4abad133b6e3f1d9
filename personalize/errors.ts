/** Errors of the AWS SDK, as far as the lifecycle needs to tell them apart. */

interface ServiceError extends Error {
    readonly $metadata?: { readonly requestId?: string; readonly httpStatusCode?: number };
    readonly code?: string;
}

export function hasName(error: unknown, ...names: string[]): boolean {
    return error instanceof Error && names.includes(error.name);
}

export const isNotFound = (error: unknown) => hasName(error, "ResourceNotFoundException");
export const isInUse = (error: unknown) => hasName(error, "ResourceInUseException");
export const alreadyExists = (error: unknown) => hasName(error, "ResourceAlreadyExistsException");

const networkCodes = ["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT", "ENOTFOUND", "EAI_AGAIN"];

/** Throttling, a fault of the service or of the network: the same call may succeed later. */
export function isTransient(error: unknown): boolean {
    const { name, code, $metadata } = error as ServiceError;
    return (
        ["ThrottlingException", "TooManyRequestsException", "TimeoutError", "AbortError"].includes(name) ||
        networkCodes.includes(code ?? "") ||
        ($metadata?.httpStatusCode ?? 0) >= 500
    );
}

/** IAM answers from many places, and a new role is not known at all of them for some seconds. */
export function isRoleNotReady(error: unknown): boolean {
    return (
        error instanceof Error &&
        /assume|role/i.test(error.message) &&
        hasName(error, "InvalidInputException", "ValidationException")
    );
}

/** What the service said, its error's name and request id; nothing of it survives Pulumi's wire but the message. */
export function messageOf(error: unknown): string {
    const { name, message, $metadata } = error as ServiceError;
    const requestId = $metadata?.requestId ? ` (request id ${$metadata.requestId})` : "";
    return $metadata ? `${name}: ${message}${requestId}` : message;
}

/** The service's error with the resource it is about, for Pulumi shows nothing but the message; our own say it already. */
export function about(what: string, error: unknown): unknown {
    return (error as ServiceError).$metadata ? new Error(`${what}: ${messageOf(error)}`) : error;
}

/**
 * An error by which Pulumi records the resource as created with a failed initialisation, instead of losing it:
 * the next `pulumi up` goes on with it. `properties` must hold all inputs.
 */
export function initFailure(id: string, properties: Readonly<Record<string, unknown>>, reason: string): Error {
    return Object.assign(new Error(reason), { id, properties, reasons: [reason] });
}
