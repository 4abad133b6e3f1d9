import { distance } from "fastest-levenshtein";

export { shell } from "./shell.mjs";

/**
 * Returns the candidate that a misspelled word most likely means. Prefers a candidate that starts with the word;
 * otherwise the one with the smallest Levenshtein distance, ignoring case.
 * @returns undefined if more than two fifths of the word would have to change.
 */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
    const lower = word.toLowerCase();
    const continues = candidates.filter((candidate) => lower.length > 3 && candidate.toLowerCase().startsWith(lower));
    if (continues.length === 1) return continues[0];
    const edits = (candidate: string) => distance(lower, candidate.toLowerCase());
    const [best] = candidates.toSorted((a, b) => edits(a) - edits(b));
    return best !== undefined && edits(best) <= 0.4 * word.length ? best : undefined;
}

// Unsafe characters: controls, format characters (direction of text, zero width), line separators, lone surrogates, and
// blanks that look like a space, such as a no-break space.
const unsafe = /(?! )[\p{Cc}\p{Cf}\p{Cs}\p{Z}]/gu;
const unit = (one: string) => (one === "\t" ? "\\t" : `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`);

/**
 * Returns one line in which each terminal control character and each invisible character is replaced by its escape,
 * such as `\u001b`. JSON keeps its meaning, because it contains such characters only inside strings.
 */
export const visible = (line: string): string =>
    line.replaceAll(unsafe, (characters) => characters.split("").map(unit).join(""));

/** Returns a text in which the spaces at the ends are `·`, and no-break spaces are `[NBSP]`. */
export const withSpaces = (text: string): string =>
    text.replaceAll(/^ +| +$/g, (spaces) => "·".repeat(spaces.length)).replaceAll("\u00a0", "[NBSP]");

// Colours and weights of `util.styleText`, and line breaks. Other sequences can hide or replace text.
// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character begins these sequences
const harmless = /(\x1b\[(?:[0-4]|2[2-4]|3\d|9[0-7])m|\n)/;

/** Returns lines for a terminal, like `visible`, but with colours. */
export const visibleLines = (text: string): string =>
    text
        .split(harmless)
        .map((part, at) => (at % 2 === 1 ? part : visible(part)))
        .join("");

type Write = (chunk: unknown, ...rest: unknown[]) => boolean;

/** Passes all later writes of texts to a stream through `change`. Returns the stream's original write. */
export function changeWrites(stream: NodeJS.WriteStream, change: (text: string) => string): Write {
    const write = stream.write.bind(stream) as Write;
    stream.write = (chunk: unknown, ...rest: unknown[]) =>
        write(typeof chunk === "string" ? change(chunk) : chunk, ...rest);
    return write;
}

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
