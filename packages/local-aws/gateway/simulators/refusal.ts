/** A call that IAM refuses, with its code and status. */
export class Refusal extends Error {
    readonly code: string;
    readonly status: number;
    constructor(code: string, message: string, status = 400) {
        super(message);
        this.code = code;
        this.status = status;
    }
}

/** IAM's answer to input that breaks a rule of the operation. */
export const invalidInput = (message: string) => new Refusal("InvalidInput", message);

/** IAM's answer to input that its own service model refuses. */
export const validationError = (message: string) =>
    new Refusal("ValidationError", `1 validation error detected: ${message}`);
