import { toError } from "terminal-text";

/**
 * The reason why a command of this package cannot continue. A command-line tool converts the reason to an exit code.
 */
export type AccessErrorKind = "problem" | "usage" | "credentials" | "unknown" | "timedOut";

/** An error whose message tells the user what happened and what to do next. */
export class AccessError extends Error {
    readonly kind: AccessErrorKind;

    constructor(message: string, kind: AccessErrorKind = "problem") {
        super(message);
        this.kind = kind;
    }
}

/** An error with the members that the AWS SDK adds, or Node.js if AWS sent no response. */
export interface AwsError extends Error {
    readonly $metadata?: { readonly requestId?: string; readonly httpStatusCode?: number };
    readonly $retryable?: { readonly throttling?: boolean };
    readonly code?: string;
}

/** Checks whether an error has one of the given names. AWS's SDK uses the error code as the name. */
export const hasName = (error: unknown, ...names: string[]): boolean =>
    error instanceof Error && names.includes(error.name);

const ofCredentials =
    /Credential|ExpiredToken|UnrecognizedClient|InvalidSignature|SignatureDoesNotMatch|InvalidAccessKeyId|InvalidClientTokenId|AuthFailure/;

/** Checks whether AWS rejected the credentials of a call, or none were found. */
export function isCredentials(error: unknown): boolean {
    const { name, message } = toError(error);
    return ofCredentials.test(name) || /Could not load credentials/.test(message);
}

/** Formats an error as one line: the error's name if AWS sent it, and the message. */
export function oneLine(error: unknown): string {
    const { name, message, $metadata }: AwsError = toError(error);
    const requestId = $metadata?.requestId ? ` (request id ${$metadata.requestId})` : "";
    return ($metadata ? `${name}: ${message}${requestId}` : message)
        .split("\n")
        .map((line) => line.trim())
        .filter((line) => line !== "")
        .join(" ");
}

const networkCodes = ["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH"];

/** Checks whether AWS sent no response at all. */
export const isUnreachable = (error: unknown): boolean => {
    const { name, code }: AwsError = toError(error);
    return name === "TimeoutError" || networkCodes.includes(code ?? "");
};
