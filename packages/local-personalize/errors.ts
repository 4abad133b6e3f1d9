/** An error of the service: `code` is the exception's name, and `status` its HTTP status. */
export class ServiceError extends Error {
    readonly code: string;
    readonly status: number;

    constructor(code: string, message: string, status = 400) {
        super(message);
        this.code = code;
        this.status = status;
    }
}

/** Returns an InvalidInputException (400). */
export const invalidInput = (message: string) => new ServiceError("InvalidInputException", message);

/**
 * Returns a ResourceNotFoundException. `label` is the kind in words, such as `dataset group`. The message has the form
 * of a recorded answer of AWS to DeleteDatasetGroup. `status` is 404 at the runtime and events services.
 */
export const notFound = (label: string, arn: string, status = 400) =>
    new ServiceError("ResourceNotFoundException", `The given ${label} does not exist: ${arn}`, status);

/** Returns a ResourceAlreadyExistsException (400) for an ARN that another resource has. */
export const alreadyExists = (arn: string) =>
    new ServiceError("ResourceAlreadyExistsException", `Another resource with Arn ${arn} already exists.`);

/** Returns a ResourceInUseException (400). */
export const inUse = (message: string) => new ServiceError("ResourceInUseException", message);

/** Returns a LimitExceededException (400). */
export const limitExceeded = (message: string) => new ServiceError("LimitExceededException", message);

/** Returns the error for an operation or parameter that works only on AWS. */
export const notEmulated = (what: string) =>
    invalidInput(`${what} is not emulated here. It works on AWS; the local Personalize does not support it.`);
