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

/** What IAM answers to input that breaks a rule of the operation. */
export const invalidInput = (message: string) => new Refusal("InvalidInput", message);

/** What IAM answers to input that its own service model refuses. */
export const validationError = (message: string) =>
    new Refusal("ValidationError", `1 validation error detected: ${message}`);
