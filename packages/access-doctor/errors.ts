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
