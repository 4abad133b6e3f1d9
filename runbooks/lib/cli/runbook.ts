import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { Command, InvalidArgumentError } from "@commander-js/extra-typings";
import { formatError, isCredentials, toError } from "terminal-text";
import { runbooks } from "../../runbooks.mjs";
import { guardOutput } from "./output.ts";

/** Exit codes of every runbook. A code that Pulumi also uses has Pulumi's meaning. */
export const exitCodes = {
    fine: 0,
    problem: 1,
    usage: 2,
    credentials: 3,
    unknown: 4,
    noStack: 6,
    cancelled: 8,
    timedOut: 9,
} as const;

/** An error that the user can fix. The message contains what happened and the next step. */
export class RunbookError extends Error {
    readonly exitCode: number;

    constructor(message: string, exitCode: number = exitCodes.problem) {
        super(message);
        this.exitCode = exitCode;
    }
}

/** Version of the program. */
const { version } = JSON.parse(readFileSync(join(import.meta.dirname, "..", "..", "..", "package.json"), "utf8")) as {
    readonly version: string;
};

/** Creates the command of an npm script. Invalid usage exits with 2. `examples` are arguments that --help shows. */
export function npmCommand(name: string, description: string, examples: readonly string[]) {
    const lines = examples.map((example) => `\n  npm run ${name}${example && ` -- ${example}`}`);
    return new Command(name)
        .description(description)
        .version(version, "--version", "print the version")
        .addHelpText("after", `\nExamples:${lines.join("")}`)
        .option("--json", "print one JSON document on stdout, and nothing else")
        .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? exitCodes.fine : exitCodes.usage));
}

/**
 * Creates the command of a runbook in runbooks.mjs, with the options of every runbook, and with `--dry-run` and `--yes`
 * if the runbook asks for confirmation. `examples` are arguments that --help shows. `more` follows the purpose in
 * --help.
 */
export function runbook(name: keyof typeof runbooks, examples: readonly string[], more = "") {
    guardOutput();
    const { purpose, changes, asks } = runbooks[name];
    const sentence =
        purpose.charAt(0).toUpperCase() + purpose.slice(1) + (changes === "no" ? "; changes nothing in AWS" : "");
    const command = npmCommand(name, more === "" ? sentence : `${sentence}. ${more}`, examples)
        .option("--stack <name>", "the Pulumi stack; default: the selected one")
        .option("--verbose", "show the whole output of Pulumi, and the stack trace of an error");
    const asking = () =>
        command.option("--dry-run", "only print what it would do").option("--yes", "do not ask for confirmation");
    return (asks ? asking() : command) as ReturnType<typeof asking>;
}

/** The options of every runbook. */
export type CommonOptions = ReturnType<ReturnType<typeof runbook>["opts"]>;

/**
 * Runs the action of a parsed command. The first Ctrl-C aborts `signal`, and the second ends the process. An error is
 * printed as one message and sets the exit code.
 */
export async function runAction(verbose: boolean | undefined, action: (signal: AbortSignal) => Promise<number>) {
    const controller = new AbortController();
    const interrupt = () => {
        if (controller.signal.aborted) process.exit(130);
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
        const failure = toError(error);
        const shown = verbose ? `${failure.stack}` : `error: ${explained(failure)}`;
        process.stderr.write(`${shown}\n`);
        if (!verbose && !(error instanceof RunbookError)) process.stderr.write("Details: run again with --verbose.\n");
        process.exitCode =
            error instanceof RunbookError
                ? error.exitCode
                : isCredentials(failure)
                  ? exitCodes.credentials
                  : exitCodes.problem;
    } finally {
        process.off("SIGINT", interrupt);
    }
}

function explained(error: Error): string {
    if (isCredentials(error)) {
        return `AWS rejected the credentials (${error.message}). Log in, for example with \`aws sso login\`, and try again.`;
    }
    return formatError(error);
}

/**
 * Prints the document for `--json`, otherwise the text, and returns the exit code. `text` may also be a function that
 * prints.
 */
export function printResult(
    { json }: Pick<CommonOptions, "json">,
    document: object,
    text: string | (() => void),
    exitCode: number = exitCodes.fine,
): number {
    if (json) console.log(JSON.stringify({ schemaVersion: 1, ...document }));
    else if (typeof text === "string") console.log(text);
    else text();
    return exitCode;
}

/** Runs work that Ctrl-C may interrupt. After an interruption, prints how to continue and exits with 8. */
export async function untilCancelled(
    signal: AbortSignal,
    continues: string,
    work: () => Promise<number>,
): Promise<number> {
    try {
        return await work();
    } catch (error) {
        if (!signal.aborted) throw error;
        process.stderr.write(`Stopped. ${continues}\n`);
        return exitCodes.cancelled;
    }
}

/**
 * Asks for confirmation on a terminal. Without a terminal, `--yes` is required.
 * @throws RunbookError if the user declines, or without a terminal
 */
export async function confirm(question: string, yes: boolean | undefined, signal: AbortSignal): Promise<void> {
    if (yes) return;
    if (!process.stdin.isTTY) {
        throw new RunbookError(
            `${question} There is no terminal to ask: confirm with --yes, or see the effect with --dry-run.`,
            exitCodes.usage,
        );
    }
    // Uses the terminal's own line editing: readline's editing writes control characters, which `guardOutput` escapes.
    const terminal = createInterface({ input: process.stdin, output: process.stderr, terminal: false });
    try {
        const answer = await terminal.question(`${question} [y/N] `, { signal });
        if (!/^y(es)?$/i.test(answer.trim())) throw new RunbookError("Nothing was changed.", exitCodes.cancelled);
    } finally {
        terminal.close();
    }
}

/** Returns a parser of whole numbers from `least` to `most`, for an option of a command. */
export const whole =
    (least: number, most = Number.MAX_SAFE_INTEGER) =>
    (text: string): number => {
        const value = Number(text);
        if (!/^\d+$/.test(text) || value < least || value > most) {
            const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
            throw new InvalidArgumentError(`The value must be a whole number ${range}.`);
        }
        return value;
    };

/** Parses a number above 0, for an option of a command. */
export function aboveZero(text: string): number {
    const value = Number(text);
    if (!(value > 0 && value < Number.POSITIVE_INFINITY)) {
        throw new InvalidArgumentError("The value must be a number above 0.");
    }
    return value;
}

const seconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

/** Parses an interval of at least a second, such as `30s`, `5m` or `1h`, to seconds. */
export function interval(text: string): number {
    const [, count, unit = ""] = /^(\d+(?:\.\d+)?)([smh])$/.exec(text) ?? [];
    const total = Number(count) * (seconds[unit] ?? 0);
    if (total >= 1) return total;
    throw new InvalidArgumentError("The value must be a time such as 30s, 5m or 1h.");
}
