/** An error with the members that the AWS SDK adds, or Node.js if AWS sent no response. */
export interface AwsError extends Error {
    readonly $metadata?: { readonly requestId?: string; readonly httpStatusCode?: number };
    readonly $retryable?: { readonly throttling?: boolean };
    readonly code?: string;
}

/** Returns a thrown value as an Error, because JavaScript can throw any value. */
export const toError = (thrown: unknown): AwsError => (thrown instanceof Error ? thrown : new Error(String(thrown)));

/** Returns the message of an error or of any other thrown value. */
export const messageOf = (thrown: unknown): string => toError(thrown).message;

/** Checks whether an error has one of the given names. The AWS SDK uses the error code as the name. */
export const hasName = (error: unknown, ...names: string[]): boolean =>
    error instanceof Error && names.includes(error.name);

/** Checks whether an error of Node.js has one of these codes, such as `ENOENT`. */
export const hasCode = (error: unknown, ...codes: string[]): boolean =>
    error instanceof Error && "code" in error && codes.includes(String(error.code));

const networkCodes = ["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH"];

/** Checks whether AWS sent no response at all. */
export const isUnreachable = (error: unknown): boolean =>
    hasName(error, "TimeoutError") || hasCode(error, ...networkCodes);

const ofCredentials =
    /Credential|ExpiredToken|UnrecognizedClient|InvalidSignature|SignatureDoesNotMatch|InvalidAccessKeyId|InvalidClientTokenId|AuthFailure/;

/** Checks whether AWS rejected the credentials of a call, or none were found. */
export function isCredentials(error: unknown): boolean {
    const { name, message } = toError(error);
    return ofCredentials.test(name) || /Could not load credentials/.test(message);
}

/** Returns an error's message, with the error's name and request ID if AWS sent it. */
export function formatError(error: unknown): string {
    const { name, message, $metadata } = toError(error);
    const requestId = $metadata?.requestId ? ` (request id ${$metadata.requestId})` : "";
    return $metadata ? `${name}: ${message}${requestId}` : message;
}

/** Formats an error as one line: messages of some SDK errors have several. */
export const oneLine = (error: unknown): string =>
    formatError(error)
        .trim()
        .replace(/\s*\n\s*/g, " ");
