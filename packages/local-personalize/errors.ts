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

export const invalidInput = (message: string) => new ServiceError("InvalidInputException", message);

/** `label` is the kind in words, such as `dataset group`. The text is that of a recorded DeleteDatasetGroup. */
export const notFound = (label: string, arn: string) =>
    new ServiceError("ResourceNotFoundException", `The given ${label} does not exist: ${arn}`);

export const alreadyExists = (arn: string) =>
    new ServiceError("ResourceAlreadyExistsException", `Another resource with Arn ${arn} already exists.`);

export const inUse = (message: string) => new ServiceError("ResourceInUseException", message);

export const limitExceeded = (message: string) => new ServiceError("LimitExceededException", message);

export const notEmulated = (what: string) =>
    invalidInput(`${what} is not emulated here. It works on AWS; the local Personalize does not have it.`);
