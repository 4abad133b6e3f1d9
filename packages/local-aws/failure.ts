/** An error whose message is shown without a stack trace. */
export class LocalError extends Error {}

/** Returns the message of a failure, and with `verbose` also its stack trace. */
export function describeFailure(error: unknown, verbose = false): string {
    if (!(error instanceof Error)) {
        return String(error);
    }
    const more = error instanceof LocalError ? "" : "\nMore details: --verbose.";
    return verbose ? (error.stack ?? error.message) : `${error.message}${more}`;
}
