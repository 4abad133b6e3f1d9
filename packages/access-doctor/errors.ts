/** Why a command of this package cannot continue; a command-line tool maps it to its exit code. */
export type AccessErrorKind = "problem" | "usage" | "credentials" | "unknown" | "timedOut";

/** An error that a person can act on: what happened, and the next step. */
export class AccessError extends Error {
    readonly kind: AccessErrorKind;

    constructor(message: string, kind: AccessErrorKind = "problem") {
        super(message);
        this.kind = kind;
    }
}

/** Whether an error has one of these names; AWS's SDK names an error by its code. */
export const hasName = (error: unknown, ...names: string[]): boolean =>
    error instanceof Error && names.includes(error.name);

const ofCredentials =
    /Credential|ExpiredToken|UnrecognizedClient|InvalidSignature|SignatureDoesNotMatch|InvalidAccessKeyId|InvalidClientTokenId|AuthFailure/;

/** Whether AWS rejected the credentials of a call, or there are none. */
export const isCredentials = ({ name, message }: Error): boolean =>
    ofCredentials.test(name) || /Could not load credentials/.test(message);

/** An error as one line: its name if it is AWS's, and its message. */
export function oneLine(error: unknown): string {
    const { name, message, $metadata } = error as Error & { readonly $metadata?: { readonly requestId?: string } };
    const requestId = $metadata?.requestId ? ` (request id ${$metadata.requestId})` : "";
    return ($metadata ? `${name}: ${message}${requestId}` : message)
        .split("\n")
        .map((line) => line.trim())
        .filter((line) => line !== "")
        .join(" ");
}

const networkCodes = ["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH"];

/** Whether no answer came from AWS at all. */
export const isUnreachable = (error: unknown): boolean => {
    const { name, code } = error as Error & { readonly code?: string };
    return name === "TimeoutError" || networkCodes.includes(code ?? "");
};
