/** An error in AWS's terms: `code` is the exception's name, `status` its HTTP status. */
export class ServiceError extends Error {
    readonly code: string;
    readonly status: number;

    constructor(code: string, message: string, status = 400) {
        super(message);
        this.code = code;
        this.status = status;
    }
}

/** InvalidInputException (400). */
export const invalidInput = (message: string) => new ServiceError("InvalidInputException", message);

/** `label` is the kind in words, such as `dataset group`. The text is that of a recorded DeleteDatasetGroup. */
export const notFound = (label: string, arn: string) =>
    new ServiceError("ResourceNotFoundException", `The given ${label} does not exist: ${arn}`);

/** ResourceAlreadyExistsException (400) for a taken ARN. */
export const alreadyExists = (arn: string) =>
    new ServiceError("ResourceAlreadyExistsException", `Another resource with Arn ${arn} already exists.`);

/** ResourceInUseException (400). */
export const inUse = (message: string) => new ServiceError("ResourceInUseException", message);

/** LimitExceededException (400). */
export const limitExceeded = (message: string) => new ServiceError("LimitExceededException", message);

/** The refusal of an operation that works on AWS only. */
export const notEmulated = (what: string) =>
    invalidInput(`${what} is not emulated here. It works on AWS; the local Personalize does not have it.`);
