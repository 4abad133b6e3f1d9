/** Classification of AWS SDK errors for the lifecycle. */

import { formatError, hasName, isUnreachable, toError } from "terminal-text";

/** Checks whether the resource does not exist. */
export const isNotFound = (error: unknown) => hasName(error, "ResourceNotFoundException");
/** Checks whether another operation changes or uses the resource. A later call may succeed. */
export const isInUse = (error: unknown) => hasName(error, "ResourceInUseException");
/** Checks whether another resource has this name. */
export const alreadyExists = (error: unknown) => hasName(error, "ResourceAlreadyExistsException");

/** Checks whether the error is throttling, or a failure of the service or the network. A later call may succeed. */
export function isTransient(error: unknown): boolean {
    return (
        hasName(error, "ThrottlingException", "TooManyRequestsException", "AbortError") ||
        isUnreachable(error) ||
        (toError(error).$metadata?.httpStatusCode ?? 0) >= 500
    );
}

/**
 * Thrown if Personalize already creates as many resources of this kind as it allows at the same time. A later call
 * succeeds.
 */
export class BusyError extends Error {
    override readonly name = "BusyError";
}

/** Checks whether parts of IAM do not find a new role yet. IAM is eventually consistent, so this takes some seconds. */
export function isRoleNotReady(error: unknown): boolean {
    return (
        error instanceof Error &&
        /assume|role/i.test(error.message) &&
        hasName(error, "InvalidInputException", "ValidationException")
    );
}

/**
 * Adds the resource to an error from the service, because Pulumi shows only the message. The program's own errors
 * already contain the resource's name.
 */
export function about(what: string, error: unknown): unknown {
    return isOfService(error) ? new Error(`${what}: ${formatError(error)}`) : error;
}

/**
 * Returns an error with which Pulumi records the resource as created with a failed initialization, so that it is not
 * lost. The next `pulumi up` finds the resource in the state. `properties` must contain all inputs.
 */
export function initFailure(id: string, properties: Readonly<Record<string, unknown>>, reason: string): Error {
    return Object.assign(new Error(reason), { id, properties, reasons: [reason] });
}

/** Checks whether the service rejected the call itself, so that waiting does not help. */
export const isRefusal = (error: unknown): boolean => isOfService(error) && !isTransient(error);

const isOfService = (error: unknown) => error instanceof Error && "$metadata" in error;

/** Returns the error with one more sentence in its message, and in the reasons of an `initFailure`. */
export function withAdvice(error: unknown, advice: string | undefined): unknown {
    if (advice === undefined || !(error instanceof Error)) return error;
    const message = `${error.message} ${advice}`;
    return Object.assign(new Error(message), error, "reasons" in error && { reasons: [message] });
}
