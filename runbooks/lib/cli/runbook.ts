import { Command } from "commander";
import { messageOf } from "../../../personalize/errors.ts";

/** Exit codes of every runbook; Pulumi's own where they exist. */
export const exitCodes = {
    fine: 0,
    problem: 1,
    usage: 2,
    credentials: 3,
    noStack: 6,
    cancelled: 8,
    timedOut: 9,
} as const;

/** An end of a runbook that a person can act on: what happened, and what to do next. */
export class RunbookError extends Error {
    readonly exitCode: number;

    constructor(message: string, exitCode: number = exitCodes.problem) {
        super(message);
        this.exitCode = exitCode;
    }
}

export interface CommonOptions {
    readonly stack?: string;
    readonly json?: boolean;
    readonly verbose?: boolean;
}

/** A command with the options that every runbook has; a wrong use ends with 2. */
export function runbook(name: string, description: string): Command {
    return new Command(name)
        .description(description)
        .option("--stack <name>", "the Pulumi stack; default: the selected one")
        .option("--json", "print one JSON document on stdout, and nothing else")
        .option("--verbose", "show the stack trace of an error")
        .exitOverride((error) => {
            process.exit(error.exitCode === 0 ? exitCodes.fine : exitCodes.usage);
        });
}

/**
 * Runs the action of a parsed command. The first Ctrl-C aborts `signal`, the second ends the process.
 * Errors become one message on stderr and an exit code.
 */
export async function runAction(verbose: boolean | undefined, action: (signal: AbortSignal) => Promise<number>) {
    const controller = new AbortController();
    const interrupt = () => {
        if (controller.signal.aborted) {
            process.exit(130);
        }
        controller.abort();
    };
    process.on("SIGINT", interrupt);
    try {
        process.exitCode = await action(controller.signal);
    } catch (error) {
        if (controller.signal.aborted) {
            process.stderr.write("Stopped.\n");
            process.exitCode = exitCodes.cancelled;
            return;
        }
        const { message, stack, name } = error as Error;
        process.stderr.write(`${verbose ? stack : `error: ${explained(error as Error)}`}\n`);
        if (!verbose && !(error instanceof RunbookError)) {
            process.stderr.write("More of it with --verbose.\n");
        }
        process.exitCode =
            error instanceof RunbookError
                ? error.exitCode
                : isCredentials(name, message)
                  ? exitCodes.credentials
                  : exitCodes.problem;
    } finally {
        process.off("SIGINT", interrupt);
    }
}

function isCredentials(name: string, message: string): boolean {
    return (
        /Credential|ExpiredToken|UnrecognizedClient|InvalidSignature|AuthFailure/.test(name) ||
        /Could not load credentials/.test(message)
    );
}

function explained(error: Error): string {
    if (isCredentials(error.name, error.message)) {
        return `AWS does not know who asks (${error.message}). Log in, for example by \`aws sso login\`, and try again.`;
    }
    return messageOf(error);
}
